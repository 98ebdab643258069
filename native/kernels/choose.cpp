#include "choose.h"

#include "band_blur.h"
#include "candidate_row.h"
#include "sampling.h"

namespace engine {
namespace {

constexpr int kRadius = 3;
constexpr float kDistance = 0.05f, kMost = 60.f;

struct Job {
  const Matching& matching;
  const Trial& trial;
  const Flow* reference;
  bool start;
  const Choice* choice;  // none: the trial alone
};

ENGINE_INLINE void body(const Job& job, int first, int last) {
  const int width = job.trial.cost->width(), height = job.trial.cost->height();
  // Gaussian, sigma 1.3 half-size samples
  const float taps[kRadius + 1] = {0.308f, 0.229f, 0.0942f, 0.0228f};
  static thread_local Scratch blurring, rowwise;
  BandBlur<kRadius> band(width, last - first, blurring);
  const size_t span = width + 16;
  float* rows = rowwise.get(6 * span);
  float *u = rows, *v = u + span, *px = v + span, *py = px + span, *from_a = py + span, *from_b = from_a + span;
  const Plane<float> a = job.matching.a, b = job.matching.b;
  const float rise = job.matching.rise, bias = job.trial.candidate.bias;
  const bool start = job.start;
  const int low = first - kRadius < 0 ? 0 : first - kRadius, high = last + kRadius > height ? height : last + kRadius;
  const float t = job.matching.t, s = 1.f - t;
  for (int y = low; y < high; ++y) {
    candidate_row(job.trial.candidate, y, width, height, u, v);
    float* raw = band.raw(y - first);
    moved_row(u, v, y, -t, width, px, py);
    bilinear_row(a, px, py, width, from_a);
    moved_row(u, v, y, s, width, px, py);
    bilinear_row(b, px, py, width, from_b);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float d = from_a[x] + rise - from_b[x], apart = d < 0.f ? -d : d;
      raw[x] = apart < kMost ? apart : kMost;
    }
    if (job.trial.prediction && y >= first && y < last) {
      float* predicted = job.trial.prediction->row(y);
      ENGINE_INDEPENDENT
      for (int x = 0; x < width; ++x) predicted[x] = s * from_a[x] + t * from_b[x];
    }
    band.across(y - first, width, taps);
  }
  for (int y = first - kRadius; y < low; ++y) band.repeat(y - first, low - first);
  for (int y = high; y < last + kRadius; ++y) band.repeat(y - first, high - 1 - first);
  for (int y = first; y < last; ++y) {
    float* own = job.trial.cost->row(y);
    band.down(y - first, width, taps, own);
    if (!job.choice) continue;
    candidate_row(job.trial.candidate, y, width, height, u, v);
    const float *ru = job.reference->u.row(y), *rv = job.reference->v.row(y);
    float *cu = job.choice->flow.u.row(y), *cv = job.choice->flow.v.row(y), *score = job.choice->score.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) {
      const float du = u[x] - ru[x], dv = v[x] - rv[x];
      const float here = own[x] + bias + kDistance * std::sqrt(du * du + dv * dv);
      const bool take = start || here < score[x];
      score[x] = take ? here : score[x];
      cu[x] = take ? u[x] : cu[x];
      cv[x] = take ? v[x] : cv[x];
    }
  }
  if (job.choice) {
    job.choice->flow.u.replicate_rows(first, last);
    job.choice->flow.v.replicate_rows(first, last);
  }
}
ENGINE_KERNEL(rows, (const Job& job, int first, int last), body(job, first, last))

}  // namespace

void choose(const Exec& exec, const Matching& matching, const Trial& trial, const Flow& reference, bool start, const Choice& choice) {
  const Job job{matching, trial, &reference, start, &choice};
  const auto run = rows(exec.level);
  exec.rows(trial.cost->height(), 32, [&](int first, int last) { run(job, first, last); });
}

void match(const Exec& exec, const Matching& matching, const Trial& trial) {
  const Job job{matching, trial, nullptr, false, nullptr};
  const auto run = rows(exec.level);
  exec.rows(trial.cost->height(), 32, [&](int first, int last) { run(job, first, last); });
}

}  // namespace engine
