// inverse_search finds known shifts; densify spreads patches over samples.
#include "inverse_search.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

Flow none(int width, int height, float u = 0, float v = 0) {
  return {image(width, height, 2, [=](int, int) { return u; }), image(width, height, 2, [=](int, int) { return v; })};
}

// u, v and cost of every patch
std::vector<float> searched(const Image<float>& from, const Image<float>& to, const Flow& start, int stride, SearchEffort effort) {
  return every_way([&](const Exec& exec) {
    PatchGrid patches(from.width(), from.height(), stride), previous(from.width(), from.height(), stride);
    inverse_search(exec, from, to, start, patches, previous, effort);
    std::vector<float> all = patches.u;
    for (const auto* more : {&patches.v, &patches.cost}) all.insert(all.end(), more->begin(), more->end());
    return all;
  });
}

void check_shift(Size size, double u, double v, float start_u, float start_v) {
  const Texture texture(131, 12);
  const Image<float> from = image(size.width, size.height, kSearchBorder, [&](int x, int y) { return texture.at(x, y); });
  const Image<float> to = image(size.width, size.height, kSearchBorder, [&](int x, int y) { return texture.at(x - u, y - v); });
  const PatchGrid grid(size.width, size.height, 4);
  const auto found = searched(from, to, none(size.width, size.height, start_u, start_v), 4, {16, 2});
  const size_t count = grid.u.size();
  double mean_u = 0, mean_v = 0, near = 0, looked = 0;
  for (int i = 0; i < grid.rows; ++i)
    for (int j = 0; j < grid.columns; ++j) {
      // patches that stay inside the picture
      const double left = grid.left(j) + std::fmin(u, 0), right = grid.left(j) + kPatch + std::fmax(u, 0);
      const double top = grid.top(i) + std::fmin(v, 0), bottom = grid.top(i) + kPatch + std::fmax(v, 0);
      if (left < 2 || top < 2 || right > size.width - 2 || bottom > size.height - 2) continue;
      const double found_u = found[i * grid.columns + j], found_v = found[count + i * grid.columns + j];
      NEAR(found_u, u, 0.5);
      NEAR(found_v, v, 0.5);
      mean_u += found_u;
      mean_v += found_v;
      near += std::hypot(found_u - u, found_v - v) < 0.1;
      ++looked;
    }
  CHECK(looked > 50);
  NEAR(mean_u / looked, u, 0.05);
  NEAR(mean_v / looked, v, 0.05);
  // the rest are patches without detail across one direction
  CHECK(near / looked > 0.8);
}

}  // namespace

