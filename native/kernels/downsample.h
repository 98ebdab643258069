// downsample: halves a picture with the separable filter [1 3 3 1] / 8.
//   from  [h, w] float32 with a replicated border of at least 2
//   to    [(h+1)/2, (w+1)/2] float32; its border is filled by replication
// Sample (x, y) of the result is centred at (2x + 0.5, 2y + 0.5) of the source.
#pragma once
#include "core/image.h"
#include "core/pool.h"

namespace engine {
void downsample(const Exec& exec, const Image<float>& from, const Image<float>& to);
}
