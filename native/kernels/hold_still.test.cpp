// hold_still: which motions become none.
#include "hold_still.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

struct Spot {
  float u, v, cost, still_cost;
};

static void check(Spot spot, bool held) {
  for (const Size size : kSizes) {
    const auto found = every_way([&](const Exec& exec) {
      const auto plane = [&](float value) { return image(size.width, size.height, 2, [=](int, int) { return value; }); };
      const Flow motion{plane(spot.u), plane(spot.v)};
      const Image<float> cost = plane(spot.cost), still_cost = plane(spot.still_cost);
      const Image<uint8_t> still(size.width, size.height);
      hold_still(exec, motion, cost, still_cost, still);
      std::vector<float> all;
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
          const float flag = still.row(y)[x];
          for (const float value : {motion.u.row(y)[x], motion.v.row(y)[x], cost.row(y)[x], flag}) all.push_back(value);
        }
      for (const float value : {motion.u.row(-1)[-1], motion.v.row(-1)[-1]}) all.push_back(value);
      return all;
    });
    size_t i = 0;
    for (; i + 4 <= found.size(); i += 4) {
      EQUAL(found[i], held ? 0.f : spot.u);
      EQUAL(found[i + 1], held ? 0.f : spot.v);
      EQUAL(found[i + 2], held ? spot.still_cost : spot.cost);
      EQUAL(found[i + 3], held ? 1.f : 0.f);
    }
    EQUAL(found[i], held ? 0.f : spot.u);
    EQUAL(found[i + 1], held ? 0.f : spot.v);
  }
}

CASE("hold_still: a tiny motion over equal pictures is none") { check({0.1f, -0.1f, 0.2f, 0.3f}, true); }
CASE("hold_still: a large motion that fits stays, even where the pictures agree in place") { check({5.f, 0.f, 0.1f, 0.3f}, false); }
CASE("hold_still: a large motion that fits clearly worse than none is none") { check({5.f, -3.f, 6.f, 0.3f}, true); }
CASE("hold_still: where the pictures differ in place nothing is held") { check({0.1f, 0.f, 9.f, 9.f}, false); }
CASE("hold_still: a tiny motion that fits clearly better than none stays") { check({0.2f, 0.f, 0.f, 1.5f}, false); }
CASE("hold_still: spots are judged one by one") {
  Pool pool(1);
  const Flow motion{image(20, 40, 2, [](int x, int) { return x < 10 ? 0.1 : 4; }), image(20, 40, 2, [](int, int) { return 0; })};
  const Image<float> cost = image(20, 40, 2, [](int, int) { return 0.1; }), still_cost = image(20, 40, 2, [](int, int) { return 0.2; });
  const Image<uint8_t> still(20, 40);
  hold_still({pool, best_level(), {}}, motion, cost, still_cost, still);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 20; ++x) EQUAL(static_cast<int>(still.row(y)[x]), x < 10 ? 1 : 0);
}
