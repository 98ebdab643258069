#include "likeness.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/simd.h"

namespace engine {
namespace {

constexpr int kBlock = 16, kBins = 64;

struct Band {
  uint64_t difference = 0;
  double worst = 0;
  std::array<uint32_t, kBins> bins_a{}, bins_b{};
  std::vector<float> rises;
};

template <class T>
ENGINE_INLINE void compare_band(const Samples& a, const Samples& b, int top, Band& band) {
  const int bottom = top + kBlock < a.height ? top + kBlock : a.height;
  const int shift = a.depth - 6;
  const double scale = 1.0 / (1 << (a.depth - 8));
  for (int left = 0; left < a.width; left += kBlock) {
    const int right = left + kBlock < a.width ? left + kBlock : a.width;
    int32_t total = 0, apart = 0;
    for (int y = top; y < bottom; ++y) {
      const uint8_t *p = a.data + y * a.row_bytes(), *q = b.data + y * b.row_bytes();
      for (int x = left; x < right; ++x) {
        T va, vb;
        std::memcpy(&va, p + x * sizeof(T), sizeof(T));
        std::memcpy(&vb, q + x * sizeof(T), sizeof(T));
        const int32_t d = static_cast<int32_t>(vb) - va;
        total += d;
        apart += d < 0 ? -d : d;
        if (((x ^ y) & 3) == 0) {
          ++band.bins_a[std::min(va >> shift, kBins - 1)];
          ++band.bins_b[std::min(vb >> shift, kBins - 1)];
        }
      }
    }
    const double samples = static_cast<double>(right - left) * (bottom - top);
    band.difference += apart;
    band.worst = std::max(band.worst, apart * scale / samples);
    band.rises.push_back(static_cast<float>(total * scale / samples));
  }
}

ENGINE_INLINE void body(const Samples& a, const Samples& b, std::vector<Band>& bands, int first, int last) {
  for (int i = first; i < last; ++i) {
    if (a.depth == 8) compare_band<uint8_t>(a, b, i * kBlock, bands[i]);
    else compare_band<uint16_t>(a, b, i * kBlock, bands[i]);
  }
}
ENGINE_KERNEL(rows, (const Samples& a, const Samples& b, std::vector<Band>& bands, int first, int last), body(a, b, bands, first, last))

}  // namespace

LikenessOfPlanes likeness(const Exec& exec, const Samples& a, const Samples& b) {
  std::vector<Band> bands((a.height + kBlock - 1) / kBlock);
  const auto run = rows(exec.level);
  exec.rows(static_cast<int>(bands.size()), 2, [&](int first, int last) { run(a, b, bands, first, last); });
  Band all;
  for (const Band& band : bands) {
    all.difference += band.difference;
    all.worst = std::max(all.worst, band.worst);
    for (int i = 0; i < kBins; ++i) {
      all.bins_a[i] += band.bins_a[i];
      all.bins_b[i] += band.bins_b[i];
    }
    all.rises.insert(all.rises.end(), band.rises.begin(), band.rises.end());
  }
  LikenessOfPlanes result;
  result.mean_difference = static_cast<double>(all.difference) / (1 << (a.depth - 8)) / (static_cast<double>(a.width) * a.height);
  result.worst_block = all.worst;
  double counted = 0, apart = 0;
  for (int i = 0; i < kBins; ++i) {
    counted += all.bins_a[i];
    apart += std::abs(static_cast<double>(all.bins_a[i]) - all.bins_b[i]);
  }
  result.histogram_distance = apart / (2 * counted);
  const auto middle = all.rises.begin() + all.rises.size() / 2;
  std::nth_element(all.rises.begin(), middle, all.rises.end());
  result.rise = *middle;
  return result;
}

uint64_t fingerprint(const uint8_t* data, size_t bytes) {
  // four running products of 64-bit words (the multiplier is 2^64 / golden ratio, made odd), then the tail and the length
  uint64_t lanes[4] = {1, 2, 3, 4};
  const uint64_t factor = 0x9E3779B97F4A7C15ull;
  size_t i = 0;
  for (; i + 32 <= bytes; i += 32)
    for (int k = 0; k < 4; ++k) {
      uint64_t word;
      std::memcpy(&word, data + i + 8 * k, 8);
      lanes[k] = (lanes[k] ^ word) * factor;
      lanes[k] ^= lanes[k] >> 32;
    }
  uint64_t result = bytes;
  for (; i < bytes; ++i) result = (result ^ data[i]) * factor;
  for (uint64_t lane : lanes) result = ((result ^ lane) * factor) ^ (lane >> 29);
  return result;
}

}  // namespace engine
