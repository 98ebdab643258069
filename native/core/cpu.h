// CPU levels: which instruction sets a kernel may use, and how one kernel body is compiled for each of them.
//
// A kernel body is an ENGINE_INLINE function in plain C++ and vector types (core/simd.h). ENGINE_KERNEL compiles it once per level by function
// attributes (no per-file compiler flags, so that one compiler call can build everything) and picks one at run time. Contraction to fused
// multiply-add is off for the whole build, so every level computes the same bits.
#pragma once
#include <string>

namespace engine {

enum class Level { scalar, neon, avx2, avx512 };

/// The best level of this machine. `scalar` is the compiler's baseline: SSE2 on x86-64.
Level best_level();
const char* level_name(Level level);
/// Throws ENGINE_ARGUMENT for an unknown name or a level this machine lacks.
Level level_by_name(const std::string& name);

}  // namespace engine

#if defined(__GNUC__)
#define ENGINE_INLINE inline __attribute__((always_inline))
#else
#define ENGINE_INLINE inline
#endif

#if defined(__GNUC__) && defined(__x86_64__)
#define ENGINE_AVX2 __attribute__((target("avx2")))
#define ENGINE_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")))
/// Defines `name parameters` as a function of a level, from a body that is inlined into one variant per level.
///   ENGINE_KERNEL(add_rows, (const Add& job, int first, int last), add_body(job, first, last))
/// gives  void add_rows(Level level, const Add& job, int first, int last).
#define ENGINE_UNPACK(...) __VA_ARGS__
#define ENGINE_KERNEL(name, parameters, call)                                               \
  static void name##_scalar parameters { call; }                                            \
  ENGINE_AVX2 static void name##_avx2 parameters { call; }                                  \
  ENGINE_AVX512 static void name##_avx512 parameters { call; }                              \
  using name##_variant = void(*) parameters;                                                \
  static name##_variant name(Level level) {                                                 \
    return level == Level::avx512 ? name##_avx512 : level == Level::avx2 ? name##_avx2 : name##_scalar; \
  }
#else
#define ENGINE_KERNEL(name, parameters, call)    \
  static void name##_scalar parameters { call; } \
  using name##_variant = void(*) parameters;     \
  static name##_variant name(Level) { return name##_scalar; }
#endif
