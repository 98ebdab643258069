// hold_still: motions that are none. A sample's motion becomes exactly zero, and takes no hedge and no bend, where the pictures
//   - agree in place to grain level, and the chosen motion is tiny or fits clearly worse than none; or
//   - are the same in place within one sample around, and the motion is tiny, does not fit, or predicts the same value anyway.
// So captions, logos and backgrounds stay still and sharp, but a thin thing that passed over a flat ground is not lost.
//   a, b          luma [h, w] as in choose.h, and t and rise of it
//   chosen        trial of the motion, with cost and prediction; its cost becomes that of no motion where held
//   still_cost    [h, w] cost of no motion
//   motion        in and out [h, w], border replicated
//   still         out [h, w]: 1 where held
#pragma once
#include "choose.h"

namespace engine {
void hold_still(const Exec& exec, const Matching& matching, const Trial& chosen, const Image<float>& still_cost, const Flow& motion,
                const Image<uint8_t>& still);
}
