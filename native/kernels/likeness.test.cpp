// likeness against exact sums; fingerprints tell pictures apart.
#include "likeness.h"

#include <array>

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

static std::vector<uint8_t> bytes_of(const std::vector<int>& values, int depth) {
  std::vector<uint8_t> bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<uint8_t>(value & 255));
    if (depth > 8) bytes.push_back(static_cast<uint8_t>(value >> 8));
  }
  return bytes;
}

static LikenessOfPlanes compared(Size size, int depth, const std::vector<int>& a, const std::vector<int>& b) {
  const auto bytes_a = bytes_of(a, depth), bytes_b = bytes_of(b, depth);
  const auto found = every_way([&](const Exec& exec) {
    const LikenessOfPlanes all = likeness(exec, {bytes_a.data(), size.width, size.height, depth}, {bytes_b.data(), size.width, size.height, depth});
    return std::vector<double>{all.mean_difference, all.worst_block, all.histogram_distance, all.rise};
  });
  return {found[0], found[1], found[2], found[3]};
}

static std::vector<int> plane(Size size, int depth, uint64_t seed) {
  Random random(seed);
  std::vector<int> values(static_cast<size_t>(size.width) * size.height);
  for (int& value : values) value = static_cast<int>(random.next() * (1 << depth));
  return values;
}

CASE("likeness: mean and worst block are exact sums") {
  for (const Size size : kSizes)
    for (const int depth : {8, 10, 12, 16}) {
      const auto a = plane(size, depth, 91), b = plane(size, depth, 92);
      const LikenessOfPlanes found = compared(size, depth, a, b);
      const double scale = 1.0 / (1 << (depth - 8));
      double total = 0, worst = 0;
      for (int top = 0; top < size.height; top += 16)
        for (int left = 0; left < size.width; left += 16) {
          double block = 0, samples = 0;
          for (int y = top; y < top + 16 && y < size.height; ++y)
            for (int x = left; x < left + 16 && x < size.width; ++x) {
              block += std::abs(a[y * size.width + x] - b[y * size.width + x]) * scale;
              ++samples;
            }
          total += block;
          worst = std::fmax(worst, block / samples);
        }
      NEAR(found.mean_difference, total / (size.width * size.height), 1e-9);
      NEAR(found.worst_block, worst, 1e-9);
    }
}
CASE("likeness: equal planes differ in nothing") {
  const auto a = plane({33, 65}, 8, 93);
  const LikenessOfPlanes found = compared({33, 65}, 8, a, a);
  EQUAL(found.mean_difference, 0.0);
  EQUAL(found.worst_block, 0.0);
  EQUAL(found.histogram_distance, 0.0);
  EQUAL(found.rise, 0.0);
}
CASE("likeness: planes without a common tone are 1 apart") {
  const std::vector<int> dark(33 * 65, 100), light(33 * 65, 900);
  const LikenessOfPlanes found = compared({33, 65}, 10, dark, light);
  EQUAL(found.histogram_distance, 1.0);
  EQUAL(found.mean_difference, 200.0);
  EQUAL(found.rise, 200.0);
}
CASE("likeness: half of the picture changed its tone: histograms are one half apart") {
  std::vector<int> before(64 * 64, 20), after(64 * 64, 20);
  for (int i = 0; i < 32 * 64; ++i) after[i] = 200;
  NEAR(compared({64, 64}, 8, before, after).histogram_distance, 0.5, 1e-12);
}
CASE("likeness: the rise is that of most blocks, whatever a few do") {
  std::vector<int> before(80 * 80, 100), after(80 * 80, 105);
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 80; ++x) after[y * 80 + x] = 250;
  EQUAL(compared({80, 80}, 8, before, after).rise, 5.0);
  EQUAL(compared({80, 80}, 8, after, before).rise, -5.0);
}

CASE("fingerprint: every byte and the length count") {
  for (const size_t length : {0u, 1u, 31u, 32u, 33u, 64u, 100u}) {
    std::vector<uint8_t> bytes(length + 1, 7);
    const uint64_t print = fingerprint(bytes.data(), length);
    EQUAL(fingerprint(bytes.data(), length), print);
    CHECK(fingerprint(bytes.data(), length + 1) != print);
    for (size_t i = 0; i < length; ++i)
      for (const int bit : {1, 128}) {
        bytes[i] ^= bit;
        CHECK(fingerprint(bytes.data(), length) != print);
        bytes[i] ^= bit;
      }
  }
}
CASE("fingerprint: two bytes exchanged are another picture") {
  std::vector<uint8_t> bytes(256);
  for (int i = 0; i < 256; ++i) bytes[i] = static_cast<uint8_t>(i);
  const uint64_t print = fingerprint(bytes.data(), bytes.size());
  for (int i = 0; i < 255; ++i) {
    std::swap(bytes[i], bytes[i + 1]);
    CHECK(fingerprint(bytes.data(), bytes.size()) != print);
    std::swap(bytes[i], bytes[i + 1]);
  }
}
