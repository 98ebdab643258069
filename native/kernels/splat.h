// splat: carries a flow forward to time t. Every sample adds its weighted flow to the four samples around x + t·flow(x).
// Source: softmax splatting, Niklaus and Liu, CVPR 2020, eq. 9–12, with the weight given by the caller.
//   flow    [h, w]; weight [h, w] float32 ≥ 0
//   sums    out [h, w] of (Σ w, Σ w·u, Σ w·v, 0)
// Each band of result rows visits the sources that can reach it in picture order, so sums do not depend on threads.
#pragma once
#include <vector>

#include "core/simd.h"
#include "inverse_search.h"

namespace engine {

/// Scratch: for every 64 samples of a row, the lowest and highest result row they reach.
struct SplatReach {
  std::vector<float> low, high;
  SplatReach(int width, int height) : low(count(width, height)), high(low.size()) {}
  static size_t bytes(int width, int height) { return count(width, height) * 2 * sizeof(float); }
  static size_t count(int width, int height) { return static_cast<size_t>((width + 63) / 64) * height; }
};

void splat(const Exec& exec, const Flow& flow, const Image<float>& weight, float t, SplatReach& reach, const Image<f4>& sums);

}  // namespace engine
