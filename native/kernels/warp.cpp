#include "warp.h"

#include <algorithm>
#include <vector>

#include "sampling.h"

namespace engine {
namespace {

struct Job {
  const Plane<float>& from;
  const Flow& flow;
  float scale;
  const Image<float>& to;
};

ENGINE_INLINE void body(const Job& job, int first, int last) {
  const int width = job.to.width();
  std::vector<float> rows(2 * static_cast<size_t>(width));
  float *px = rows.data(), *py = px + width;
  for (int y = first; y < last; ++y) {
    moved_row(job.flow.u.row(y), job.flow.v.row(y), y, job.scale, width, px, py);
    bilinear_row(job.from, px, py, width, job.to.row(y));
  }
  job.to.replicate_rows(first, last);
}

// Sample x of the large plane lies at (x - 0.5) / 2 of the small one: a quarter or three quarters between two samples.
ENGINE_INLINE void enlarge_plane(const Plane<float>& from, const Image<float>& to, int first, int last) {
  const int width = to.width(), half = from.width;
  std::vector<float> down(half + 2);
  float* mixed = down.data() + 1;
  for (int y = first; y < last; ++y) {
    const int near = y / 2, far = std::clamp(y & 1 ? near + 1 : near - 1, 0, from.height - 1);
    const float *p = from.row(near), *q = from.row(far);
    for (int x = 0; x < half; ++x) mixed[x] = 2.f * (0.75f * p[x] + 0.25f * q[x]);
    mixed[-1] = mixed[0];
    mixed[half] = mixed[half - 1];
    float* out = to.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) out[x] = 0.75f * mixed[x / 2] + 0.25f * mixed[x / 2 - 1 + 2 * (x & 1)];
  }
  to.replicate_rows(first, last);
}
ENGINE_INLINE void enlarge_body(const Flow& from, const Flow& to, int first, int last) {
  enlarge_plane(from.u, to.u, first, last);
  enlarge_plane(from.v, to.v, first, last);
}

ENGINE_KERNEL(warp_rows, (const Job& job, int first, int last), body(job, first, last))
ENGINE_KERNEL(enlarge_rows, (const Flow& from, const Flow& to, int first, int last), enlarge_body(from, to, first, last))

}  // namespace

void warp(const Exec& exec, const Image<float>& from, const Flow& flow, float scale, const Image<float>& to) {
  const auto run = warp_rows(exec.level);
  const Job job{from, flow, scale, to};
  exec.rows(to.height(), 16, [&](int first, int last) { run(job, first, last); });
}

void enlarge_flow(const Exec& exec, const Flow& from, const Flow& to) {
  const auto run = enlarge_rows(exec.level);
  exec.rows(to.u.height(), 16, [&](int first, int last) { run(from, to, first, last); });
}

}  // namespace engine
