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

// A row of the motion field, K samples of the plane for each of its own: sample K·i + p lies at i + (p + ½) / K - ½.
template <int K>
ENGINE_INLINE void stretch_across(const float* from, int count, float* to) {
  ENGINE_INDEPENDENT
  for (int i = 0; i < count; ++i)
    for (int p = 0; p < K; ++p) {
      const float at = (p + 0.5f) / K - 0.5f;
      const float left = at < 0.f ? from[i - 1] : from[i], right = at < 0.f ? from[i] : from[i + 1];
      to[K * i + p] = left + (right - left) * (at < 0.f ? at + 1.f : at);
    }
}

// Rows of the motion field stretched to the plane: mixed down first, then across.
class Stretch {
 public:
  Stretch(int field_width, int field_height, FieldStep step)
      : width_(field_width), height_(field_height), step_(step.y), samples_(static_cast<int>(1.f / step.x)), down_(field_width + 2) {}

  /// Row y of the plane, `scale` times `field`; `to` takes samples_ · width_ values.
  ENGINE_INLINE void run(const Plane<float>& field, float scale, int y, float* to) {
    const float field_y = clamp_to((y + 0.5f) * step_ - 0.5f, 0.f, height_ - 1.f);
    const int iy = static_cast<int>(field_y), next = iy + 1 < height_ ? iy + 1 : iy;
    const float share = field_y - iy, *above = field.row(iy), *below = field.row(next);
    float* down = down_.data() + 1;
    ENGINE_INDEPENDENT
    for (int x = 0; x < width_; ++x) {
      const float p = above[x] * scale, q = below[x] * scale;
      down[x] = p + (q - p) * share;
    }
    down[-1] = down[0];
    down[width_] = down[width_ - 1];
    if (samples_ == 1) std::copy_n(down, width_, to);
    else if (samples_ == 2) stretch_across<2>(down, width_, to);
    else if (samples_ == 4) stretch_across<4>(down, width_, to);
    else stretch_across<8>(down, width_, to);
  }

 private:
  int width_, height_;
  float step_;
  int samples_;
  std::vector<float> down_;
};

constexpr int kRun = 16;

ENGINE_INLINE bool is_still(const float* u, const float* v, const float* off_x, const float* off_y, int start, int end) {
  int moved = 0;
  for (int x = start; x < end; ++x) moved |= (u[x] != 0.f) | (v[x] != 0.f) | (off_x[x] != 0.f) | (off_y[x] != 0.f);
  return !moved;
}

// Positions at `time` along the path of each sample of row y.
ENGINE_INLINE void path_row(const float* u, const float* v, const float* off_x, const float* off_y, int y, float time, int width, float* px, float* py) {
  ENGINE_INDEPENDENT
  for (int x = 0; x < width; ++x) {
    px[x] = x - off_x[x] + time * u[x];
    py[x] = y - off_y[x] + time * v[x];
  }
}

ENGINE_INLINE void body(const Compose& job, int first, int last) {
  const int width = job.a.width(), field_width = job.share.width();
  const float scale_x = 1.f / job.step.x, scale_y = 1.f / job.step.y;
  const size_t row_bytes = static_cast<size_t>(width) * (job.depth > 8 ? 2 : 1), span = static_cast<size_t>(field_width * scale_x) + kRun;
  Stretch stretch(field_width, job.share.height(), job.step);
  std::vector<float> rows(8 * span);
  float *u = rows.data(), *v = u + span, *share = v + span, *mixed = share + span, *off_x = mixed + span, *off_y = off_x + span, *px = off_y + span, *py = px + span;
  std::vector<int32_t> places(6 * span);
  const CubicSpots spots_a{places.data(), places.data() + span, places.data() + 2 * span};
  const CubicSpots spots_b{places.data() + 3 * span, places.data() + 4 * span, places.data() + 5 * span};
  const float t = job.t, s = 1.f - job.t;
  const Plane<float> a = job.a, b = job.b;
  for (int y = first; y < last; ++y) {
    stretch.run(job.motion.u, scale_x, y, u);
    stretch.run(job.motion.v, scale_y, y, v);
    stretch.run(job.share, 1.f, y, share);
    if (job.correction) stretch.run(*job.correction, 1.f, y, mixed);
    else std::fill_n(mixed, width, 0.f);
    if (job.bend) {
      stretch.run(job.bend->u, scale_x, y, off_x);
      stretch.run(job.bend->v, scale_y, y, off_y);
    }
    path_row(u, v, off_x, off_y, y, -t, width, px, py);
    cubic_spots(a, px, py, width, spots_a);
    path_row(u, v, off_x, off_y, y, s, width, px, py);
    cubic_spots(b, px, py, width, spots_b);
    const float *still_a = a.row(y), *still_b = b.row(y);
    for (int start = 0; start < width; start += kRun) {
      const int end = start + kRun < width ? start + kRun : width;
      if (is_still(u, v, off_x, off_y, start, end)) {  // what the cubic gives there, without it
        ENGINE_INDEPENDENT
        for (int x = start; x < end; ++x) mixed[x] += still_b[x] + (still_a[x] - still_b[x]) * share[x] + job.rise * (share[x] - s);
      } else {
        float columns[4 * kRun];
        for (int x = start; x < end; ++x) {
          const f4 from_a = cubic_columns(a, spots_a, x), from_b = cubic_columns(b, spots_b, x);
          store(columns + 4 * (x - start), from_b + (from_a - from_b) * share[x]);
        }
        ENGINE_INDEPENDENT
        for (int x = start; x < end; ++x) {
          const float* c = columns + 4 * (x - start);
          mixed[x] += ((c[0] + c[2]) + (c[1] + c[3])) + job.rise * (share[x] - s);
        }
      }
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
