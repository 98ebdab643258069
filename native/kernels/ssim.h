// ssim, squared_error: how far one plane is from another.
//   a, b  [h, w] samples of one depth
// ssim: mean over all whole 11×11 Gaussian windows (sigma 1.5), C1 = (0.01·L)², C2 = (0.03·L)², L = 255 in 8-bit code values.
// Source: Wang, Bovik, Sheikh, Simoncelli, "Image Quality Assessment", IEEE TIP 2004, eq. 13. Pictures under 11 samples use what fits.
#pragma once
#include "widen.h"

namespace engine {
double ssim(const Exec& exec, const Image<float>& a, const Image<float>& b);
/// Mean of (a - b)², exact, in squares of full-scale code values of `depth` bits.
double squared_error(const Exec& exec, const Samples& a, const Samples& b);
}  // namespace engine
