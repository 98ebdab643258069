// hold_still: motions that are none. Where the pictures agree in place to grain level and the chosen motion is tiny, or fits clearly worse than
// no motion at all, the motion becomes exactly zero and takes no alternatives: captions, logos and backgrounds stay still and sharp.
//   motion        in and out [h, w], border replicated
//   motion_cost   in and out [h, w]; still_cost [h, w]: costs (choose.h) of the motion and of no motion
//   still         out [h, w]: 1 where held
#pragma once
#include "choose.h"

namespace engine {
void hold_still(const Exec& exec, const Flow& motion, const Image<float>& motion_cost, const Image<float>& still_cost, const Image<uint8_t>& still);
}
