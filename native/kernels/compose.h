// compose: one plane of the in-between picture: both pictures sampled along the motion (cubic), mixed, and corrected.
//   a, b      [h, w] float32 in 8-bit code values, border ≥ 2; any size: the plane shows the same picture as the motion field
//   motion    [mh, mw] in samples of the motion field; share [mh, mw] of a, 0 … 1
//   bend      [mh, mw] how far the sample lies off the straight path (bend.h), or none
//   correction  [mh, mw] to be added (hedge.h), or none
//   rise      b is this much brighter than a as a whole (8-bit code values); a one-sided sample is moved to the brightness at t
//   to        [h, w] samples of `depth` bits, tight rows
#pragma once
#include "core/simd.h"
#include "inverse_search.h"

namespace engine {

/// Samples of the motion field for one of the plane, across and down: ½ for luma of a field of half size, 1 for its 4:2:0 chroma.
struct FieldStep {
  float x, y;
};

struct Compose {
  const Flow& motion;
  const Flow* bend;
  const Image<float>& share;
  const Image<float>* correction;
  float t, rise;
  FieldStep step;
  const Image<float>& a;
  const Image<float>& b;
  uint8_t* to;
  int depth;
};
void compose(const Exec& exec, const Compose& job);

/// dissolve: (1 - t)·a + t·b, for pairs whose flow cannot be trusted.
void dissolve(const Exec& exec, const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth);

}  // namespace engine
