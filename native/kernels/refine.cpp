#include "refine.h"

#include "core/simd.h"

namespace engine {

RefineSpace::RefineSpace(int width, int height)
    : a12(width, height, 1), b1(width, height, 1), b2(width, height, 1), d1(width, height, 1), d2(width, height, 1), right(width, height, 1),
      down(width, height, 1), mean(width, height, 3), change(width, height, 3) {}

size_t RefineSpace::bytes(int width, int height) { return 7 * Image<float>::bytes(width, height, 1) + 2 * Image<float>::bytes(width, height, 3); }

namespace {

constexpr int kBand = 64;  // rows swept together

struct Job {
  const Plane<float>& left;
  const Plane<float>& right;
  float rise;
  const Flow& flow;
  const RefineSpace& space;
  RefineEffort effort;
};

// mean: the picture whose gradient is the derivative of the difference; change: right − left.
ENGINE_INLINE void mix_body(const Job& job, int first, int last) {
  const int width = job.left.width;
  for (int y = first; y < last; ++y) {
    const float* a = job.left.row(y);
    const float* b = job.right.row(y);
    float* mean = job.space.mean.row(y);
    float* change = job.space.change.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      mean[x] = 0.5f * (a[x] + b[x]);
      change[x] = b[x] - a[x] - job.rise;
    }
  }
  job.space.mean.replicate_rows(first, last);
  job.space.change.replicate_rows(first, last);
}

// Weight of the edges to the right and down: α / √(|∇u|² + |∇v|² + ε²), from forward differences.
ENGINE_INLINE void edges_body(const Job& job, int first, int last) {
  const int width = job.left.width, height = job.left.height;
  const ptrdiff_t s = job.flow.u.plane().stride;
  const float floor2 = 1e-4f;
  for (int y = first; y < last; ++y) {
    const float* u = job.flow.u.row(y);
    const float* v = job.flow.v.row(y);
    float* right = job.space.right.row(y);
    float* down = job.space.down.row(y);
    const bool bottom = y + 1 == height;
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float ux = u[x + 1] - u[x], vx = v[x + 1] - v[x], uy = u[x + s] - u[x], vy = v[x + s] - v[x];
      const float weight = job.effort.alpha / std::sqrt(ux * ux + vx * vx + uy * uy + vy * vy + floor2);
      right[x] = weight;
      down[x] = bottom ? 0.f : weight;
    }
    right[width - 1] = 0.f;
    right[-1] = 0.f;
  }
}

ENGINE_INLINE void system_body(const Job& job, int first, int last) {
  const RefineSpace& space = job.space;
  const int width = job.left.width;
  const ptrdiff_t s = space.mean.plane().stride, c = space.change.plane().stride;
  const float zeta = 1.f, floor2 = 1e-3f;
  for (int y = first; y < last; ++y) {
    const float* m = space.mean.row(y);
    const float* t = space.change.row(y);
    const float* u = job.flow.u.row(y);
    const float* v = job.flow.v.row(y);
    const float* right = space.right.row(y);
    const float* down = space.down.row(y);
    const float* up = y > 0 ? space.down.row(y - 1) : nullptr;
    float* a12 = space.a12.row(y);
    float* b1 = space.b1.row(y);
    float* b2 = space.b2.row(y);
    float* d1 = space.d1.row(y);
    float* d2 = space.d2.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float ix = (m[x + 1] - m[x - 1]) * 0.5f, iy = (m[x + s] - m[x - s]) * 0.5f;
      const float ixx = (m[x + 2] - 2.f * m[x] + m[x - 2]) * 0.25f, iyy = (m[x + 2 * s] - 2.f * m[x] + m[x - 2 * s]) * 0.25f;
      const float ixy = (m[x + 1 + s] - m[x - 1 + s] - m[x + 1 - s] + m[x - 1 - s]) * 0.25f;
      const float it = t[x], itx = (t[x + 1] - t[x - 1]) * 0.5f, ity = (t[x + c] - t[x - c]) * 0.5f;
      const float n = 1.f / (ix * ix + iy * iy + zeta), nx = 1.f / (ixx * ixx + ixy * ixy + zeta), ny = 1.f / (ixy * ixy + iyy * iyy + zeta);
      const float pb = job.effort.delta * n / std::sqrt(it * it * n + floor2);
      const float pg = job.effort.gamma / std::sqrt(itx * itx * nx + ity * ity * ny + floor2);
      const float px = pg * nx, py = pg * ny;
      const float a11 = pb * ix * ix + px * ixx * ixx + py * ixy * ixy;
      const float a22 = pb * iy * iy + px * ixy * ixy + py * iyy * iyy;
      const float cross = pb * ix * iy + px * ixx * ixy + py * ixy * iyy;
      const float g1 = pb * ix * it + px * ixx * itx + py * ixy * ity;
      const float g2 = pb * iy * it + px * ixy * itx + py * iyy * ity;
      const float edges = right[x] + right[x - 1] + down[x] + (up ? up[x] : 0.f);
      a12[x] = cross;
      b1[x] = a11 * u[x] + cross * v[x] - g1;
      b2[x] = cross * u[x] + a22 * v[x] - g2;
      d1[x] = 1.f / (a11 + edges + 1e-6f);
      d2[x] = 1.f / (a22 + edges + 1e-6f);
    }
  }
}

