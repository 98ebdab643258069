#include "estimate.h"

#include "kernels/downsample.h"
#include "kernels/warp.h"

namespace engine {

std::vector<LevelSize> pyramid_sizes(int width, int height) {
  std::vector<LevelSize> sizes{{width, height}};
  do {
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    sizes.push_back({width, height});
  } while ((width + 1) / 2 >= 16 && (height + 1) / 2 >= 12);
  return sizes;
}

Pyramid make_pyramid(int width, int height) {
  Pyramid pyramid;
  for (const LevelSize& size : pyramid_sizes(width, height)) pyramid.emplace_back(size.width, size.height, kSearchBorder);
  return pyramid;
}

size_t pyramid_bytes(int width, int height) {
  size_t total = 0;
  for (const LevelSize& size : pyramid_sizes(width, height)) total += Image<float>::bytes(size.width, size.height, kSearchBorder);
  return total;
}

void build_pyramid(const Exec& exec, const Pyramid& pyramid) {
  for (size_t i = 1; i < pyramid.size(); ++i) downsample(exec, pyramid[i - 1], pyramid[i]);
}

FlowEstimator::Stage::Stage(int width, int height, int stride)
    : start{Image<float>(width, height, 2), Image<float>(width, height, 2)},
      patches(width, height, stride),
      previous(width, height, stride),
      warped(width, height, 4),
      space(width, height) {}

size_t FlowEstimator::Stage::bytes(int width, int height, int stride) {
  return 2 * Image<float>::bytes(width, height, 2) + 2 * PatchGrid::bytes(width, height, stride) + Image<float>::bytes(width, height, 4) +
         RefineSpace::bytes(width, height);
}

FlowEstimator::FlowEstimator(const std::vector<LevelSize>& sizes, FlowEffort effort) : effort_(effort) {
  for (size_t level = effort_.finest; level < sizes.size(); ++level) stages_.emplace_back(sizes[level].width, sizes[level].height, effort.stride);
}

size_t FlowEstimator::bytes(const std::vector<LevelSize>& sizes, FlowEffort effort) {
  size_t total = 0;
  for (size_t level = effort.finest; level < sizes.size(); ++level) total += Stage::bytes(sizes[level].width, sizes[level].height, effort.stride);
  return total;
}

void FlowEstimator::run(const Exec& exec, const Pyramid& from, const Pyramid& to, float rise, const Flow& flow) {
  for (size_t i = stages_.size(); i-- > 0;) {
    Stage& stage = stages_[i];
    const Image<float>& a = from[i + effort_.finest];
    const Image<float>& b = to[i + effort_.finest];
    const Flow& here = i == 0 ? flow : stage.start;
    if (i + 1 < stages_.size()) {
      enlarge_flow(exec, stages_[i + 1].start, here);
    } else {
      for (int y = 0; y < a.height(); ++y) {
        std::fill_n(here.u.row(y), a.width(), 0.f);
        std::fill_n(here.v.row(y), a.width(), 0.f);
      }
    }
    inverse_search(exec, a, b, here, stage.patches, stage.previous, effort_.search);
    densify(exec, a, b, stage.patches, here);
    for (int k = 0; k < effort_.outer; ++k) {
      warp(exec, b, here, 1.f, stage.warped);
      refine(exec, a, stage.warped, rise, here, stage.space, effort_.refine);
    }
    here.u.replicate_rows(0, a.height());
    here.v.replicate_rows(0, a.height());
  }
}

}  // namespace engine
