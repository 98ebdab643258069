// slip: other material in the same place.
import { type RationalTime, TimeRange } from '../opentime/index.ts';
import { Gap } from '../schema/gap.ts';
import type { Item } from '../schema/item.ts';
import { commit } from './commit.ts';
import { clamp } from './part.ts';
import { later } from './source.ts';
import { reachOf, speedOf } from './speed.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Moves the in-point of an item by `delta` in its source, later where positive, as far as its media reach, under transitions too; to their start where they are shorter than
 * the item. A gap has no source and stays as it is.
 *
 *     source  . . [ B ] . .   →   . . . [ B ] .     slip(B, 1); on the track nothing moves
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH when it is in no track; INVALID_TIME_RANGE between frames. Then nothing has changed.
 */
export function slip(item: Item, delta: RationalTime, options: EditOptions = {}): EditResult {
  const editing = Editing.ofItem(item, options);
  const { rate } = editing;
  const wanted = editing.frameAt(delta);
  const stretch = editing.around(item);
  const { first, last } = reachOf(item, rate);
  const speed = speedOf(item);
  const place = stretch.placeOf(item);
  const used = stretch.parts[place]!.length;
  const { head, tail } = stretch.handles(place);
  const lent = first + head <= 0 && last - tail - used >= 0; // else the transitions show more than there is already
  const limits = lent ? [first + head, last - tail - used] : [first, last - used];
  const [least, most] = limits.map((frames) => (speed > 0 ? frames * speed : frames)) as [number, number];
  const moved = wanted === 0 || item instanceof Gap ? 0 : clamp(wanted, least, Math.max(least, most));
  if (moved === 0) return commit(stretch, stretch.parts);
  const { startTime, duration } = item.trimmedRange();
  const range = new TimeRange(later(startTime, moved, rate, 1), duration);
  return commit(stretch, stretch.parts, [
    { target: item, name: 'sourceRange', before: item.sourceRange, after: range },
  ]);
}
