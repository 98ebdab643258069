// compose and dissolve: exact where the motion is whole, close to the texture where it is not, at every depth.
#include "compose.h"

#include "core/test_pictures.h"

using namespace engine;
using namespace engine::test;

namespace {

struct Scene {
  Size size;
  Size field;                     // of motion, share, correction
  float u = 0, v = 0;             // samples of the field
  float share = 0.5f, t = 0.5f, rise = 0;
  float correction = 0;           // 0: none given
  int depth = 8;
};

std::vector<int> values_of(const std::vector<uint8_t>& bytes, int depth) {
  std::vector<int> values;
  for (size_t i = 0; i < bytes.size(); i += depth > 8 ? 2 : 1) values.push_back(depth > 8 ? bytes[i] | bytes[i + 1] << 8 : bytes[i]);
  return values;
}

std::vector<int> composed(const Scene& scene, const Image<float>& a, const Image<float>& b) {
  const auto all = [&](float value) { return image(scene.field.width, scene.field.height, 2, [=](int, int) { return value; }); };
  const Flow motion{all(scene.u), all(scene.v)};
  const Image<float> share = all(scene.share);
  const Image<float> correction = all(scene.correction);
  const auto bytes = every_way([&](const Exec& exec) {
    std::vector<uint8_t> to(static_cast<size_t>(scene.size.width) * scene.size.height * (scene.depth > 8 ? 2 : 1), 0xAA);
    compose(exec, {.motion = motion,
                   .bend = nullptr,
                   .share = share,
                   .correction = scene.correction == 0 ? nullptr : &correction,
                   .t = scene.t,
                   .rise = scene.rise,
                   .step = {scene.field.width == scene.size.width ? 1.f : 0.5f, scene.field.height == scene.size.height ? 1.f : 0.5f},
                   .a = a,
                   .b = b,
                   .to = to.data(),
                   .depth = scene.depth});
    return to;
  });
  return values_of(bytes, scene.depth);
}

// Code values of `depth` bits, widened.
Image<float> plane(Size size, int depth, uint64_t seed) {
  Random random(seed);
  const int top = (1 << depth) - 1;
  return image(size.width, size.height, 2, [&](int, int) { return std::floor(random.next() * (top + 1)) / (1 << (depth - 8)); });
}
Size half(Size size) { return {(size.width + 1) / 2, (size.height + 1) / 2}; }

// No motion: share·a + (1 - share)·b, rounded.
void check_mean(Size size, int depth, float share) {
  Scene scene{size, half(size)};
  scene.depth = depth;
  scene.share = share;
  const Image<float> a = plane(size, depth, 171), b = plane(size, depth, 172);
  const auto found = composed(scene, a, b);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const double exact = (share * static_cast<double>(a.row(y)[x]) + (1 - share) * b.row(y)[x]) * (1 << (depth - 8));
      // a mean half way between two code values may go to either
      NEAR(found[y * size.width + x], exact, 0.501);
    }
}

// Both pictures are one texture moved by (2·dx, 2·dy) in all; at t = ½ the result is moved by (dx, dy). Whole moves are exact inside.
void check_shift(int dx, int dy, int depth) {
  const Size size{47, 39};
  Scene scene{size, half(size)};
  scene.depth = depth;
  scene.u = static_cast<float>(dx);  // samples of the field are two of the picture
  scene.v = static_cast<float>(dy);
  const int reach = 2 + std::max(std::abs(dx), std::abs(dy));
  const Image<float> wide = plane({size.width + 40, size.height + 40}, depth, 173);
  const auto moved = [&](int mx, int my) { return image(size.width, size.height, 2, [&](int x, int y) { return wide.row(y + 20 - my)[x + 20 - mx]; }); };
  const auto found = composed(scene, moved(-dx, -dy), moved(dx, dy));
  for (int y = reach; y < size.height - reach; ++y)
    for (int x = reach; x < size.width - reach; ++x)
      EQUAL(found[y * size.width + x], static_cast<int>(wide.row(y + 20)[x + 20] * (1 << (depth - 8))));
}

