#include "downsample.h"

#include "core/simd.h"

namespace engine {
namespace {

ENGINE_INLINE void body(const Image<float>& from, const Image<float>& to, int first, int last) {
  const int width = to.width();
  for (int y = first; y < last; ++y) {
    const float* a = from.row(2 * y - 1);
    const float* b = from.row(2 * y);
    const float* c = from.row(2 * y + 1);
    const float* d = from.row(2 * y + 2);
    float* out = to.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const auto column = [&](int i) __attribute__((always_inline)) { return (a[i] + d[i]) + 3.f * (b[i] + c[i]); };
      out[x] = ((column(2 * x - 1) + column(2 * x + 2)) + 3.f * (column(2 * x) + column(2 * x + 1))) * (1.f / 64.f);
    }
  }
  to.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Image<float>& from, const Image<float>& to, int first, int last), body(from, to, first, last))

}  // namespace

void downsample(const Exec& exec, const Image<float>& from, const Image<float>& to) {
  const auto run = rows(exec.level);
  exec.rows(to.height(), 32, [&](int first, int last) { run(from, to, first, last); });
}

}  // namespace engine
