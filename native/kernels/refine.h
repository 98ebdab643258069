// refine: variational refinement of a dense flow between two pictures.
// Energy: Σ ψ(δ·brightness² + γ·gradient²) + α·ψ(|∇u|² + |∇v|²), ψ(s²) = √(s² + ε²); constancies normalised by the local gradient
// (Zimmer, Bruhn, Weickert, "Optic Flow in Harmony", IJCV 2011, §3.1), linearised around the present flow, solved by red-black SOR.
//   left, right  [h, w] float32, border ≥ 3, replicated: the two pictures already brought together by the present flow
//   rise         right is this much brighter than left as a whole
//   flow         in and out, border ≥ 1
#pragma once
#include "inverse_search.h"

namespace engine {

struct RefineEffort {
  int sweeps = 5;
  float alpha = 1.f, delta = 1.f, gamma = 1.f, omega = 1.7f;
};

/// Scratch planes of a refine at one size.
struct RefineSpace {
  Image<float> a12, b1, b2, d1, d2, right, down, mean, change;
  RefineSpace(int width, int height);
  static size_t bytes(int width, int height);
};

void refine(const Exec& exec, const Image<float>& left, const Image<float>& right, float rise, const Flow& flow, RefineSpace& space, RefineEffort effort);

}  // namespace engine
