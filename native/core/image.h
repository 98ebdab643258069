// Pictures in memory: `Plane` looks at samples, `Image` owns them with a replicated border so that filters and warps need no edge cases.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "error.h"

namespace engine {

template <class T>
struct Plane {
  T* data = nullptr;
  int width = 0, height = 0;
  /// Samples from one row to the next.
  ptrdiff_t stride = 0;
  T* row(int y) const { return data + y * stride; }
};

/// Owns width × height samples of T with `border` samples around them; rows start 64-byte aligned. The border is filled by replicate().
template <class T>
class Image {
 public:
  Image() = default;
  Image(int width, int height, int border = 0) : border_(border) {
    const size_t stride = stride_of(width, border), size = size_of(width, height, border);
    memory_.reset(static_cast<std::byte*>(::operator new(size, std::align_val_t{64}, std::nothrow)));
    if (!memory_) throw Error("ENGINE_OUT_OF_MEMORY", "The engine could not get " + std::to_string(size >> 20) + " MiB of memory. Close other programs or use smaller pictures.");
    std::memset(memory_.get(), 0, size);
    plane_ = {reinterpret_cast<T*>(memory_.get()) + stride * border + whole_lanes(border), width, height, static_cast<ptrdiff_t>(stride)};
  }
  /// What an image of this size takes, in whole pages as the system gives them.
  static size_t bytes(int width, int height, int border = 0) { return (size_of(width, height, border) + 2 * 4096 - 1) / 4096 * 4096; }

  const Plane<T>& plane() const { return plane_; }
  operator const Plane<T>&() const { return plane_; }
  T* row(int y) const { return plane_.row(y); }
  int width() const { return plane_.width; }
  int height() const { return plane_.height; }
  size_t bytes() const { return bytes(width(), height(), border_); }

  /// Copies the edge samples into the border of rows [first, last) and, at the top and bottom, into the rows beyond.
  void replicate_rows(int first, int last) const {
    for (int y = first; y < last; ++y) {
      T* line = row(y);
      for (int x = 1; x <= border_; ++x) line[-x] = line[0];
      for (int x = 0; x < border_; ++x) line[width() + x] = line[width() - 1];
    }
    const size_t span = (width() + 2 * static_cast<size_t>(border_)) * sizeof(T);
    if (first == 0)
      for (int y = 1; y <= border_; ++y) std::memcpy(row(-y) - border_, row(0) - border_, span);
    if (last == height())
      for (int y = 0; y < border_; ++y) std::memcpy(row(height() + y) - border_, row(height() - 1) - border_, span);
  }

 private:
  static size_t whole_lanes(size_t samples) {
    const size_t lane = 64 / sizeof(T) ? 64 / sizeof(T) : 1;
    return (samples + lane - 1) / lane * lane;
  }
  static size_t stride_of(int width, int border) { return whole_lanes(whole_lanes(border) + width + border + 16); }
  static size_t size_of(int width, int height, int border) {
    return stride_of(width, border) * (height + 2 * static_cast<size_t>(border)) * sizeof(T) + 64;
  }
  struct Free {
    void operator()(std::byte* p) const { ::operator delete(p, std::align_val_t{64}); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  Plane<T> plane_;
  int border_ = 0;
};

}  // namespace engine
