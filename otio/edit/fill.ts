// fill: an item into a gap.
import { OtioError } from '../errors.ts';
import type { RationalTime } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import { LinearTimeWarp } from '../schema/effect.ts';
import { Gap } from '../schema/gap.ts';
import type { Item } from '../schema/item.ts';
import type { Track } from '../schema/track.ts';
import { commit } from './commit.ts';
import { demandFree, demandMedia, put } from './overwrite.ts';
import { partOf } from './part.ts';
import { Editing, type EditOptions, type Stretch } from './stretch.ts';
import type { EditResult } from './undo.ts';

/** How long a filling item becomes: as it is, even over the gap's end; cut to the gap's end; or retimed to end with the gap. */
export type FillMode = 'source' | 'sequence' | 'fit';

/**
 * Puts an item into the gap at a time, from that time on.
 *
 *     | A |       | B |   →   | A |  | X     |      source: X as long as it is, here over the end of the gap and into B
 *            ^ X          →   | A |  | X | B |      sequence: no longer than the gap
 *                         →   | A |  | X | B |      fit: a LinearTimeWarp on X makes all of it end with the gap
 *
 * @throws OtioError NOT_A_GAP when no gap lies there; CHILD_ALREADY_PARENTED; INVALID_TIME_RANGE between frames, for an item without length or with media too short for it;
 * CANNOT_TRIM_TRANSITION. Then nothing has changed.
 */
export function fill(
  item: Item,
  track: Track,
  time: RationalTime,
  mode: FillMode,
  options: EditOptions = {},
): EditResult {
  demandFree(item);
  const editing = new Editing(track, time.rate, options);
  const from = editing.frameAt(time);
  const length = editing.frameAt(item.duration());
  if (length <= 0) throw new OtioError('INVALID_TIME_RANGE', `${titleOf(item)} has no length: give it a source range.`);
  const left = gapEnd(editing.between(from, from), from) - from;
  const taken = mode === 'source' ? length : mode === 'sequence' ? Math.min(length, left) : left;
  if (mode !== 'fit') demandMedia(item, taken, editing.rate);
  const stretch = editing.between(from, from + taken);
  const parts = put(stretch, partOf(item, taken, null), from, from + taken);
  if (mode !== 'fit' || length === left) return commit(stretch, parts);
  const warp = new LinearTimeWarp({ timeScalar: length / left });
  return commit(stretch, parts, [
    { target: item, name: 'effects', before: item.effects, after: [...item.effects, warp] },
  ]);
}

/** @throws OtioError NOT_A_GAP */
function gapEnd(stretch: Stretch, frame: number): number {
  let end = stretch.start;
  for (const { child, length } of stretch.parts) {
    end += length;
    if (frame < end && frame >= end - length && child instanceof Gap) return end;
  }
  throw new OtioError(
    'NOT_A_GAP',
    `No gap lies at frame ${frame} of ${titleOf(stretch.editing.track)}: only gaps can be filled.`,
  );
}
