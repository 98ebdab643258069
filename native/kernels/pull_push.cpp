#include "pull_push.h"

#include "sampling.h"

namespace engine {

std::vector<Image<f4>> pull_push_levels(int width, int height) {
  std::vector<Image<f4>> levels;
  levels.emplace_back(width, height, 1);
  while (width > 1 || height > 1) {
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    levels.emplace_back(width, height, 1);
  }
  return levels;
}

size_t pull_push_bytes(int width, int height) {
  const size_t level = Image<f4>::bytes(width, height, 1);
  return width > 1 || height > 1 ? level + pull_push_bytes((width + 1) / 2, (height + 1) / 2) : level;
}

namespace {

ENGINE_INLINE void pull_body(const Image<f4>& from, const Image<f4>& to, int first, int last) {
  for (int y = first; y < last; ++y) {
    const f4* a = from.row(2 * y);
    const f4* b = from.row(2 * y + 1 < from.height() ? 2 * y + 1 : 2 * y);
    for (int x = 0; x < to.width(); ++x) {
      const int r = 2 * x + 1 < from.width() ? 2 * x + 1 : 2 * x;
      to.row(y)[x] = ((a[2 * x] + a[r]) + (b[2 * x] + b[r])) * 0.25f;
    }
  }
}

// Divides by the weight; where little arrived, mixes in the coarser level (already divided).
ENGINE_INLINE f4 settle(f4 sums, f4 coarser) {
  const float w = sums[0];
  const float trust = clamp_to(w * (1.f / 0.15f), 0.f, 1.f);
  const float inverse = trust / (w > 1e-9f ? w : 1e-9f);
  return sums * inverse + coarser * (1.f - trust);
}

ENGINE_INLINE void push_body(const Image<f4>& to, const Image<f4>* coarser, int first, int last) {
  for (int y = first; y < last; ++y) {
    f4* line = to.row(y);
    for (int x = 0; x < to.width(); ++x) {
      const f4 zero = {};
      line[x] = coarser ? settle(line[x], bilinear(coarser->plane(), (x - 0.5f) * 0.5f, (y - 0.5f) * 0.5f)) : line[x][0] > 0.f ? line[x] * (1.f / line[x][0]) : zero;
    }
  }
  to.replicate_rows(first, last);
}

ENGINE_INLINE void final_body(const Image<f4>& from, const Image<f4>& coarser, const Flow& flow, int first, int last) {
  for (int y = first; y < last; ++y) {
    const f4* line = from.row(y);
    float* u = flow.u.row(y);
    float* v = flow.v.row(y);
    for (int x = 0; x < from.width(); ++x) {
      const f4 value = settle(line[x], bilinear(coarser.plane(), (x - 0.5f) * 0.5f, (y - 0.5f) * 0.5f));
      u[x] = value[1];
      v[x] = value[2];
    }
  }
  flow.u.replicate_rows(first, last);
  flow.v.replicate_rows(first, last);
}

ENGINE_KERNEL(pull_rows, (const Image<f4>& from, const Image<f4>& to, int first, int last), pull_body(from, to, first, last))
ENGINE_KERNEL(push_rows, (const Image<f4>& to, const Image<f4>* coarser, int first, int last), push_body(to, coarser, first, last))
ENGINE_KERNEL(final_rows, (const Image<f4>& from, const Image<f4>& coarser, const Flow& flow, int first, int last),
              final_body(from, coarser, flow, first, last))

}  // namespace

void pull_push(const Exec& exec, const std::vector<Image<f4>>& levels, const Flow& flow) {
  const auto pull = pull_rows(exec.level);
  const auto push = push_rows(exec.level);
  const auto finish = final_rows(exec.level);
  const size_t count = levels.size();
  for (size_t i = 1; i < count; ++i)
    exec.rows(levels[i].height(), 32, [&](int first, int last) { pull(levels[i - 1], levels[i], first, last); });
  for (size_t i = count - 1; i > 0; --i)
    exec.rows(levels[i].height(), 32, [&](int first, int last) { push(levels[i], i + 1 < count ? &levels[i + 1] : nullptr, first, last); });
  exec.rows(levels[0].height(), 32, [&](int first, int last) { finish(levels[0], levels[count > 1 ? 1 : 0], flow, first, last); });
}

}  // namespace engine
