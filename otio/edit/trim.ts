// trim: the ends of an item move, nothing else does.
import type { RationalTime } from '../opentime/index.ts';
import { Gap } from '../schema/gap.ts';
import type { Item } from '../schema/item.ts';
import { commit } from './commit.ts';
import { clamp, moveHead, moveTail, newGap, type Part, spare } from './part.ts';
import { Editing, type EditOptions } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Moves the head of an item by `deltaIn`, then its tail by `deltaOut`, later where positive. What it gives away becomes gap, of the gap beside it if there is one; it grows into that gap
 * only (after the last item without limit), as far as its media reach. One frame stays.
 *
 *     | A | B     | C |   →   | A |  | B |  | C |     trim(B, 2, -2)
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH when it is in no track; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function trim(item: Item, deltaIn: RationalTime, deltaOut: RationalTime, options: EditOptions = {}): EditResult {
  const editing = Editing.ofItem(item, options);
  const { rate } = editing;
  const [wantedIn, wantedOut] = [editing.frameAt(deltaIn), editing.frameAt(deltaOut)];
  const stretch = editing.around(item);
  const parts = [...stretch.parts];
  const place = stretch.placeOf(item);
  const [previous, next] = [stretch.beside(place, -1), stretch.beside(place, 1)];
  const isGap = (beside: number): boolean => parts[beside]?.child instanceof Gap;
  const gapAt = (beside: number): number => (isGap(beside) ? parts[beside]!.length : 0);
  let part = parts[place]!;
  const freed: { before: Part[]; after: Part[] } = { before: [], after: [] };

  const head = clamp(wantedIn, -Math.min(gapAt(previous), stretch.room(place, part).head), spare(part));
  part = moveHead(part, head);
  if (isGap(previous)) parts[previous] = moveTail(parts[previous]!, head);
  else if (head > 0) freed.before.push(newGap(head, rate));

  const tail = clamp(
    wantedOut,
    -spare(part),
    Math.min(next < 0 ? Number.POSITIVE_INFINITY : gapAt(next), stretch.room(place, part).tail),
  );
  part = moveTail(part, tail);
  if (isGap(next)) parts[next] = moveHead(parts[next]!, tail);
  else if (tail < 0) freed.after.push(newGap(-tail, rate));

  return commit(stretch, parts.toSpliced(place, 1, ...freed.before, part, ...freed.after));
}
