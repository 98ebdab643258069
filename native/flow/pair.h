// A pair of pictures and the pictures at any time between them: the stages of interpolation in order, and the working memory for one size and format.
#pragma once
#include <optional>

#include "flow/analysis.h"
#include "kernels/choose.h"
#include "kernels/pull_push.h"
#include "kernels/splat.h"

namespace engine {

enum class Effort { fast, best };

struct PairOptions {
  Effort effort = Effort::best;
  double cut_threshold = 0.5;
};

/// A picture beyond the pair, and the time to it over the time between the pair.
struct Beyond {
  const uint8_t* bytes = nullptr;
  float span = 1.f;
};

class Pair {
 public:
  Pair(const PictureFormat& format, PairOptions options);
  /// Bytes of working memory such a pair takes, all of it in the constructor; a few rows for each thread of the pool come on top.
  static size_t bytes(const PictureFormat& format, PairOptions options);

  const PictureFormat& format() const { return format_; }

  /// Quick comparison, nothing is kept.
  Likeness compare(const Exec& exec, const uint8_t* a, const uint8_t* b) const;
  /// Pictures of `format`; a and b must stay in place until the next load. `before` and `after` may be missing; with them motion may be curved.
  PairReport load(const Exec& exec, const uint8_t* a, const uint8_t* b, Beyond before = {}, Beyond after = {});
  /// 0 < t < 1; `out` takes format().bytes().
  void render(const Exec& exec, float t, uint8_t* out);

 private:
  Picture& picture(const Exec& exec, const uint8_t* bytes, uint64_t print, const std::vector<uint64_t>& wanted);
  Between& between(const Exec& exec, const uint8_t* first_bytes, uint64_t first, const uint8_t* second_bytes, uint64_t second,
                   const std::vector<uint64_t>& wanted);
  void find_motion(const Exec& exec, float t);
  void follow_bend(const Exec& exec, float t);
  Trial next_trial(const Candidate& candidate);

  PictureFormat format_;
  int level_;        // pyramid level of the motion field
  LevelSize field_;  // its size
  Analyst analyst_;
  std::vector<Picture> pictures_;   // before, a, b, after: in any order
  std::vector<Between> betweens_;   // of neighbours among them: in any order
  struct Loaded {
    const uint8_t *a_bytes, *b_bytes;
    const Picture *a, *b;
    const Between* pair;
  };
  std::optional<Loaded> loaded_;
  bool curved_ = false;
  Flow curve_a_, curve_b_, bend_, joint_, motion_, carried_a_, carried_b_;
  Image<float> arrived_a_, arrived_b_;
  SplatReach reach_;
  std::vector<Image<f4>> levels_;
  Choice choice_;
  std::vector<Image<float>> costs_, lumas_;
  std::vector<Trial> trials_;
  Image<float> share_, still_cost_, motion_cost_, motion_luma_, correction_;
  Image<uint8_t> still_;
};

}  // namespace engine
