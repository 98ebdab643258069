// widen and luma_of_rgb against their formulas.
#include "widen.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static void check(Size size, int depth) {
  Random random(depth);
  const int top = (1 << depth) - 1;
  std::vector<uint16_t> values(static_cast<size_t>(size.width) * size.height);
  for (auto& value : values) value = static_cast<uint16_t>(random.next() * (top + 1));
  values[0] = 0;
  values[1] = static_cast<uint16_t>(top);
  std::vector<uint8_t> bytes;
  for (const uint16_t value : values) {
    bytes.push_back(value & 255);
    if (depth > 8) bytes.push_back(value >> 8);
  }
  const auto found = every_way([&](const Exec& exec) {
    const Image<float> to(size.width, size.height, 2);
    widen(exec, {bytes.data(), size.width, size.height, depth}, to);
    return samples_of(to, 2);
  });
  const int span = size.width + 4;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) EQUAL(found[(y + 2) * span + x + 2], values[y * size.width + x] / std::pow(2.f, depth - 8));
  EQUAL(found[0], values[0] / std::pow(2.f, depth - 8));
  EQUAL(found.back(), values.back() / std::pow(2.f, depth - 8));
}

CASE("widen: 8 bit") {
  for (const Size size : kSizes) check(size, 8);
}
CASE("widen: 9 to 16 bit, exactly value / 2^(depth - 8)") {
  for (const Size size : kSizes)
    for (int depth = 9; depth <= 16; ++depth) check(size, depth);
}
CASE("widen: luma of RGB is Rec. 709") {
  for (const Size size : kSizes) {
    const Image<float> red = noise(size.width, size.height, 0, 1), green = noise(size.width, size.height, 0, 2), blue = noise(size.width, size.height, 0, 3);
    const auto found = every_way([&](const Exec& exec) {
      const Image<float> to(size.width, size.height, 1);
      luma_of_rgb(exec, red, green, blue, to);
      return samples_of(to);
    });
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x)
        NEAR(found[y * size.width + x], 0.2126 * red.row(y)[x] + 0.7152 * green.row(y)[x] + 0.0722 * blue.row(y)[x], 1e-4);
  }
}
