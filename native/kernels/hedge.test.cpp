// hedge: nothing to add where predictions agree or the picture is held still; elsewhere what leads to the mean of the predictions.
#include "hedge.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

// A trial as hedge sees it: what it predicts and what it costs.
struct Guess {
  Image<float> prediction, cost;
};
Guess guess(Size size, uint64_t seed, float cost) {
  return {noise(size.width, size.height, 0, seed), image(size.width, size.height, 0, [=](int, int) { return cost; })};
}

std::vector<float> added(const Guess& chosen, const std::vector<Guess>& others, bool still = false) {
  const int width = chosen.cost.width(), height = chosen.cost.height();
  const Image<uint8_t> held = image<uint8_t>(width, height, 0, [&](int, int) { return still ? 1 : 0; });
  std::vector<Trial> trials;
  for (const Guess& other : others) trials.push_back({{}, &other.cost, &other.prediction});
  return every_way([&](const Exec& exec) {
    const Image<float> to(width, height, 2);
    hedge(exec, {{}, &chosen.cost, &chosen.prediction}, trials, held, to);
    for (int y = -2; y < height + 2; ++y) EQUAL(to.row(y)[-2], inside(to, -2, y));
    return samples_of(to);
  });
}
std::vector<Guess> list(Guess one) {
  std::vector<Guess> all;
  all.push_back(std::move(one));
  return all;
}
void check_nothing(const std::vector<float>& found) {
  for (const float value : found) EQUAL(value, 0.f);
}

constexpr Size kSize{33, 45};

}  // namespace

CASE("hedge: no other motion adds nothing") { check_nothing(added(guess(kSize, 1, 3), {})); }
CASE("hedge: predictions that agree add nothing, whatever they cost") {
  for (const float cost : {0.f, 3.f, 40.f}) check_nothing(added(guess(kSize, 1, 3), list(guess(kSize, 1, cost))));
}
CASE("hedge: nothing is added where the picture is held still") { check_nothing(added(guess(kSize, 1, 3), list(guess(kSize, 2, 3)), true)); }
CASE("hedge: a motion that fits far worse adds nothing to see") {
  for (const float value : added(guess(kSize, 1, 3), list(guess(kSize, 2, 500)))) NEAR(value, 0, 1e-3);
}
CASE("hedge: motions of one cost lead to the mean of their predictions") {
  for (const Size size : kSizes) {
    const Guess chosen = guess(size, 1, 3);
    std::vector<Guess> others;
    for (const uint64_t seed : {2, 3, 4}) others.push_back(guess(size, seed, 3));
    const auto found = added(chosen, others);
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        double mean = chosen.prediction.row(y)[x] / 4.0;
        for (const Guess& other : others) mean += other.prediction.row(y)[x] / 4.0;
        NEAR(chosen.prediction.row(y)[x] + found[y * size.width + x], mean, 0.01);
      }
  }
}
CASE("hedge: a better fit counts no more than the chosen") {
  CHECK(added(guess(kSize, 1, 3), list(guess(kSize, 2, 3))) == added(guess(kSize, 1, 3), list(guess(kSize, 2, 0))));
}
CASE("hedge: a worse fit counts less, by e for every patience") {
  // weight w of the other gives w / (1 + w) of the difference: its logarithm falls evenly with the cost
  const Guess chosen = guess(kSize, 1, 3);
  const auto weight = [&](float cost) {
    const auto found = added(chosen, list(guess(kSize, 2, cost)));
    double part = 0;
    int at = 0;
    const Guess other = guess(kSize, 2, cost);
    for (int y = 0; y < kSize.height; ++y)
      for (int x = 0; x < kSize.width; ++x, ++at) part += found[at] / (other.prediction.row(y)[x] - chosen.prediction.row(y)[x]) / (kSize.width * kSize.height);
    return part / (1 - part);
  };
  NEAR(weight(3), 1, 1e-3);
  CHECK(weight(13) < 0.99);
  NEAR(std::log(weight(23)), 2 * std::log(weight(13)), 1e-3);
  NEAR(std::log(weight(43)), 4 * std::log(weight(13)), 1e-3);
}
