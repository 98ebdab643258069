// A track or timeline cut to a range. What is cut changes its source range only; time effects are left as they are.
import { OtioError } from '../errors.ts';
import { TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import type { Timeline } from '../schema/timeline.ts';
import { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';
import { copyShowing, copyWith, shownRange } from './copy.ts';

/**
 * A copy of the track with what lies in `range`, a range over its children.
 * @throws OtioError CANNOT_TRIM_TRANSITION, CANNOT_COMPUTE_AVAILABLE_RANGE
 */
export function trackTrimmedToRange(track: Track, range: TimeRange): Track {
  return copyWith(track, childrenTrimmedToRange(track, range));
}

/** A copy of the timeline with every track cut to `range`. @throws OtioError as trackTrimmedToRange */
export function timelineTrimmedToRange(timeline: Timeline, range: TimeRange): Timeline {
  const trimmed = timeline.clone();
  const { tracks } = timeline;
  if (tracks !== null)
    trimmed.tracks = copyWith(
      tracks,
      tracks.children.map((child) => (child instanceof Track ? trackTrimmedToRange(child, range) : child.clone())),
    );
  return trimmed;
}

/** Copies of the children of a track that lie in `range`, cut to it. @throws OtioError as trackTrimmedToRange */
export function childrenTrimmedToRange(track: Track, range: TimeRange): Child[] {
  const kept: Child[] = [];
  const end = range.endTimeExclusive();
  for (const [child, place] of track.rangesFrom(range.startTime)) {
    if (!(child instanceof Transition) && place.startTime.ge(end)) break;
    if (range.intersects(place)) kept.push(range.contains(place) ? child.clone() : cut(child, place, range));
  }
  return kept;
}

/** A copy of what starts before `range` or ends after it, shortened by as much. */
function cut(child: Child, place: TimeRange, range: TimeRange): Child {
  if (child instanceof Transition)
    throw new OtioError(
      'CANNOT_TRIM_TRANSITION',
      `${titleOf(child)} would be cut by the range: expand the transitions first, or choose a range that leaves it whole.`,
    );
  const shown = shownRange(child);
  if (shown === null) return child.clone();
  let { startTime: start, duration } = shown;
  if (range.startTime.gt(place.startTime)) {
    const head = range.startTime.sub(place.startTime);
    [start, duration] = [start.add(head), duration.sub(head)];
  }
  const [end, last] = [place.endTimeExclusive(), range.endTimeExclusive()];
  if (last.lt(end)) duration = duration.sub(end.sub(last));
  return copyShowing(child, new TimeRange(start, duration));
}
