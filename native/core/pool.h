// The engine's own threads. Work is cut into parts that do not depend on how many threads there are, so results do not either.
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "control.h"
#include "cpu.h"

namespace engine {

class Pool {
 public:
  /// threads ≥ 1; the calling thread is one of them.
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  /// Runs part(0) … part(count - 1), each once, in any order; returns when all have ended. The first exception is rethrown here.
  void run(int count, const std::function<void(int)>& part);

 private:
  void work();
  void take();
  void join();
  std::mutex turn_;  // one run() at a time
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> workers_;
  const std::function<void(int)>* part_ = nullptr;
  int count_ = 0, next_ = 0;
  // written under the mutex; read without it only to tell whether waiting has an end
  std::atomic<int> active_{0};
  std::atomic<unsigned> round_{0};
  bool stop_ = false;
  std::exception_ptr error_;
};

/// Where and how a kernel runs: pool, CPU level, and the caller's wish to stop.
struct Exec {
  Pool& pool;
  Level level;
  const Control& control;

  /// Calls body(first, last) over [0, rows) in bands of `band` rows; checks for cancel before each band.
  template <class Body>
  void rows(int rows, int band, const Body& body) const {
    const int bands = (rows + band - 1) / band;
    pool.run(bands, [&](int i) {
      control.check();
      body(i * band, i * band + band < rows ? i * band + band : rows);
    });
  }
};

}  // namespace engine
