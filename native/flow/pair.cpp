#include "pair.h"

#include <algorithm>
#include <cmath>

#include "kernels/bend.h"
#include "kernels/compose.h"
#include "kernels/hedge.h"
#include "kernels/hold_still.h"
#include "kernels/likeness.h"
#include "kernels/median.h"
#include "kernels/visibility.h"
#include "kernels/warp.h"

namespace engine {
namespace {

constexpr int kPictures = 4, kBetweens = 3, kTrials = 9;

// The motion field has half the size of the picture up to 1080p, a quarter above; half of that for the fast effort.
int level_of(const PictureFormat& format, Effort effort) {
  constexpr int64_t kLargestHalf = 600000;
  const std::vector<LevelSize> sizes = pyramid_sizes(format.width, format.height);
  const int wanted = (static_cast<int64_t>(sizes[1].width) * sizes[1].height > kLargestHalf ? 2 : 1) + (effort == Effort::fast ? 1 : 0);
  return std::min(wanted, static_cast<int>(sizes.size()) - 1);
}

FlowEffort effort_of(int level, Effort effort) {
  FlowEffort chosen;
  chosen.finest = level;
  if (effort == Effort::fast) chosen.search = {8, 1};
  return chosen;
}

}  // namespace

Pair::Pair(const PictureFormat& format, PairOptions options)
    : format_(format),
      level_(level_of(format, options.effort)),
      field_(pyramid_sizes(format.width, format.height)[level_]),
      analyst_(format, effort_of(level_, options.effort), options.cut_threshold),
      curve_a_(field_flow(field_)),
      curve_b_(field_flow(field_)),
      bend_(field_flow(field_)),
      joint_(field_flow(field_)),
      motion_(field_flow(field_)),
      carried_a_(field_flow(field_)),
      carried_b_(field_flow(field_)),
      arrived_a_(field_plane(field_)),
      arrived_b_(field_plane(field_)),
      reach_(field_.width, field_.height),
      levels_(pull_push_levels(field_.width, field_.height)),
      choice_{field_flow(field_), field_plane(field_)},
      share_(field_plane(field_)),
      still_cost_(field_plane(field_)),
      motion_cost_(field_plane(field_)),
      motion_luma_(field_plane(field_)),
      correction_(field_plane(field_)),
      still_(field_.width, field_.height) {
  for (int i = 0; i < kPictures; ++i) pictures_.emplace_back(format);
  for (int i = 0; i < kBetweens; ++i) betweens_.emplace_back(field_);
  for (int i = 0; i < kTrials; ++i) {
    costs_.push_back(field_plane(field_));
    lumas_.push_back(field_plane(field_));
  }
  trials_.reserve(kTrials);
}

size_t Pair::bytes(const PictureFormat& format, PairOptions options) {
  const int level = level_of(format, options.effort);
  const auto [width, height] = pyramid_sizes(format.width, format.height)[level];
  const size_t planes = 2 * 8 + 2 + 6 + 2 * kTrials;  // flows, what arrived, single planes, trials
  return kPictures * Picture::bytes(format) + kBetweens * Between::bytes({width, height}) + Analyst::bytes(format, effort_of(level, options.effort)) +
         planes * Image<float>::bytes(width, height, 2) + Image<uint8_t>::bytes(width, height) + SplatReach::bytes(width, height) +
         pull_push_bytes(width, height);
}

Likeness Pair::compare(const Exec& exec, const uint8_t* a, const uint8_t* b) const { return analyst_.likeness_of(exec, a, b); }

Picture& Pair::picture(const Exec& exec, const uint8_t* bytes, uint64_t print, const std::vector<uint64_t>& wanted) {
  Picture* room = nullptr;
  for (Picture& candidate : pictures_) {
    if (candidate.known && candidate.fingerprint == print) return candidate;
    if (!candidate.known || std::find(wanted.begin(), wanted.end(), candidate.fingerprint) == wanted.end()) room = &candidate;
  }
  analyst_.look(exec, bytes, print, *room);
  return *room;
}

Between& Pair::between(const Exec& exec, const uint8_t* first_bytes, uint64_t first, const uint8_t* second_bytes, uint64_t second,
                       const std::vector<uint64_t>& wanted) {
  Between* room = nullptr;
  for (Between& candidate : betweens_) {
    if (candidate.known && candidate.first == first && candidate.second == second) return candidate;
    bool needed = false;
    for (size_t i = 0; candidate.known && i + 1 < wanted.size(); ++i) needed |= candidate.first == wanted[i] && candidate.second == wanted[i + 1];
    if (!needed) room = &candidate;
  }
  const Picture& a = picture(exec, first_bytes, first, wanted);
  const Picture& b = picture(exec, second_bytes, second, wanted);
  analyst_.compare(exec, a, first_bytes, b, second_bytes, *room);
  return *room;
}

PairReport Pair::load(const Exec& exec, const uint8_t* a, const uint8_t* b, Beyond before, Beyond after) {
  loaded_.reset();
  const size_t size = format_.bytes();
  const uint64_t print_a = fingerprint(a, size), print_b = fingerprint(b, size);
  const uint64_t print_before = before.bytes ? fingerprint(before.bytes, size) : 0, print_after = after.bytes ? fingerprint(after.bytes, size) : 0;
  std::vector<uint64_t> wanted;
  if (before.bytes) wanted.push_back(print_before);
  wanted.insert(wanted.end(), {print_a, print_b});
  if (after.bytes) wanted.push_back(print_after);

  const Between& here = between(exec, a, print_a, b, print_b, wanted);
  curved_ = false;
  if (here.report.relation == Relation::motion && (before.bytes || after.bytes)) {
    const auto straight = [](const Flow& flow) {
      for (int y = 0; y < flow.u.height(); ++y) {
        std::fill_n(flow.u.row(y), flow.u.width(), 0.f);
        std::fill_n(flow.v.row(y), flow.v.width(), 0.f);
      }
      flow.u.replicate_rows(0, flow.u.height());
      flow.v.replicate_rows(0, flow.v.height());
    };
    const Between* past = before.bytes ? &between(exec, before.bytes, print_before, a, print_a, wanted) : nullptr;
    const Between* coming = after.bytes ? &between(exec, b, print_b, after.bytes, print_after, wanted) : nullptr;
    const auto moves = [](const Between* beyond) { return beyond && beyond->report.relation == Relation::motion; };
    curved_ = moves(past) || moves(coming);
    if (moves(past)) {
      curve(exec, {here.there, past->back, here.there_weight, past->back_weight, before.span}, curve_a_);
    } else {
      straight(curve_a_);
    }
    if (moves(coming)) {
      curve(exec, {here.back, coming->there, here.back_weight, coming->there_weight, after.span}, curve_b_);
    } else {
      straight(curve_b_);
    }
  }
  loaded_ = Loaded{a, b, &picture(exec, a, print_a, wanted), &picture(exec, b, print_b, wanted), &here};
  return here.report;
}

void Pair::find_motion(const Exec& exec, float t) {
  const float s = 1.f - t;
  const Between& pair = *loaded_->pair;
  const Image<f4>& sums = levels_[0];
  const int width = field_.width, height = field_.height;
  // what each picture says of time t, and both together
  for (const bool first : {true, false}) {
    const Image<float>& arrived = first ? arrived_a_ : arrived_b_;
    splat(exec, first ? pair.there : pair.back, first ? pair.there_weight : pair.back_weight, first ? t : s, reach_, sums);
    exec.rows(height, 64, [&](int from, int to) {
      for (int y = from; y < to; ++y)
        for (int x = 0; x < width; ++x) arrived.row(y)[x] = sums.row(y)[x][0];
    });
    pull_push(exec, levels_, first ? carried_a_ : carried_b_);
  }
  exec.rows(height, 64, [&](int from, int to) {
    for (int y = from; y < to; ++y)
      for (int x = 0; x < width; ++x) {
        const float wa = s * arrived_a_.row(y)[x], wb = t * arrived_b_.row(y)[x];
        const f4 value = {wa + wb, wa * carried_a_.u.row(y)[x] - wb * carried_b_.u.row(y)[x], wa * carried_a_.v.row(y)[x] - wb * carried_b_.v.row(y)[x], 0.f};
        sums.row(y)[x] = value;
      }
  });
  pull_push(exec, levels_, choice_.flow);
  median(exec, choice_.flow.u, joint_.u);
  median(exec, choice_.flow.v, joint_.v);

  const Matching matching{loaded_->a->pyramid[level_], loaded_->b->pyramid[level_], t, pair.rise};
  trials_.clear();
  const auto consider = [&](const Candidate& candidate) {
    const bool start = trials_.empty();
    choose(exec, matching, next_trial(candidate), joint_, start, choice_);
  };
  const float favour = -0.8f;  // the joint motion is the smoothest: another has to fit better by this
  consider({&joint_, 1.f, 0.f, 0.f, favour});
  consider({&carried_a_, 1.f});
  consider({&carried_b_, -1.f});
  consider({&pair.there, 1.f});
  consider({&pair.back, -1.f});
  median(exec, choice_.flow.u, motion_.u);
  median(exec, choice_.flow.v, motion_.v);

  match(exec, matching, {{}, &still_cost_});
  const Trial chosen{{&motion_}, &motion_cost_, &motion_luma_};
  match(exec, matching, chosen);
  hold_still(exec, matching, chosen, still_cost_, motion_, still_);
  const int near = std::clamp(width / 64, 4, 32);
  for (const auto& [x, y] : {std::pair{near, 0}, {-near, 0}, {0, near}, {0, -near}}) match(exec, matching, next_trial({&motion_, 1.f, 0.f, 0.f, 0.f, x, y}));
  hedge(exec, chosen, trials_, still_, correction_);
  visibility(exec, motion_, motion_cost_, {pair.there_error, pair.back_error, arrived_a_, arrived_b_}, t, share_);
}

Trial Pair::next_trial(const Candidate& candidate) {
  const size_t i = trials_.size();
  trials_.push_back({candidate, &costs_[i], &lumas_[i]});
  return trials_.back();
}

// The straight picture's fields, moved to where the curved motion has them.
void Pair::follow_bend(const Exec& exec, float t) {
  const Flow& raw = choice_.flow;
  bend(exec, motion_, still_, curve_a_, curve_b_, t, raw);
  median(exec, raw.u, bend_.u);
  median(exec, raw.v, bend_.v);
  const auto move = [&](Image<float>& field, Image<float>& spare) {
    warp(exec, field, bend_, -1.f, spare);
    std::swap(field, spare);
  };
  move(motion_.u, choice_.flow.u);
  move(motion_.v, choice_.flow.u);
  move(share_, choice_.flow.u);
  move(correction_, choice_.flow.u);
}

void Pair::render(const Exec& exec, float t, uint8_t* out) {
  const Picture &a = *loaded_->a, &b = *loaded_->b;
  const Between& pair = *loaded_->pair;
  switch (pair.report.relation) {
    case Relation::cut:
    case Relation::still:
      std::memcpy(out, t <= 0.5f ? loaded_->a_bytes : loaded_->b_bytes, format_.bytes());
      return;
    case Relation::junk:
      for (int i = 0; i < format_.planes(); ++i) dissolve(exec, a.plane(i), b.plane(i), t, out + format_.shape(i).offset, format_.depth);
      return;
    case Relation::motion:
      break;
  }
  find_motion(exec, t);
  if (curved_) follow_bend(exec, t);
  for (int i = 0; i < format_.planes(); ++i) {
    const bool bright = !format_.is_alpha(i) && (i == 0 || format_.layout == Layout::rgb);
    const PlaneShape shape = format_.shape(i);
    const float field = 1.f / (1 << level_);
    const FieldStep step{shape.width < format_.width ? 2 * field : field, shape.height < format_.height ? 2 * field : field};
    compose(exec, {motion_, curved_ ? &bend_ : nullptr, share_, bright ? &correction_ : nullptr, t, bright ? pair.rise : 0.f, step, a.plane(i), b.plane(i),
                   out + shape.offset, format_.depth});
  }
}

}  // namespace engine
