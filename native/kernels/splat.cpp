#include "splat.h"

namespace engine {
namespace {

struct Job {
  const Flow& flow;
  const Image<float>& weight;
  float t;
  SplatReach& reach;
  const Image<f4>& sums;
};

ENGINE_INLINE void reach_body(const Job& job, int first, int last) {
  const int width = job.weight.width(), blocks = (width + 63) / 64;
  for (int y = first; y < last; ++y) {
    const float* v = job.flow.v.row(y);
    for (int b = 0; b < blocks; ++b) {
      float low = 1e9f, high = -1e9f;
      const int end = b * 64 + 64 < width ? b * 64 + 64 : width;
      for (int x = b * 64; x < end; ++x) {
        low = v[x] < low ? v[x] : low;
        high = v[x] > high ? v[x] : high;
      }
      job.reach.low[static_cast<size_t>(y) * blocks + b] = y + job.t * low - 1.f;
      job.reach.high[static_cast<size_t>(y) * blocks + b] = y + job.t * high + 1.f;
    }
  }
}

ENGINE_INLINE void splat_body(const Job& job, int first, int last) {
  const int width = job.weight.width(), height = job.weight.height(), blocks = (width + 63) / 64;
  for (int y = first; y < last; ++y) std::memset(static_cast<void*>(job.sums.row(y)), 0, sizeof(f4) * width);
  for (int y = 0; y < height; ++y) {
    const float* u = job.flow.u.row(y);
    const float* v = job.flow.v.row(y);
    const float* w = job.weight.row(y);
    for (int b = 0; b < blocks; ++b) {
      const size_t at = static_cast<size_t>(y) * blocks + b;
      if (job.reach.high[at] < first || job.reach.low[at] > last) continue;
      const int end = b * 64 + 64 < width ? b * 64 + 64 : width;
      for (int x = b * 64; x < end; ++x) {
        const float px = x + job.t * u[x], py = y + job.t * v[x];
        const int iy = static_cast<int>(py + 16384.f) - 16384, ix = static_cast<int>(px + 16384.f) - 16384;
        if (iy + 1 < first || iy >= last || ix < -1 || ix >= width) continue;
        const float ax = px - ix, ay = py - iy;
        const f4 value = {w[x], w[x] * u[x], w[x] * v[x], 0.f};
        if (iy >= first) {
          f4* out = job.sums.row(iy);
          if (ix >= 0) out[ix] += value * ((1.f - ax) * (1.f - ay));
          if (ix + 1 < width) out[ix + 1] += value * (ax * (1.f - ay));
        }
        if (iy + 1 < last) {
          f4* out = job.sums.row(iy + 1);
          if (ix >= 0) out[ix] += value * ((1.f - ax) * ay);
          if (ix + 1 < width) out[ix + 1] += value * (ax * ay);
        }
      }
    }
  }
}

ENGINE_KERNEL(reach_rows, (const Job& job, int first, int last), reach_body(job, first, last))
ENGINE_KERNEL(splat_rows, (const Job& job, int first, int last), splat_body(job, first, last))

}  // namespace

void splat(const Exec& exec, const Flow& flow, const Image<float>& weight, float t, SplatReach& reach, const Image<f4>& sums) {
  const Job job{flow, weight, t, reach, sums};
  const auto measure = reach_rows(exec.level);
  const auto run = splat_rows(exec.level);
  const int height = weight.height();
  exec.rows(height, 32, [&](int first, int last) { measure(job, first, last); });
  exec.rows(height, 32, [&](int first, int last) { run(job, first, last); });
}

}  // namespace engine
