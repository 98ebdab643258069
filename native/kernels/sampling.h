// Sampling a plane between its samples; inlined into the kernels. Positions are kept inside the picture; planes need a border of 2 (bilinear: 1).
#pragma once
#include "core/image.h"
#include "core/simd.h"

namespace engine {

ENGINE_INLINE float clamp_to(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

ENGINE_INLINE float bilinear(const Plane<float>& from, float x, float y) {
  x = clamp_to(x, 0.f, from.width - 1.f);
  y = clamp_to(y, 0.f, from.height - 1.f);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float ax = x - ix, ay = y - iy;
  const float* p = from.data + (iy * static_cast<int>(from.stride) + ix);
  const float* q = p + from.stride;
  const float above = p[0] + (p[1] - p[0]) * ax, below = q[0] + (q[1] - q[0]) * ax;
  return above + (below - above) * ay;
}

ENGINE_INLINE f4 bilinear(const Plane<f4>& from, float x, float y) {
  x = clamp_to(x, 0.f, from.width - 1.f);
  y = clamp_to(y, 0.f, from.height - 1.f);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float ax = x - ix, ay = y - iy;
  const f4* p = from.data + (iy * from.stride + ix);
  const f4* q = p + from.stride;
  const f4 above = p[0] + (p[1] - p[0]) * ax, below = q[0] + (q[1] - q[0]) * ax;
  return above + (below - above) * ay;
}

/// Weights of the four samples around a position, for each of 256 fractions of a sample: cubic convolution with slope -0.6 at 1
/// (Keys, IEEE ASSP 1981, eq. 15 with a = -0.6). Steps of 1/256 sample are far below what a flow can know.
struct CubicTable {
  alignas(64) float weights[257][4];
  constexpr CubicTable() : weights{} {
    for (int i = 0; i <= 256; ++i) {
      const float s = -0.6f, a = static_cast<float>(i) / 256.f, b = 1.f - a;
      weights[i][0] = s * a * b * b;
      weights[i][1] = 1.f + a * a * ((s + 2.f) * a - (s + 3.f));
      weights[i][2] = 1.f + b * b * ((s + 2.f) * b - (s + 3.f));
      weights[i][3] = s * a * a * b;
    }
  }
};
inline constexpr CubicTable kCubic;

/// Cubic sample; the plane needs a replicated border of 2.
ENGINE_INLINE float cubic(const Plane<float>& from, float x, float y) {
  x = clamp_to(x, 0.f, from.width - 1.f);
  y = clamp_to(y, 0.f, from.height - 1.f);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const f4 wx = load<f4>(kCubic.weights[static_cast<int>((x - ix) * 256.f + 0.5f)]);
  const float* wy = kCubic.weights[static_cast<int>((y - iy) * 256.f + 0.5f)];
  const float* p = from.data + ((iy - 1) * from.stride + (ix - 1));
  const f4 column = load<f4>(p) * wy[0] + load<f4>(p + from.stride) * wy[1] + load<f4>(p + 2 * from.stride) * wy[2] + load<f4>(p + 3 * from.stride) * wy[3];
  return sum(column * wx);
}

}  // namespace engine
