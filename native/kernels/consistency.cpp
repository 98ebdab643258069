#include "consistency.h"

#include "band_blur.h"
#include "sampling.h"

namespace engine {
namespace {

constexpr int kRadius = 2;

struct Job {
  const Flow& there;
  const Flow& back;
  const Plane<float>& a;
  const Plane<float>& b;
  float rise;
  const Image<float>& error;
  const Image<float>& weight;
};

ENGINE_INLINE void body(const Job& job, int first, int last) {
  const int width = job.a.width, height = job.a.height;
  const float taps[kRadius + 1] = {0.2f, 0.2f, 0.2f};
  static thread_local Scratch blurring, rowwise;
  BandBlur<kRadius> band(width, last - first, blurring);
  const size_t span = width + 16;
  float* rows = rowwise.get(5 * span);
  float *blurred = rows, *px = blurred + span, *py = px + span, *first_sample = py + span, *second_sample = first_sample + span;
  const int low = first - kRadius < 0 ? 0 : first - kRadius, high = last + kRadius > height ? height : last + kRadius;
  for (int y = low; y < high; ++y) {
    const float* u = job.there.u.row(y);
    const float* v = job.there.v.row(y);
    const float* a = job.a.row(y);
    float* raw = band.raw(y - first);
    moved_row(u, v, y, 1.f, width, px, py);
    bilinear_row(job.b, px, py, width, first_sample);
    const float rise = job.rise;
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float d = a[x] + rise - first_sample[x];
      raw[x] = d < 0.f ? -d : d;
    }
    band.across(y - first, width, taps);
  }
  for (int y = first - kRadius; y < low; ++y) band.repeat(y - first, low - first);
  for (int y = high; y < last + kRadius; ++y) band.repeat(y - first, high - 1 - first);
  for (int y = first; y < last; ++y) {
    const float* u = job.there.u.row(y);
    const float* v = job.there.v.row(y);
    float* error = job.error.row(y);
    float* weight = job.weight.row(y);
    moved_row(u, v, y, 1.f, width, px, py);
    bilinear_row(job.back.u, px, py, width, first_sample);
    bilinear_row(job.back.v, px, py, width, second_sample);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float eu = u[x] + first_sample[x], ev = v[x] + second_sample[x];
      error[x] = std::sqrt(eu * eu + ev * ev);
    }
    band.down(y - first, width, taps, blurred);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float badness = blurred[x] * (1.f / 8.f) + error[x] * (1.f / 1.5f);
      weight[x] = exp_negative(-(badness < 12.f ? badness : 12.f));
    }
  }
  job.error.replicate_rows(first, last);
  job.weight.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Job& job, int first, int last), body(job, first, last))

}  // namespace

void consistency(const Exec& exec, const Flow& there, const Flow& back, const Image<float>& a, const Image<float>& b, float rise,
                 const Image<float>& error, const Image<float>& weight) {
  const Job job{there, back, a, b, rise, error, weight};
  const auto run = rows(exec.level);
  exec.rows(a.height(), 32, [&](int first, int last) { run(job, first, last); });
}

}  // namespace engine
