#include "choose.h"

#include "band_blur.h"
#include "candidate_row.h"
#include "sampling.h"

namespace engine {
namespace {

constexpr int kRadius = 3;
constexpr float kDistance = 0.05f, kMost = 60.f;

struct Job {
  const Plane<f4>& a;
  const Plane<f4>& b;
  float t, brightness;
  const Candidate& candidate;
  const Flow* reference;
  bool start;
  const Choice* choice;  // none: the cost alone
  const Image<float>& own;
};

ENGINE_INLINE void body(const Job& job, int first, int last) {
  const int width = job.a.width, height = job.a.height;
  // Gaussian, sigma 1.3 half-size samples
  const float taps[kRadius + 1] = {0.308f, 0.229f, 0.0942f, 0.0228f};
  BandBlur<kRadius> band(width, last - first);
  std::vector<float> u(width + 16), v(width + 16);
  const int low = first - kRadius < 0 ? 0 : first - kRadius, high = last + kRadius > height ? height : last + kRadius;
  const float t = job.t, s = 1.f - job.t;
  const f4 offset = {job.brightness, 0.f, 0.f, 0.f};
  const f4 weights = {1.f, 0.5f, 0.5f, 1.f};
  for (int y = low; y < high; ++y) {
    candidate_row(job.candidate, y, width, height, u.data(), v.data());
    float* raw = band.raw(y - first);
    for (int x = 0; x < width; ++x) {
      const f4 p = bilinear(job.a, x - t * u[x], y - t * v[x]), q = bilinear(job.b, x + s * u[x], y + s * v[x]);
      const float d = sum(abs(p + offset - q) * weights);
      raw[x] = d < kMost ? d : kMost;
    }
    band.across(y - first, width, taps);
  }
  for (int y = first - kRadius; y < low; ++y) band.repeat(y - first, low - first);
  for (int y = high; y < last + kRadius; ++y) band.repeat(y - first, high - 1 - first);
  for (int y = first; y < last; ++y) {
    float* own = job.own.row(y);
    band.down(y - first, width, taps, own);
    if (!job.choice) continue;
    candidate_row(job.candidate, y, width, height, u.data(), v.data());
    const float *ru = job.reference->u.row(y), *rv = job.reference->v.row(y);
    float *cu = job.choice->flow.u.row(y), *cv = job.choice->flow.v.row(y), *score = job.choice->score.row(y);
    for (int x = 0; x < width; ++x) {
      const float du = u[x] - ru[x], dv = v[x] - rv[x];
      const float here = own[x] + job.candidate.bias + kDistance * std::sqrt(du * du + dv * dv);
      const bool take = job.start || here < score[x];
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

void choose(const Exec& exec, const Image<f4>& a, const Image<f4>& b, float t, float brightness, const Candidate& candidate, const Flow& reference,
            bool start, const Choice& choice, const Image<float>& own) {
  const Job job{a, b, t, brightness, candidate, &reference, start, &choice, own};
  const auto run = rows(exec.level);
  exec.rows(own.height(), 32, [&](int first, int last) { run(job, first, last); });
}

void match_cost(const Exec& exec, const Image<f4>& a, const Image<f4>& b, float t, float brightness, const Candidate& candidate, const Image<float>& own) {
  const Job job{a, b, t, brightness, candidate, nullptr, false, nullptr, own};
  const auto run = rows(exec.level);
  exec.rows(own.height(), 32, [&](int first, int last) { run(job, first, last); });
}

}  // namespace engine
