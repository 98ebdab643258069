#include "hold_still.h"

namespace engine {
namespace {

// 8-bit code values summed over luma, chroma and gradient: grain of clean footage; how much worse a motion must fit to be overruled;
// how much better it may fit while tiny. Samples of the motion field: a tiny motion.
constexpr float kGrain = 2.f, kOverrule = 1.5f, kTolerance = 0.3f, kTiny = 0.25f;

ENGINE_INLINE void body(const Flow& motion, const Image<float>& motion_cost, const Image<float>& still_cost, const Image<uint8_t>& still, int first, int last) {
  const int width = motion_cost.width();
  for (int y = first; y < last; ++y) {
    float *u = motion.u.row(y), *v = motion.v.row(y), *cost = motion_cost.row(y);
    const float* zero = still_cost.row(y);
    uint8_t* held = still.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const bool tiny = u[x] * u[x] + v[x] * v[x] < kTiny * kTiny && zero[x] <= cost[x] + kTolerance;
      const bool overruled = zero[x] + kOverrule < cost[x];
      const bool hold = zero[x] < kGrain && (tiny || overruled);
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
              (const Flow& motion, const Image<float>& motion_cost, const Image<float>& still_cost, const Image<uint8_t>& still, int first, int last),
              body(motion, motion_cost, still_cost, still, first, last))

}  // namespace

void hold_still(const Exec& exec, const Flow& motion, const Image<float>& motion_cost, const Image<float>& still_cost, const Image<uint8_t>& still) {
  const auto run = rows(exec.level);
  exec.rows(motion_cost.height(), 32, [&](int first, int last) { run(motion, motion_cost, still_cost, still, first, last); });
}

}  // namespace engine
