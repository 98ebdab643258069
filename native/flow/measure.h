// Distance of two pictures: PSNR of each plane, SSIM of luma.
#pragma once
#include <vector>

#include "core/picture.h"
#include "core/pool.h"

namespace engine {
struct Measure {
  std::vector<double> psnr;  // dB for each plane; infinite when equal
  double ssim = 1;
};
Measure measure(const Exec& exec, const PictureFormat& format, const uint8_t* a, const uint8_t* b);
}  // namespace engine
