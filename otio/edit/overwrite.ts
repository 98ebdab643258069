// overwrite: an item over whatever lies in a range.
import { OtioError } from '../errors.ts';
import type { TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Item } from '../schema/item.ts';
import type { Track } from '../schema/track.ts';
import { commit } from './commit.ts';
import { newGap, type Part, partOf, replaceFrames } from './part.ts';
import { reachOf } from './speed.ts';
import { Editing, type EditOptions, type Stretch } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Puts an item over a range of the track. It starts where its source range does and takes the length of the range; beyond the end of the track a gap fills
 * the distance.
 *
 *     | A    |  B  |   C |
 *         [   X   ]            →   | A | X   | C |     nothing outside the range moves
 *
 * @throws OtioError CHILD_ALREADY_PARENTED; INVALID_TIME_RANGE before the track, without length, between frames or when the item's media are too short;
 * CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function overwrite(item: Item, track: Track, range: TimeRange, options: EditOptions = {}): EditResult {
  demandFree(item);
  const editing = new Editing(track, range.duration.rate, options);
  const { from, length } = editing.framesIn(range);
  demandMedia(item, length, editing.rate);
  const stretch = editing.between(from, from + length);
  return commit(stretch, put(stretch, partOf(item, length, null), from, from + length));
}

/** The parts of a stretch with one in place of the frames `from` to `to`, over a gap if the track ends before. */
export function put(stretch: Stretch, part: Part, from: number, to: number): Part[] {
  const { rate } = stretch.editing;
  const missing = from - stretch.end;
  const inserted = missing > 0 ? [newGap(missing, rate), part] : [part];
  return replaceFrames(stretch.parts, stretch.start, from, to, inserted);
}

/** @throws OtioError CHILD_ALREADY_PARENTED */
export function demandFree(item: Item): void {
  if (item.parent !== null)
    throw new OtioError(
      'CHILD_ALREADY_PARENTED',
      `${titleOf(item)} is in ${titleOf(item.parent)} already: take it out there, or clone it.`,
    );
}

/** @throws OtioError INVALID_TIME_RANGE when an item's media are shorter */
export function demandMedia(item: Item, length: number, rate: number): void {
  const { last } = reachOf(item, rate);
  if (length > last)
    throw new OtioError(
      'INVALID_TIME_RANGE',
      `${titleOf(item)} has media for ${Math.max(last, 0)} frames, but the range has ${length}: make it shorter.`,
    );
}
