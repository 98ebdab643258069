#include "hold_still.h"

#include "band_blur.h"

namespace engine {
namespace {

// In 8-bit code values: the same; grain of clean footage; a motion that does not fit, or fits clearly worse; how much better it may fit while
// tiny. In samples of the motion field: a tiny motion.
constexpr float kSame = 1.f, kGrain = 2.f, kMisfit = 1.5f, kTolerance = 0.3f, kTiny = 0.25f;

ENGINE_INLINE void body(const Matching& matching, const Trial& chosen, const Image<float>& still_cost, const Flow& motion, const Image<uint8_t>& still,
                        int first, int last) {
  const int width = still.width();
  static thread_local Scratch scratch;
  float* apart = scratch.get(2 * static_cast<size_t>(width) + 2) + 1;
  float* unlike = apart + width + 1;
  const float t = matching.t, s = 1.f - t, rise = matching.rise;
  for (int y = first; y < last; ++y) {
    // Largest difference in place within one sample around, of scenery (which shares the change of brightness) or of an overlay (which does not);
    // the pictures have borders.
    for (int x = -1; x <= width; ++x) {
      float most = 0.f;
      for (int row = y - 1; row <= y + 1; ++row) {
        const float d = matching.a.row(row)[x] - matching.b.row(row)[x], e = d + rise;
        most = max(most, min(d < 0.f ? -d : d, e < 0.f ? -e : e));
      }
      apart[x] = most;
    }
    const float *a = matching.a.row(y), *b = matching.b.row(y), *predicted = chosen.prediction->row(y), *zero = still_cost.row(y);
    float *u = motion.u.row(y), *v = motion.v.row(y), *cost = chosen.cost->row(y);
    uint8_t* held = still.row(y);
    for (int x = 0; x < width; ++x) {
      const float d = s * a[x] + t * b[x] - predicted[x];
      unlike[x] = d < 0.f ? -d : d;
    }
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const bool tiny = (u[x] * u[x] + v[x] * v[x] < kTiny * kTiny) & (zero[x] <= cost[x] + kTolerance);
      const bool same = max(max(apart[x - 1], apart[x]), apart[x + 1]) < kSame;
      const bool hold = ((zero[x] < kGrain) & (tiny | (zero[x] + kMisfit < cost[x]))) | (same & (tiny | (cost[x] > kMisfit) | (unlike[x] < kMisfit)));
      held[x] = hold ? 1 : 0;
      u[x] = hold ? 0.f : u[x];
      v[x] = hold ? 0.f : v[x];
      cost[x] = hold ? zero[x] : cost[x];
    }
  }
  motion.u.replicate_rows(first, last);
  motion.v.replicate_rows(first, last);
}
ENGINE_KERNEL(rows,
              (const Matching& matching, const Trial& chosen, const Image<float>& still_cost, const Flow& motion, const Image<uint8_t>& still, int first,
               int last),
              body(matching, chosen, still_cost, motion, still, first, last))

}  // namespace

void hold_still(const Exec& exec, const Matching& matching, const Trial& chosen, const Image<float>& still_cost, const Flow& motion,
                const Image<uint8_t>& still) {
  const auto run = rows(exec.level);
  exec.rows(still.height(), 32, [&](int first, int last) { run(matching, chosen, still_cost, motion, still, first, last); });
}

}  // namespace engine
