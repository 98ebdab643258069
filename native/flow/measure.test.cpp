// measure: the two figures of a picture, plane by plane.
#include "measure.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static Measure measured(const PictureFormat& format, const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  const Control control;
  Pool pool(2);
  return measure({pool, best_level(), control}, format, a.data(), b.data());
}

CASE("measure: PSNR of each plane against its own full scale") {
  for (const int depth : {8, 10, 16}) {
    PictureFormat format;
    format.width = 33;
    format.height = 25;
    format.layout = Layout::yuv420;
    format.depth = depth;
    format.alpha = true;
    std::vector<uint8_t> a(format.bytes(), 0), b = a;
    // plane i differs by i + 1 code values everywhere, the alpha plane not at all
    for (int i = 0; i < 3; ++i)
      for (size_t at = 0; at < format.shape(i).bytes; at += depth > 8 ? 2 : 1) b[format.shape(i).offset + at] = static_cast<uint8_t>(i + 1);
    const Measure found = measured(format, a, b);
    EQUAL(found.psnr.size(), 4u);
    for (int i = 0; i < 3; ++i) NEAR(found.psnr[i], 20 * std::log10(((1 << depth) - 1) / (i + 1.0)), 1e-9);
    CHECK(std::isinf(found.psnr[3]));
  }
}
CASE("measure: SSIM is that of luma, also of RGB") {
  PictureFormat format;
  format.width = 40;
  format.height = 30;
  for (const Layout layout : {Layout::yuv444, Layout::rgb}) {
    format.layout = layout;
    Random random(5);
    std::vector<uint8_t> a(format.bytes());
    for (uint8_t& value : a) value = static_cast<uint8_t>(random.next() * 256);
    std::vector<uint8_t> chroma = a, first = a;
    for (size_t i = format.shape(1).offset; i < chroma.size(); ++i) chroma[i] ^= 64;
    for (size_t i = 0; i < format.shape(1).offset; ++i) first[i] ^= 64;
    NEAR(measured(format, a, a).ssim, 1, 1e-6);
    CHECK(measured(format, a, first).ssim < 0.9);
    if (layout == Layout::rgb) CHECK(measured(format, a, chroma).ssim < 0.99);
    else NEAR(measured(format, a, chroma).ssim, 1, 1e-6);
  }
}
