// pull_push: turns weighted sums into values and fills where nothing arrived from coarser levels.
// Source: Gortler et al., "The Lumigraph", SIGGRAPH 1996, §3.4 (pull, push).
//   levels[0]  in: [h, w] of (Σ w, Σ w·u, Σ w·v, –); levels[k] is half of levels[k-1], rounded up; used as scratch
//   flow       out [h, w], border replicated
#pragma once
#include <vector>

#include "core/simd.h"
#include "inverse_search.h"

namespace engine {

/// Levels of the pyramid down to a single sample.
std::vector<Image<f4>> pull_push_levels(int width, int height);
/// What they take.
size_t pull_push_bytes(int width, int height);
void pull_push(const Exec& exec, const std::vector<Image<f4>>& levels, const Flow& flow);

}  // namespace engine
