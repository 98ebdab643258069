// Sampling a plane between its samples; inlined into the kernels. Positions are kept inside the picture; planes need a border of 2 (bilinear: 1).
#pragma once
#include "core/image.h"
#include "core/simd.h"

namespace engine {

ENGINE_INLINE float clamp_to(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// Bilinear samples of a row of positions: out[i] at (x[i], y[i]); out may not overlap the rest. Neighbours in a row are read as one word of
/// two samples: on most machines that is faster than gathering each sample.
ENGINE_INLINE void bilinear_row(const Plane<float>& from, const float* x, const float* y, int count, float* out) {
  constexpr int kChunk = 64;
  const float right = from.width - 1.f, bottom = from.height - 1.f;
  const int stride = static_cast<int>(from.stride);
  int32_t at[kChunk];
  float across[kChunk], down[kChunk], above[2 * kChunk], below[2 * kChunk];
  for (int start = 0; start < count; start += kChunk) {
    const int size = count - start < kChunk ? count - start : kChunk;
    for (int i = 0; i < size; ++i) {
      const float fx = clamp_to(x[start + i], 0.f, right), fy = clamp_to(y[start + i], 0.f, bottom);
      const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
      at[i] = iy * stride + ix;
      across[i] = fx - ix;
      down[i] = fy - iy;
    }
    for (int i = 0; i < size; ++i) {
      const float* p = from.data + at[i];
      std::memcpy(above + 2 * i, p, 2 * sizeof(float));
      std::memcpy(below + 2 * i, p + stride, 2 * sizeof(float));
    }
    ENGINE_INDEPENDENT
    for (int i = 0; i < size; ++i) {
      const float high = above[2 * i] + (above[2 * i + 1] - above[2 * i]) * across[i];
      const float low = below[2 * i] + (below[2 * i + 1] - below[2 * i]) * across[i];
      out[start + i] = high + (low - high) * down[i];
    }
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
      weights[i][1] = b * (1.f + a * (1.f - (s + 2.f) * a));
      weights[i][2] = a * (1.f + b * (1.f - (s + 2.f) * b));
      weights[i][3] = s * a * a * b;
    }
  }
};
inline constexpr CubicTable kCubic;

/// Where a row of cubic samples reads: offset of the first of its 4×4 samples, and the rows of kCubic for its place between samples.
struct CubicSpots {
  int32_t *at, *across, *down;
};

/// Spots of (x[i], y[i]), kept inside the plane.
ENGINE_INLINE void cubic_spots(const Plane<float>& from, const float* x, const float* y, int count, const CubicSpots& spots) {
  const float right = from.width - 1.f, bottom = from.height - 1.f;
  const int stride = static_cast<int>(from.stride);
  int32_t *at = spots.at, *across = spots.across, *down = spots.down;
  ENGINE_INDEPENDENT
  for (int i = 0; i < count; ++i) {
    const float fx = clamp_to(x[i], 0.f, right), fy = clamp_to(y[i], 0.f, bottom);
    const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
    at[i] = (iy - 1) * stride + ix - 1;
    across[i] = static_cast<int>((fx - ix) * 256.f + 0.5f);
    down[i] = static_cast<int>((fy - iy) * 256.f + 0.5f);
  }
}

/// Cubic sample as four columns whose sum is the value; the plane needs a replicated border of 2.
ENGINE_INLINE f4 cubic_columns(const Plane<float>& from, const CubicSpots& spots, int i) {
  const float* p = from.data + spots.at[i];
  const float* wy = kCubic.weights[spots.down[i]];
  const f4 column = (load<f4>(p) * wy[0] + load<f4>(p + from.stride) * wy[1]) + (load<f4>(p + 2 * from.stride) * wy[2] + load<f4>(p + 3 * from.stride) * wy[3]);
  return column * load<f4>(kCubic.weights[spots.across[i]]);
}

}  // namespace engine
