// median: of 5×5, as the median of the medians of rows: removes single wrong vectors and keeps edges.
//   from, to  [h, w] float32; from needs a replicated border of 2; to's border is filled by replication
#pragma once
#include "core/image.h"
#include "core/pool.h"

namespace engine {
void median(const Exec& exec, const Image<float>& from, const Image<float>& to);
}
