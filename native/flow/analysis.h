// What is known of single pictures and of two pictures in a row; kept while a clip moves on, so that nothing is found out twice.
#pragma once
#include <cstdint>

#include "core/picture.h"
#include "flow/estimate.h"

namespace engine {

enum class Relation { motion, still, cut, junk };

/// Differences in 8-bit code values of the first plane.
struct Likeness {
  double mean_difference = 0, worst_block = 0, histogram_distance = 0;
};

struct PairReport : Likeness {
  Relation relation = Relation::motion;
  double cut_score = 0, agreement = 1;
};

struct Picture {
  bool known = false;
  uint64_t fingerprint = 0;
  std::vector<Image<float>> planes;  // widened; for yuv and gray the first lies in pyramid[0] and is empty here
  Pyramid pyramid;                   // luma

  explicit Picture(const PictureFormat& format);
  const Image<float>& plane(int index) const { return planes[index].width() ? planes[index] : pyramid[0]; }
  static size_t bytes(const PictureFormat& format);
};

/// Planes of the motion field's size, with the border that warps need.
Image<float> field_plane(LevelSize field);
Flow field_flow(LevelSize field);

/// Flows between two pictures in a row, of the motion field's size, and what they are worth.
struct Between {
  bool known = false;
  uint64_t first = 0, second = 0;  // fingerprints
  Flow there, back;                // from the first picture to the second, and reverse
  Image<float> there_error, back_error, there_weight, back_weight;
  PairReport report;
  float rise = 0;  // the second is this much brighter as a whole

  explicit Between(LevelSize field);
  static size_t bytes(LevelSize field);
};

/// Takes pictures apart and compares them. The motion field has the size of pyramid level `effort.finest`. `cut_threshold` as in native/index.ts.
class Analyst {
 public:
  Analyst(const PictureFormat& format, const FlowEffort& effort, double cut_threshold);
  void look(const Exec& exec, const uint8_t* bytes, uint64_t fingerprint, Picture& to);
  void compare(const Exec& exec, const Picture& first, const uint8_t* first_bytes, const Picture& second, const uint8_t* second_bytes, Between& to);
  Likeness likeness_of(const Exec& exec, const uint8_t* a, const uint8_t* b) const;
  static size_t bytes(const PictureFormat& format, const FlowEffort& effort) { return FlowEstimator::bytes(pyramid_sizes(format.width, format.height), effort); }

 private:
  double agreement(const Exec& exec, const Picture& first, const Picture& second, const Between& between) const;
  PictureFormat format_;
  int level_;
  double cut_threshold_;
  FlowEstimator estimator_;
};

}  // namespace engine
