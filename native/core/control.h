// What long work sees of its caller: whether to stop.
#pragma once
#include <atomic>

#include "error.h"

namespace engine {

class Control {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  /// Call between stages and rows of work. Throws Cancelled.
  void check() const {
    if (cancelled_.load(std::memory_order_relaxed)) throw Cancelled{};
  }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace engine
