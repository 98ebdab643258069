// choose: of several motions, the one along which the two pictures agree best at each in-between sample.
//   a, b        luma [h, w] float32 in 8-bit code values, border ≥ 2
//   t           time of the sample; motion m brings a(x - t·m) and b(x + (1 - t)·m) together
//   cost        mean over a 7×7 Gaussian of min(|difference|, 60), in 8-bit code values
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

/// What a candidate is worth by itself: its cost, and the luma it predicts, (1 - t)·a + t·b along it, brought to the brightness at t.
struct Trial {
  Candidate candidate;
  const Image<float>* cost = nullptr;        // out [h, w]
  const Image<float>* prediction = nullptr;  // out [h, w], or none
};

struct Matching {
  const Image<float>& a;
  const Image<float>& b;
  float t;
  float rise;  // b is this much brighter than a as a whole
};

/// `start` true: the candidate is taken everywhere.
void choose(const Exec& exec, const Matching& matching, const Trial& trial, const Flow& reference, bool start, const Choice& choice);

/// The trial alone, no choice.
void match(const Exec& exec, const Matching& matching, const Trial& trial);

}  // namespace engine
