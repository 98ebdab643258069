// Pictures for cases, made from formulas, and the law every kernel is held to: the same bytes at every CPU level and for every number of threads.
#pragma once
#include <cmath>
#include <cstring>
#include <vector>

#include "image.h"
#include "pool.h"
#include "test.h"

namespace engine::test {

/// Numbers in [0, 1) from a seed (splitmix64), the same on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  double next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return static_cast<double>((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
  }
  double between(double low, double high) { return low + (high - low) * next(); }

 private:
  uint64_t state_;
};

/// A picture without end: 32 sine waves of seeded directions, phases and lengths, band-limited so that it can be moved by any part of a sample.
class Texture {
 public:
  /// shortest: length of the shortest wave in samples; mean ± swing: code values.
  explicit Texture(uint64_t seed, double shortest = 9, double mean = 120, double swing = 90) : mean_(mean) {
    Random random(seed);
    const double tau = 6.283185307179586;
    for (Wave& wave : waves_) {
      const double angle = random.between(0, tau), length = shortest * std::pow(4, random.next());
      wave = {tau * std::cos(angle) / length, tau * std::sin(angle) / length, random.between(0, tau), swing * std::sqrt(1.0 / kWaves)};
    }
  }
  double at(double x, double y) const {
    double total = mean_;
    for (const Wave& wave : waves_) total += wave.height * std::sin(wave.x * x + wave.y * y + wave.phase);
    return total < 0 ? 0 : total > 255 ? 255 : total;
  }

 private:
  static constexpr int kWaves = 32;
  struct Wave {
    double x, y, phase, height;
  };
  Wave waves_[kWaves];
  double mean_;
};

/// An image whose samples are value(x, y), its border replicated.
template <class T = float, class Value>
Image<T> image(int width, int height, int border, const Value& value) {
  Image<T> made(width, height, border);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) made.row(y)[x] = static_cast<T>(value(x, y));
  made.replicate_rows(0, height);
  return made;
}
inline Image<float> noise(int width, int height, int border, uint64_t seed, double low = 0, double high = 255) {
  Random random(seed);
  return image(width, height, border, [&](int, int) { return random.between(low, high); });
}

/// The samples of an image with `border` of those around it, row by row.
template <class T>
std::vector<T> samples_of(const Image<T>& from, int border = 0) {
  std::vector<T> out;
  for (int y = -border; y < from.height() + border; ++y) out.insert(out.end(), from.row(y) - border, from.row(y) + from.width() + border);
  return out;
}

/// Sample (x, y), or the nearest one inside.
template <class T>
T inside(const Image<T>& from, int x, int y) {
  return from.row(y < 0 ? 0 : y >= from.height() ? from.height() - 1 : y)[x < 0 ? 0 : x >= from.width() ? from.width() - 1 : x];
}

/// Bilinear sample at a position kept inside the picture, in double precision.
inline double bilinear_at(const Image<float>& from, double x, double y) {
  x = std::fmin(std::fmax(x, 0), from.width() - 1);
  y = std::fmin(std::fmax(y, 0), from.height() - 1);
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const double ax = x - ix, ay = y - iy;
  return (1 - ay) * ((1 - ax) * inside(from, ix, iy) + ax * inside(from, ix + 1, iy)) +
         ay * ((1 - ax) * inside(from, ix, iy + 1) + ax * inside(from, ix + 1, iy + 1));
}

/// CPU levels of this machine, the plainest first.
inline std::vector<Level> levels_here() {
  std::vector<Level> found;
  for (Level level : {Level::scalar, Level::neon, Level::avx2, Level::avx512}) {
    try {
      found.push_back(level_by_name(level_name(level)));
    } catch (const Error&) {
      continue;
    }
  }
  return found;
}

/// What `work(exec)` returns, a vector of plain values, after checking that its bytes are the same at every CPU level and for 1, 2, 3 and 5 threads.
template <class Work>
auto every_way(const Work& work) {
  const Control control;
  Pool alone(1);
  const auto first = work(Exec{alone, Level::scalar, control});
  for (const int threads : {1, 2, 3, 5}) {
    Pool pool(threads);
    for (const Level level : levels_here()) {
      const auto again = work(Exec{pool, level, control});
      const bool same = again.size() == first.size() && !std::memcmp(again.data(), first.data(), first.size() * sizeof(first[0]));
      if (!same) fail(__FILE__, __LINE__, "other bytes at level " + std::string(level_name(level)) + " with " + std::to_string(threads) + " threads");
    }
  }
  return first;
}

struct Size {
  int width, height;
};
/// Sizes that are odd, smallest, no multiple of a vector, and higher than one band of rows.
inline constexpr Size kSizes[] = {{17, 23}, {16, 16}, {33, 65}, {70, 101}};

}  // namespace engine::test
