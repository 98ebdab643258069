// roll: a cut moves; what one side gains the other loses.
import type { RationalTime } from '../opentime/index.ts';
import type { Item } from '../schema/item.ts';
import { commit } from './commit.ts';
import { clamp, moveHead, moveTail, type Part, spare } from './part.ts';
import { Editing, type EditOptions, type Stretch } from './stretch.ts';
import type { EditResult } from './undo.ts';

/**
 * Moves the cut before an item by `deltaIn`, then the cut after it by `deltaOut`, later where positive, as far as the media of both sides reach and one frame
 * of each stays. The length of the track does not change. At its ends there is no cut to move.
 *
 *     | A | B     | C |   →   | A   | B   | C |     roll(B, 2, 0)
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH when it is in no track; INVALID_TIME_RANGE between frames; CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function roll(item: Item, deltaIn: RationalTime, deltaOut: RationalTime, options: EditOptions = {}): EditResult {
  const editing = Editing.ofItem(item, options);
  const [wantedIn, wantedOut] = [editing.frameAt(deltaIn), editing.frameAt(deltaOut)];
  const stretch = editing.around(item);
  const parts = [...stretch.parts];
  const place = stretch.placeOf(item);
  rollCut(stretch, parts, stretch.beside(place, -1), place, wantedIn);
  rollCut(stretch, parts, place, stretch.beside(place, 1), wantedOut);
  return commit(stretch, parts);
}

/** Moves the cut between two parts, where both are there. */
function rollCut(stretch: Stretch, parts: Part[], left: number, right: number, wanted: number): void {
  const [before, after] = [parts[left], parts[right]];
  if (before === undefined || after === undefined) return;
  const delta = clamp(
    wanted,
    -Math.min(spare(before), stretch.room(right, after).head),
    Math.min(stretch.room(left, before).tail, spare(after)),
  );
  parts[left] = moveTail(before, delta);
  parts[right] = moveHead(after, delta);
}
