// pull_push: divides where something arrived, fills the rest from around, invents nothing.
#include "pull_push.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

// sums(x, y) gives (weight, u, v); returns u of every sample, then v.
template <class Sums>
static std::vector<float> filled(Size size, const Sums& sums) {
  return every_way([&](const Exec& exec) {
    const auto levels = pull_push_levels(size.width, size.height);
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const f4 value = sums(x, y);
        levels[0].row(y)[x] = f4{value[0], value[0] * value[1], value[0] * value[2], 0.f};
      }
    const Flow flow{Image<float>(size.width, size.height, 2), Image<float>(size.width, size.height, 2)};
    pull_push(exec, levels, flow);
    std::vector<float> all = samples_of(flow.u);
    const auto v = samples_of(flow.v);
    all.insert(all.end(), v.begin(), v.end());
    return all;
  });
}

CASE("pull_push: levels halve, rounded up, down to 4 samples") {
  const auto levels = pull_push_levels(33, 65);
  for (size_t i = 1; i < levels.size(); ++i) {
    EQUAL(levels[i].width(), (levels[i - 1].width() + 1) / 2);
    EQUAL(levels[i].height(), (levels[i - 1].height() + 1) / 2);
  }
  CHECK(levels.back().width() <= 4 || levels.back().height() <= 4);
}
CASE("pull_push: where enough arrived it is the weighted mean") {
  for (const Size size : kSizes) {
    const Image<float> weight = noise(size.width, size.height, 0, 71, 0.2, 2), u = noise(size.width, size.height, 0, 72, -20, 20),
                       v = noise(size.width, size.height, 0, 73, -20, 20);
    const auto all = filled(size, [&](int x, int y) { return f4{weight.row(y)[x], u.row(y)[x], v.row(y)[x], 0.f}; });
    const size_t area = static_cast<size_t>(size.width) * size.height;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        NEAR(all[y * size.width + x], u.row(y)[x], 1e-4);
        NEAR(all[area + y * size.width + x], v.row(y)[x], 1e-4);
      }
  }
}
static void check_constant(float weight) {
  for (const Size size : kSizes) {
    const auto all = filled(size, [&](int x, int y) { return (x * 7 + y * 3) % 3 == 0 ? f4{weight, 5.f, -3.f, 0.f} : f4{}; });
    const size_t area = static_cast<size_t>(size.width) * size.height;
    for (size_t i = 0; i < area; ++i) {
      NEAR(all[i], 5, 0.02);
      NEAR(all[area + i], -3, 0.02);
    }
  }
}
CASE("pull_push: a constant motion fills holes with itself") { check_constant(0.9f); }
CASE("pull_push: a constant motion that is hardly believed in is still itself") { check_constant(0.1f); }
CASE("pull_push: a hole takes values between those around it") {
  const auto all = filled({70, 101}, [](int x, int) { return x < 20 ? f4{1, -4, 0, 0} : x >= 50 ? f4{1, 6, 0, 0} : f4{}; });
  for (int y = 0; y < 101; ++y) {
    for (int x = 0; x < 70; ++x) CHECK(all[y * 70 + x] >= -4.01f && all[y * 70 + x] <= 6.01f);
    NEAR(all[y * 70 + 10], -4, 1e-4);
    NEAR(all[y * 70 + 60], 6, 1e-4);
    CHECK(all[y * 70 + 21] < all[y * 70 + 48]);
  }
}
CASE("pull_push: where nothing arrived at all there is no motion") {
  for (const Size size : kSizes)
    for (const float value : filled(size, [](int, int) { return f4{}; })) EQUAL(value, 0.f);
}
