// visibility: how much of the in-between sample comes from the first picture, 0 … 1.
//   motion          [h, w] chosen motion; cost [h, w] of it (choose.h)
//   error_a, _b     consistency errors of the flows from a and from b
//   arrived_a, _b   how much was splatted to the sample from a (b)
//   share           out [h, w]: 1 - t where both sides agree; where they do not, the side that sees the sample; smoothed by a 5×5 Gaussian
#pragma once
#include "core/simd.h"
#include "inverse_search.h"

namespace engine {
struct Sides {
  const Image<float>& error_a;
  const Image<float>& error_b;
  const Image<float>& arrived_a;
  const Image<float>& arrived_b;
};
void visibility(const Exec& exec, const Flow& motion, const Image<float>& cost, const Sides& sides, float t, const Image<float>& share);
}
