#include "widen.h"

#include "core/simd.h"

namespace engine {
namespace {

ENGINE_INLINE void body(const Samples& from, const Image<float>& to, int first, int last) {
  const float scale = 1.f / static_cast<float>(1 << (from.depth - 8));
  for (int y = first; y < last; ++y) {
    const uint8_t* bytes = from.data + y * from.row_bytes();
    float* out = to.row(y);
    if (from.depth == 8) {
      ENGINE_INDEPENDENT
      for (int x = 0; x < from.width; ++x) out[x] = bytes[x];
    } else {
      ENGINE_INDEPENDENT
      for (int x = 0; x < from.width; ++x) {
        uint16_t value;
        std::memcpy(&value, bytes + 2 * x, 2);
        out[x] = value * scale;
      }
    }
  }
  to.replicate_rows(first, last);
}

ENGINE_INLINE void luma_body(const Image<float>& red, const Image<float>& green, const Image<float>& blue, const Image<float>& to, int first, int last) {
  for (int y = first; y < last; ++y) {
    const float *r = red.row(y), *g = green.row(y), *b = blue.row(y);
    float* out = to.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < to.width(); ++x) out[x] = 0.2126f * r[x] + 0.7152f * g[x] + 0.0722f * b[x];
  }
  to.replicate_rows(first, last);
}

ENGINE_KERNEL(rows, (const Samples& from, const Image<float>& to, int first, int last), body(from, to, first, last))
ENGINE_KERNEL(luma_rows, (const Image<float>& red, const Image<float>& green, const Image<float>& blue, const Image<float>& to, int first, int last),
              luma_body(red, green, blue, to, first, last))

}  // namespace

void widen(const Exec& exec, const Samples& from, const Image<float>& to) {
  const auto run = rows(exec.level);
  exec.rows(from.height, 64, [&](int first, int last) { run(from, to, first, last); });
}

void luma_of_rgb(const Exec& exec, const Image<float>& red, const Image<float>& green, const Image<float>& blue, const Image<float>& to) {
  const auto run = luma_rows(exec.level);
  exec.rows(to.height(), 64, [&](int first, int last) { run(red, green, blue, to, first, last); });
}

}  // namespace engine
