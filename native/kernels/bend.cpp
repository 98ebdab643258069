#include "bend.h"

#include "band_blur.h"
#include "sampling.h"

namespace engine {
namespace {

// Chosen on the footage of test/conformance. Second differences beyond kMostTurn of the motion plus kSlack samples are cut back: more often a
// wrong flow than a turn. Weights (consistency.h) above 1 / kTrust count as certain.
constexpr float kMostTurn = 2.f, kSlack = 12.f, kTrust = 6.f;
// Flows are smooth and show less curve than there is.
constexpr float kMore = 1.15f;

ENGINE_INLINE void curve_body(const Curve& job, const Flow& to, int first, int last) {
  const int width = job.inward_weight.width();
  const float whole = 2.f / (1.f + job.span), beyond = 1.f / job.span;
  for (int y = first; y < last; ++y) {
    const float *iu = job.inward.u.row(y), *iv = job.inward.v.row(y), *ou = job.outward.u.row(y), *ov = job.outward.v.row(y);
    const float *iw = job.inward_weight.row(y), *ow = job.outward_weight.row(y);
    float *u = to.u.row(y), *v = to.v.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float cu = whole * (iu[x] + ou[x] * beyond), cv = whole * (iv[x] + ov[x] * beyond);
      const float reach = kSlack + kMostTurn * std::sqrt(iu[x] * iu[x] + iv[x] * iv[x]), size = std::sqrt(cu * cu + cv * cv) + 1e-6f;
      const float weakest = iw[x] < ow[x] ? iw[x] : ow[x];
      const float believed = clamp_to(weakest * kTrust, 0.f, 1.f) * (size > reach ? reach / size : 1.f);
      u[x] = cu * believed;
      v[x] = cv * believed;
    }
  }
  to.u.replicate_rows(first, last);
  to.v.replicate_rows(first, last);
}

ENGINE_INLINE void bend_body(const Flow& motion, const Image<uint8_t>& still, const Flow& curve_a, const Flow& curve_b, float t, const Flow& to, int first, int last) {
  const int width = still.width();
  static thread_local Scratch scratch;
  float* rows = scratch.get(6 * static_cast<size_t>(width));
  float *px = rows, *py = px + width, *au = py + width, *av = au + width, *bu = av + width, *bv = bu + width;
  const float s = 1.f - t, from_a = -kMore * t * s * (2.f - t) / 6.f, from_b = -kMore * t * s * (1.f + t) / 6.f;
  for (int y = first; y < last; ++y) {
    moved_row(motion.u.row(y), motion.v.row(y), y, -t, width, px, py);
    bilinear_row(curve_a.u, px, py, width, au);
    bilinear_row(curve_a.v, px, py, width, av);
    moved_row(motion.u.row(y), motion.v.row(y), y, s, width, px, py);
    bilinear_row(curve_b.u, px, py, width, bu);
    bilinear_row(curve_b.v, px, py, width, bv);
    const uint8_t* held = still.row(y);
    float *u = to.u.row(y), *v = to.v.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      u[x] = held[x] ? 0.f : from_a * au[x] + from_b * bu[x];
      v[x] = held[x] ? 0.f : from_a * av[x] + from_b * bv[x];
    }
  }
  to.u.replicate_rows(first, last);
  to.v.replicate_rows(first, last);
}

ENGINE_KERNEL(curve_rows, (const Curve& job, const Flow& to, int first, int last), curve_body(job, to, first, last))
ENGINE_KERNEL(bend_rows,
              (const Flow& motion, const Image<uint8_t>& still, const Flow& curve_a, const Flow& curve_b, float t, const Flow& to, int first, int last),
              bend_body(motion, still, curve_a, curve_b, t, to, first, last))

}  // namespace

void curve(const Exec& exec, const Curve& job, const Flow& to) {
  const auto run = curve_rows(exec.level);
  exec.rows(to.u.height(), 32, [&](int first, int last) { run(job, to, first, last); });
}

void bend(const Exec& exec, const Flow& motion, const Image<uint8_t>& still, const Flow& curve_a, const Flow& curve_b, float t, const Flow& to) {
  const auto run = bend_rows(exec.level);
  exec.rows(still.height(), 32, [&](int first, int last) { run(motion, still, curve_a, curve_b, t, to, first, last); });
}

}  // namespace engine
