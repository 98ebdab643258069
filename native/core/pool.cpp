#include "pool.h"

#include <chrono>
#include <utility>

namespace engine {
namespace {

// A kernel takes a fraction of a millisecond and the next one follows at once: waking a sleeping thread costs as much as a short kernel, so
// threads look out for a while before they sleep.
template <class Ready>
void look_out(const Ready& ready) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::microseconds(50);
  while (!ready() && Clock::now() < end) {
  }
}

}  // namespace

Pool::Pool(int threads) {
  try {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
  } catch (...) {
    join();
    throw;
  }
}

Pool::~Pool() { join(); }

void Pool::join() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void Pool::run(int count, const std::function<void(int)>& part) {
  if (count == 0) return;
  if (count == 1) return part(0);
  std::lock_guard turn(turn_);
  std::unique_lock lock(mutex_);
  part_ = &part;
  count_ = count;
  next_ = 0;
  error_ = nullptr;
  ++round_;
  wake_.notify_all();
  lock.unlock();
  take();
  look_out([this] { return active_ == 0; });
  lock.lock();
  done_.wait(lock, [this] { return active_ == 0; });
  part_ = nullptr;
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void Pool::take() {
  std::unique_lock lock(mutex_);
  ++active_;
  while (next_ < count_) {
    const int mine = next_++;
    lock.unlock();
    try {
      (*part_)(mine);
      lock.lock();
    } catch (...) {
      lock.lock();
      if (!error_) error_ = std::current_exception();
      next_ = count_;
    }
  }
  if (--active_ == 0) done_.notify_all();
}

void Pool::work() {
  unsigned seen = 0;
  for (;;) {
    look_out([&] { return round_ != seen; });
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stop_ || (round_ != seen && part_ && next_ < count_); });
      if (stop_) return;
      seen = round_;
    }
    take();
  }
}

}  // namespace engine
