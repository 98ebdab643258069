// A pair of pictures and everything known about it: the stages of interpolation in order, and the working memory for one size and format.
#pragma once
#include <optional>

#include "core/picture.h"
#include "flow/estimate.h"
#include "kernels/hedge.h"
#include "kernels/likeness.h"
#include "kernels/pull_push.h"
#include "kernels/splat.h"

namespace engine {

enum class Relation { motion, still, cut, junk };

struct Likeness {
  double mean_difference = 0, worst_block = 0, histogram_distance = 0;
};

struct PairReport : Likeness {
  Relation relation = Relation::motion;
  double cut_score = 0, agreement = 1;
};

enum class Effort { fast, best };

struct PairOptions {
  Effort effort = Effort::best;
  double cut_threshold = 0.5;
};

class Pair {
 public:
  Pair(const PictureFormat& format, PairOptions options);

  const PictureFormat& format() const { return format_; }
  /// Bytes of working memory; all of it is allocated by the constructor.
  size_t bytes() const { return bytes_; }

  /// Quick comparison, nothing is kept.
  Likeness compare(const Exec& exec, const uint8_t* a, const uint8_t* b) const;
  /// a, b: pictures of `format`; both must stay in place until the next load.
  PairReport load(const Exec& exec, const uint8_t* a, const uint8_t* b);
  /// 0 < t < 1; `out` takes format().bytes().
  void render(const Exec& exec, float t, uint8_t* out);

 private:
  struct Side {
    std::optional<uint64_t> fingerprint;  // of the picture analysed here
    const uint8_t* bytes = nullptr;
    std::vector<Image<float>> planes;  // widened; for yuv and gray [0] is pyramid[0]'s content
    Pyramid pyramid;
    Flow flow;          // to the other side, half size
    Image<float> error, weight, arrived;
    Flow carried;       // flow splatted to t and filled
    Side(const PictureFormat& format);
    size_t size() const;
  };
  void take(const Exec& exec, Side& side, const uint8_t* bytes, uint64_t print);
  Samples first_plane(const uint8_t* bytes) const;
  double agreement(const Exec& exec) const;
  const Image<float>& plane(const Side& side, int index) const;
  void find_motion(const Exec& exec, float t);
  Trial next_trial(const Candidate& candidate);

  PictureFormat format_;
  PairOptions options_;
  Side a_, b_;
  FlowEstimator estimator_;
  SplatReach reach_;
  std::vector<Image<f4>> levels_;
  Flow joint_;
  Choice choice_;
  Flow motion_;
  Image<float> share_, still_cost_, motion_cost_, motion_luma_, correction_;
  Image<uint8_t> still_;
  std::vector<Image<float>> costs_, lumas_;
  std::vector<Trial> trials_;
  size_t bytes_ = 0;
  PairReport report_;
  float rise_ = 0;
};

}  // namespace engine