CASE("inverse_search: a shift of parts of a sample, within 0.05") { check_shift({70, 101}, 0.37, -0.61, 0, 0); }
CASE("inverse_search: a shift from a start near by") { check_shift({64, 64}, 5.4, 3.2, 5.f, 3.f); }
CASE("inverse_search: zero is tried besides a wrong start") { check_shift({64, 64}, 0.3, 0.2, 14.f, -9.f); }
CASE("inverse_search: a change of brightness is no motion") {
  const Texture texture(132, 12);
  const Image<float> from = image(64, 64, kSearchBorder, [&](int x, int y) { return texture.at(x, y) * 0.5 + 20; });
  const Image<float> to = image(64, 64, kSearchBorder, [&](int x, int y) { return texture.at(x, y) * 0.5 + 45; });
  const auto found = searched(from, to, none(64, 64), 4, {12, 1});
  const size_t count = found.size() / 3;
  for (size_t i = 0; i < count; ++i) {
    NEAR(found[i], 0, 0.05);
    NEAR(found[count + i], 0, 0.05);
    NEAR(found[2 * count + i], 0, 1e-2);
  }
}
CASE("inverse_search: flat pictures do not move") {
  const Image<float> flat = image(40, 40, kSearchBorder, [](int, int) { return 90; });
  for (const float value : searched(flat, flat, none(40, 40), 4, {12, 2})) EQUAL(value, 0.f);
}
CASE("inverse_search: never ends worse than it began") {
  for (const Size size : kSizes) {
    const Image<float> from = noise(size.width, size.height, kSearchBorder, 133), to = noise(size.width, size.height, kSearchBorder, 134);
    const PatchGrid grid(size.width, size.height, 3);
    const auto found = searched(from, to, none(size.width, size.height), 3, {12, 2});
    for (int i = 0; i < grid.rows; ++i)
      for (int j = 0; j < grid.columns; ++j) {
        double total = 0, squares = 0;
        for (int y = 0; y < kPatch; ++y)
          for (int x = 0; x < kPatch; ++x) {
            const double d = to.row(grid.top(i) + y)[grid.left(j) + x] - from.row(grid.top(i) + y)[grid.left(j) + x];
            total += d / 64;
            squares += d * d / 64;
          }
        CHECK(found[2 * grid.u.size() + i * grid.columns + j] <= (squares - total * total) * 1.0001 + 1e-3);
      }
  }
}
CASE("inverse_search: starts far outside the picture are kept in bounds") {
  for (const Size size : {Size{8, 8}, Size{17, 23}}) {
    const Image<float> from = noise(size.width, size.height, kSearchBorder, 135), to = noise(size.width, size.height, kSearchBorder, 136);
    for (const float value : searched(from, to, none(size.width, size.height, 9000.f, -9000.f), 3, {12, 2})) CHECK(std::isfinite(value));
  }
}
CASE("patch grid: patches lie inside and cover every sample") {
  for (const Size size : {Size{8, 8}, Size{9, 30}, Size{17, 23}, Size{33, 65}})
    for (const int stride : {3, 4}) {
      const PatchGrid grid(size.width, size.height, stride);
      std::vector<int> across(size.width), down(size.height);
      for (int j = 0; j < grid.columns; ++j)
        for (int x = 0; x < kPatch; ++x) ++across.at(grid.left(j) + x);
      for (int i = 0; i < grid.rows; ++i)
        for (int y = 0; y < kPatch; ++y) ++down.at(grid.top(i) + y);
      for (const int times : across) CHECK(times > 0);
      for (const int times : down) CHECK(times > 0);
    }
}

static void check_densify(Size size, int stride) {
  const Image<float> from = noise(size.width, size.height, kSearchBorder, 137), to = noise(size.width, size.height, kSearchBorder, 138);
  PatchGrid grid(size.width, size.height, stride);
  Random random(139);
  for (size_t i = 0; i < grid.u.size(); ++i) {
    grid.u[i] = static_cast<float>(random.between(-5, 5));
    grid.v[i] = static_cast<float>(random.between(-5, 5));
  }
  const auto found = every_way([&](const Exec& exec) {
    const Flow flow = none(size.width, size.height);
    densify(exec, from, to, grid, flow);
    std::vector<float> all = samples_of(flow.u);
    const auto v = samples_of(flow.v);
    all.insert(all.end(), v.begin(), v.end());
    return all;
  });
  const size_t area = static_cast<size_t>(size.width) * size.height;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      double weights = 0, u = 0, v = 0;
      for (int i = 0; i < grid.rows; ++i)
        for (int j = 0; j < grid.columns; ++j) {
          if (x < grid.left(j) || x >= grid.left(j) + kPatch || y < grid.top(i) || y >= grid.top(i) + kPatch) continue;
          const size_t at = static_cast<size_t>(i) * grid.columns + j;
          const double d = std::abs(bilinear_at(to, x + grid.u[at], y + grid.v[at]) - from.row(y)[x]), w = 1 / std::fmax(1, d);
          weights += w;
          u += w * grid.u[at];
          v += w * grid.v[at];
        }
      NEAR(found[y * size.width + x], u / weights, 5e-3);
      NEAR(found[area + y * size.width + x], v / weights, 5e-3);
    }
}
CASE("densify: mean of the patches over a sample, weighted by their fit") {
  for (const Size size : kSizes)
    for (const int stride : {3, 4}) check_densify(size, stride);
}
