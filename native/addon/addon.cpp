// What JavaScript sees of the engine. Arguments were validated by index.ts; here they are only converted.
#include "runner.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <set>

#include "core/cpu.h"
#include "flow/measure.h"
#include "flow/pair.h"

namespace addon {
namespace {

class Engine;
/// Engines still open, so that the end of the environment (worker.terminate, process exit) can stop their threads.
struct Instance {
  std::set<Engine*> engines;
  Napi::FunctionReference engine, pair;
};

engine::PictureFormat to_format(const Napi::Object& from) {
  const std::string layout = from.Get("layout").As<Napi::String>();
  engine::PictureFormat format;
  format.width = from.Get("width").As<Napi::Number>().Int32Value();
  format.height = from.Get("height").As<Napi::Number>().Int32Value();
  format.depth = from.Get("depth").As<Napi::Number>().Int32Value();
  format.alpha = from.Get("alpha").As<Napi::Boolean>().Value();
  format.layout = layout == "gray"     ? engine::Layout::gray
                  : layout == "yuv420" ? engine::Layout::yuv420
                  : layout == "yuv422" ? engine::Layout::yuv422
                  : layout == "yuv444" ? engine::Layout::yuv444
                                       : engine::Layout::rgb;
  return format;
}

engine::PairOptions to_options(const Napi::Object& from) {
  engine::PairOptions options;
  options.effort = from.Get("effort").As<Napi::String>().Utf8Value() == "fast" ? engine::Effort::fast : engine::Effort::best;
  options.cut_threshold = from.Get("cutThreshold").As<Napi::Number>().DoubleValue();
  return options;
}

Napi::Error coded(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Value().Set("code", code);
  return error;
}

/// Runs body; what C++ throws becomes a JavaScript error. Nothing else may cross the border.
template <class Body>
void guarded(Napi::Env env, const Body& body) {
  try {
    body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const engine::Error& error) {
    throw coded(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    throw coded(env, "ENGINE_OUT_OF_MEMORY", "The engine ran out of memory. Close other programs or use smaller pictures.");
  } catch (const std::exception& error) {
    throw coded(env, "ENGINE_FAILED", error.what());
  }
}

class Engine : public Napi::ObjectWrap<Engine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeEngine",
                       {InstanceMethod<&Engine::measure>("measure"), InstanceMethod<&Engine::planned_bytes>("plannedBytes"),
                        InstanceMethod<&Engine::interpolator>("interpolator"), InstanceMethod<&Engine::dispose>("dispose"),
                        InstanceAccessor<&Engine::level>("level"), InstanceAccessor<&Engine::threads>("threads")});
  }

  explicit Engine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Engine>(info) {
    const int threads = info[0].As<Napi::Number>().Int32Value();
    const std::string level = info[1].As<Napi::String>();
    guarded(info.Env(), [&] {
      level_ = level.empty() ? engine::best_level() : engine::level_by_name(level);
      pool_ = std::make_shared<engine::Pool>(threads);
      runner_ = std::make_unique<Runner>(info.Env());
    });
    info.Env().GetInstanceData<Instance>()->engines.insert(this);
  }
  ~Engine() override {
    if (runner_) close(Env());
  }

  void close(Napi::Env env) {
    if (!runner_) return;
    runner_->stop(env);
    runner_.reset();
    pool_.reset();
    if (auto* instance = env.GetInstanceData<Instance>()) instance->engines.erase(this);
  }
  /// At the end of the environment, where no JavaScript can run.
  void abandon() {
    runner_->abandon();
    runner_.reset();
    pool_.reset();
  }
  Runner& runner() {
    if (!runner_) throw coded(Env(), "ENGINE_DISPOSED", "This engine was disposed.");
    return *runner_;
  }
  engine::Exec exec(const engine::Control& control) const { return {*pool_, level_, control}; }
  const std::shared_ptr<engine::Pool>& pool() const { return pool_; }

