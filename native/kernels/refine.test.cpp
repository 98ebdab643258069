// refine brings a flow nearer to a known motion and leaves a true one alone.
#include "refine.h"

#include "core/test_pictures.h"
#include "warp.h"

using namespace engine;
using namespace engine::test;

namespace {

struct Scene {
  Size size;
  // motion from left to right: an affine map about the middle
  double scale, turn, u, v;
  double flow_u(double x, double y) const { return u + scale * (x - size.width / 2.0) - turn * (y - size.height / 2.0); }
  double flow_v(double x, double y) const { return v + turn * (x - size.width / 2.0) + scale * (y - size.height / 2.0); }
};

double endpoint_error(const Scene& scene, const Flow& flow, int margin) {
  double total = 0;
  int count = 0;
  for (int y = margin; y < scene.size.height - margin; ++y)
    for (int x = margin; x < scene.size.width - margin; ++x, ++count)
      total += std::hypot(flow.u.row(y)[x] - scene.flow_u(x, y), flow.v.row(y)[x] - scene.flow_v(x, y));
  return total / count;
}

// Mean endpoint errors before and after, starting `off` samples away from the truth; `rise`: right is brighter.
std::pair<double, double> refined(const Scene& scene, double off, float rise) {
  const auto [width, height] = scene.size;
  const Texture texture(151, 14);
  const Image<float> left = image(width, height, 4, [&](int x, int y) { return texture.at(x, y); });
  // right(x + flow(x)) = left(x): the inverse of the affine map
  const double a = 1 + scene.scale, b = scene.turn, d = a * a + b * b, cx = width / 2.0, cy = height / 2.0;
  const Image<float> right = image(width, height, 4, [&](int px, int py) {
    const double x = px - cx - scene.u, y = py - cy - scene.v;
    return texture.at((a * x + b * y) / d + cx, (a * y - b * x) / d + cy) + rise;
  });
  const auto start = [&] {
    return Flow{image(width, height, 2, [&](int x, int y) { return scene.flow_u(x, y) + off * std::cos(0.11 * y); }),
                image(width, height, 2, [&](int x, int y) { return scene.flow_v(x, y) - off * std::sin(0.09 * x); })};
  };
  const auto bytes = every_way([&](const Exec& exec) {
    const Flow flow = start();
    RefineSpace space(width, height);
    const Image<float> warped(width, height, 4);
    for (int k = 0; k < 3; ++k) {
      warp(exec, right, flow, 1.f, warped);
      refine(exec, left, warped, rise, flow, space, {});
    }
    std::vector<float> all = samples_of(flow.u);
    const auto v = samples_of(flow.v);
    all.insert(all.end(), v.begin(), v.end());
    return all;
  });
  const size_t area = static_cast<size_t>(width) * height;
  const Flow after{image(width, height, 2, [&](int x, int y) { return bytes[y * width + x]; }), image(width, height, 2, [&](int x, int y) { return bytes[area + y * width + x]; })};
  return {endpoint_error(scene, start(), 8), endpoint_error(scene, after, 8)};
}

}  // namespace

CASE("refine: less than half the endpoint error of a wrong start, on an affine motion") {
  const auto [before, after] = refined({{96, 80}, 0.01, 0.008, 1.3, -0.7}, 0.6, 0.f);
  CHECK(after < before / 2);
  CHECK(after < 0.2);
}
CASE("refine: odd sizes") {
  for (const Size size : {Size{33, 65}, Size{47, 39}}) {
    const auto [before, after] = refined({size, 0.005, -0.01, 0.4, 0.9}, 0.5, 0.f);
    CHECK(after < before * 0.7);
  }
}
CASE("refine: a true flow stays") {
  const auto [before, after] = refined({{96, 80}, 0.01, 0.0, 0.5, 0.5}, 0.0, 0.f);
  EQUAL(before < 1e-5, true);
  CHECK(after < 0.06);
}
CASE("refine: a rise of brightness is allowed for") {
  const auto [before, after] = refined({{96, 80}, 0.0, 0.0, 1.2, 0.4}, 0.6, 10.f);
  CHECK(after < before / 2);
}
CASE("refine: flat pictures give no reason to move") {
  Pool pool(2);
  const Image<float> flat = image(40, 40, 4, [](int, int) { return 50; });
  const Flow flow{image(40, 40, 2, [](int, int) { return 2; }), image(40, 40, 2, [](int, int) { return -1; })};
  RefineSpace space(40, 40);
  refine({pool, best_level(), {}}, flat, flat, 0.f, flow, space, {});
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) {
      NEAR(flow.u.row(y)[x], 2, 1e-3);
      NEAR(flow.v.row(y)[x], -1, 1e-3);
    }
}
