// widen: a plane of 8- to 16-bit samples as float32 in 8-bit code values (value / 2^(depth - 8), exact).
//   from    [h, w] one byte a sample at depth 8, else two, little endian
//   to      [h, w] float32; its border is filled by replication
#pragma once
#include "core/image.h"
#include "core/pool.h"

namespace engine {

struct Samples {
  const uint8_t* data = nullptr;
  int width = 0, height = 0, depth = 8;
  size_t row_bytes() const { return static_cast<size_t>(width) * (depth > 8 ? 2 : 1); }
};

void widen(const Exec& exec, const Samples& from, const Image<float>& to);

/// luma of planar RGB (Rec. 709 weights), each plane already widened.
void luma_of_rgb(const Exec& exec, const Image<float>& red, const Image<float>& green, const Image<float>& blue, const Image<float>& to);

}  // namespace engine
