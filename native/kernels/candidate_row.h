// One row of a candidate motion (choose.h); inlined into the kernels that read candidates.
#pragma once
#include <algorithm>

#include "choose.h"

namespace engine {

ENGINE_INLINE void candidate_row(const Candidate& candidate, int y, int width, int height, float* u, float* v) {
  if (!candidate.flow) {
    std::fill_n(u, width, candidate.u);
    std::fill_n(v, width, candidate.v);
    return;
  }
  const int row = std::clamp(y + candidate.from_y, 0, height - 1), shift = candidate.from_x;
  const float *fu = candidate.flow->u.row(row), *fv = candidate.flow->v.row(row);
  const int low = std::clamp(-shift, 0, width), high = std::clamp(width - shift, low, width);
  for (int x = 0; x < low; ++x) {
    u[x] = candidate.scale * fu[0];
    v[x] = candidate.scale * fv[0];
  }
  for (int x = low; x < high; ++x) {
    u[x] = candidate.scale * fu[x + shift];
    v[x] = candidate.scale * fv[x + shift];
  }
  for (int x = high; x < width; ++x) {
    u[x] = candidate.scale * fu[width - 1];
    v[x] = candidate.scale * fv[width - 1];
  }
}

}  // namespace engine
