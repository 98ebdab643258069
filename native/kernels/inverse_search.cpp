#include "inverse_search.h"

#include "core/simd.h"

namespace engine {

PatchGrid::PatchGrid(int picture_width, int picture_height, int step)
    : columns(along(picture_width, step)),
      rows(along(picture_height, step)),
      stride(step),
      width(picture_width),
      height(picture_height),
      u(static_cast<size_t>(columns) * rows),
      v(u.size()),
      cost(u.size()) {}

namespace {

struct Spot {
  const float* at;
  float ax, ay;
};

// Where a patch at (x, y) moved by (u, v) lies in `picture`; kept inside the border.
ENGINE_INLINE Spot locate(const Plane<float>& picture, float x, float y) {
  const float margin = kSearchBorder - 4.f;
  x = x < -margin ? -margin : x;
  y = y < -margin ? -margin : y;
  const float right = picture.width + margin - 9.f, bottom = picture.height + margin - 9.f;
  x = x > right ? right : x;
  y = y > bottom ? bottom : y;
  const int ix = static_cast<int>(x + kSearchBorder) - kSearchBorder, iy = static_cast<int>(y + kSearchBorder) - kSearchBorder;
  return {picture.row(iy) + ix, x - ix, y - iy};
}

struct Patch {
  f8 row[kPatch];
};

ENGINE_INLINE f8 sample_across(const float* at, float ax) {
  const f8 a = load<f8>(at), b = load<f8>(at + 1);
  return a + (b - a) * ax;
}

ENGINE_INLINE void sample(const Plane<float>& picture, float x, float y, Patch& out) {
  const Spot spot = locate(picture, x, y);
  f8 above = sample_across(spot.at, spot.ax);
  for (int r = 0; r < kPatch; ++r) {
    const f8 below = sample_across(spot.at + (r + 1) * picture.stride, spot.ax);
    out.row[r] = above + (below - above) * spot.ay;
    above = below;
  }
}

ENGINE_INLINE float difference(const Plane<float>& picture, const Patch& still, float x, float y) {
  Patch moved;
  sample(picture, x, y, moved);
  f8 total = {}, squares = {};
  for (int r = 0; r < kPatch; ++r) {
    const f8 d = moved.row[r] - still.row[r];
    total += d;
    squares += d * d;
  }
  const float mean = sum(total);
  return (sum(squares) - mean * mean * (1.f / 64.f)) * (1.f / 64.f);
}

struct Template {
  Patch still, gx, gy;  // gradients with their mean removed
  float a, b, c;        // inverse of the 2×2 normal matrix
};

ENGINE_INLINE void prepare(const Plane<float>& picture, int left, int top, Template& t) {
  f8 sx = {}, sy = {}, xx = {}, xy = {}, yy = {};
  for (int r = 0; r < kPatch; ++r) {
    const float* p = picture.row(top + r) + left;
    t.still.row[r] = load<f8>(p);
    const f8 gx = (load<f8>(p + 1) - load<f8>(p - 1)) * 0.5f;
    const f8 gy = (load<f8>(p + picture.stride) - load<f8>(p - picture.stride)) * 0.5f;
    t.gx.row[r] = gx;
    t.gy.row[r] = gy;
    sx += gx;
    sy += gy;
    xx += gx * gx;
    xy += gx * gy;
    yy += gy * gy;
  }
  const float mx = sum(sx) * (1.f / 64.f), my = sum(sy) * (1.f / 64.f);
  const float hxx = sum(xx) - 64.f * mx * mx + 8.f, hyy = sum(yy) - 64.f * my * my + 8.f, hxy = sum(xy) - 64.f * mx * my;
  const float scale = 1.f / (hxx * hyy - hxy * hxy);
  t.a = hyy * scale;
  t.b = -hxy * scale;
  t.c = hxx * scale;
  for (int r = 0; r < kPatch; ++r) {
    t.gx.row[r] = t.gx.row[r] - mx;
    t.gy.row[r] = t.gy.row[r] - my;
  }
}

// Descends from (u, v); keeps the start where the descent runs away or ends worse. Returns the cost reached.
ENGINE_INLINE float descend(const Plane<float>& picture, const Template& t, int left, int top, int iterations, float start_cost, float& u, float& v) {
  float x = u, y = v;
  for (int i = 0; i < iterations; ++i) {
    Patch moved;
    sample(picture, left + x, top + y, moved);
    f8 bx = {}, by = {};
    for (int r = 0; r < kPatch; ++r) {
      const f8 d = moved.row[r] - t.still.row[r];
      bx += t.gx.row[r] * d;
      by += t.gy.row[r] * d;
    }
    const float px = sum(bx), py = sum(by);
    const float dx = t.a * px + t.b * py, dy = t.b * px + t.c * py;
    x -= dx;
    y -= dy;
    if (dx * dx + dy * dy < 1e-3f) break;
  }
  const float away = (x - u) * (x - u) + (y - v) * (y - v);
  if (!(away < kPatch * kPatch)) return start_cost;
  const float cost = difference(picture, t.still, left + x, top + y);
  if (cost >= start_cost) return start_cost;
  u = x;
  v = y;
  return cost;
}

// Motions this close lead the descent to the same place.
ENGINE_INLINE bool is_near(float u, float v) { return u * u + v * v < 0.05f; }

struct Job {
  const Plane<float>& from;
  const Plane<float>& to;
  const Flow& start;
  PatchGrid& patches;
  const PatchGrid& previous;
  int iterations;
};

ENGINE_INLINE void first_body(const Job& job, int first, int last) {
  PatchGrid& grid = job.patches;
  for (int i = first; i < last; ++i)
    for (int j = 0; j < grid.columns; ++j) {
      const int left = grid.left(j), top = grid.top(i);
      Template t;
      prepare(job.from, left, top, t);
      // no motion, and what the start says here and beside; each once
      const int step = kPatch;
      const int offsets[5][2] = {{0, 0}, {-step, 0}, {step, 0}, {0, -step}, {0, step}};
      float tried_u[6] = {0.f}, tried_v[6] = {0.f};
      int tried = 1;
      float u = 0, v = 0, best = difference(job.to, t.still, left, top);
      for (const auto& offset : offsets) {
        int x = left + kPatch / 2 + offset[0], y = top + kPatch / 2 + offset[1];
        x = x < 0 ? 0 : x >= grid.width ? grid.width - 1 : x;
        y = y < 0 ? 0 : y >= grid.height ? grid.height - 1 : y;
        const float su = job.start.u.row(y)[x], sv = job.start.v.row(y)[x];
        bool known = false;
        for (int k = 0; k < tried; ++k) known |= is_near(su - tried_u[k], sv - tried_v[k]);
        if (known) continue;
        tried_u[tried] = su;
        tried_v[tried++] = sv;
        const float cost = difference(job.to, t.still, left + su, top + sv);
        if (cost < best) {
          best = cost;
          u = su;
          v = sv;
        }
      }
      best = descend(job.to, t, left, top, job.iterations, best, u, v);
      const size_t at = static_cast<size_t>(i) * grid.columns + j;
      grid.u[at] = u;
      grid.v[at] = v;
      grid.cost[at] = best;
    }
}

ENGINE_INLINE void spread_body(const Job& job, int first, int last) {
  PatchGrid& grid = job.patches;
  const PatchGrid& old = job.previous;
  for (int i = first; i < last; ++i)
    for (int j = 0; j < grid.columns; ++j) {
      const size_t at = static_cast<size_t>(i) * grid.columns + j;
      const int left = grid.left(j), top = grid.top(i);
      float u = old.u[at], v = old.v[at], best = old.cost[at];
      Patch still;
      for (int r = 0; r < kPatch; ++r) still.row[r] = load<f8>(job.from.row(top + r) + left);
      const size_t beside[4] = {j > 0 ? at - 1 : at, j + 1 < grid.columns ? at + 1 : at, i > 0 ? at - grid.columns : at,
                                i + 1 < grid.rows ? at + grid.columns : at};
      bool taken = false;
      for (size_t other : beside) {
        if (is_near(old.u[other] - old.u[at], old.v[other] - old.v[at])) continue;
        const float cost = difference(job.to, still, left + old.u[other], top + old.v[other]);
        if (cost < best) {
          best = cost;
          u = old.u[other];
          v = old.v[other];
          taken = true;
        }
      }
      if (taken) {
        Template t;
        prepare(job.from, left, top, t);
        best = descend(job.to, t, left, top, job.iterations, best, u, v);
      }
      grid.u[at] = u;
      grid.v[at] = v;
      grid.cost[at] = best;
    }
}

struct DensifyJob {
  const Plane<float>& from;
  const Plane<float>& to;
  const PatchGrid& grid;
  const Flow& flow;
};

ENGINE_INLINE void densify_body(const DensifyJob& job, int first, int last) {
  const PatchGrid& grid = job.grid;
  std::vector<float> weights(grid.width);
  for (int y = first; y < last; ++y) {
    float* u = job.flow.u.row(y);
    float* v = job.flow.v.row(y);
    float* w = weights.data();
    for (int x = 0; x < grid.width; ++x) u[x] = v[x] = w[x] = 0.f;
    int lowest = (y - kPatch + grid.stride) / grid.stride;
    if (lowest < 0) lowest = 0;
    for (int i = lowest; i < grid.rows && grid.top(i) <= y; ++i) {
      const int top = grid.top(i);
      if (y >= top + kPatch) continue;
      for (int j = 0; j < grid.columns; ++j) {
        const size_t at = static_cast<size_t>(i) * grid.columns + j;
        const int left = grid.left(j);
        const Spot spot = locate(job.to, left + grid.u[at], top + grid.v[at]);
        const float* p = spot.at + (y - top) * job.to.stride;
        const f8 above = sample_across(p, spot.ax), below = sample_across(p + job.to.stride, spot.ax);
        const f8 d = abs(above + (below - above) * spot.ay - load<f8>(job.from.row(y) + left));
        const f8 one = {1, 1, 1, 1, 1, 1, 1, 1};
        const f8 weight = 1.f / max(d, one);
        store(u + left, load<f8>(u + left) + weight * grid.u[at]);
        store(v + left, load<f8>(v + left) + weight * grid.v[at]);
        store(w + left, load<f8>(w + left) + weight);
      }
    }
    for (int x = 0; x < grid.width; ++x) {
      const float scale = 1.f / w[x];
      u[x] *= scale;
      v[x] *= scale;
    }
  }
}

ENGINE_KERNEL(first_pass, (const Job& job, int first, int last), first_body(job, first, last))
ENGINE_KERNEL(spread_pass, (const Job& job, int first, int last), spread_body(job, first, last))
ENGINE_KERNEL(densify_rows, (const DensifyJob& job, int first, int last), densify_body(job, first, last))

}  // namespace

void inverse_search(const Exec& exec, const Image<float>& from, const Image<float>& to, const Flow& start, PatchGrid& patches,
                    PatchGrid& previous, SearchEffort effort) {
  const auto begin = first_pass(exec.level);
  const auto spread = spread_pass(exec.level);
  const Job job{from, to, start, patches, previous, effort.iterations};
  exec.rows(patches.rows, 4, [&](int first, int last) { begin(job, first, last); });
  for (int pass = 0; pass < effort.passes; ++pass) {
    std::swap(patches.u, previous.u);
    std::swap(patches.v, previous.v);
    std::swap(patches.cost, previous.cost);
    exec.rows(patches.rows, 4, [&](int first, int last) { spread(job, first, last); });
  }
}

void densify(const Exec& exec, const Image<float>& from, const Image<float>& to, const PatchGrid& patches, const Flow& flow) {
  const auto run = densify_rows(exec.level);
  const DensifyJob job{from, to, patches, flow};
  exec.rows(patches.height, 16, [&](int first, int last) { run(job, first, last); });
  flow.u.replicate_rows(0, patches.height);
  flow.v.replicate_rows(0, patches.height);
}

}  // namespace engine
