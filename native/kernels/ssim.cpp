#include "ssim.h"

#include <algorithm>
#include <vector>

#include "band_blur.h"

namespace engine {
namespace {

constexpr int kRadius = 5;

ENGINE_INLINE void body(const Plane<float>& a, const Plane<float>& b, std::vector<double>& rows, int first, int last) {
  const int width = a.width, height = a.height;
  // Gaussian, sigma 1.5, normalised over 11 taps
  const float taps[kRadius + 1] = {0.26601172f, 0.21300554f, 0.10936069f, 0.03600077f, 0.00759876f, 0.00102838f};
  static thread_local Scratch scratch[5];
  BandBlur<kRadius> bands[5] = {{width, last - first, scratch[0]},
                                {width, last - first, scratch[1]},
                                {width, last - first, scratch[2]},
                                {width, last - first, scratch[3]},
                                {width, last - first, scratch[4]}};
  for (int y = first - kRadius; y < last + kRadius; ++y) {
    const int at = std::clamp(y, 0, height - 1);
    const float *p = a.row(at), *q = b.row(at);
    float* raw[5];
    for (int k = 0; k < 5; ++k) raw[k] = bands[k].raw(y - first);
    for (int x = 0; x < width; ++x) {
      raw[0][x] = p[x];
      raw[1][x] = q[x];
      raw[2][x] = p[x] * p[x];
      raw[3][x] = q[x] * q[x];
      raw[4][x] = p[x] * q[x];
    }
    for (int k = 0; k < 5; ++k) bands[k].across(y - first, width, taps);
  }
  std::vector<float> mean_a(width), mean_b(width), aa(width), bb(width), ab(width);
  const int margin = std::min(kRadius, (width - 1) / 2);
  const float c1 = 6.5025f, c2 = 58.5225f;
  for (int y = first; y < last; ++y) {
    float* out[5] = {mean_a.data(), mean_b.data(), aa.data(), bb.data(), ab.data()};
    for (int k = 0; k < 5; ++k) bands[k].down(y - first, width, taps, out[k]);
    double total = 0;
    for (int x = margin; x < width - margin; ++x) {
      const float ma = mean_a[x], mb = mean_b[x], va = aa[x] - ma * ma, vb = bb[x] - mb * mb, c = ab[x] - ma * mb;
      total += ((2 * ma * mb + c1) * (2 * c + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
    rows[y] = total / (width - 2 * margin);
  }
}

template <class T>
ENGINE_INLINE void error_rows(const Samples& a, const Samples& b, std::vector<uint64_t>& rows, int first, int last) {
  for (int y = first; y < last; ++y) {
    const uint8_t *p = a.data + y * a.row_bytes(), *q = b.data + y * b.row_bytes();
    uint64_t total = 0;
    for (int x = 0; x < a.width; ++x) {
      T va, vb;
      std::memcpy(&va, p + x * sizeof(T), sizeof(T));
      std::memcpy(&vb, q + x * sizeof(T), sizeof(T));
      const int64_t d = static_cast<int64_t>(va) - vb;
      total += static_cast<uint64_t>(d * d);
    }
    rows[y] = total;
  }
}
ENGINE_INLINE void error_body(const Samples& a, const Samples& b, std::vector<uint64_t>& rows, int first, int last) {
  if (a.depth == 8) error_rows<uint8_t>(a, b, rows, first, last);
  else error_rows<uint16_t>(a, b, rows, first, last);
}

ENGINE_KERNEL(ssim_rows, (const Plane<float>& a, const Plane<float>& b, std::vector<double>& rows, int first, int last), body(a, b, rows, first, last))
ENGINE_KERNEL(squares, (const Samples& a, const Samples& b, std::vector<uint64_t>& rows, int first, int last), error_body(a, b, rows, first, last))

}  // namespace

double ssim(const Exec& exec, const Image<float>& a, const Image<float>& b) {
  const auto run = ssim_rows(exec.level);
  std::vector<double> rows(a.height());
  exec.rows(a.height(), 32, [&](int first, int last) { run(a, b, rows, first, last); });
  const int margin = std::min(kRadius, (a.height() - 1) / 2);
  double total = 0;
  for (int y = margin; y < a.height() - margin; ++y) total += rows[y];
  return total / (a.height() - 2 * margin);
}

double squared_error(const Exec& exec, const Samples& a, const Samples& b) {
  const auto run = squares(exec.level);
  std::vector<uint64_t> rows(a.height);
  exec.rows(a.height, 64, [&](int first, int last) { run(a, b, rows, first, last); });
  uint64_t total = 0;
  for (uint64_t row : rows) total += row;
  return static_cast<double>(total) / (static_cast<double>(a.width) * a.height);
}

}  // namespace engine
