#include "analysis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/consistency.h"
#include "kernels/likeness.h"

namespace engine {
namespace {

// A pair under this agreement has no usable flow: it is shown as a dissolve if it is not a cut.
constexpr double kJunkAgreement = 0.04;

}  // namespace

Image<float> field_plane(LevelSize field) { return {field.width, field.height, 2}; }
Flow field_flow(LevelSize field) { return {field_plane(field), field_plane(field)}; }

Picture::Picture(const PictureFormat& format) : pyramid(make_pyramid(format.width, format.height)) {
  for (int i = 0; i < format.planes(); ++i) {
    if (i == 0 && format.layout != Layout::rgb) planes.emplace_back();
    else planes.emplace_back(format.shape(i).width, format.shape(i).height, 2);
  }
}

size_t Picture::bytes(const PictureFormat& format) {
  size_t total = pyramid_bytes(format.width, format.height);
  for (int i = format.layout == Layout::rgb ? 0 : 1; i < format.planes(); ++i) total += Image<float>::bytes(format.shape(i).width, format.shape(i).height, 2);
  return total;
}

Between::Between(LevelSize field)
    : there(field_flow(field)),
      back(field_flow(field)),
      there_error(field_plane(field)),
      back_error(field_plane(field)),
      there_weight(field_plane(field)),
      back_weight(field_plane(field)) {}

size_t Between::bytes(LevelSize field) { return 8 * Image<float>::bytes(field.width, field.height, 2); }

Analyst::Analyst(const PictureFormat& format, const FlowEffort& effort, double cut_threshold)
    : format_(format), level_(effort.finest), cut_threshold_(cut_threshold), estimator_(pyramid_sizes(format.width, format.height), effort) {}

void Analyst::look(const Exec& exec, const uint8_t* bytes, uint64_t fingerprint, Picture& to) {
  to.known = false;
  for (int i = 0; i < format_.planes(); ++i) {
    const PlaneShape shape = format_.shape(i);
    widen(exec, {bytes + shape.offset, shape.width, shape.height, format_.depth}, to.plane(i));
  }
  if (format_.layout == Layout::rgb) luma_of_rgb(exec, to.planes[2], to.planes[0], to.planes[1], to.pyramid[0]);
  build_pyramid(exec, to.pyramid);
  to.fingerprint = fingerprint;
  to.known = true;
}

Likeness Analyst::likeness_of(const Exec& exec, const uint8_t* a, const uint8_t* b) const {
  const LikenessOfPlanes found =
      likeness(exec, {a, format_.width, format_.height, format_.depth}, {b, format_.width, format_.height, format_.depth});
  return {found.mean_difference, found.worst_block, found.histogram_distance};
}

double Analyst::agreement(const Exec& exec, const Picture& first, const Picture& second, const Between& between) const {
  // weighted by detail: flat areas (letterbox, sky) agree with anything and say nothing
  const int height = between.there_weight.height(), width = between.there_weight.width();
  std::vector<std::array<double, 2>> rows(height);
  exec.rows(height, 64, [&](int from, int to) {
    for (int y = from; y < to; ++y) {
      std::array<double, 2> sums{};
      for (const bool forward : {true, false}) {
        const float* luma = (forward ? first : second).pyramid[level_].row(y);
        const float* weight = (forward ? between.there_weight : between.back_weight).row(y);
        float believed = 0, all = 0;
        for (int x = 0; x < width; ++x) {
          const float detail = std::clamp(std::abs(luma[x + 1] - luma[x - 1]) * 0.5f - 1.f, 0.f, 12.f);
          believed += detail * weight[x];
          all += detail;
        }
        sums[0] += believed;
        sums[1] += all;
      }
      rows[y] = sums;
    }
  });
  double believed = 0, all = 0;
  for (const auto& row : rows) {
    believed += row[0];
    all += row[1];
  }
  return all > 0 ? believed / all : 1.0;
}

void Analyst::compare(const Exec& exec, const Picture& first, const uint8_t* first_bytes, const Picture& second, const uint8_t* second_bytes, Between& to) {
  to.known = false;
  const LikenessOfPlanes found = likeness(exec, {first_bytes, format_.width, format_.height, format_.depth},
                                          {second_bytes, format_.width, format_.height, format_.depth});
  PairReport report;
  static_cast<Likeness&>(report) = {found.mean_difference, found.worst_block, found.histogram_distance};
  to.rise = std::abs(found.rise) < 0.5 ? 0.f : static_cast<float>(found.rise);
  if (first.fingerprint == second.fingerprint) {
    report.relation = Relation::still;  // nothing else is asked of such a pair
  } else {
    estimator_.run(exec, first.pyramid, second.pyramid, to.rise, to.there);
    estimator_.run(exec, second.pyramid, first.pyramid, -to.rise, to.back);
    consistency(exec, to.there, to.back, first.pyramid[level_], second.pyramid[level_], to.rise, to.there_error, to.there_weight);
    consistency(exec, to.back, to.there, second.pyramid[level_], first.pyramid[level_], -to.rise, to.back_error, to.back_weight);
    report.agreement = agreement(exec, first, second, to);
    // Two shots: hardly any motion that both directions believe in. On real footage pairs of two shots stay under 0.01, pairs of one shot
    // half a second apart above 0.06; tones and differences decide between.
    const double strange = std::clamp((0.06 - report.agreement) / 0.05, 0.0, 1.0);
    const double apart = std::clamp(std::max(report.histogram_distance / 0.4, report.mean_difference / 50.0), 0.0, 1.0);
    report.cut_score = strange * (0.6 + 0.4 * apart);
    if (report.cut_score >= cut_threshold_) report.relation = Relation::cut;
    else if (report.agreement < kJunkAgreement) report.relation = Relation::junk;
  }
  to.report = report;
  to.first = first.fingerprint;
  to.second = second.fingerprint;
  to.known = true;
}

}  // namespace engine
