// The pool runs every part once, gives the first error on, and stops between bands when its caller has given up.
#include "pool.h"

#include <atomic>

#include "test_pictures.h"

using namespace engine;
using namespace engine::test;

CASE("pool: runs every part exactly once") {
  for (const int threads : {1, 2, 3, 5})
    for (const int count : {0, 1, 2, 7, 1000}) {
      Pool pool(threads);
      std::vector<std::atomic<int>> runs(count);
      pool.run(count, [&](int part) { ++runs[part]; });
      for (const auto& times : runs) EQUAL(times.load(), 1);
    }
}
CASE("pool: says how many threads it has") {
  for (const int threads : {1, 2, 5}) EQUAL(Pool(threads).threads(), threads);
}
CASE("pool: rethrows an error and works on afterwards") {
  for (const int threads : {1, 3}) {
    Pool pool(threads);
    THROWS("ENGINE_ARGUMENT", pool.run(100, [](int part) {
      if (part == 40) throw Error("ENGINE_ARGUMENT", "part 40");
    }));
    std::atomic<int> runs{0};
    pool.run(10, [&](int) { ++runs; });
    EQUAL(runs.load(), 10);
  }
}
CASE("pool: calls from several threads take turns") {
  Pool pool(2);
  std::atomic<int> inside{0}, most{0}, total{0};
  const auto call = [&] {
    for (int i = 0; i < 50; ++i) {
      int mine = -1;
      pool.run(1, [&](int) {
        mine = ++inside;
        if (mine > most) most = mine;
        ++total;
        --inside;
      });
    }
  };
  std::thread other(call);
  call();
  other.join();
  EQUAL(total.load(), 100);
  EQUAL(most.load(), 1);
}
CASE("pool: rows are cut into bands that cover the picture") {
  const Control control;
  Pool pool(3);
  for (const int height : {1, 31, 32, 33, 100}) {
    std::vector<std::atomic<int>> seen(height);
    Exec{pool, Level::scalar, control}.rows(height, 32, [&](int first, int last) {
      CHECK(last - first <= 32 && first % 32 == 0);
      for (int y = first; y < last; ++y) ++seen[y];
    });
    for (const auto& times : seen) EQUAL(times.load(), 1);
  }
}
CASE("pool: a cancelled control ends the work with Cancelled") {
  for (const int threads : {1, 3}) {
    Control control;
    Pool pool(threads);
    std::atomic<int> bands{0};
    bool cancelled = false;
    try {
      Exec{pool, Level::scalar, control}.rows(1000, 1, [&](int, int) {
        if (++bands == 10) control.cancel();
      });
    } catch (const Cancelled&) {
      cancelled = true;
    }
    CHECK(cancelled);
    CHECK(bands.load() < 10 + threads);
  }
}
