#include "cpu.h"

#include "error.h"

namespace engine {

Level best_level() {
#if defined(__GNUC__) && defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return Level::avx512;
  if (__builtin_cpu_supports("avx2")) return Level::avx2;
  return Level::scalar;
#elif defined(__aarch64__) || defined(_M_ARM64)
  return Level::neon;
#else
  return Level::scalar;
#endif
}

const char* level_name(Level level) {
  switch (level) {
    case Level::avx512: return "avx512";
    case Level::avx2: return "avx2";
    case Level::neon: return "neon";
    case Level::scalar: return "scalar";
  }
  return "scalar";
}

Level level_by_name(const std::string& name) {
  const Level best = best_level();
  for (Level level : {Level::scalar, Level::neon, Level::avx2, Level::avx512}) {
    if (name != level_name(level)) continue;
    const bool same_family = (level == Level::neon) == (best == Level::neon) || level == Level::scalar;
    if (!same_family || static_cast<int>(level) > static_cast<int>(best))
      throw Error("ENGINE_ARGUMENT", "This CPU has no " + name + "; its best level is " + level_name(best) + ".");
    return level;
  }
  throw Error("ENGINE_ARGUMENT", "Unknown CPU level '" + name + "'; known are avx512, avx2, neon and scalar.");
}

}  // namespace engine
