// curve and bend on motions whose acceleration is known.
#include "bend.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

Image<float> all(Size size, float value) {
  return image(size.width, size.height, 2, [=](int, int) { return value; });
}
std::vector<float> both(const Flow& flow) {
  std::vector<float> values = samples_of(flow.u, 1);
  const auto v = samples_of(flow.v, 1);
  values.insert(values.end(), v.begin(), v.end());
  return values;
}

// A path x(τ) = u·τ + c·τ²/2: its flows to τ = 1 and to τ = -span.
std::vector<float> curved(Size size, float u, float c, float span, float believed) {
  const Flow inward{all(size, u + c / 2), all(size, 0)}, outward{all(size, -u * span + c * span * span / 2), all(size, 0)};
  const Image<float> sure = all(size, 1), weight = all(size, believed);
  return every_way([&](const Exec& exec) {
    const Flow to{Image<float>(size.width, size.height, 2), Image<float>(size.width, size.height, 2)};
    curve(exec, {inward, outward, sure, weight, span}, to);
    return both(to);
  });
}
void check_curve(float u, float c, float span) {
  for (const Size size : kSizes) {
    const auto found = curved(size, u, c, span, 1);
    for (size_t i = 0; i < found.size(); ++i) NEAR(found[i], i < found.size() / 2 ? c : 0, 1e-4);
  }
}

}  // namespace

CASE("curve: the acceleration of a path, whatever the time to the picture beyond") {
  check_curve(6, 1, 1);
  check_curve(-3, 0.5f, 2);
  check_curve(4, -0.75f, 0.5f);
}
CASE("curve: a straight path has none") { check_curve(7, 0, 1); }
CASE("curve: none where the flow beyond is not believed") {
  for (const float value : curved({33, 65}, 6, 1, 1, 0)) EQUAL(value, 0.f);
}
CASE("curve: a turn out of proportion to the motion is cut down") {
  for (const float value : curved({33, 65}, -100, 200, 1, 1)) CHECK(std::abs(value) <= 12.01f);
}
CASE("bend: the cubic's distance from its chord") {
  for (const Size size : kSizes)
    for (const float t : {0.25f, 0.5f, 0.8f}) {
      const Flow motion{noise(size.width, size.height, 2, 1, -5, 5), noise(size.width, size.height, 2, 2, -5, 5)};
      const Flow a{noise(size.width, size.height, 2, 3, -2, 2), noise(size.width, size.height, 2, 4, -2, 2)};
      const Flow b{noise(size.width, size.height, 2, 5, -2, 2), noise(size.width, size.height, 2, 6, -2, 2)};
      const Image<uint8_t> still = image<uint8_t>(size.width, size.height, 0, [](int x, int) { return x % 5 == 0; });
      const auto found = every_way([&](const Exec& exec) {
        const Flow to{Image<float>(size.width, size.height, 2), Image<float>(size.width, size.height, 2)};
        bend(exec, motion, still, a, b, t, to);
        return samples_of(to.u);
      });
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
          const double u = motion.u.row(y)[x], v = motion.v.row(y)[x];
          const double at_a = bilinear_at(a.u, x - t * u, y - t * v), at_b = bilinear_at(b.u, x + (1 - t) * u, y + (1 - t) * v);
          const double expected = x % 5 == 0 ? 0 : -1.15 * t * (1 - t) / 6 * ((2 - t) * at_a + (1 + t) * at_b);
          NEAR(found[y * size.width + x], expected, 1e-3);
        }
    }
}
