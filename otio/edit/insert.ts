// insert: an item between what comes before a time and what comes after it.
import { OtioError } from '../errors.ts';
import type { RationalTime } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Item } from '../schema/item.ts';
import type { Track } from '../schema/track.ts';
import { commit } from './commit.ts';
import { demandFree, put } from './overwrite.ts';
import { partOf } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Puts an item in at a time, cutting what lies there; all later content moves. Beyond the end of the track a gap fills the distance.
 *
 *     | A | B  | C |
 *           ^ X            →   | A | B | X | B | C |     the second part of B, and C, move right by X's length
 *
 * @throws OtioError CHILD_ALREADY_PARENTED; INVALID_TIME_RANGE before the track, between frames, for an item without length; CANNOT_TRIM_TRANSITION.
 * Then nothing has changed.
 */
export function insert(item: Item, track: Track, time: RationalTime, options: EditOptions = {}): EditResult {
  demandFree(item);
  const duration = item.duration();
  const editing = new Editing(track, duration.rate, options);
  const [from, length] = [editing.frameAt(time), editing.frameAt(duration)];
  if (from < 0) throw new OtioError('INVALID_TIME_RANGE', `Frame ${from} lies before the track: insert at 0 or later.`);
  if (length <= 0) throw new OtioError('INVALID_TIME_RANGE', `${titleOf(item)} has no length: give it a source range.`);
  const stretch = editing.between(from, from);
  const asItIs = duration.rate === editing.rate && duration.value === length;
  return commit(stretch, put(stretch, partOf(item, length, asItIs ? length : null), from, from));
}
