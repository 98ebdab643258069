// Pictures in memory: alignment, borders, and the shapes of planes.
#include "image.h"

#include "picture.h"
#include "test_pictures.h"

using namespace engine;
using namespace engine::test;

CASE("image: rows start aligned and empty") {
  const Image<float> made(17, 23, 3);
  for (int y = 0; y < 23; ++y) {
    EQUAL(reinterpret_cast<uintptr_t>(made.row(y)) % 64, 0u);
    for (int x = -3; x < 20; ++x) EQUAL(made.row(y)[x], 0.f);
  }
  CHECK(made.bytes() >= (17 + 6) * (23 + 6) * sizeof(float));
}
CASE("image: the border repeats the edge, corners too") {
  const Image<float> made = image(5, 4, 3, [](int x, int y) { return 10 * y + x; });
  for (int y = -3; y < 7; ++y)
    for (int x = -3; x < 8; ++x) EQUAL(made.row(y)[x], inside(made, x, y));
}
CASE("image: replicating bands one by one gives the same border") {
  const Image<float> made = noise(9, 10, 2, 7);
  const auto whole = samples_of(made, 2);
  for (const int first : {0, 4, 8}) made.replicate_rows(first, first + 4 < 10 ? first + 4 : 10);
  CHECK(samples_of(made, 2) == whole);
}
CASE("image: memory that is not there is a coded error") { THROWS("ENGINE_OUT_OF_MEMORY", Image<float>(1 << 30, 1 << 20)); }

CASE("picture: planes of odd sizes round up and follow one another") {
  PictureFormat format;
  format.width = 17;
  format.height = 23;
  format.layout = Layout::yuv420;
  format.depth = 10;
  format.alpha = true;
  EQUAL(format.planes(), 4);
  EQUAL(format.shape(1).width, 9);
  EQUAL(format.shape(1).height, 12);
  EQUAL(format.shape(1).offset, 17u * 23 * 2);
  EQUAL(format.shape(3).width, 17);
  EQUAL(format.shape(3).offset, (17u * 23 + 2 * 9 * 12) * 2);
  EQUAL(format.bytes(), (2 * 17u * 23 + 2 * 9 * 12) * 2);
}
