// hedge: where several motions are plausible, how far the mean of their predictions lies from the prediction of the chosen one.
// A prediction counts exp(-(its cost - cost of the chosen) / patience), at most 1; averaging plausible predictions lowers the squared error
// where the best match is uncertain (overlapped block motion compensation: Orchard and Sullivan, IEEE TIP 1994). Done at half size: the
// chosen motion keeps the fine detail, the mean corrects what lies below it.
//   chosen    trial of the chosen motion, with prediction
//   others    trials of other motions, with predictions
//   still     [h, w]: 1 where nothing may be mixed in (hold_still.h)
//   to        out [h, w]: luma to add, in 8-bit code values; border replicated
#pragma once
#include <vector>

#include "choose.h"

namespace engine {
void hedge(const Exec& exec, const Trial& chosen, const std::vector<Trial>& others, const Image<uint8_t>& still, const Image<float>& to);
}
