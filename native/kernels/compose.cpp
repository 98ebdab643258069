#include "compose.h"

#include <array>
#include <vector>

#include "candidate_row.h"
#include "sampling.h"

namespace engine {
namespace {

ENGINE_INLINE void narrow_row(const float* from, int width, int depth, uint8_t* to) {
  const float scale = static_cast<float>(1 << (depth - 8)), top = static_cast<float>((1 << depth) - 1);
  if (depth == 8) {
    for (int x = 0; x < width; ++x) to[x] = static_cast<uint8_t>(clamp_to(from[x] + 0.5f, 0.f, top));
  } else {
    for (int x = 0; x < width; ++x) {
      const uint16_t value = static_cast<uint16_t>(clamp_to(from[x] * scale + 0.5f, 0.f, top));
      std::memcpy(to + 2 * x, &value, 2);
    }
  }
}

// A row of the motion field stretched to the plane: mixed down first, then across.
struct Stretch {
  std::vector<float> down, across;
  Stretch(int field_width, int width) : down(field_width + 18), across(width) {}

  ENGINE_INLINE void run(const Plane<float>& field, float y, float step_x, float scale) {
    y = clamp_to(y, 0.f, field.height - 1.f);
    const int iy = static_cast<int>(y);
    const float ay = y - iy;
    const float *p = field.row(iy), *q = field.row(iy + 1 < field.height ? iy + 1 : iy);
    for (int x = 0; x < field.width; ++x) down[x] = (p[x] + (q[x] - p[x]) * ay) * scale;
    down[field.width] = down[field.width - 1];
    const int width = static_cast<int>(across.size());
    const float right = field.width - 1.f;
    for (int x = 0; x < width; ++x) {
      const float fx = clamp_to((x + 0.5f) * step_x - 0.5f, 0.f, right);
      const int ix = static_cast<int>(fx);
      across[x] = down[ix] + (down[ix + 1] - down[ix]) * (fx - ix);
    }
  }
};

struct Job {
  const Mix& mix;
  const Plane<float>& a;
  const Plane<float>& b;
  float rise;
  uint8_t* to;
  int depth;
};

ENGINE_INLINE void body(const Job& job, int first, int last) {
  const Mix& mix = job.mix;
  const int width = job.a.width, height = job.a.height, field_width = mix.share.width(), field_height = mix.share.height();
  const float step_x = static_cast<float>(field_width) / width, step_y = static_cast<float>(field_height) / height;
  const float scale_x = 1.f / step_x, scale_y = 1.f / step_y;
  const size_t row_bytes = static_cast<size_t>(width) * (job.depth > 8 ? 2 : 1);
  Stretch u(field_width, width), v(field_width, width), share(field_width, width);
  std::vector<float> mixed(width);
  const float t = mix.t, s = 1.f - mix.t;
  const size_t others = mix.alternatives.size();
  std::array<std::vector<float>, kMostAlternatives> other_u, other_v;
  for (size_t k = 0; k < others; ++k) {
    other_u[k].resize(field_width + 16);
    other_v[k].resize(field_width + 16);
  }
  int loaded = -1;
  for (int y = first; y < last; ++y) {
    const float field_y = (y + 0.5f) * step_y - 0.5f;
    u.run(mix.motion.u, field_y, step_x, scale_x);
    v.run(mix.motion.v, field_y, step_x, scale_y);
    share.run(mix.share, field_y, step_x, 1.f);
    const int my = static_cast<int>((y + 0.5f) * step_y);
    if (my != loaded) {
      for (size_t k = 0; k < others; ++k) candidate_row(mix.alternatives[k].candidate, my, field_width, field_height, other_u[k].data(), other_v[k].data());
      loaded = my;
    }
    const uint16_t* active = mix.active.row(my);
    const float* own = mix.own.row(my);
    for (int x = 0; x < width; ++x) {
      const float mu = u.across[x], mv = v.across[x], part = share.across[x];
      const float from_a = cubic(job.a, x - t * mu, y - t * mv) + t * job.rise;
      const float from_b = cubic(job.b, x + s * mu, y + s * mv) - s * job.rise;
      float value = from_b + (from_a - from_b) * part;
      const int mx = static_cast<int>((x + 0.5f) * step_x);
      if (active[mx]) {
        float weight = own[mx];
        value *= weight;
        for (unsigned bits = active[mx]; bits; bits &= bits - 1) {
          const int k = __builtin_ctz(bits);
          const float w = mix.alternatives[k].weight->row(my)[mx], ou = other_u[k][mx] * scale_x, ov = other_v[k][mx] * scale_y;
          const float other_a = cubic(job.a, x - t * ou, y - t * ov) + t * job.rise;
          const float other_b = cubic(job.b, x + s * ou, y + s * ov) - s * job.rise;
          value += w * (other_b + (other_a - other_b) * part);
          weight += w;
        }
        value /= weight;
      }
      mixed[x] = value;
    }
    narrow_row(mixed.data(), width, job.depth, job.to + y * row_bytes);
  }
}

ENGINE_INLINE void dissolve_body(const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth, int first, int last) {
  const int width = a.width();
  const size_t row_bytes = static_cast<size_t>(width) * (depth > 8 ? 2 : 1);
  std::vector<float> mixed(width);
  for (int y = first; y < last; ++y) {
    const float *p = a.row(y), *q = b.row(y);
    for (int x = 0; x < width; ++x) mixed[x] = p[x] + (q[x] - p[x]) * t;
    narrow_row(mixed.data(), width, depth, to + y * row_bytes);
  }
}

ENGINE_KERNEL(rows, (const Job& job, int first, int last), body(job, first, last))
ENGINE_KERNEL(dissolve_rows, (const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth, int first, int last),
              dissolve_body(a, b, t, to, depth, first, last))

}  // namespace

void compose(const Exec& exec, const Mix& mix, const Image<float>& a, const Image<float>& b, float rise, uint8_t* to, int depth) {
  const auto run = rows(exec.level);
  const Job job{mix, a, b, rise, to, depth};
  exec.rows(a.height(), 16, [&](int first, int last) { run(job, first, last); });
}

void dissolve(const Exec& exec, const Image<float>& a, const Image<float>& b, float t, uint8_t* to, int depth) {
  const auto run = dissolve_rows(exec.level);
  exec.rows(a.height(), 64, [&](int first, int last) { run(a, b, t, to, depth, first, last); });
}

}  // namespace engine
