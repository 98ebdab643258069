// Where a track's frames lie on its timeline, through the stacks and tracks it is nested in.
import { framesOf } from '../edit/frames.ts';
import { OtioError } from '../errors.ts';
import { framesAt, RationalTime, rationalRate, TimeRange } from '../opentime/index.ts';
import { trackLabels } from '../positions.ts';
import { titleOf } from '../schema/composable.ts';
import type { Composition } from '../schema/composition.ts';
import { Stack } from '../schema/stack.ts';
import type { Timeline } from '../schema/timeline.ts';
import type { Track } from '../schema/track.ts';

/** The stack of the timeline a track belongs to. @throws OtioError NOT_DESCENDED_FROM */
export function demandStack(timeline: Timeline, track: Track): Stack {
  const { tracks } = timeline;
  if (tracks?.isParentOf(track)) return tracks;
  throw new OtioError(
    'NOT_DESCENDED_FROM',
    `${titleOf(track)} is not on ${titleOf(timeline)}: plan on the timeline it belongs to.`,
  );
}

/** The outermost stack or track over a track: that of its timeline. */
export function outermost(track: Track): Composition {
  let top: Composition = track;
  while (top.parent !== null) top = top.parent;
  return top;
}

/** Where a range of a track lies in its stack, at `rate`: what the marker of a fill marks. Counted from 0, not from the start of the timeline. */
export function markedRange(
  stack: Composition,
  track: Track,
  start: RationalTime,
  duration: RationalTime,
  rate: number,
): TimeRange {
  const inFrames = (time: RationalTime): RationalTime => new RationalTime(framesOf(time, rate), rate);
  return new TimeRange(inFrames(track.transformedTime(start, stack)), inFrames(duration));
}

/** The record timecode of a frame of a track, as a number of frames. */
export function recordFrame(timeline: Timeline, stack: Stack, track: Track, frame: number, rate: number): number {
  const start = timeline.globalStartTime;
  const first = start === null || !start.isValidTime() ? 0 : framesAt(start, rationalRate(rate), 'round');
  return first + Math.round(framesOf(track.transformedTime(new RationalTime(frame, rate), stack), rate));
}

/** `V1`; of a nested track with the labels of those it lies in: `V2/V1`. */
export function labelOf(stack: Composition, track: Track): string {
  const labels: string[] = [];
  for (let child: Composition = track; child !== stack && child.parent !== null; child = child.parent)
    if (child.parent instanceof Stack) labels.unshift(trackLabels(child.parent).get(child) ?? '?');
  return labels.join('/');
}
