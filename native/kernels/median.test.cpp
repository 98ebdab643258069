// median against sorting.
#include "median.h"

#include <algorithm>
#include <array>

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static float middle(std::array<float, 5> values) {
  std::sort(values.begin(), values.end());
  return values[2];
}

CASE("median: the middle of the middles of five rows") {
  for (const Size size : kSizes) {
    const Image<float> from = noise(size.width, size.height, 2, 41, -50, 50);
    const auto found = every_way([&](const Exec& exec) {
      const Image<float> to(size.width, size.height, 2);
      median(exec, from, to);
      return samples_of(to);
    });
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        std::array<float, 5> rows{};
        for (int j = 0; j < 5; ++j) {
          std::array<float, 5> row{};
          for (int i = 0; i < 5; ++i) row[i] = inside(from, x + i - 2, y + j - 2);
          rows[j] = middle(row);
        }
        EQUAL(found[y * size.width + x], middle(rows));
      }
  }
}
CASE("median: takes away single wrong samples and keeps an edge") {
  Pool pool(1);
  const auto clean = [](int x, int) { return x < 20 ? 0 : 8; };
  const Image<float> from = image(40, 40, 2, [&](int x, int y) { return x % 7 == 3 && y % 7 == 3 ? 100 : clean(x, y); }), to(40, 40, 2);
  median({pool, best_level(), {}}, from, to);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x) EQUAL(to.row(y)[x], static_cast<float>(clean(x, y)));
}
CASE("median: fills its border") {
  Pool pool(1);
  const Image<float> from = noise(17, 40, 2, 2), to(17, 40, 2);
  median({pool, best_level(), {}}, from, to);
  for (int y = -2; y < 42; ++y)
    for (int x = -2; x < 19; ++x) EQUAL(to.row(y)[x], inside(to, x, y));
}
