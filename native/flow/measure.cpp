#include "measure.h"

#include <cmath>
#include <limits>

#include "kernels/ssim.h"

namespace engine {

Measure measure(const Exec& exec, const PictureFormat& format, const uint8_t* a, const uint8_t* b) {
  Measure result;
  const double peak = (1 << format.depth) - 1;
  const auto samples = [&](const uint8_t* picture, int plane) {
    const PlaneShape shape = format.shape(plane);
    return Samples{picture + shape.offset, shape.width, shape.height, format.depth};
  };
  for (int i = 0; i < format.planes(); ++i) {
    const double error = squared_error(exec, samples(a, i), samples(b, i));
    result.psnr.push_back(error > 0 ? 10 * std::log10(peak * peak / error) : std::numeric_limits<double>::infinity());
  }
  const auto luma = [&](const uint8_t* picture) {
    Image<float> to(format.width, format.height);
    if (format.layout != Layout::rgb) {
      widen(exec, samples(picture, 0), to);
      return to;
    }
    Image<float> green(format.width, format.height), blue(format.width, format.height), red(format.width, format.height);
    widen(exec, samples(picture, 0), green);
    widen(exec, samples(picture, 1), blue);
    widen(exec, samples(picture, 2), red);
    luma_of_rgb(exec, red, green, blue, to);
    return to;
  };
  result.ssim = ssim(exec, luma(a), luma(b));
  return result;
}

}  // namespace engine
