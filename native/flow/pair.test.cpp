// Pair as a whole: known motions are recreated, what stands still stays, cuts are not mixed, every format runs, reuse changes nothing.
#include "pair.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <thread>

#include "core/test_pictures.h"

// Every allocation of the program is counted, pictures in whole pages, so that a case can hold an object to the bytes it says it takes.
static std::atomic<size_t> allocated{0};
static void* counted(size_t bytes, size_t alignment, size_t taken) noexcept {
  allocated += taken;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void* operator new(size_t bytes) {
  if (void* memory = counted(bytes ? bytes : 1, 16, bytes)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return counted(bytes, static_cast<size_t>(alignment), (bytes + 2 * 4096 - 1) / 4096 * 4096);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }

using namespace engine;
using namespace engine::test;

namespace {

PictureFormat format_of(int width, int height, Layout layout = Layout::gray, int depth = 8, bool alpha = false) {
  PictureFormat format;
  format.width = width;
  format.height = height;
  format.layout = layout;
  format.depth = depth;
  format.alpha = alpha;
  return format;
}

/// A picture whose planes are value(plane, x, y) in 8-bit code values; x and y are positions in samples of the first plane.
template <class Value>
std::vector<uint8_t> picture(const PictureFormat& format, const Value& value) {
  std::vector<uint8_t> bytes(format.bytes());
  const int top = (1 << format.depth) - 1;
  for (int i = 0; i < format.planes(); ++i) {
    const PlaneShape shape = format.shape(i);
    const double sx = static_cast<double>(format.width) / shape.width, sy = static_cast<double>(format.height) / shape.height;
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x) {
        const double exact = value(i, (x + 0.5) * sx - 0.5, (y + 0.5) * sy - 0.5) * (1 << (format.depth - 8));
        const int code = static_cast<int>(std::fmin(std::fmax(exact + 0.5, 0), top));
        const size_t at = static_cast<size_t>(y) * shape.width + x;
        if (format.depth == 8) bytes[shape.offset + at] = static_cast<uint8_t>(code);
        else {
          bytes[shape.offset + 2 * at] = static_cast<uint8_t>(code & 255);
          bytes[shape.offset + 2 * at + 1] = static_cast<uint8_t>(code >> 8);
        }
      }
  }
  return bytes;
}
double sample(const PictureFormat& format, const std::vector<uint8_t>& bytes, int plane, int x, int y) {
  const PlaneShape shape = format.shape(plane);
  const size_t at = static_cast<size_t>(y) * shape.width + x;
  if (format.depth == 8) return bytes[shape.offset + at];
  return (bytes[shape.offset + 2 * at] | bytes[shape.offset + 2 * at + 1] << 8) / static_cast<double>(1 << (format.depth - 8));
}
/// dB between two pictures in one plane, without `margin` samples at its edges.
double psnr(const PictureFormat& format, const std::vector<uint8_t>& a, const std::vector<uint8_t>& b, int plane, int margin) {
  const PlaneShape shape = format.shape(plane);
  double squares = 0, count = 0;
  for (int y = margin; y < shape.height - margin; ++y)
    for (int x = margin; x < shape.width - margin; ++x, ++count) {
      const double d = sample(format, a, plane, x, y) - sample(format, b, plane, x, y);
      squares += d * d;
    }
  return 10 * std::log10(255 * 255 / std::fmax(squares / count, 1e-4));
}
double mean(const std::vector<uint8_t>& bytes) {
  double total = 0;
  for (const uint8_t value : bytes) total += value;
  return total / bytes.size();
}

struct Made {
  PairReport report;
  std::vector<uint8_t> picture;
};
Made between(const PictureFormat& format, const std::vector<uint8_t>& a, const std::vector<uint8_t>& b, float t, PairOptions options = {}) {
  const Control control;
  Pool pool(2);
  const Exec exec{pool, best_level(), control};
  Pair pair(format, options);
  Made made{pair.load(exec, a.data(), b.data()), std::vector<uint8_t>(format.bytes(), 0xAA)};
  pair.render(exec, t, made.picture.data());
  return made;
}

/// A texture of its own for every plane, moved by (u, v) · time.
struct Moving {
  double u, v;
  Texture planes[4] = {Texture(181, 10), Texture(182, 20), Texture(183, 20), Texture(184, 14)};
  std::vector<uint8_t> at(const PictureFormat& format, double time) const {
    return picture(format, [&](int plane, double x, double y) { return planes[plane].at(x - u * time, y - v * time); });
  }
};

void check_translation(double u, double v, float t, double least, PairOptions options = {}) {
  const PictureFormat format = format_of(160, 128);
  const Moving scene{u, v};
  const Made made = between(format, scene.at(format, 0), scene.at(format, 1), t, options);
  CHECK(made.report.relation == Relation::motion);
  const double found = psnr(format, made.picture, scene.at(format, t), 0, 16);
  if (!(found > least)) fail(__FILE__, __LINE__, "recreated with " + shown(found) + " dB, wanted more than " + shown(least));
}

// One plane in one colour model: pictures of luma and chroma textures that move together.
void check_format(PictureFormat format) {
  const Moving scene{4, 2};
  const Made made = between(format, scene.at(format, 0), scene.at(format, 1), 0.5f);
  CHECK(made.report.relation == Relation::motion);
  const auto truth = scene.at(format, 0.5), first = scene.at(format, 0);
  for (int plane = 0; plane < format.planes(); ++plane) {
    const int margin = 8;
    const double found = psnr(format, made.picture, truth, plane, margin), unmoved = psnr(format, first, truth, plane, margin);
    if (!(found > 34 && found > unmoved + 6))
      fail(__FILE__, __LINE__, "plane " + shown(plane) + " of layout " + shown(static_cast<int>(format.layout)) + " at " + shown(format.depth) + " bit has " + shown(found) +
                                   " dB (first picture: " + shown(unmoved) + ")");
  }
}

const PairOptions kFast{Effort::fast, 0.5};

}  // namespace

CASE("pair: a moved texture is recreated half way, over 40 dB inside") { check_translation(6, -4, 0.5f, 40); }
CASE("pair: odd and broken motions too") {
  check_translation(5, 3, 0.5f, 38);
  check_translation(2.6, -1.3, 0.5f, 38);
}
CASE("pair: other times than the middle") {
  check_translation(4, 0, 0.25f, 38);
  check_translation(-4, 8, 0.75f, 38);
}
CASE("pair: fast effort recreates a moved texture") { check_translation(6, -4, 0.5f, 34, kFast); }

CASE("pair: a static caption over a moving background stays as it is") {
  const PictureFormat format = format_of(256, 160);
  const Texture background(191, 10), caption(192, 3, 128, 120);
  const int left = 64, right = 192, top = 48, bottom = 112;
  const auto inside_caption = [&](double x, double y) { return x >= left && x < right && y >= top && y < bottom; };
  const auto at = [&](double time) {
    return picture(format, [&](int, double x, double y) { return inside_caption(x, y) ? caption.at(x, y) : background.at(x - 10 * time, y - 2 * time); });
  };
  const auto a = at(0);
  for (const float t : {0.25f, 0.5f}) {
    const Made made = between(format, a, at(1), t);
    CHECK(made.report.relation == Relation::motion);
    // 8 px from the moving surround; further out it may be touched
    for (int y = top + 8; y < bottom - 8; ++y)
      for (int x = left + 8; x < right - 8; ++x) NEAR(sample(format, made.picture, 0, x, y), sample(format, a, 0, x, y), 1);
  }
}
CASE("pair: two shots are a cut, shown as the nearer neighbour") {
  const PictureFormat format = format_of(160, 128, Layout::yuv420);
  const Texture one(193, 10, 90, 60), other(194, 16, 150, 80);
  const auto a = picture(format, [&](int, double x, double y) { return one.at(x, y); }), b = picture(format, [&](int, double x, double y) { return other.at(x, y); });
  for (const float t : {0.1f, 0.49f, 0.5f, 0.9f}) {
    const Made made = between(format, a, b, t);
    CHECK(made.report.relation == Relation::cut);
    CHECK(made.report.cut_score >= 0.5);
    CHECK(made.picture == (t <= 0.5f ? a : b));
  }
}
CASE("pair: a cut threshold above 1 switches cuts off") {
  const PictureFormat format = format_of(96, 80);
  const Texture one(193, 10, 90, 60), other(194, 16, 150, 80);
  const auto a = picture(format, [&](int, double x, double y) { return one.at(x, y); }), b = picture(format, [&](int, double x, double y) { return other.at(x, y); });
  CHECK(between(format, a, b, 0.5f, {Effort::best, 1.5}).report.relation != Relation::cut);
}
CASE("pair: equal pictures are still and stay the same bytes") {
  for (const PictureFormat& format : {format_of(33, 65), format_of(48, 40, Layout::yuv420, 10, true)}) {
    const auto a = Moving{0, 0}.at(format, 0), b = a;
    const Made made = between(format, a, b, 0.3f);
    CHECK(made.report.relation == Relation::still);
    CHECK(made.picture == a);
    EQUAL(made.report.mean_difference, 0.0);
  }
}
CASE("pair: a pulse of brightness stays between its neighbours") {
  const PictureFormat format = format_of(160, 128);
  const Texture texture(195, 10, 110, 60);
  const auto a = picture(format, [&](int, double x, double y) { return texture.at(x, y); }), b = picture(format, [&](int, double x, double y) { return texture.at(x, y) + 30; });
  for (const float t : {0.25f, 0.5f, 0.75f}) {
    const double low = mean(a), range = mean(b) - low;
    NEAR(mean(between(format, a, b, t).picture), low + t * range, 0.3 * range);
  }
}

CASE("pair: every layout with and without alpha") {
  for (const Layout layout : {Layout::gray, Layout::yuv420, Layout::yuv422, Layout::yuv444, Layout::rgb})
    for (const bool alpha : {false, true}) check_format(format_of(96, 80, layout, 8, alpha));
}
CASE("pair: 10, 12 and 16 bit") {
  for (const int depth : {10, 12, 16})
    for (const Layout layout : {Layout::yuv420, Layout::rgb}) check_format(format_of(96, 80, layout, depth, true));
}

static void check_small(int width, int height, PairOptions options) {
  for (const Layout layout : {Layout::gray, Layout::yuv420, Layout::rgb}) {
    const PictureFormat format = format_of(width, height, layout, 8, true);
    const Texture texture(196, 10, 120, 50);
    const auto at = [&](double time) { return picture(format, [&](int, double x, double y) { return texture.at(x - time, y); }); };
    const auto a = at(0), b = at(1);
    const Made made = between(format, a, b, 0.5f, options);
    for (int plane = 0; plane < format.planes(); ++plane) CHECK(psnr(format, made.picture, at(0.5), plane, 2) > 25);
  }
}
CASE("pair: smallest and odd pictures") {
  for (const Size size : {Size{16, 16}, Size{17, 23}, Size{33, 65}, Size{129, 16}, Size{16, 129}}) check_small(size.width, size.height, {});
}
CASE("pair: smallest and odd pictures, fast") {
  for (const Size size : {Size{16, 16}, Size{17, 23}, Size{33, 65}, Size{129, 16}, Size{16, 129}}) check_small(size.width, size.height, kFast);
}

CASE("pair: the same bytes at every CPU level and for every number of threads") {
  for (const PairOptions& options : {PairOptions{}, kFast}) {
    const PictureFormat format = format_of(101, 97, Layout::yuv420, 10, true);
    const Moving scene{5.3, -2.2};
    const auto a = scene.at(format, 0), b = scene.at(format, 1);
    every_way([&](const Exec& exec) {
      Pair pair(format, options);
      const PairReport report = pair.load(exec, a.data(), b.data());
      std::vector<uint8_t> out(format.bytes());
      pair.render(exec, 0.4f, out.data());
      for (const double value : {report.mean_difference, report.agreement, report.cut_score}) {
        const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
        out.insert(out.end(), bytes, bytes + sizeof value);
      }
      return out;
    });
  }
}
CASE("pair: loads in sequence give the bytes of fresh ones") {
  const PictureFormat format = format_of(96, 80, Layout::yuv422, 8, true);
  const Moving scene{3, 1.5};
  const Control control;
  Pool pool(2);
  const Exec exec{pool, best_level(), control};
  std::vector<std::vector<uint8_t>> clip;
  for (int i = 0; i < 4; ++i) clip.push_back(scene.at(format, i));
  clip.push_back(clip[3]);                                                                                  // a held frame
  clip.push_back(picture(format, [](int, double x, double y) { return 128 + 90 * std::sin(x * y / 40); }));  // another shot
  clip.push_back(clip[1]);
  Pair used(format, {});
  const auto check = [&](size_t first, size_t second) {
    std::vector<uint8_t> out(format.bytes());
    const PairReport report = used.load(exec, clip[first].data(), clip[second].data());
    used.render(exec, 0.5f, out.data());
    const Made fresh = between(format, clip[first], clip[second], 0.5f);
    if (out != fresh.picture) fail(__FILE__, __LINE__, "other bytes for pictures " + shown(first) + " and " + shown(second));
    CHECK(report.relation == fresh.report.relation);
    EQUAL(report.agreement, fresh.report.agreement);
  };
  for (size_t i = 0; i + 1 < clip.size(); ++i) check(i, i + 1);
  check(2, 1);  // backwards
  check(0, 3);  // with nothing in common
  check(3, 0);
}
CASE("pair: rendering again, and at other times in between, changes nothing") {
  const PictureFormat format = format_of(96, 80, Layout::yuv420);
  const Moving scene{3, 1.5};
  const auto a = scene.at(format, 0), b = scene.at(format, 1);
  const Control control;
  Pool pool(2);
  const Exec exec{pool, best_level(), control};
  Pair pair(format, {});
  pair.load(exec, a.data(), b.data());
  std::vector<uint8_t> once(format.bytes()), again(format.bytes()), other(format.bytes());
  pair.render(exec, 0.5f, once.data());
  pair.render(exec, 0.2f, other.data());
  pair.render(exec, 0.5f, again.data());
  CHECK(once == again);
  CHECK(once != other);
}
CASE("pair: cancel ends a load soon, and the next one works") {
  const PictureFormat format = format_of(640, 360, Layout::yuv420);
  const Moving scene{6, 2};
  const auto a = scene.at(format, 0), b = scene.at(format, 1);
  Pool pool(2);
  Pair pair(format, {});
  Control cancelled;
  const Exec stopping{pool, best_level(), cancelled};
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    cancelled.cancel();
  });
  bool thrown = false;
  try {
    for (int i = 0; i < 1000; ++i) i % 2 ? pair.load(stopping, b.data(), a.data()) : pair.load(stopping, a.data(), b.data());
  } catch (const Cancelled&) {
    thrown = true;
  }
  canceller.join();
  CHECK(thrown);
  const Control control;
  const Exec exec{pool, best_level(), control};
  std::vector<uint8_t> out(format.bytes());
  CHECK(pair.load(exec, a.data(), b.data()).relation == Relation::motion);
  pair.render(exec, 0.5f, out.data());
  CHECK(out == between(format, a, b, 0.5f).picture);
}
CASE("pair: a load cancelled before it starts throws at once") {
  const PictureFormat format = format_of(64, 64);
  const auto a = Moving{1, 0}.at(format, 0), b = Moving{1, 0}.at(format, 1);
  Control control;
  control.cancel();
  Pool pool(1);
  Pair pair(format, {});
  bool thrown = false;
  try {
    pair.load({pool, best_level(), control}, a.data(), b.data());
  } catch (const Cancelled&) {
    thrown = true;
  }
  CHECK(thrown);
}
CASE("pair: compare is the likeness that load reports") {
  const PictureFormat format = format_of(96, 80, Layout::yuv420, 10);
  const Moving scene{3, 1};
  const auto a = scene.at(format, 0), b = scene.at(format, 1);
  const Control control;
  Pool pool(2);
  const Exec exec{pool, best_level(), control};
  Pair pair(format, {});
  const Likeness quick = pair.compare(exec, a.data(), b.data());
  const PairReport report = pair.load(exec, a.data(), b.data());
  EQUAL(quick.mean_difference, report.mean_difference);
  EQUAL(quick.worst_block, report.worst_block);
  EQUAL(quick.histogram_distance, report.histogram_distance);
}
CASE("pair: the bytes it says it takes are what it takes, and saying so takes none") {
  for (const PictureFormat& format : {format_of(640, 360, Layout::yuv420), format_of(320, 240, Layout::rgb, 10, true), format_of(333, 227, Layout::yuv422, 12),
                                      format_of(1281, 33, Layout::yuv420, 8, true), format_of(16, 16), format_of(2561, 1439)})
    for (const PairOptions& options : {PairOptions{}, kFast}) {
      const size_t start = allocated, said = Pair::bytes(format, options), middle = allocated;
      const Pair pair(format, options);
      const size_t taken = allocated - middle;
      const std::string of = shown(format.width) + "x" + shown(format.height);
      CHECK(middle - start < 4096);
      // lists of planes move while they grow: some kilobytes that are given back at once
      if (taken < said || taken > said + 32768) fail(__FILE__, __LINE__, of + " took " + shown(taken) + " bytes, said " + shown(said));
    }
}
