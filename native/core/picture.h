// Formats of pictures as they are decoded: planes one after another, rows tight.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace engine {

enum class Layout { gray, yuv420, yuv422, yuv444, rgb };

struct PlaneShape {
  int width = 0, height = 0;
  size_t offset = 0, bytes = 0;
};

/// Mirrors PictureFormat of native/index.ts.
struct PictureFormat {
  int width = 0, height = 0;
  Layout layout = Layout::yuv420;
  int depth = 8;
  bool alpha = false;

  int colour_planes() const { return layout == Layout::gray ? 1 : 3; }
  int planes() const { return colour_planes() + (alpha ? 1 : 0); }
  bool is_alpha(int plane) const { return plane == colour_planes(); }
  /// Chroma of odd sizes is rounded up.
  PlaneShape shape(int plane) const {
    PlaneShape found;
    size_t offset = 0;
    for (int i = 0; i <= plane; ++i) {
      const bool chroma = layout != Layout::rgb && (i == 1 || i == 2) && !is_alpha(i);
      found.width = chroma && (layout == Layout::yuv420 || layout == Layout::yuv422) ? (width + 1) / 2 : width;
      found.height = chroma && layout == Layout::yuv420 ? (height + 1) / 2 : height;
      found.offset = offset;
      found.bytes = static_cast<size_t>(found.width) * found.height * (depth > 8 ? 2 : 1);
      offset += found.bytes;
    }
    return found;
  }
  size_t bytes() const {
    const PlaneShape last = shape(planes() - 1);
    return last.offset + last.bytes;
  }
};

}  // namespace engine
