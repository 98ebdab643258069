// Vector types of the compiler (GCC, Clang): the same source becomes SSE2, AVX2, AVX-512 or NEON by the level it is compiled for.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "cpu.h"

// Before a loop whose iterations touch different results: lets the compiler gather although pointers might overlap as far as it can see.
#if defined(__clang__)
#define ENGINE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define ENGINE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define ENGINE_INDEPENDENT
#endif

namespace engine {

typedef float f4 __attribute__((vector_size(16)));
typedef float f8 __attribute__((vector_size(32)));
typedef float f16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));

template <class V>
ENGINE_INLINE V load(const float* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class V>
ENGINE_INLINE void store(float* to, V v) {
  std::memcpy(to, &v, sizeof v);
}
template <class V>
ENGINE_INLINE V min(V a, V b) {
  return a < b ? a : b;
}
template <class V>
ENGINE_INLINE V max(V a, V b) {
  return a > b ? a : b;
}
template <class V>
ENGINE_INLINE V abs(V a) {
  return a < 0.f ? -a : a;
}

/// Sum of the lanes, always in the same order, so that every level gives the same bits.
ENGINE_INLINE float sum(f4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
ENGINE_INLINE float sum(f8 v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

/// e^x for x in [-80, 0], relative error below 3e-5: 2^floor by exponent bits times a polynomial in the fraction (Taylor of 2^f around 0.5).
ENGINE_INLINE float exp_negative(float x) {
  const float y = (x < -80.f ? -80.f : x) * 1.44269504f + 127.f;
  const int32_t whole = static_cast<int32_t>(y);
  const float f = (y - static_cast<float>(whole) - 0.5f) * 0.69314718f;
  const float p = 1.41421356f * (1.f + f * (1.f + f * (0.5f + f * (0.16666667f + f * 0.041666667f))));
  const int32_t bits = whole << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return scale * p;
}

}  // namespace engine
