// remove: an item out of the track.
import type { RationalTime } from '../opentime/index.ts';
import type { Track } from '../schema/track.ts';
import { commit } from './commit.ts';
import { newGap } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

export interface RemoveOptions extends EditOptions {
  /** Leaves a gap in its place, so that nothing moves. Default false: later items close up. */
  readonly fill?: boolean;
}

/**
 * Takes the whole item at a time out.
 *
 *     | A | B | C |   →   | A | C |          C moves left by B's length
 *                     →   | A |   | C |      with fill: C stays
 *
 * @throws OtioError NOT_AN_ITEM when nothing lies there; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function remove(track: Track, time: RationalTime, { fill = false, ...options }: RemoveOptions = {}): EditResult {
  const editing = new Editing(track, time.rate, options);
  const frame = editing.frameAt(time);
  const stretch = editing.between(frame, frame);
  const { place } = stretch.covering(frame);
  const part = stretch.parts[place]!;
  return commit(stretch, stretch.parts.toSpliced(place, 1, ...(fill ? [newGap(part.length, editing.rate)] : [])));
}
