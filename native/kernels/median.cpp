#include "median.h"

#include "band_blur.h"

namespace engine {
namespace {

ENGINE_INLINE f16 median_of_five(f16 a, f16 b, f16 c, f16 d, f16 e) {
  const f16 low = max(min(a, b), min(c, d)), high = min(max(a, b), max(c, d));
  return max(min(low, high), min(max(low, high), e));
}

ENGINE_INLINE void body(const Image<float>& from, const Image<float>& to, int first, int last) {
  const int width = from.width(), span = width + 16;
  static thread_local Scratch scratch;
  float* rows = scratch.get(static_cast<size_t>(span) * (last - first + 4));
  for (int y = first - 2; y < last + 2; ++y) {
    const float* p = from.row(y);
    float* out = rows + static_cast<size_t>(y - first + 2) * span;
    for (int x = 0; x < width; x += 16)
      store(out + x, median_of_five(load<f16>(p + x - 2), load<f16>(p + x - 1), load<f16>(p + x), load<f16>(p + x + 1), load<f16>(p + x + 2)));
  }
  for (int y = first; y < last; ++y) {
    const float* p = rows + static_cast<size_t>(y - first) * span;
    float* out = to.row(y);
    for (int x = 0; x < width; x += 16)
      store(out + x, median_of_five(load<f16>(p + x), load<f16>(p + span + x), load<f16>(p + 2 * span + x), load<f16>(p + 3 * span + x), load<f16>(p + 4 * span + x)));
  }
  to.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Image<float>& from, const Image<float>& to, int first, int last), body(from, to, first, last))

}  // namespace

void median(const Exec& exec, const Image<float>& from, const Image<float>& to) {
  const auto run = rows(exec.level);
  exec.rows(from.height(), 32, [&](int first, int last) { run(from, to, first, last); });
}

}  // namespace engine
