#include "runner.h"

#include <algorithm>

namespace addon {
namespace {

void reject(Napi::Env env, const Job& job) {
  const auto fail = [&](const std::string& message, const char* code, const char* name) {
    Napi::Error error = Napi::Error::New(env, message);
    error.Value().Set("code", code);
    if (name) error.Value().Set("name", name);
    job.promise->Reject(error.Value());
  };
  try {
    std::rethrow_exception(job.error);
  } catch (const engine::Cancelled&) {
    fail("The operation was aborted", "ABORT_ERR", "AbortError");
  } catch (const engine::Error& error) {
    fail(error.what(), error.code(), nullptr);
  } catch (const std::bad_alloc&) {
    fail("The engine ran out of memory. Close other programs or use smaller pictures.", "ENGINE_OUT_OF_MEMORY", nullptr);
  } catch (const std::exception& error) {
    fail(error.what(), "ENGINE_FAILED", nullptr);
  }
}

// Everything of a job that belongs to JavaScript goes here, on its thread: the runner's thread may be the last to hold the job itself.
void let_go(Job& job) {
  job.ended = nullptr;
  job.settle = nullptr;
  job.promise.reset();
  job.held.clear();
}

}  // namespace

Runner::Runner(Napi::Env env) {
  main_ = Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "inbetween engine", 0, 1);
  main_.Unref(env);
  thread_ = std::thread([this] { work(); });
}

Runner::~Runner() { join(); }

Napi::Object Runner::start(Napi::Env env, std::shared_ptr<Job> job) {
  job->promise = std::make_unique<Napi::Promise::Deferred>(env);
  if (open_.empty()) main_.Ref(env);
  open_.push_back(job);
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(job);
  }
  wake_.notify_one();
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("promise", job->promise->Promise());
  std::weak_ptr<Job> weak = job;
  handle.Set("cancel", Napi::Function::New(env, [weak](const Napi::CallbackInfo&) {
               if (auto same = weak.lock()) same->control.cancel();
             }));
  return handle;
}

void Runner::work() {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      job = waiting_.front();
      waiting_.pop_front();
      running_ = job;
    }
    try {
      job->control.check();
      job->work(job->control);
    } catch (...) {
      job->error = std::current_exception();
    }
    {
      std::lock_guard lock(mutex_);
      running_.reset();
      if (stop_) return;
    }
    main_.NonBlockingCall([this, job](Napi::Env env, Napi::Function) {
      if (env && job->promise) finish(env, job);  // no promise: stopped, and this runner is gone
    });
  }
}

void Runner::finish(Napi::Env env, const std::shared_ptr<Job>& job) {
  const auto at = std::find(open_.begin(), open_.end(), job);
  if (at == open_.end()) return;
  open_.erase(at);
  if (open_.empty()) main_.Unref(env);
  if (job->ended) job->ended();
  if (job->error) reject(env, *job);
  else job->promise->Resolve(job->settle(env));
  let_go(*job);
}

void Runner::join() {
  {
    std::lock_guard lock(mutex_);
    if (stop_) return;
    stop_ = true;
    if (running_) running_->control.cancel();
    waiting_.clear();
  }
  wake_.notify_one();
  thread_.join();
}

void Runner::stop(Napi::Env env) {
  join();
  for (const auto& job : open_) {
    if (job->ended) job->ended();
    job->error = std::make_exception_ptr(engine::Cancelled{});
    reject(env, *job);
    let_go(*job);
  }
  open_.clear();
  main_.Release();
}

void Runner::abandon() {
  join();
  for (const auto& job : open_) let_go(*job);
  open_.clear();
  main_.Release();
}

}  // namespace addon
