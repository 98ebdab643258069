// ssim and squared_error against their formulas in double precision.
#include "ssim.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static double found(const Image<float>& a, const Image<float>& b) {
  return every_way([&](const Exec& exec) { return std::vector<double>{ssim(exec, a, b)}; })[0];
}

static double expected(const Image<float>& a, const Image<float>& b) {
  double taps[11], all = 0, total = 0;
  for (int i = 0; i < 11; ++i) all += taps[i] = std::exp(-(i - 5) * (i - 5) / 4.5);
  const double c1 = 2.55 * 2.55, c2 = 7.65 * 7.65;
  const int width = a.width() - 10, height = a.height() - 10;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
      for (int j = 0; j < 11; ++j)
        for (int i = 0; i < 11; ++i) {
          const double w = taps[i] * taps[j] / (all * all), p = a.row(y + j)[x + i], q = b.row(y + j)[x + i];
          ma += w * p;
          mb += w * q;
          aa += w * p * p;
          bb += w * q * q;
          ab += w * p * q;
        }
      total += (2 * ma * mb + c1) * (2 * (ab - ma * mb) + c2) / ((ma * ma + mb * mb + c1) * (aa - ma * ma + bb - mb * mb + c2));
    }
  return total / (width * height);
}

CASE("ssim: the published formula") {
  for (const Size size : kSizes) {
    const Image<float> a = noise(size.width, size.height, 0, 101), b = image(size.width, size.height, 0, [&](int x, int y) { return 0.7 * a.row(y)[x] + 20 + x % 5; });
    NEAR(found(a, b), expected(a, b), 1e-4);
    NEAR(found(b, a), expected(a, b), 1e-4);
  }
}
CASE("ssim: unrelated noise") {
  const Image<float> a = noise(33, 65, 0, 102), b = noise(33, 65, 0, 103);
  NEAR(found(a, b), expected(a, b), 1e-4);
}
CASE("ssim: equal pictures give 1, small ones too") {
  for (const Size size : {Size{33, 65}, Size{1, 1}, Size{5, 20}, Size{10, 10}}) {
    const Image<float> a = noise(size.width, size.height, 0, 104);
    NEAR(found(a, a), 1, 1e-6);
  }
}

static void check_error(Size size, int depth) {
  Random random(depth);
  std::vector<uint8_t> a, b;
  double total = 0;
  for (int i = 0; i < size.width * size.height; ++i) {
    const int p = static_cast<int>(random.next() * (1 << depth)), q = i == 0 ? 0 : static_cast<int>(random.next() * (1 << depth));
    total += static_cast<double>(p - q) * (p - q);
    for (int k = 0; k < (depth > 8 ? 2 : 1); ++k) {
      a.push_back(static_cast<uint8_t>(p >> (8 * k)));
      b.push_back(static_cast<uint8_t>(q >> (8 * k)));
    }
  }
  const Samples left{a.data(), size.width, size.height, depth}, right{b.data(), size.width, size.height, depth};
  const auto error = every_way([&](const Exec& exec) { return std::vector<double>{squared_error(exec, left, right), squared_error(exec, left, left)}; });
  EQUAL(error[0], total / (size.width * size.height));
  EQUAL(error[1], 0.0);
}
CASE("squared_error: exact at every depth") {
  for (const Size size : kSizes)
    for (const int depth : {8, 10, 12, 16}) check_error(size, depth);
}
