// choose and match: the cost against double precision, and who takes over.
#include "choose.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

constexpr int kWidth = 33, kHeight = 45;

Image<float> luma(int width, int height, uint64_t seed, double low = 0, double high = 255) { return noise(width, height, 2, seed, low, high); }
Image<float> even(float value) {
  return image(kWidth, kHeight, 2, [=](int, int) { return value; });
}
Flow constant(float u, float v) {
  return {image(kWidth, kHeight, 2, [=](int, int) { return u; }), image(kWidth, kHeight, 2, [=](int, int) { return v; })};
}


// cost of a flow before the Gaussian
std::vector<double> raw_cost(const Image<float>& a, const Image<float>& b, double t, double rise, const Flow& flow) {
  std::vector<double> raw;
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) {
      const double u = flow.u.row(y)[x], v = flow.v.row(y)[x];
      raw.push_back(std::fmin(std::abs(bilinear_at(a, x - t * u, y - t * v) + rise - bilinear_at(b, x + (1 - t) * u, y + (1 - t) * v)), 60));
    }
  return raw;
}

std::vector<float> cost_of(const Image<float>& a, const Image<float>& b, float t, float rise, const Candidate& candidate) {
  return every_way([&](const Exec& exec) {
    const Image<float> own(a.width(), a.height());
    match(exec, {a, b, t, rise}, {candidate, &own});
    return samples_of(own);
  });
}

struct Chosen {
  std::vector<float> u, v, score;
};
// what the candidates, offered in order, leave behind
Chosen offered(const Image<float>& a, const Image<float>& b, const Flow& reference, const std::vector<Candidate>& candidates) {
  const auto all = every_way([&](const Exec& exec) {
    const Choice choice{{Image<float>(kWidth, kHeight, 2), Image<float>(kWidth, kHeight, 2)}, Image<float>(kWidth, kHeight)};
    const Image<float> own(kWidth, kHeight);
    for (size_t i = 0; i < candidates.size(); ++i) choose(exec, {a, b, 0.5f, 0.f}, {candidates[i], &own}, reference, i == 0, choice);
    std::vector<float> out = samples_of(choice.flow.u);
    for (const auto& more : {samples_of(choice.flow.v), samples_of(choice.score)}) out.insert(out.end(), more.begin(), more.end());
    return out;
  });
  const auto third = all.begin() + kWidth * kHeight, last = third + kWidth * kHeight;
  return {{all.begin(), third}, {third, last}, {last, all.end()}};
}

void check_cost(Size size, float t, float rise) {
  const Image<float> a = luma(size.width, size.height, 111, 100, 120), b = luma(size.width, size.height, 112, 100, 120);
  const Flow flow{noise(size.width, size.height, 2, 113, -4, 4), noise(size.width, size.height, 2, 114, -4, 4)};
  const auto raw = raw_cost(a, b, t, rise, flow);
  const auto own = cost_of(a, b, t, rise, {&flow});
  double taps[4], all = 0;
  for (int i = 0; i < 4; ++i) all += (i ? 2 : 1) * (taps[i] = std::exp(-i * i / (2 * 1.3 * 1.3)));
  const auto clamped = [](int value, int count) { return value < 0 ? 0 : value >= count ? count - 1 : value; };
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      double expected = 0;
      for (int j = -3; j <= 3; ++j)
        for (int i = -3; i <= 3; ++i)
          expected += taps[std::abs(i)] * taps[std::abs(j)] / (all * all) * raw[clamped(y + j, size.height) * size.width + clamped(x + i, size.width)];
      // the kernel's taps are rounded to three digits
      NEAR(own[y * size.width + x], expected, 0.01 * expected + 0.01);
    }
}

}  // namespace

