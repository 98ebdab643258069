#include "features.h"

#include "sampling.h"

namespace engine {
namespace {

ENGINE_INLINE void body(const Image<float>& luma, const Image<float>* c1, const Image<float>* c2, const Image<f4>& to, int first, int last) {
  const int width = to.width();
  const float sx = c1 ? static_cast<float>(c1->width()) / width : 1.f, sy = c1 ? static_cast<float>(c1->height()) / to.height() : 1.f;
  for (int y = first; y < last; ++y) {
    const float* p = luma.row(y);
    f4* out = to.row(y);
    for (int x = 0; x < width; ++x) {
      const float cx = (x + 0.5f) * sx - 0.5f, cy = (y + 0.5f) * sy - 0.5f;
      const f4 value = {p[x], c1 ? bilinear(c1->plane(), cx, cy) : 0.f, c2 ? bilinear(c2->plane(), cx, cy) : 0.f, (p[x + 1] - p[x - 1]) * 0.5f};
      out[x] = value;
    }
  }
  to.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Image<float>& luma, const Image<float>* c1, const Image<float>* c2, const Image<f4>& to, int first, int last),
              body(luma, c1, c2, to, first, last))

}  // namespace

void features(const Exec& exec, const Image<float>& luma, const Image<float>* first_chroma, const Image<float>* second_chroma, const Image<f4>& to) {
  const auto run = rows(exec.level);
  exec.rows(to.height(), 32, [&](int first, int last) { run(luma, first_chroma, second_chroma, to, first, last); });
}

}  // namespace engine
