// CPU levels by name.
#include "cpu.h"

#include "test_pictures.h"

using namespace engine;
using namespace engine::test;

CASE("cpu: the best level and the plain one are always there") {
  CHECK(level_by_name(level_name(best_level())) == best_level());
  CHECK(level_by_name("scalar") == Level::scalar);
}
CASE("cpu: names are unique and known") {
  for (const char* name : {"scalar", "neon", "avx2", "avx512"}) {
    bool found = false;
    for (Level level : {Level::scalar, Level::neon, Level::avx2, Level::avx512}) found = found || level_name(level) == std::string(name);
    CHECK(found);
  }
}
CASE("cpu: a level of another family is refused") { THROWS("ENGINE_ARGUMENT", level_by_name(best_level() == Level::neon ? "avx2" : "neon")); }
CASE("cpu: an unknown level is refused") { THROWS("ENGINE_ARGUMENT", level_by_name("mmx")); }