 private:
  Napi::Value level(const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), engine::level_name(level_)); }
  Napi::Value threads(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), pool_ ? pool_->threads() : 0); }
  void dispose(const Napi::CallbackInfo& info) { close(info.Env()); }

  Napi::Value planned_bytes(const Napi::CallbackInfo& info) {
    double bytes = 0;
    guarded(info.Env(), [&] { bytes = static_cast<double>(engine::Pair::bytes(to_format(info[0].As<Napi::Object>()), to_options(info[1].As<Napi::Object>()))); });
    return Napi::Number::New(info.Env(), bytes);
  }

  Napi::Value interpolator(const Napi::CallbackInfo& info) {
    runner();
    return info.Env().GetInstanceData<Instance>()->pair.New({Value(), info[0], info[1]});
  }

  Napi::Value measure(const Napi::CallbackInfo& info) {
    const auto format = to_format(info[0].As<Napi::Object>());
    const uint8_t *a = info[1].As<Napi::Uint8Array>().Data(), *b = info[2].As<Napi::Uint8Array>().Data();
    auto job = std::make_shared<Job>();
    auto result = std::make_shared<engine::Measure>();
    for (int i : {1, 2}) job->held.push_back(Napi::Persistent(info[i].As<Napi::Object>()));
    job->held.push_back(Napi::Persistent(Value()));
    job->work = [this, format, a, b, result](engine::Control& control) { *result = engine::measure(exec(control), format, a, b); };
    job->settle = [result](Napi::Env env) -> Napi::Value {
      Napi::Object object = Napi::Object::New(env);
      Napi::Array psnr = Napi::Array::New(env, result->psnr.size());
      for (size_t i = 0; i < result->psnr.size(); ++i) psnr.Set(i, Napi::Number::New(env, result->psnr[i]));
      object.Set("psnr", psnr);
      object.Set("ssim", Napi::Number::New(env, result->ssim));
      return object;
    };
    return runner().start(info.Env(), job);
  }

  engine::Level level_ = engine::Level::scalar;
  std::shared_ptr<engine::Pool> pool_;
  std::unique_ptr<Runner> runner_;
};