CASE("match: Gaussian mean of the differences along the motion") {
  for (const Size size : kSizes) check_cost(size, 0.5f, 0.f);
}
CASE("match: at another time and with a rise of brightness") {
  for (const Size size : kSizes) check_cost(size, 0.2f, 7.f);
}
CASE("match: a difference everywhere is the cost, up to 60 code values") {
  const auto cost = [](float value) { return cost_of(even(100), even(value), 0.5f, 0.f, {})[kWidth * 20 + 16]; };
  NEAR(cost(100), 0, 1e-6);
  NEAR(cost(110), 10, 0.02);
  NEAR(cost(75), 25, 0.05);
  NEAR(cost(200), 60, 0.1);
}
CASE("match: the prediction is (1 - t)·a + t·b along the motion") {
  for (const Size size : kSizes) {
    const float t = 0.3f;
    const Image<float> a = luma(size.width, size.height, 115), b = luma(size.width, size.height, 116);
    const Flow flow{noise(size.width, size.height, 2, 117, -4, 4), noise(size.width, size.height, 2, 118, -4, 4)};
    const auto found = every_way([&](const Exec& exec) {
      const Image<float> own(size.width, size.height), prediction(size.width, size.height);
      match(exec, {a, b, t, 9.f}, {{&flow}, &own, &prediction});
      return samples_of(prediction);
    });
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const double u = flow.u.row(y)[x], v = flow.v.row(y)[x];
        NEAR(found[y * size.width + x], (1 - t) * bilinear_at(a, x - t * u, y - t * v) + t * bilinear_at(b, x + (1 - t) * u, y + (1 - t) * v), 0.01);
      }
  }
}
CASE("match: a constant candidate is a flow of that motion") {
  const Image<float> a = luma(kWidth, kHeight, 1), b = luma(kWidth, kHeight, 2);
  const Flow flow = constant(1.5f, -2.f);
  CHECK(cost_of(a, b, 0.5f, 0.f, {nullptr, 1.f, 1.5f, -2.f}) == cost_of(a, b, 0.5f, 0.f, {&flow}));
}
CASE("match: a scaled candidate is the scaled flow") {
  const Image<float> a = luma(kWidth, kHeight, 1), b = luma(kWidth, kHeight, 2);
  const Flow flow = constant(3.f, 1.f), back = constant(-3.f, -1.f);
  CHECK(cost_of(a, b, 0.5f, 0.f, {&flow, -1.f}) == cost_of(a, b, 0.5f, 0.f, {&back}));
}
CASE("match: a neighbour's motion is the flow read that far away") {
  const Image<float> a = luma(kWidth, kHeight, 1), b = luma(kWidth, kHeight, 2);
  const Flow flow{noise(kWidth, kHeight, 2, 3, -4, 4), noise(kWidth, kHeight, 2, 4, -4, 4)};
  for (const auto& [dx, dy] : {std::pair{5, 0}, {-5, 0}, {0, 6}, {0, -6}, {100, 0}, {-100, 0}, {0, 100}}) {
    const int sx = dx, sy = dy;
    const Flow moved{image(kWidth, kHeight, 2, [&](int x, int y) { return inside(flow.u, x + sx, y + sy); }),
                     image(kWidth, kHeight, 2, [&](int x, int y) { return inside(flow.v, x + sx, y + sy); })};
    CHECK(cost_of(a, b, 0.5f, 0.f, {&flow, 1.f, 0.f, 0.f, 0.f, dx, dy}) == cost_of(a, b, 0.5f, 0.f, {&moved}));
  }
}
CASE("choose: the first is taken everywhere, whatever it costs") {
  const Chosen found = offered(even(0), even(255), constant(0, 0), {{nullptr, 1.f, 2.f, 3.f, 50.f}});
  for (const float u : found.u) EQUAL(u, 2.f);
  for (const float v : found.v) EQUAL(v, 3.f);
}
CASE("choose: the better match takes over") {
  const Texture texture(5);
  const auto picture = [&](double shift) {
    return image(kWidth, kHeight, 2, [&](int x, int y) { return texture.at(x - shift, y); });
  };
  const Chosen found = offered(picture(0), picture(4), constant(0, 0), {{nullptr, 1.f, 0.f, 0.f}, {nullptr, 1.f, 4.f, 0.f}, {nullptr, 1.f, -4.f, 0.f}});
  for (int y = 6; y < kHeight - 6; ++y)
    for (int x = 8; x < kWidth - 8; ++x) EQUAL(found.u[y * kWidth + x], 4.f);
}
CASE("choose: of equal matches the one nearer the reference stays") {
  const Chosen nearer = offered(even(9), even(9), constant(3, 0), {{nullptr, 1.f, 0.f, 0.f}, {nullptr, 1.f, 3.f, 0.f}});
  const Chosen farther = offered(even(9), even(9), constant(3, 0), {{nullptr, 1.f, 3.f, 0.f}, {nullptr, 1.f, 0.f, 0.f}});
  for (const float u : nearer.u) EQUAL(u, 3.f);
  for (const float u : farther.u) EQUAL(u, 3.f);
}
CASE("choose: bias is added to the cost") {
  const Chosen kept = offered(even(9), even(9), constant(0, 0), {{}, {nullptr, 1.f, 0.5f, 0.f, 1.f}});
  const Chosen taken = offered(even(9), even(9), constant(0, 0), {{}, {nullptr, 1.f, 0.5f, 0.f, -1.f}});
  for (const float u : kept.u) EQUAL(u, 0.f);
  for (const float u : taken.u) EQUAL(u, 0.5f);
}
