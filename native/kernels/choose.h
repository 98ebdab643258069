// choose: of several motions, the one along which the two pictures agree best at each in-between sample.
//   a, b        features [h, w] of (luma, chroma 1, chroma 2, luma gradient), border ≥ 2
//   t           time of the sample; motion m brings a(x - t·m) and b(x + (1 - t)·m) together
//   cost        mean over a 7×7 Gaussian of min(|Δluma| + ½(|Δc1| + |Δc2|) + |Δgradient|, 60), in 8-bit code values
// A candidate takes a sample over where cost + bias + distance·|m − reference| is below what is there.
#pragma once
#include "core/simd.h"
#include "inverse_search.h"

namespace engine {

struct Candidate {
  const Flow* flow = nullptr;  // none: the constant (u, v)
  float scale = 1.f;           // the flow is multiplied by this …
  float u = 0.f, v = 0.f;      // … and this is added
  float bias = 0.f;            // added to its cost
  int from_x = 0, from_y = 0;  // the flow is read this many samples away: a neighbour's motion
};

struct Choice {
  Flow flow;             // the motion chosen so far
  Image<float> score;    // its cost with bias and distance
};

/// `own` gets the cost of this candidate alone. `start` true: it is taken everywhere. `brightness`: b is this much brighter than a as a whole.
void choose(const Exec& exec, const Image<f4>& a, const Image<f4>& b, float t, float brightness, const Candidate& candidate, const Flow& reference,
            bool start, const Choice& choice, const Image<float>& own);

/// The cost of a candidate, no choice.
void match_cost(const Exec& exec, const Image<f4>& a, const Image<f4>& b, float t, float brightness, const Candidate& candidate, const Image<float>& own);

}  // namespace engine