// One colour of one row of a sweep. Neighbours have the other colour, so updating in place is exact whatever the order of rows.
ENGINE_INLINE void sweep_row(const Job& job, int colour, int y) {
  const RefineSpace& space = job.space;
  const int width = job.left.width;
  const ptrdiff_t s = job.flow.u.plane().stride;
  const float omega = job.effort.omega;
  const i16 even = {-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0};
  float* u = job.flow.u.row(y);
  float* v = job.flow.v.row(y);
  const float* right = space.right.row(y);
  const float* down = space.down.row(y);
  const float* up = space.down.row(y > 0 ? y - 1 : y);
  const float above = y > 0 ? 1.f : 0.f;
  const float* a12 = space.a12.row(y);
  const float* b1 = space.b1.row(y);
  const float* b2 = space.b2.row(y);
  const float* d1 = space.d1.row(y);
  const float* d2 = space.d2.row(y);
  const i16 mask = ((y + colour) & 1) ? ~even : even;
  for (int x = 0; x < width; x += 16) {
    const f16 wr = load<f16>(right + x), wl = load<f16>(right + x - 1), wd = load<f16>(down + x), wu = load<f16>(up + x) * above;
    const f16 u0 = load<f16>(u + x), v0 = load<f16>(v + x), cross = load<f16>(a12 + x);
    const f16 su = wr * load<f16>(u + x + 1) + wl * load<f16>(u + x - 1) + wd * load<f16>(u + x + s) + wu * load<f16>(u + x - s);
    const f16 u1 = u0 + omega * ((load<f16>(b1 + x) - cross * v0 + su) * load<f16>(d1 + x) - u0);
    const f16 sv = wr * load<f16>(v + x + 1) + wl * load<f16>(v + x - 1) + wd * load<f16>(v + x + s) + wu * load<f16>(v + x - s);
    const f16 v1 = v0 + omega * ((load<f16>(b2 + x) - cross * u1 + sv) * load<f16>(d2 + x) - v0);
    store(u + x, mask ? u1 : u0);
    store(v + x, mask ? v1 : v0);
  }
}

// Both colours of a sweep over a band of rows, the second a row behind the first while all is still in the cache. The second colour of a row
// beside another band waits for that band: it is left to the seams.
ENGINE_INLINE void sweep_body(const Job& job, int first, int last) {
  const int low = first > 0 ? first + 1 : 0;
  for (int y = first; y < last; ++y) {
    sweep_row(job, 0, y);
    if (y > low) sweep_row(job, 1, y - 1);
  }
  if (last == job.left.height && last > low) sweep_row(job, 1, last - 1);
}
ENGINE_INLINE void seam_body(const Job& job, int first, int last) {
  for (int y = first; y < last; ++y) {
    sweep_row(job, 1, y * kBand - 1);
    sweep_row(job, 1, y * kBand);
  }
}

ENGINE_KERNEL(mix_rows, (const Job& job, int first, int last), mix_body(job, first, last))
ENGINE_KERNEL(edge_rows, (const Job& job, int first, int last), edges_body(job, first, last))
ENGINE_KERNEL(system_rows, (const Job& job, int first, int last), system_body(job, first, last))
ENGINE_KERNEL(sweep_rows, (const Job& job, int first, int last), sweep_body(job, first, last))
ENGINE_KERNEL(seam_rows, (const Job& job, int first, int last), seam_body(job, first, last))

}  // namespace

void refine(const Exec& exec, const Image<float>& left, const Image<float>& right, float rise, const Flow& flow, RefineSpace& space, RefineEffort effort) {
  const Job job{left, right, rise, flow, space, effort};
  const auto mix = mix_rows(exec.level);
  const auto edges = edge_rows(exec.level);
  const auto system = system_rows(exec.level);
  const auto sweep = sweep_rows(exec.level);
  const auto seam = seam_rows(exec.level);
  const int height = left.height();
  exec.rows(height, 32, [&](int first, int last) { mix(job, first, last); });
  flow.u.replicate_rows(0, height);
  flow.v.replicate_rows(0, height);
  exec.rows(height, 32, [&](int first, int last) { edges(job, first, last); });
  exec.rows(height, 32, [&](int first, int last) { system(job, first, last); });
  const int seams = (height - 1) / kBand;
  for (int i = 0; i < effort.sweeps; ++i) {
    exec.rows(height, kBand, [&](int first, int last) { sweep(job, first, last); });
    // seam 1 lies above row kBand
    exec.rows(seams, 4, [&](int first, int last) { seam(job, first + 1, last + 1); });
  }
}

}  // namespace engine
