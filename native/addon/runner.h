// Runs jobs of one engine on one thread of its own, in order, and settles their promises on the JavaScript thread.
#pragma once
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/control.h"

namespace addon {

/// One promise: work on the runner's thread, then `settle` makes its value on the JavaScript thread.
struct Job {
  engine::Control control;
  std::function<void(engine::Control&)> work;
  std::function<Napi::Value(Napi::Env)> settle;
  std::function<void()> ended;                // on the JavaScript thread, whatever the outcome
  std::vector<Napi::ObjectReference> held;    // inputs and outputs stay alive until the job ends
  std::unique_ptr<Napi::Promise::Deferred> promise;
  std::exception_ptr error;
};

class Runner {
 public:
  explicit Runner(Napi::Env env);
  ~Runner();

  /// Returns { promise, cancel() }.
  Napi::Object start(Napi::Env env, std::shared_ptr<Job> job);
  /// Cancels everything, waits for the running job to notice and ends the thread. Promises still open are rejected as aborted.
  void stop(Napi::Env env);
  /// The same at the end of the environment, where no JavaScript can run: promises are left as they are.
  void abandon();

 private:
  void work();
  void finish(Napi::Env env, const std::shared_ptr<Job>& job);
  void join();

  Napi::ThreadSafeFunction main_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::vector<std::shared_ptr<Job>> open_;  // JavaScript thread only
  std::shared_ptr<Job> running_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace addon
