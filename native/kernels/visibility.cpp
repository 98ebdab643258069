#include "visibility.h"

#include "band_blur.h"
#include "sampling.h"

namespace engine {
namespace {

constexpr int kRadius = 2;

ENGINE_INLINE void body(const Flow& motion, const Image<float>& cost, const Sides& sides, float t, const Image<float>& share, int first, int last) {
  const int width = cost.width(), height = cost.height();
  const float taps[kRadius + 1] = {0.4026f, 0.2442f, 0.0545f};  // Gaussian, sigma 1
  static thread_local Scratch blurring, rowwise;
  BandBlur<kRadius> band(width, last - first, blurring);
  const int low = first - kRadius < 0 ? 0 : first - kRadius, high = last + kRadius > height ? height : last + kRadius;
  const float s = 1.f - t;
  const size_t span = width + 16;
  float* rows = rowwise.get(4 * span);
  float *px = rows, *py = px + span, *error_a = py + span, *error_b = error_a + span;
  for (int y = low; y < high; ++y) {
    const float *u = motion.u.row(y), *v = motion.v.row(y), *c = cost.row(y);
    const float *wa = sides.arrived_a.row(y), *wb = sides.arrived_b.row(y);
    float* raw = band.raw(y - first);
    moved_row(u, v, y, -t, width, px, py);
    bilinear_row(sides.error_a, px, py, width, error_a);
    moved_row(u, v, y, s, width, px, py);
    bilinear_row(sides.error_b, px, py, width, error_b);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float ea = error_a[x], eb = error_b[x];
      const float ca = clamp_to(wa[x] * (1.f / 0.3f), 0.f, 1.f), cb = clamp_to(wb[x] * (1.f / 0.3f), 0.f, 1.f);
      const float qa = s * (exp_negative(-ea) * ca + 0.03f), qb = t * (exp_negative(-eb) * cb + 0.03f);
      const float bad = clamp_to((c[x] - 4.f) * 0.1f, 0.f, 1.f);
      raw[x] = qa / (qa + qb) * bad + s * (1.f - bad);
    }
    band.across(y - first, width, taps);
  }
  for (int y = first - kRadius; y < low; ++y) band.repeat(y - first, low - first);
  for (int y = high; y < last + kRadius; ++y) band.repeat(y - first, high - 1 - first);
  for (int y = first; y < last; ++y) band.down(y - first, width, taps, share.row(y));
  share.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Flow& motion, const Image<float>& cost, const Sides& sides, float t, const Image<float>& share, int first, int last),
              body(motion, cost, sides, t, share, first, last))

}  // namespace

void visibility(const Exec& exec, const Flow& motion, const Image<float>& cost, const Sides& sides, float t, const Image<float>& share) {
  const auto run = rows(exec.level);
  exec.rows(cost.height(), 32, [&](int first, int last) { run(motion, cost, sides, t, share, first, last); });
}

}  // namespace engine
