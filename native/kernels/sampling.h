// Sampling a plane between its samples; inlined into the kernels. Positions are kept inside the picture; planes need a border of 2 (bilinear: 1).
#pragma once
#include "core/image.h"
#include "core/simd.h"

namespace engine {

ENGINE_INLINE float clamp_to(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// Bilinear samples of a row of positions: out[i] at (x[i], y[i]). Written so that compilers make vectors of it; out may not overlap the rest.
ENGINE_INLINE void bilinear_row(const Plane<float>& from, const float* x, const float* y, int count, float* out) {
  const float right = from.width - 1.f, bottom = from.height - 1.f;
  const float* data = from.data;
  const int stride = static_cast<int>(from.stride);
  ENGINE_INDEPENDENT
  for (int i = 0; i < count; ++i) {
    const float fx = clamp_to(x[i], 0.f, right), fy = clamp_to(y[i], 0.f, bottom);
    const int ix = static_cast<int>(fx), iy = static_cast<int>(fy), at = iy * stride + ix;
    const float ax = fx - ix, ay = fy - iy;
    const float above = data[at] + (data[at + 1] - data[at]) * ax;
    const float below = data[at + stride] + (data[at + stride + 1] - data[at + stride]) * ax;
    out[i] = above + (below - above) * ay;
  }
}

/// Positions (x + scale·u, y + scale·v) of row y.
ENGINE_INLINE void moved_row(const float* u, const float* v, int y, float scale, int count, float* px, float* py) {
  ENGINE_INDEPENDENT
  for (int x = 0; x < count; ++x) {
    px[x] = x + scale * u[x];
    py[x] = y + scale * v[x];
  }
}

/// Four values a sample, interleaved. Two neighbours are read as one vector of eight, so a row needs one sample of border at its end.
ENGINE_INLINE f4 bilinear(const Plane<f4>& from, float x, float y) {
  x = clamp_to(x, 0.f, from.width - 1.f);
  y = clamp_to(y, 0.f, from.height - 1.f);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float ax = x - ix, ay = y - iy;
  const float* p = reinterpret_cast<const float*>(from.data + (iy * from.stride + ix));
  const f8 above = load<f8>(p), below = load<f8>(p + 4 * from.stride);
  const f8 both = above + (below - above) * ay;
  f4 left, right;
  std::memcpy(&left, &both, sizeof left);
  std::memcpy(&right, reinterpret_cast<const char*>(&both) + sizeof left, sizeof right);
  return left + (right - left) * ax;
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

/// Cubic sample as four columns whose sum is the value; the plane needs a replicated border of 2.
ENGINE_INLINE f4 cubic_columns(const Plane<float>& from, float x, float y) {
  x = clamp_to(x, 0.f, from.width - 1.f);
  y = clamp_to(y, 0.f, from.height - 1.f);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const f4 wx = load<f4>(kCubic.weights[static_cast<int>((x - ix) * 256.f + 0.5f)]);
  const float* wy = kCubic.weights[static_cast<int>((y - iy) * 256.f + 0.5f)];
  const float* p = from.data + ((iy - 1) * from.stride + (ix - 1));
  const f4 column = (load<f4>(p) * wy[0] + load<f4>(p + from.stride) * wy[1]) + (load<f4>(p + 2 * from.stride) * wy[2] + load<f4>(p + 3 * from.stride) * wy[3]);
  return column * wx;
}

}  // namespace engine
