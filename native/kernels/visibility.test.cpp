// visibility: a share between 0 and 1 that follows the side which sees the sample.
#include "visibility.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

struct Scene {
  Image<float> u, v, cost, error_a, error_b, arrived_a, arrived_b;
};
template <class Value>
Image<float> plane(Size size, const Value& value) {
  return image(size.width, size.height, 2, value);
}
Scene same(Size size, float cost, float error_a, float error_b, float arrived_a, float arrived_b) {
  const auto all = [&](float value) { return plane(size, [=](int, int) { return value; }); };
  return {all(0), all(0), all(cost), all(error_a), all(error_b), all(arrived_a), all(arrived_b)};
}
std::vector<float> shares(const Scene& scene, float t) {
  return every_way([&](const Exec& exec) {
    const int width = scene.cost.width(), height = scene.cost.height();
    const Flow motion{plane({width, height}, [&](int x, int y) { return scene.u.row(y)[x]; }), plane({width, height}, [&](int x, int y) { return scene.v.row(y)[x]; })};
    const Image<float> share(width, height, 2);
    visibility(exec, motion, scene.cost, {scene.error_a, scene.error_b, scene.arrived_a, scene.arrived_b}, t, share);
    return samples_of(share);
  });
}

}  // namespace

CASE("visibility: 1 - t where both sides agree") {
  for (const Size size : kSizes)
    for (const float t : {0.1f, 0.5f, 0.9f})
      for (const float share : shares(same(size, 0.5f, 0, 0, 1, 1), t)) NEAR(share, 1 - t, 2e-3);
}
CASE("visibility: 1 - t too where both sides see a bad match alike") {
  for (const float share : shares(same({33, 65}, 40, 2, 2, 1, 1), 0.25f)) NEAR(share, 0.75, 2e-3);
}
CASE("visibility: the side whose flow is consistent is taken") {
  for (const float share : shares(same({33, 65}, 40, 9, 0, 1, 1), 0.5f)) CHECK(share < 0.1f);
  for (const float share : shares(same({33, 65}, 40, 0, 9, 1, 1), 0.5f)) CHECK(share > 0.9f);
}
CASE("visibility: the side from which something arrived is taken") {
  for (const float share : shares(same({33, 65}, 40, 0, 0, 0, 1), 0.5f)) CHECK(share < 0.1f);
  for (const float share : shares(same({33, 65}, 40, 0, 0, 1, 0), 0.5f)) CHECK(share > 0.9f);
}
CASE("visibility: errors are read where the motion comes from") {
  // a is inconsistent in its left half, b in its right half; content moves 20 samples to the right, so at t = ½ sample x comes from x - 10 and x + 10
  const Size size{80, 40};
  Scene scene = same(size, 40, 0, 0, 1, 1);
  scene.u = plane(size, [](int, int) { return 20; });
  scene.error_a = plane(size, [](int x, int) { return x < 40 ? 9 : 0; });
  const auto found = shares(scene, 0.5f);
  CHECK(found[20 * 80 + 44] < 0.1f);
  NEAR(found[20 * 80 + 56], 0.5, 2e-3);
}
CASE("visibility: stays between 0 and 1, whatever it is given") {
  for (const Size size : kSizes) {
    const Scene scene{noise(size.width, size.height, 2, 1, -30, 30), noise(size.width, size.height, 2, 2, -30, 30), noise(size.width, size.height, 2, 3, 0, 60),
                      noise(size.width, size.height, 2, 4, 0, 200),  noise(size.width, size.height, 2, 5, 0, 200),  noise(size.width, size.height, 2, 6, 0, 3),
                      noise(size.width, size.height, 2, 7, 0, 3)};
    for (const float t : {0.01f, 0.5f, 0.99f})
      for (const float share : shares(scene, t)) CHECK(share >= 0.f && share <= 1.0001f);
  }
}
