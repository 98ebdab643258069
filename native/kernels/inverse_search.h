// inverse_search: motion of 8×8 patches by inverse compositional gradient descent on the mean-removed squared difference.
// Source: Kroeger, Timofte, Dai, Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016, eq. 2–4.
//   from, to   [h, w] float32, border ≥ kSearchBorder, replicated
//   start      dense flow at this level to begin with, planes u and v [h, w]
//   patches    grid of results; patch (i, j) covers 8×8 samples from (left(j), top(i))
// Every patch starts from the best of its start flow, the start flows around it and zero; then `passes` rounds let it take over a neighbour's
// better motion and descend again. Rounds read the round before only, so the order of patches does not matter.
#pragma once
#include <vector>

#include "core/image.h"
#include "core/pool.h"

namespace engine {

constexpr int kPatch = 8;
constexpr int kSearchBorder = 32;

struct Flow {
  Image<float> u, v;
};

struct PatchGrid {
  int columns = 0, rows = 0, stride = 4, width = 0, height = 0;
  std::vector<float> u, v, cost;  // cost: mean-removed squared difference a sample
  PatchGrid(int picture_width, int picture_height, int step);
  int left(int column) const { return column * stride < width - kPatch ? column * stride : width - kPatch; }
  int top(int row) const { return row * stride < height - kPatch ? row * stride : height - kPatch; }
  static size_t bytes(int picture_width, int picture_height, int step) {
    return 3 * sizeof(float) * along(picture_width, step) * along(picture_height, step);
  }
  /// Patches along a side of so many samples.
  static int along(int samples, int step) { return 1 + (samples - kPatch + step - 1) / step; }
};

struct SearchEffort {
  int iterations = 12;
  int passes = 1;
};

/// `previous` is scratch of the same shape as `patches`. Pictures must be at least 8×8.
void inverse_search(const Exec& exec, const Image<float>& from, const Image<float>& to, const Flow& start, PatchGrid& patches,
                    PatchGrid& previous, SearchEffort effort);

/// densify: flow of each sample as the mean of the patches over it, weighted by 1 / max(1, |difference|) at that sample (same paper, eq. 5).
///   flow  out, planes [h, w]
void densify(const Exec& exec, const Image<float>& from, const Image<float>& to, const PatchGrid& patches, const Flow& flow);

}  // namespace engine