void check_flat(Scene scene, float a, float b, int expected) {
  const auto all = [&](float value) { return image(scene.size.width, scene.size.height, 2, [=](int, int) { return value; }); };
  for (const int value : composed(scene, all(a), all(b))) EQUAL(value, expected);
}
Scene flat(int depth = 8) {
  Scene scene{{33, 25}, {17, 13}};
  scene.depth = depth;
  return scene;
}

}  // namespace

CASE("compose: no motion gives the exact mean") {
  for (const Size size : kSizes) check_mean(size, 8, 0.5f);
}
CASE("compose: no motion gives the exact mean at 9 to 16 bit") {
  for (int depth = 9; depth <= 16; ++depth) check_mean({33, 25}, depth, 0.5f);
}
CASE("compose: a share of 1 is the first picture, of 0 the second") {
  for (const int depth : {8, 10, 16})
    for (const float share : {0.f, 1.f}) check_mean({17, 23}, depth, share);
}
CASE("compose: whole motions are exact shifts inside") {
  for (const int depth : {8, 10, 12, 16}) {
    check_shift(3, 0, depth);
    check_shift(-2, 5, depth);
    check_shift(0, -4, depth);
  }
}
CASE("compose: parts of a sample follow the texture within 1.5 code values") {
  const Texture texture(174, 10, 120, 60);
  const Size size{64, 48};
  Scene scene{size, {32, 24}};
  scene.t = 0.3f;
  scene.share = 0.7f;
  const double u = 3.7, v = -1.9;
  scene.u = u / 2;
  scene.v = v / 2;
  const auto moved = [&](double time) { return image(size.width, size.height, 2, [&](int x, int y) { return texture.at(x - time * u, y - time * v); }); };
  const auto found = composed(scene, moved(0), moved(1));
  for (int y = 6; y < size.height - 6; ++y)
    for (int x = 6; x < size.width - 6; ++x) NEAR(found[y * size.width + x], texture.at(x - 0.3 * u, y - 0.3 * v), 1.5);
}
CASE("compose: the field may have another size than the plane") {
  for (const Size field : {Size{17, 13}, Size{33, 25}, Size{66, 50}}) {
    Scene scene{{33, 25}, field};
    scene.u = 0.7f;
    check_flat(scene, 90, 110, 100);
  }
}
CASE("compose: a correction is added") {
  for (const float correction : {8.f, -30.f, 0.f}) {
    Scene scene = flat();
    scene.correction = correction;
    check_flat(scene, 50, 50, static_cast<int>(50 + correction));
  }
}
CASE("compose: a one-sided sample is moved to the brightness at t") {
  Scene scene = flat();
  scene.t = 0.25f;
  scene.rise = 40;
  for (const float share : {0.f, 0.5f, 1.f}) {
    scene.share = share;
    check_flat(scene, 100, 140, 110);
  }
}
CASE("compose: values are kept in the range of their depth") {
  for (const int depth : {8, 10, 12, 16}) {
    Scene scene = flat(depth);
    scene.correction = 500;
    check_flat(scene, 200, 200, (1 << depth) - 1);
    scene.correction = -500;
    check_flat(scene, 200, 200, 0);
  }
}
CASE("compose: positions outside the picture are its edge") {
  Scene scene = flat();
  scene.u = 300;
  scene.v = -300;
  check_flat(scene, 77, 77, 77);
}

CASE("dissolve: (1 - t)·a + t·b at every depth") {
  for (const int depth : {8, 9, 10, 12, 14, 16})
    for (const Size size : {Size{17, 23}, Size{70, 101}}) {
      const Image<float> a = plane(size, depth, 175), b = plane(size, depth, 176);
      const auto bytes = every_way([&](const Exec& exec) {
        std::vector<uint8_t> to(static_cast<size_t>(size.width) * size.height * (depth > 8 ? 2 : 1));
        dissolve(exec, a, b, 0.25f, to.data(), depth);
        return to;
      });
      const auto found = values_of(bytes, depth);
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x)
          EQUAL(found[y * size.width + x], static_cast<int>(std::floor((0.75 * a.row(y)[x] + 0.25 * b.row(y)[x]) * (1 << (depth - 8)) + 0.5)));
    }
}
