// slide: an item moves between its neighbours, which give way.
import type { RationalTime } from '../opentime/index.ts';
import type { Item } from '../schema/item.ts';
import { commit } from './commit.ts';
import { clamp, moveHead, moveTail, spare } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Moves an item by `delta`, later where positive, with its content. The tail of the item before and the head of the item after give way, as far as their
 * media reach and one frame of each stays. The length of the track does not change; the first and the last item stay where they are.
 *
 *     | A | B | C   |   →   | A   | B | C |     slide(B, 2)
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH when it is in no track; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function slide(item: Item, delta: RationalTime, options: EditOptions = {}): EditResult {
  const editing = Editing.ofItem(item, options);
  const wanted = editing.frameAt(delta);
  const stretch = editing.around(item);
  const parts = [...stretch.parts];
  const place = stretch.placeOf(item);
  const [left, right] = [stretch.beside(place, -1), stretch.beside(place, 1)];
  const [before, after] = [parts[left], parts[right]];
  if (before !== undefined && after !== undefined) {
    const least = -Math.min(spare(before), stretch.room(right).head);
    const moved = clamp(wanted, least, Math.min(stretch.room(left).tail, spare(after)));
    parts[left] = moveTail(before, moved);
    parts[right] = moveHead(after, moved);
  }
  return commit(stretch, parts);
}
