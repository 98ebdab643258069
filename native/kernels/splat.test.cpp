// splat against adding every source to its four targets in double precision.
#include "splat.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static std::vector<float> splatted(const Flow& flow, const Image<float>& weight, float t) {
  return every_way([&](const Exec& exec) {
    const int width = weight.width(), height = weight.height();
    SplatReach reach(width, height);
    const Image<f4> sums(width, height, 1);
    splat(exec, flow, weight, t, reach, sums);
    std::vector<float> all;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        for (int k = 0; k < 3; ++k) all.push_back(sums.row(y)[x][k]);
    return all;
  });
}

static void check(Size size, float t, double reach) {
  const int width = size.width, height = size.height;
  const Flow flow{noise(width, height, 2, 61, -reach, reach), noise(width, height, 2, 62, -reach, reach)};
  const Image<float> weight = noise(width, height, 2, 63, 0, 1);
  const auto found = splatted(flow, weight, t);
  std::vector<double> expected(found.size());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double u = flow.u.row(y)[x], v = flow.v.row(y)[x], w = weight.row(y)[x];
      for (int ty = 0; ty < height; ++ty)
        for (int tx = 0; tx < width; ++tx) {
          const double share = std::fmax(0, 1 - std::abs(x + t * u - tx)) * std::fmax(0, 1 - std::abs(y + t * v - ty));
          if (share == 0) continue;
          double* at = &expected[(static_cast<size_t>(ty) * width + tx) * 3];
          at[0] += share * w;
          at[1] += share * w * u;
          at[2] += share * w * v;
        }
    }
  // positions are whole to 1/512 of a sample before they are cut into cell and fraction
  for (size_t i = 0; i < found.size(); ++i) NEAR(found[i], expected[i], 1e-3 * (1 + reach));
}

CASE("splat: short motions") {
  for (const Size size : kSizes) check(size, 0.5f, 2);
}
CASE("splat: motions across the picture and out of it") {
  for (const Size size : {Size{17, 23}, Size{33, 65}}) check(size, 0.3f, 90);
}
CASE("splat: at time 0 nothing moves") { check({33, 65}, 0.f, 20); }
CASE("splat: a whole shift moves every sum by it") {
  const Flow flow{image(40, 50, 2, [](int, int) { return 8; }), image(40, 50, 2, [](int, int) { return -4; })};
  const Image<float> weight = noise(40, 50, 2, 3, 0, 1);
  const auto found = splatted(flow, weight, 0.25f);
  for (int y = 0; y < 50; ++y)
    for (int x = 0; x < 40; ++x) {
      const bool reached = x >= 2 && y < 49;
      const float w = reached ? weight.row(y + 1)[x - 2] : 0.f;
      EQUAL(found[(y * 40 + x) * 3], w);
      EQUAL(found[(y * 40 + x) * 3 + 1], w * 8);
    }
}
