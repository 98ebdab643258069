// Cases of hold_still.
#include "hold_still.h"

#include "core/test.h"
#include "core/test_pictures.h"

using namespace engine;

namespace {

constexpr int kWidth = 21, kHeight = 17;

/// One setting everywhere: luma of both pictures, a motion with its cost and prediction, the cost of none. Returns what became of the middle.
struct Outcome {
  bool held;
  float u, cost;
};
Outcome outcome(float a, float b, float rise, float motion_u, float cost, float prediction, float still_cost) {
  Pool pool(2);
  const Control control;
  const Exec exec{pool, best_level(), control};
  const auto filled = [](float value) {
    Image<float> image(kWidth, kHeight, 2);
    for (int y = 0; y < kHeight; ++y) std::fill_n(image.row(y), kWidth, value);
    image.replicate_rows(0, kHeight);
    return image;
  };
  const Image<float> first = filled(a), second = filled(b), costs = filled(cost), predictions = filled(prediction), none_costs = filled(still_cost);
  const Flow motion{filled(motion_u), filled(0.f)};
  const Image<uint8_t> still(kWidth, kHeight);
  hold_still(exec, {first, second, 0.5f, rise}, {{&motion}, &costs, &predictions}, none_costs, motion, still);
  return {still.row(8)[10] != 0, motion.u.row(8)[10], costs.row(8)[10]};
}

}  // namespace

CASE("hold_still: a tiny motion in grain is none") {
  const Outcome found = outcome(100.f, 101.5f, 0.f, 0.2f, 1.4f, 100.f, 1.5f);
  CHECK(found.held && found.u == 0.f && found.cost == 1.5f);
}
CASE("hold_still: a motion that fits clearly worse than none is none") { CHECK(outcome(100.f, 101.5f, 0.f, 9.f, 8.f, 140.f, 1.5f).held); }
CASE("hold_still: a motion that fits as well keeps moving") {
  const Outcome found = outcome(100.f, 101.5f, 0.f, 9.f, 1.f, 140.f, 1.5f);
  CHECK(!found.held && found.u == 9.f && found.cost == 1.f);
}
CASE("hold_still: a thin thing that passes over a flat ground is kept") { CHECK(!outcome(200.f, 200.f, 0.f, 30.f, 0.4f, 60.f, 0.f).held); }
CASE("hold_still: the same in place and the same prediction is held") { CHECK(outcome(200.f, 200.f, 0.f, 30.f, 0.4f, 200.5f, 0.f).held); }
CASE("hold_still: the same in place and a motion that does not fit is held") { CHECK(outcome(200.f, 200.f, 0.f, 30.f, 2.f, 60.f, 0.9f).held); }
CASE("hold_still: an overlay is held though the scene grew brighter") { CHECK(outcome(200.f, 200.f, 6.f, 30.f, 9.f, 90.f, 6.f).held); }
CASE("hold_still: different pictures are not held") { CHECK(!outcome(60.f, 90.f, 0.f, 0.1f, 30.f, 75.f, 30.f).held); }
