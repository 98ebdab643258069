// alternatives: how much each of several other motions counts beside the chosen one, for a mix of predictions where they disagree.
// A prediction counts exp(-(its cost - cost of the chosen) / kPatience), at most 1; averaging plausible predictions lowers the squared error
// where the best match is uncertain (overlapped block motion compensation: Orchard and Sullivan, IEEE TIP 1994).
//   chosen    [h, w] flow; chosen_cost [h, w]
//   list      other motions with their cost planes; each cost plane becomes the motion's weight plane, 0 where it is not worth a sample
//             (the same motion as the chosen one within kSame samples: its weight then goes to the chosen one; or under kLeast)
//   still     [h, w]: 1 where nothing may be mixed in (hold_still.h)
//   own       out [h, w]: weight of the chosen motion
//   active    out [h, w]: bit k set where list[k] has a weight
#pragma once
#include <array>
#include <vector>

#include "choose.h"

namespace engine {

struct Alternative {
  Candidate candidate;
  float count = 1.f;                    // largest weight
  const Image<float>* weight = nullptr; // in: cost, out: weight
};
constexpr int kMostAlternatives = 16;

void weigh_alternatives(const Exec& exec, const Flow& chosen, const Image<float>& chosen_cost, const std::vector<Alternative>& list,
                        const Image<uint8_t>& still, const Image<float>& own, const Image<uint16_t>& active);

}  // namespace engine
