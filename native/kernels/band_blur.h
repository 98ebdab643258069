// Separable blur of a band of rows held in scratch, for kernels that make a raw plane and use only its blur. Inlined into them.
#pragma once
#include <vector>

#include "core/simd.h"

namespace engine {

/// Memory of one thread that a kernel uses for one band; kept between bands, because asking the system for it each time costs a tenth of a frame.
class Scratch {
 public:
  float* get(size_t floats) {
    if (memory_.size() < floats) memory_.resize(floats);
    return memory_.data();
  }

 private:
  std::vector<float> memory_;
};

/// Rows [first - R, last + R) of a raw plane, blurred with 2R + 1 symmetric taps; rows beyond the picture repeat its edge.
template <int R>
class BandBlur {
 public:
  BandBlur(int width, int rows, Scratch& scratch) : stride_(width + 2 * R + 32) {
    const size_t floats = static_cast<size_t>(stride_) * (rows + 2 * R);
    raw_ = scratch.get(2 * floats);
    across_ = raw_ + floats;
  }

  /// Raw row `y` of the band; write `width` values, then call across() for it.
  float* raw(int y) { return raw_ + static_cast<size_t>(y + R) * stride_ + R; }

  ENGINE_INLINE void across(int y, int width, const float (&taps)[R + 1]) {
    float* from = raw(y);
    for (int i = 1; i <= R; ++i) {
      from[-i] = from[0];
      from[width - 1 + i] = from[width - 1];
    }
    float* to = across_ + static_cast<size_t>(y + R) * stride_;
    for (int x = 0; x < width; ++x) {
      float total = taps[0] * from[x];
      for (int i = 1; i <= R; ++i) total += taps[i] * (from[x - i] + from[x + i]);
      to[x] = total;
    }
  }
  void repeat(int y, int as) {
    std::memcpy(across_ + static_cast<size_t>(y + R) * stride_, across_ + static_cast<size_t>(as + R) * stride_, stride_ * sizeof(float));
  }
  /// Blurred row `y` into `to`.
  ENGINE_INLINE void down(int y, int width, const float (&taps)[R + 1], float* to) const {
    const float* middle = across_ + static_cast<size_t>(y + R) * stride_;
    for (int x = 0; x < width; ++x) {
      float total = taps[0] * middle[x];
      for (int i = 1; i <= R; ++i) total += taps[i] * (middle[x - i * stride_] + middle[x + i * stride_]);
      to[x] = total;
    }
  }

 private:
  int stride_;
  float *raw_, *across_;
};

}  // namespace engine
