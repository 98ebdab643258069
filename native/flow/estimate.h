// Dense optical flow between two luma pyramids, coarse to fine: inverse search, densify, variational refinement.
#pragma once
#include <vector>

#include "kernels/inverse_search.h"
#include "kernels/refine.h"

namespace engine {

using Pyramid = std::vector<Image<float>>;

struct LevelSize {
  int width, height;
};
/// Sizes of a pyramid: [0] is the picture, each next one half of it, down to about 16 samples a side; two levels at least.
std::vector<LevelSize> pyramid_sizes(int width, int height);
Pyramid make_pyramid(int width, int height);
/// What such a pyramid takes.
size_t pyramid_bytes(int width, int height);
/// Fills levels 1 … from level 0.
void build_pyramid(const Exec& exec, const Pyramid& pyramid);

struct FlowEffort {
  int finest = 1;  // pyramid level of the result
  int stride = 4;
  SearchEffort search{12, 2};
  int outer = 1;   // linearisations a level
  RefineEffort refine;
};

/// Scratch and method for flows of one picture size. Not for two threads at once.
class FlowEstimator {
 public:
  FlowEstimator(const std::vector<LevelSize>& sizes, FlowEffort effort);
  /// flow: planes of level `finest`'s size, border 1 or more; from `from` to `to`, which is `rise` code values brighter.
  void run(const Exec& exec, const Pyramid& from, const Pyramid& to, float rise, const Flow& flow);
  /// What an estimator for these takes.
  static size_t bytes(const std::vector<LevelSize>& sizes, FlowEffort effort);

 private:
  struct Stage {
    Flow start;
    PatchGrid patches, previous;
    Image<float> warped;
    RefineSpace space;
    Stage(int width, int height, int stride);
    static size_t bytes(int width, int height, int stride);
  };
  FlowEffort effort_;
  std::vector<Stage> stages_;  // [0] is level `finest`
};

}  // namespace engine
