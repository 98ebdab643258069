// The pictures beside a slot: which frames of which media are shown there, decoded in the form of the clip beside it.
import type { Track } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Fit, Form } from '../../media/fitted.ts';
import { pictureBytes } from '../../media/pixels.ts';
import type { Side } from './bridge.ts';
import type { Beside, MediaFrame, Reels } from './reels.ts';

/** Which way from the slot: −1 to what comes before it, 1 to what comes after. */
export type Way = -1 | 1;

/** Pictures beyond a border, and their bytes, that are read at most. */
const mostBeyond = 26;
const mostBytes = 2 ** 28;

/** How many pictures beyond the border tell how it moves, and how far motion is to be believed over a gap of so many frames. */
const beyondFor = (frames: number, { picture }: Form): number =>
  Math.max(3, Math.min(frames + 2, mostBeyond, Math.floor(mostBytes / pictureBytes(picture))));

/** What a side of a slot is made from. */
export interface Bank {
  readonly beside: Beside;
  readonly side: Side;
  /** Pictures that the track shows next to the slot, nearest first: as many as were asked for. */
  readonly handle: readonly Uint8Array[];
}

export interface SideRequest {
  readonly track: Track;
  /** Frame of the track beside the slot. */
  readonly border: number;
  readonly way: Way;
  /** Frames of the handle, and of the slot. */
  readonly handle: number;
  readonly frames: number;
  readonly form: Form;
  readonly fit: Fit;
}

/**
 * Reads one side: its border picture with those beyond it, and a handle.
 * @throws CompanionError MEDIA_OFFLINE where a frame of the handle is not there
 */
export async function readSide(
  reels: Reels,
  { track, border, way, handle, frames, form, fit }: SideRequest,
  beside: Beside,
): Promise<Bank> {
  const context: { frame: MediaFrame; age: number }[] = [{ frame: beside.frame, age: 0 }];
  const { step } = beside;
  for (let k = 1; k <= beyondFor(frames, form) && step !== 0; k++) {
    const frame = await reels.beyond(beside, Math.sign(step) * way * k);
    if (frame === null) break;
    context.push({ frame, age: k / Math.abs(step) });
  }
  const handles: MediaFrame[] = [];
  for (let k = 0; k < handle; k++) {
    const at = await reels.at(track, border + way * k);
    if (typeof at === 'string') throw new CompanionError('MEDIA_OFFLINE', { reason: at });
    handles.push(at.frame);
  }
  const wanted = [...context.map(({ frame }) => frame), ...handles];
  const pictures = await reels.read(wanted, form, fit);
  return {
    beside,
    side: { pictures: pictures.slice(0, context.length), ages: context.map(({ age }) => age) },
    handle: pictures.slice(context.length),
  };
}
