// consistency against its formulas in double precision.
#include "consistency.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static void check(Size size, double reach, double low, double high, float rise) {
  const int width = size.width, height = size.height;
  const Flow there{noise(width, height, 2, 81, -reach, reach), noise(width, height, 2, 82, -reach, reach)};
  const Flow back{noise(width, height, 2, 83, -reach, reach), noise(width, height, 2, 84, -reach, reach)};
  const Image<float> a = noise(width, height, 2, 85, low, high), b = noise(width, height, 2, 86, low, high);
  const auto found = every_way([&](const Exec& exec) {
    const Image<float> error(width, height, 2), weight(width, height, 2);
    consistency(exec, there, back, a, b, rise, error, weight);
    std::vector<float> all = samples_of(error);
    const auto more = samples_of(weight);
    all.insert(all.end(), more.begin(), more.end());
    return all;
  });
  std::vector<double> apart(found.size() / 2);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      apart[y * width + x] = std::abs(a.row(y)[x] + rise - bilinear_at(b, x + there.u.row(y)[x], y + there.v.row(y)[x]));
  const auto clamped = [](int value, int count) { return value < 0 ? 0 : value >= count ? count - 1 : value; };
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double u = there.u.row(y)[x], v = there.v.row(y)[x];
      const double error = std::hypot(u + bilinear_at(back.u, x + u, y + v), v + bilinear_at(back.v, x + u, y + v));
      NEAR(found[y * width + x], error, 2e-3);
      double mean = 0;
      for (int j = -2; j <= 2; ++j)
        for (int i = -2; i <= 2; ++i) mean += apart[clamped(y + j, height) * width + clamped(x + i, width)] / 25;
      const double weight = std::exp(-std::fmin(mean / 8 + error / 1.5, 12));
      NEAR(found[apart.size() + y * width + x], weight, 2e-3 * weight + 1e-6);
    }
}

CASE("consistency: small errors, alike pictures") {
  for (const Size size : kSizes) check(size, 0.8, 100, 110, 0.f);
}
CASE("consistency: large errors, strange pictures") {
  for (const Size size : kSizes) check(size, 6, 0, 255, 0.f);
}
CASE("consistency: a rise of brightness is no difference") {
  for (const Size size : kSizes) check(size, 0.8, 100, 110, 12.f);
}
CASE("consistency: a flow and its reverse agree, with full weight on equal pictures") {
  Pool pool(2);
  const Image<float> a = image(40, 40, 2, [](int, int) { return 77; });
  const Flow there{image(40, 40, 2, [](int, int) { return 2.5; }), image(40, 40, 2, [](int, int) { return -1; })};
  const Flow back{image(40, 40, 2, [](int, int) { return -2.5; }), image(40, 40, 2, [](int, int) { return 1; })};
  const Image<float> error(40, 40, 2), weight(40, 40, 2);
  consistency({pool, best_level(), {}}, there, back, a, a, 0.f, error, weight);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) {
      EQUAL(error.row(y)[x], 0.f);
      NEAR(weight.row(y)[x], 1, 1e-4);
    }
}
