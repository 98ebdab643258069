// warp and enlarge_flow against bilinear sampling in double precision.
#include "warp.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static void check(Size size, float scale, double reach) {
  const Image<float> from = noise(size.width, size.height, 2, 21);
  const Flow flow{noise(size.width, size.height, 2, 22, -reach, reach), noise(size.width, size.height, 2, 23, -reach, reach)};
  const auto found = every_way([&](const Exec& exec) {
    const Image<float> to(size.width, size.height, 1);
    warp(exec, from, flow, scale, to);
    return samples_of(to);
  });
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      // positions are float32: up to 2^-18 of a sample at these sizes, times a step of 255
      NEAR(found[y * size.width + x], bilinear_at(from, x + scale * flow.u.row(y)[x], y + scale * flow.v.row(y)[x]), 0.01);
}

CASE("warp: bilinear between samples") {
  for (const Size size : kSizes) check(size, 1.f, 3);
}
CASE("warp: scaled and against the flow") {
  for (const Size size : kSizes) check(size, -0.4f, 6);
}
CASE("warp: positions far outside are the edge") {
  for (const Size size : kSizes) check(size, 1.f, 500);
}
CASE("warp: whole motions are copies") {
  Pool pool(2);
  const Image<float> from = noise(40, 30, 2, 1), to(40, 30, 1);
  const Flow flow{image(40, 30, 2, [](int, int) { return 3; }), image(40, 30, 2, [](int, int) { return -2; })};
  warp({pool, best_level(), {}}, from, flow, 1.f, to);
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 40; ++x) EQUAL(to.row(y)[x], inside(from, x + 3, y - 2));
}
CASE("enlarge_flow: bilinear between centres, doubled") {
  for (const Size size : kSizes) {
    const int width = (size.width + 1) / 2, height = (size.height + 1) / 2;
    const Flow from{noise(width, height, 2, 31, -9, 9), noise(width, height, 2, 32, -9, 9)};
    const auto found = every_way([&](const Exec& exec) {
      const Flow to{Image<float>(size.width, size.height, 2), Image<float>(size.width, size.height, 2)};
      enlarge_flow(exec, from, to);
      std::vector<float> all = samples_of(to.u);
      const auto v = samples_of(to.v);
      all.insert(all.end(), v.begin(), v.end());
      return all;
    });
    const size_t area = static_cast<size_t>(size.width) * size.height;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        NEAR(found[y * size.width + x], 2 * bilinear_at(from.u, (x - 0.5) / 2, (y - 0.5) / 2), 1e-4);
        NEAR(found[area + y * size.width + x], 2 * bilinear_at(from.v, (x - 0.5) / 2, (y - 0.5) / 2), 1e-4);
      }
  }
}
