#include "compose.h"

#include <algorithm>
#include <vector>

#include "sampling.h"

namespace engine {
namespace {

ENGINE_INLINE void narrow_row(const float* from, int width, int depth, uint8_t* to) {
  const float scale = static_cast<float>(1 << (depth - 8)), top = static_cast<float>((1 << depth) - 1);
  if (depth == 8) {
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) to[x] = static_cast<uint8_t>(clamp_to(from[x] + 0.5f, 0.f, top));
  } else {
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const uint16_t value = static_cast<uint16_t>(clamp_to(from[x] * scale + 0.5f, 0.f, top));
      std::memcpy(to + 2 * x, &value, 2);
    }
  }
}

// Rows of the motion field stretched to the plane: mixed down first, then across.
struct Stretch {
  std::vector<float> down;
  explicit Stretch(int field_width) : down(field_width + 18) {}

  template <class Read>
  ENGINE_INLINE void run(int field_width, int field_height, float y, float step_x, int width, const Read& read, float* to) {
    y = clamp_to(y, 0.f, field_height - 1.f);
    const int iy = static_cast<int>(y), next = iy + 1 < field_height ? iy + 1 : iy;
    const float ay = y - iy;
    float* mixed_down = down.data();
    ENGINE_INDEPENDENT
    for (int x = 0; x < field_width; ++x) {
      const float p = read(iy, x), q = read(next, x);
      mixed_down[x] = p + (q - p) * ay;
    }
    down[field_width] = down[field_width - 1];
    const float right = field_width - 1.f;
    const float* from = down.data();
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float fx = clamp_to((x + 0.5f) * step_x - 0.5f, 0.f, right);
      const int ix = static_cast<int>(fx);
      to[x] = from[ix] + (from[ix + 1] - from[ix]) * (fx - ix);
    }
  }
};

ENGINE_INLINE void body(const Compose& job, int first, int last) {
  const int width = job.a.width(), field_width = job.share.width(), field_height = job.share.height();
  const float step_x = job.step.x, step_y = job.step.y;
  const float scale_x = 1.f / step_x, scale_y = 1.f / step_y;
  const size_t row_bytes = static_cast<size_t>(width) * (job.depth > 8 ? 2 : 1);
  Stretch stretch(field_width);
  std::vector<float> rows(static_cast<size_t>(width) * 6);
  float *u = rows.data(), *v = u + width, *share = v + width, *mixed = share + width, *off_x = mixed + width, *off_y = off_x + width;
  const float t = job.t, s = 1.f - job.t;
  const Plane<float> a = job.a, b = job.b;
  for (int y = first; y < last; ++y) {
    const float field_y = (y + 0.5f) * step_y - 0.5f;
    const auto across = [&](const auto& read, float* to) __attribute__((always_inline)) {
      stretch.run(field_width, field_height, field_y, step_x, width, read, to);
    };
    across([&](int row, int x) __attribute__((always_inline)) { return job.motion.u.row(row)[x] * scale_x; }, u);
    across([&](int row, int x) __attribute__((always_inline)) { return job.motion.v.row(row)[x] * scale_y; }, v);
    across([&](int row, int x) __attribute__((always_inline)) { return job.share.row(row)[x]; }, share);
    if (job.correction) across([&](int row, int x) __attribute__((always_inline)) { return job.correction->row(row)[x]; }, mixed);
    else std::fill_n(mixed, width, 0.f);
    if (job.bend) {
      across([&](int row, int x) __attribute__((always_inline)) { return job.bend->u.row(row)[x] * scale_x; }, off_x);
      across([&](int row, int x) __attribute__((always_inline)) { return job.bend->v.row(row)[x] * scale_y; }, off_y);
    }
    const float *still_a = a.row(y), *still_b = b.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      if (u[x] == 0.f && v[x] == 0.f && off_x[x] == 0.f && off_y[x] == 0.f) {  // what the cubic gives there, without it
        mixed[x] += still_b[x] + (still_a[x] - still_b[x]) * share[x] + job.rise * (share[x] - s);
        continue;
      }
      const f4 from_a = cubic_columns(a, x - off_x[x] - t * u[x], y - off_y[x] - t * v[x]),
               from_b = cubic_columns(b, x - off_x[x] + s * u[x], y - off_y[x] + s * v[x]);
      mixed[x] += sum(from_b + (from_a - from_b) * share[x]) + job.rise * (share[x] - s);
    }
    narrow_row(mixed, width, job.depth, job.to + y * row_bytes);
  }
}

ENGINE_INLINE void dissolve_body(const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth, int first, int last) {
  const int width = a.width();
  const size_t row_bytes = static_cast<size_t>(width) * (depth > 8 ? 2 : 1);
  std::vector<float> mixed(width);
  for (int y = first; y < last; ++y) {
    const float *p = a.row(y), *q = b.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) mixed[x] = p[x] + (q[x] - p[x]) * t;
    narrow_row(mixed.data(), width, depth, to + y * row_bytes);
  }
}

ENGINE_KERNEL(rows, (const Compose& job, int first, int last), body(job, first, last))
ENGINE_KERNEL(dissolve_rows, (const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth, int first, int last),
              dissolve_body(a, b, t, to, depth, first, last))

}  // namespace

void compose(const Exec& exec, const Compose& job) {
  const auto run = rows(exec.level);
  exec.rows(job.a.height(), 16, [&](int first, int last) { run(job, first, last); });
}

void dissolve(const Exec& exec, const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth) {
  const auto run = dissolve_rows(exec.level);
  exec.rows(a.height(), 64, [&](int first, int last) { run(a, b, t, to, depth, first, last); });
}

}  // namespace engine
