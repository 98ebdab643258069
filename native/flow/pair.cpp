#include "pair.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/compose.h"
#include "kernels/consistency.h"
#include "kernels/hold_still.h"
#include "kernels/median.h"
#include "kernels/visibility.h"
#include "kernels/warp.h"

namespace engine {
namespace {

// A pair under this agreement has no usable flow: it is shown as a dissolve if it is not a cut.
constexpr double kJunkAgreement = 0.04;

Flow make_flow(int width, int height) { return {Image<float>(width, height, 2), Image<float>(width, height, 2)}; }

FlowEffort effort_of(Effort effort) {
  FlowEffort chosen;
  if (effort == Effort::fast) {
    chosen.finest = 2;
    chosen.stride = 4;
    chosen.search = {8, 1};
    chosen.outer = 1;
  }
  return chosen;
}

constexpr int kTrials = 9;

int half(int n) { return (n + 1) / 2; }

}  // namespace

Pair::Side::Side(const PictureFormat& f)
    : pyramid(make_pyramid(f.width, f.height)),
      flow(make_flow(half(f.width), half(f.height))),
      error(half(f.width), half(f.height), 2),
      weight(half(f.width), half(f.height), 2),
      arrived(half(f.width), half(f.height), 2),
      carried(make_flow(half(f.width), half(f.height))) {
  for (int i = 0; i < f.planes(); ++i) {
    const bool in_pyramid = i == 0 && f.layout != Layout::rgb;
    if (in_pyramid) planes.emplace_back();
    else planes.emplace_back(f.shape(i).width, f.shape(i).height, 2);
  }
}

size_t Pair::Side::size() const {
  size_t total = error.bytes() + weight.bytes() + arrived.bytes() + 2 * (flow.u.bytes() + carried.u.bytes());
  for (const auto& p : planes) total += p.bytes();
  for (const auto& p : pyramid) total += p.bytes();
  return total;
}

Pair::Pair(const PictureFormat& format, PairOptions options)
    : format_(format),
      options_(options),
      a_(format),
      b_(format),
      estimator_(a_.pyramid, effort_of(options.effort)),
      reach_(half(format.width), half(format.height)),
      levels_(pull_push_levels(half(format.width), half(format.height))),
      joint_(make_flow(half(format.width), half(format.height))),
      choice_{make_flow(half(format.width), half(format.height)), Image<float>(half(format.width), half(format.height))},
      motion_(make_flow(half(format.width), half(format.height))),
      share_(half(format.width), half(format.height), 2),
      still_cost_(half(format.width), half(format.height)),
      motion_cost_(half(format.width), half(format.height)),
      motion_luma_(half(format.width), half(format.height)),
      correction_(half(format.width), half(format.height), 2),
      still_(half(format.width), half(format.height)) {
  for (int i = 0; i < kTrials; ++i) {
    costs_.emplace_back(half(format.width), half(format.height));
    lumas_.emplace_back(half(format.width), half(format.height));
  }
  trials_.reserve(kTrials);
  bytes_ = a_.size() + b_.size() + estimator_.bytes() + reach_.bytes() + 2 * (joint_.u.bytes() + choice_.flow.u.bytes() + motion_.u.bytes()) +
           choice_.score.bytes() + share_.bytes() + still_cost_.bytes() + motion_cost_.bytes() + motion_luma_.bytes() + correction_.bytes() +
           still_.bytes();
  for (int i = 0; i < kTrials; ++i) bytes_ += costs_[i].bytes() + lumas_[i].bytes();
  for (const auto& level : levels_) bytes_ += level.bytes();
}

const Image<float>& Pair::plane(const Side& side, int index) const {
  return index == 0 && format_.layout != Layout::rgb ? side.pyramid[0] : side.planes[index];
}

Samples Pair::first_plane(const uint8_t* bytes) const { return {bytes, format_.width, format_.height, format_.depth}; }

void Pair::take(const Exec& exec, Side& side, const uint8_t* bytes, uint64_t print) {
  side.fingerprint.reset();
  side.bytes = bytes;
  for (int i = 0; i < format_.planes(); ++i) {
    const PlaneShape shape = format_.shape(i);
    widen(exec, {bytes + shape.offset, shape.width, shape.height, format_.depth}, plane(side, i));
  }
  if (format_.layout == Layout::rgb) luma_of_rgb(exec, side.planes[2], side.planes[0], side.planes[1], side.pyramid[0]);
  build_pyramid(exec, side.pyramid);
  side.fingerprint = print;
}

Likeness Pair::compare(const Exec& exec, const uint8_t* a, const uint8_t* b) const {
  const LikenessOfPlanes found = likeness(exec, first_plane(a), first_plane(b));
  return {found.mean_difference, found.worst_block, found.histogram_distance};
}

double Pair::agreement(const Exec& exec) const {
  // weighted by detail: flat areas (letterbox, sky) agree with anything and say nothing
  const int height = a_.weight.height(), width = a_.weight.width();
  std::vector<std::array<double, 2>> rows(height);
  exec.rows(height, 64, [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      std::array<double, 2> sums{};
      for (const Side* side : {&a_, &b_}) {
        const float* luma = side->pyramid[1].row(y);
        const float* weight = side->weight.row(y);
        float believed = 0, all = 0;
        for (int x = 0; x < width; ++x) {
          const float g = std::clamp(std::abs(luma[x + 1] - luma[x - 1]) * 0.5f - 1.f, 0.f, 12.f);
          believed += g * weight[x];
          all += g;
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

PairReport Pair::load(const Exec& exec, const uint8_t* a, const uint8_t* b) {
  const uint64_t print_a = fingerprint(a, format_.bytes()), print_b = fingerprint(b, format_.bytes());
  const LikenessOfPlanes found = likeness(exec, first_plane(a), first_plane(b));
  report_ = {};
  static_cast<Likeness&>(report_) = {found.mean_difference, found.worst_block, found.histogram_distance};
  rise_ = std::abs(found.rise) < 0.5 ? 0.f : static_cast<float>(found.rise);

  if (b_.fingerprint == print_a) std::swap(a_, b_);
  if (a_.fingerprint != print_a) take(exec, a_, a, print_a);
  if (b_.fingerprint != print_b) take(exec, b_, b, print_b);
  a_.bytes = a;
  b_.bytes = b;
  if (print_a == print_b) {
    report_.relation = Relation::still;
    return report_;
  }
  estimator_.run(exec, a_.pyramid, b_.pyramid, rise_, a_.flow);
  estimator_.run(exec, b_.pyramid, a_.pyramid, -rise_, b_.flow);
  consistency(exec, a_.flow, b_.flow, a_.pyramid[1], b_.pyramid[1], rise_, a_.error, a_.weight);
  consistency(exec, b_.flow, a_.flow, b_.pyramid[1], a_.pyramid[1], -rise_, b_.error, b_.weight);
  report_.agreement = agreement(exec);
  // Two shots: hardly any motion that both directions believe in. On real footage pairs of two shots stay under 0.01, pairs of one shot
  // half a second apart above 0.06; tones and differences decide between.
  const double strange = std::clamp((0.06 - report_.agreement) / 0.05, 0.0, 1.0);
  const double apart = std::clamp(std::max(report_.histogram_distance / 0.4, report_.mean_difference / 50.0), 0.0, 1.0);
  report_.cut_score = strange * (0.6 + 0.4 * apart);
  if (report_.cut_score >= options_.cut_threshold) report_.relation = Relation::cut;
  else if (report_.agreement < kJunkAgreement) report_.relation = Relation::junk;
  return report_;
}

void Pair::find_motion(const Exec& exec, float t) {
  const float s = 1.f - t;
  const Image<f4>& sums = levels_[0];
  const int width = sums.width(), height = sums.height();
  // what each side says of time t, and both together
  for (Side* side : {&a_, &b_}) {
    splat(exec, side->flow, side->weight, side == &a_ ? t : s, reach_, sums);
    exec.rows(height, 64, [&](int first, int last) {
      for (int y = first; y < last; ++y)
        for (int x = 0; x < width; ++x) side->arrived.row(y)[x] = sums.row(y)[x][0];
    });
    pull_push(exec, levels_, side->carried);
  }
  exec.rows(height, 64, [&](int first, int last) {
    for (int y = first; y < last; ++y)
      for (int x = 0; x < width; ++x) {
        const float wa = s * a_.arrived.row(y)[x], wb = t * b_.arrived.row(y)[x];
        const f4 value = {wa + wb, wa * a_.carried.u.row(y)[x] - wb * b_.carried.u.row(y)[x], wa * a_.carried.v.row(y)[x] - wb * b_.carried.v.row(y)[x], 0.f};
        sums.row(y)[x] = value;
      }
  });
  pull_push(exec, levels_, choice_.flow);
  median(exec, choice_.flow.u, joint_.u);
  median(exec, choice_.flow.v, joint_.v);

  const Matching matching{a_.pyramid[1], b_.pyramid[1], t, rise_};
  trials_.clear();
  const auto consider = [&](const Candidate& candidate) {
    const bool start = trials_.empty();
    choose(exec, matching, next_trial(candidate), joint_, start, choice_);
  };
  const float favour = -0.8f;  // the joint motion is the smoothest: another has to fit better by this
  consider({&joint_, 1.f, 0.f, 0.f, favour});
  consider({&a_.carried, 1.f});
  consider({&b_.carried, -1.f});
  consider({&a_.flow, 1.f});
  consider({&b_.flow, -1.f});
  median(exec, choice_.flow.u, motion_.u);
  median(exec, choice_.flow.v, motion_.v);

  match(exec, matching, {{}, &still_cost_});
  match(exec, matching, {{&motion_}, &motion_cost_, &motion_luma_});
  hold_still(exec, motion_, motion_cost_, still_cost_, still_);
  const int near = std::clamp(width / 64, 4, 32);
  for (const auto& [x, y] : {std::pair{near, 0}, {-near, 0}, {0, near}, {0, -near}}) match(exec, matching, next_trial({&motion_, 1.f, 0.f, 0.f, 0.f, x, y}));
  hedge(exec, {{&motion_}, &motion_cost_, &motion_luma_}, trials_, still_, correction_);
}

Trial Pair::next_trial(const Candidate& candidate) {
  const size_t i = trials_.size();
  trials_.push_back({candidate, &costs_[i], &lumas_[i]});
  return trials_.back();
}

void Pair::render(const Exec& exec, float t, uint8_t* out) {
  const Side& nearer = t < 0.5f ? a_ : b_;
  switch (report_.relation) {
    case Relation::cut:
    case Relation::still:
      std::memcpy(out, nearer.bytes, format_.bytes());
      return;
    case Relation::junk:
      for (int i = 0; i < format_.planes(); ++i) dissolve(exec, plane(a_, i), plane(b_, i), t, out + format_.shape(i).offset, format_.depth);
      return;
    case Relation::motion:
      break;
  }
  find_motion(exec, t);
  visibility(exec, motion_, motion_cost_, {a_.error, b_.error, a_.arrived, b_.arrived}, t, share_);
  for (int i = 0; i < format_.planes(); ++i) {
    const bool bright = !format_.is_alpha(i) && (i == 0 || format_.layout == Layout::rgb);
    compose(exec, {motion_, share_, bright ? &correction_ : nullptr, t, bright ? rise_ : 0.f, plane(a_, i), plane(b_, i), out + format_.shape(i).offset,
                   format_.depth});
  }
}

}  // namespace engine
