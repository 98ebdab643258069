// ripple: the ends of an item move, and all that follows with them.
import type { RationalTime } from '../opentime/index.ts';
import type { Item } from '../schema/item.ts';
import { commit } from './commit.ts';
import { clamp, moveHead, moveTail, spare } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Takes `deltaIn` frames from the head of an item (adds them where negative), then adds `deltaOut` to its tail, as far as its media reach; one frame stays.
 * It begins where it began; all later items move.
 *
 *     | A | B   | C |   →   | A | B | C |     ripple(B, 0, -2)
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH when it is in no track; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function ripple(
  item: Item,
  deltaIn: RationalTime,
  deltaOut: RationalTime,
  options: EditOptions = {},
): EditResult {
  const editing = Editing.ofItem(item, options);
  const [wantedIn, wantedOut] = [editing.frameAt(deltaIn), editing.frameAt(deltaOut)];
  const stretch = editing.around(item);
  const place = stretch.placeOf(item);
  const old = stretch.parts[place]!;
  const headed = moveHead(old, clamp(wantedIn, -stretch.room(place).head, spare(old)));
  const part = moveTail(headed, clamp(wantedOut, -spare(headed), stretch.room(place, headed).tail));
  return commit(stretch, stretch.parts.with(place, part));
}
