// likeness: how alike two planes are, from exact integer sums.
//   a, b   [h, w] samples of one depth
// Results are in 8-bit code values. Blocks are 16×16 (smaller at the right and bottom edge).
#pragma once
#include "widen.h"

namespace engine {

struct LikenessOfPlanes {
  double mean_difference = 0;     // mean |a - b|
  double worst_block = 0;         // largest block mean of |a - b|
  double histogram_distance = 0;  // half the sum of |differences| of 64-bin histograms, 0 … 1
  double rise = 0;                // median over blocks of mean (b - a)
};
LikenessOfPlanes likeness(const Exec& exec, const Samples& a, const Samples& b);

/// 64-bit fingerprint of bytes, to recognise a picture that was here before.
uint64_t fingerprint(const uint8_t* data, size_t bytes);

}  // namespace engine
