// downsample against the filter written out in double precision.
#include "downsample.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

CASE("downsample: [1 3 3 1] / 8 both ways, edges repeated") {
  for (const Size size : kSizes) {
    const Image<float> from = noise(size.width, size.height, 2, 11);
    const int width = (size.width + 1) / 2, height = (size.height + 1) / 2;
    const auto found = every_way([&](const Exec& exec) {
      const Image<float> to(width, height, 2);
      downsample(exec, from, to);
      return samples_of(to);
    });
    const double taps[4] = {1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0};
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        double expected = 0;
        for (int j = 0; j < 4; ++j)
          for (int i = 0; i < 4; ++i) expected += taps[i] * taps[j] * inside(from, 2 * x - 1 + i, 2 * y - 1 + j);
        NEAR(found[y * width + x], expected, 1e-4);
      }
  }
}
CASE("downsample: a ramp keeps its place: sample x is centred at 2x + 0.5") {
  Pool pool(1);
  const Image<float> from = image(64, 64, 2, [](int x, int y) { return x + 3 * y; }), to(32, 32, 2);
  downsample({pool, best_level(), {}}, from, to);
  for (int y = 1; y < 31; ++y)
    for (int x = 1; x < 31; ++x) NEAR(to.row(y)[x], (2 * x + 0.5) + 3 * (2 * y + 0.5), 1e-4);
}
CASE("downsample: fills its border") {
  Pool pool(2);
  const Image<float> from = noise(33, 65, 2, 5), to(17, 33, 3);
  downsample({pool, best_level(), {}}, from, to);
  for (int y = -3; y < 36; ++y)
    for (int x = -3; x < 20; ++x) EQUAL(to.row(y)[x], inside(to, x, y));
}