class Interpolator : public Napi::ObjectWrap<Interpolator> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeInterpolator",
                       {InstanceMethod<&Interpolator::compare>("compare"), InstanceMethod<&Interpolator::load>("load"),
                        InstanceMethod<&Interpolator::render>("render"), InstanceMethod<&Interpolator::dispose>("dispose")});
  }

  explicit Interpolator(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Interpolator>(info) {
    engine_ = Napi::Persistent(info[0].As<Napi::Object>());
    const engine::PictureFormat format = to_format(info[1].As<Napi::Object>());
    const engine::PairOptions options = to_options(info[2].As<Napi::Object>());
    guarded(info.Env(), [&] { pair_ = std::make_shared<engine::Pair>(format, options); });
    bytes_ = static_cast<int64_t>(engine::Pair::bytes(format, options));
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), bytes_);
  }
  void Finalize(Napi::Env env) override { drop(env); }

 private:
  Engine& engine() { return *Engine::Unwrap(engine_.Value()); }
  void drop(Napi::Env env) {
    if (!pair_) return;
    Napi::MemoryManagement::AdjustExternalMemory(env, -bytes_);
    pair_.reset();
    loaded_.reset();
#if defined(__GLIBC__)
    malloc_trim(0);  // tens of megabytes that the C library would keep
#endif
  }
  void dispose(const Napi::CallbackInfo& info) { drop(info.Env()); }

  template <class Result, class Work, class Convert>
  Napi::Value start(const Napi::CallbackInfo& info, const std::vector<int>& held, Work work, Convert convert) {
    if (!pair_) throw coded(info.Env(), "ENGINE_DISPOSED", "This interpolator was disposed.");
    if (busy_) throw coded(info.Env(), "ENGINE_BUSY", "This interpolator is at work: wait for the call before.");
    Runner& runner = engine().runner();
    auto job = std::make_shared<Job>();
    auto result = std::make_shared<Result>();
    for (int i : held) job->held.push_back(Napi::Persistent(info[i].As<Napi::Object>()));
    job->held.push_back(Napi::Persistent(Value()));
    job->work = [work, result, pair = pair_, &engine = engine()](engine::Control& control) { work(*pair, engine.exec(control), *result); };
    job->settle = [result, convert](Napi::Env env) -> Napi::Value { return convert(env, *result); };
    job->ended = [this, loaded = loaded_] { busy_ = false; };
    busy_ = true;
    return runner.start(info.Env(), job);
  }

  static void put(Napi::Object& object, const engine::Likeness& likeness) {
    object.Set("meanDifference", likeness.mean_difference);
    object.Set("worstBlock", likeness.worst_block);
    object.Set("histogramDistance", likeness.histogram_distance);
  }

  Napi::Value compare(const Napi::CallbackInfo& info) {
    const uint8_t *a = info[0].As<Napi::Uint8Array>().Data(), *b = info[1].As<Napi::Uint8Array>().Data();
    return start<engine::Likeness>(
        info, {0, 1}, [a, b](engine::Pair& pair, engine::Exec exec, engine::Likeness& out) { out = pair.compare(exec, a, b); },
        [](Napi::Env env, const engine::Likeness& likeness) {
          Napi::Object object = Napi::Object::New(env);
          put(object, likeness);
          return object;
        });
  }

  // load(a, b, before, beforeSpan, after, afterSpan): before and after are pictures or undefined
  Napi::Value load(const Napi::CallbackInfo& info) {
    const uint8_t *a = info[0].As<Napi::Uint8Array>().Data(), *b = info[1].As<Napi::Uint8Array>().Data();
    std::vector<int> held{0, 1};
    const auto beyond = [&](int at) -> engine::Beyond {
      if (info[at].IsUndefined()) return {};
      held.push_back(at);
      return {info[at].As<Napi::Uint8Array>().Data(), info[at + 1].As<Napi::Number>().FloatValue()};
    };
    const engine::Beyond before = beyond(2), after = beyond(4);
    const Napi::Value handle = start<engine::PairReport>(
        info, held, [a, b, before, after](engine::Pair& pair, engine::Exec exec, engine::PairReport& out) { out = pair.load(exec, a, b, before, after); },
        [](Napi::Env env, const engine::PairReport& report) {
          static const char* const names[] = {"motion", "still", "cut", "junk"};
          Napi::Object object = Napi::Object::New(env);
          put(object, report);
          object.Set("relation", names[static_cast<int>(report.relation)]);
          object.Set("cutScore", report.cut_score);
          object.Set("agreement", report.agreement);
          return object;
        });
    loaded_ = std::make_shared<std::vector<Napi::ObjectReference>>();
    for (int i : {0, 1}) loaded_->push_back(Napi::Persistent(info[i].As<Napi::Object>()));
    return handle;
  }

  Napi::Value render(const Napi::CallbackInfo& info) {
    const float phase = info[0].As<Napi::Number>().FloatValue();
    uint8_t* out = info[1].As<Napi::Uint8Array>().Data();
    return start<int>(
        info, {1}, [phase, out](engine::Pair& pair, engine::Exec exec, int&) { pair.render(exec, phase, out); },
        [](Napi::Env env, int) { return env.Undefined(); });
  }

  Napi::ObjectReference engine_;
  std::shared_ptr<engine::Pair> pair_;
  int64_t bytes_ = 0;  // of pair_, as the garbage collector was told
  std::shared_ptr<std::vector<Napi::ObjectReference>> loaded_;  // the pictures of the pair stay alive until the next load or a render has ended
  bool busy_ = false;
};

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto* instance = new Instance;
  env.SetInstanceData(instance);
  instance->engine = Napi::Persistent(Engine::define(env));
  instance->pair = Napi::Persistent(Interpolator::define(env));
  env.AddCleanupHook([instance] {
    for (Engine* engine : instance->engines) engine->abandon();
    instance->engines.clear();
  });
  exports.Set("NativeEngine", instance->engine.Value());
  return exports;
}

}  // namespace
}  // namespace addon

static Napi::Object register_addon(Napi::Env env, Napi::Object exports) { return addon::init(env, exports); }
NODE_API_MODULE(engine, register_addon)
