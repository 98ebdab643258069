// slice: a cut.
import type { RationalTime } from '../opentime/index.ts';
import type { Track } from '../schema/track.ts';
import { commit } from './commit.ts';
import { replaceFrames } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Cuts the item at a time in two. On a cut that is there already, or in a plain gap, nothing changes. The second part is a clone with its own in-point;
 * markers go to the part in which they start.
 *
 *     |   A   |   →   | A | A |
 *
 * @throws OtioError NOT_AN_ITEM when nothing lies there; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function slice(track: Track, time: RationalTime, options: EditOptions = {}): EditResult {
  const editing = new Editing(track, time.rate, options);
  const frame = editing.frameAt(time);
  const stretch = editing.between(frame, frame);
  stretch.covering(frame);
  return commit(stretch, replaceFrames(stretch.parts, stretch.start, frame, frame, []));
}
