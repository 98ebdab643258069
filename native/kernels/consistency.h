// consistency: how far a flow and its reverse disagree, and how different the pictures are along it.
//   there, back  flows [h, w] from `a` to `b` and from `b` to `a`
//   a, b         [h, w] float32, 8-bit code values, border ≥ 2
//   error        out [h, w]: |there(x) + back(x + there(x))| in samples
//   weight       out [h, w]: exp(-min(mean5×5 |a - b(x + there)| / 8 + error / 1.5, 12)), the splatting weight
#pragma once
#include "inverse_search.h"

namespace engine {
void consistency(const Exec& exec, const Flow& there, const Flow& back, const Image<float>& a, const Image<float>& b, float rise,
                 const Image<float>& error, const Image<float>& weight);
}
