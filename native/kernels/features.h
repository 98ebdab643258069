// features: what `choose` compares at each sample: (luma, chroma 1, chroma 2, horizontal luma gradient).
//   luma     [h, w] float32, border ≥ 2
//   chroma   two planes of any size covering the same picture, or null (gray)
//   to       [h, w] f4; its border is filled by replication
#pragma once
#include "core/simd.h"
#include "core/image.h"
#include "core/pool.h"

namespace engine {
void features(const Exec& exec, const Image<float>& luma, const Image<float>* first_chroma, const Image<float>* second_chroma, const Image<f4>& to);
}
