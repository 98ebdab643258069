#include "alternatives.h"

#include "candidate_row.h"

namespace engine {
namespace {

// Patience in 8-bit code values of cost; sameness in samples of the field. Chosen on the footage of test/conformance: 8 … 32 differ by 0.1 dB.
constexpr float kPatience = 16.f, kSame = 0.3f, kLeast = 0.05f;

ENGINE_INLINE void body(const Flow& chosen, const Image<float>& chosen_cost, const std::vector<Alternative>& list, const Image<uint8_t>& still, const Image<float>& own,
                        const Image<uint16_t>& active, int first, int last) {
  const int width = chosen_cost.width(), height = chosen_cost.height();
  std::vector<float> u(width + 16), v(width + 16);
  const float rate = 1.f / kPatience;
  for (int y = first; y < last; ++y) {
    const float *mu = chosen.u.row(y), *mv = chosen.v.row(y), *best = chosen_cost.row(y);
    float* mine = own.row(y);
    uint16_t* bits = active.row(y);
    const uint8_t* held = still.row(y);
    for (int x = 0; x < width; ++x) {
      mine[x] = 1.f;
      bits[x] = 0;
    }
    for (size_t k = 0; k < list.size(); ++k) {
      candidate_row(list[k].candidate, y, width, height, u.data(), v.data());
      float* weight = list[k].weight->row(y);
      const uint16_t bit = static_cast<uint16_t>(1u << k);
      for (int x = 0; x < width; ++x) {
        const float worse = weight[x] - best[x];
        const float w = list[k].count * exp_negative(-(worse > 0.f ? worse : 0.f) * rate);
        const float du = u[x] - mu[x], dv = v[x] - mv[x];
        const bool same = du * du + dv * dv < kSame * kSame;
        const bool counts = !same && w > kLeast && !held[x];
        mine[x] += same ? w : 0.f;
        weight[x] = counts ? w : 0.f;
        bits[x] = static_cast<uint16_t>(counts ? bits[x] | bit : bits[x]);
      }
    }
  }
}
ENGINE_KERNEL(rows,
              (const Flow& chosen, const Image<float>& chosen_cost, const std::vector<Alternative>& list, const Image<uint8_t>& still, const Image<float>& own,
               const Image<uint16_t>& active, int first, int last),
              body(chosen, chosen_cost, list, still, own, active, first, last))

}  // namespace

void weigh_alternatives(const Exec& exec, const Flow& chosen, const Image<float>& chosen_cost, const std::vector<Alternative>& list,
                        const Image<uint8_t>& still, const Image<float>& own, const Image<uint16_t>& active) {
  const auto run = rows(exec.level);
  exec.rows(chosen_cost.height(), 32, [&](int first, int last) { run(chosen, chosen_cost, list, still, own, active, first, last); });
}

}  // namespace engine
