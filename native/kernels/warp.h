// warp: samples a picture where a flow points, bilinearly.
//   from   [h, w] float32, border ≥ 2, replicated
//   flow   [h, w] in samples; positions are kept inside the picture
//   scale  the flow is multiplied by this (-t, 1 - t, 1 …)
//   to     [h, w] float32; its border is filled by replication
#pragma once
#include "inverse_search.h"

namespace engine {
void warp(const Exec& exec, const Image<float>& from, const Flow& flow, float scale, const Image<float>& to);

/// enlarge_flow: flow of a picture twice the size: bilinear between centres, values doubled.
///   from [ceil(h/2), ceil(w/2)], to [h, w]
void enlarge_flow(const Exec& exec, const Flow& from, const Flow& to);
}  // namespace engine
