#include "warp.h"

#include "core/simd.h"
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
  for (int y = first; y < last; ++y) {
    const float* u = job.flow.u.row(y);
    const float* v = job.flow.v.row(y);
    float* out = job.to.row(y);
    for (int x = 0; x < width; ++x) out[x] = bilinear(job.from, x + job.scale * u[x], y + job.scale * v[x]);
  }
  job.to.replicate_rows(first, last);
}

ENGINE_INLINE void enlarge_plane(const Plane<float>& from, const Image<float>& to, int first, int last) {
  const int width = to.width();
  for (int y = first; y < last; ++y) {
    const float fy = (y - 0.5f) * 0.5f;
    for (int x = 0; x < width; ++x) to.row(y)[x] = 2.f * bilinear(from, (x - 0.5f) * 0.5f, fy);
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
