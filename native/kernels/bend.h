// Motion that is not straight. Frames before and after a pair tell how a motion accelerates; bend turns that into how far the in-between
// picture lies off the straight path.
//
// curve: second difference of a sample's path at one picture of the pair, per frame².
//   inward, outward        flows [h, w] to the other picture of the pair and to the picture beyond
//   inward_weight, outward_weight  how far each is believed, 0 … 1 (consistency.h)
//   span                   time to the picture beyond over the time between the pair
//   to                     out [h, w]: 2 / (1 + span) · (inward + outward / span), faded where not believed; border replicated
//
// bend: cubic through four points in time, a little more than it: off the chord by -1.15·t(1 - t)/6 · ((2 - t)·curve_a + (1 + t)·curve_b) (Lagrange's remainder).
//   motion, still          chosen motion [h, w] and where it is held (hold_still.h: no bend there)
//   curve_a, curve_b       second differences at the pictures of the pair
//   to                     out [h, w]: what was at x on the straight path is at x + to; border replicated
#pragma once
#include "inverse_search.h"

namespace engine {
struct Curve {
  const Flow& inward;
  const Flow& outward;
  const Image<float>& inward_weight;
  const Image<float>& outward_weight;
  float span;
};
void curve(const Exec& exec, const Curve& job, const Flow& to);
void bend(const Exec& exec, const Flow& motion, const Image<uint8_t>& still, const Flow& curve_a, const Flow& curve_b, float t, const Flow& to);
}  // namespace engine
