#include "hedge.h"

namespace engine {
namespace {

// In 8-bit code values of cost. From 8 to 64 the footage of test/conformance gains 0.2 dB and loses no fine detail (VIF); then it is flat.
constexpr float kPatience = 32.f;

ENGINE_INLINE void body(const Trial& chosen, const std::vector<Trial>& others, const Image<uint8_t>& still, const Image<float>& to, int first, int last) {
  const int width = to.width();
  std::vector<float> sums(2 * static_cast<size_t>(width));
  float *mean = sums.data(), *all = mean + width;
  for (int y = first; y < last; ++y) {
    const float *best = chosen.cost->row(y), *base = chosen.prediction->row(y);
    for (int x = 0; x < width; ++x) {
      mean[x] = 0.f;
      all[x] = 1.f;
    }
    for (const Trial& other : others) {
      const float *cost = other.cost->row(y), *prediction = other.prediction->row(y);
      ENGINE_INDEPENDENT
      for (int x = 0; x < width; ++x) {
        const float worse = cost[x] - best[x], weight = exp_negative(-(worse > 0.f ? worse : 0.f) * (1.f / kPatience));
        mean[x] += weight * (prediction[x] - base[x]);
        all[x] += weight;
      }
    }
    const uint8_t* held = still.row(y);
    float* out = to.row(y);
    ENGINE_INDEPENDENT
    for (int x = 0; x < width; ++x) out[x] = held[x] ? 0.f : mean[x] / all[x];
  }
  to.replicate_rows(first, last);
}
ENGINE_KERNEL(rows, (const Trial& chosen, const std::vector<Trial>& others, const Image<uint8_t>& still, const Image<float>& to, int first, int last),
              body(chosen, others, still, to, first, last))

}  // namespace

void hedge(const Exec& exec, const Trial& chosen, const std::vector<Trial>& others, const Image<uint8_t>& still, const Image<float>& to) {
  const auto run = rows(exec.level);
  exec.rows(to.height(), 32, [&](int first, int last) { run(chosen, others, still, to, first, last); });
}

}  // namespace engine
