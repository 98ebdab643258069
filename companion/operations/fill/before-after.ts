// A finished fill before its timeline is written: the pictures of the track as it was, and of the fill's own clip.

import type { FillPlan } from '../../../otio/fill/index.ts';
import { recordFrame } from '../../../otio/fill/place.ts';
import { CompanionError } from '../../api/errors.ts';
import type { MediaTools } from '../../media/find.ts';
import { black, type Fit, type Form, fitted, type Media } from '../../media/fitted.ts';
import { pictureBytes } from '../../media/pixels.ts';
import { framesOn } from '../../timeline/gaps.ts';
import { sound } from '../../timeline/tracks.ts';
import type { MadeFill } from './make.ts';
import type { Reels } from './reels.ts';
import type { Slot } from './slots.ts';

export interface FinishedFill {
  readonly tools: MediaTools;
  /** Of the timeline without the fill. */
  readonly reels: Pick<Reels, 'at' | 'read'>;
  readonly slot: Pick<Slot, 'before' | 'after'>;
  readonly plan: FillPlan;
  /** The form of its pictures, and how others are brought into it. */
  readonly form: Form;
  readonly fit: Fit;
  /** Media of the clip beside the slot. */
  readonly beside: Media;
  /** Its own clip: head + N + tail frames. */
  readonly clip: Media;
  readonly made: Pick<MadeFill, 'job' | 'where' | 'name' | 'strategy' | 'seams' | 'faults'>;
  readonly signal: AbortSignal;
}

/** Bytes of pictures of the timeline that are held at a time. */
const mostBytes = 2 ** 26;

/** What the track shows without the fill at its frames from … to − 1; black where that is nothing, or cannot be read: then a sentence is added to `notes`. */
export async function* originalPictures(
  { reels, plan, fit }: FinishedFill,
  form: Form,
  [from, to]: readonly [number, number],
  notes: Set<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const nothing = black(form);
  const atOnce = Math.max(1, Math.floor(mostBytes / pictureBytes(form.picture)));
  const read = async (numbers: readonly number[]): Promise<Uint8Array[]> => {
    const shown = await Promise.all(numbers.map((number) => reels.at(plan.track, number)));
    const frames = shown.flatMap((each) => (typeof each === 'string' ? [] : [each.frame]));
    const pictures = (await reels.read(frames, form, fit)).values();
    return shown.map((each) => (typeof each === 'string' ? nothing : pictures.next().value!));
  };
  for (let at = from; at < to; at += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, to - at) }, (_, i) => at + i);
    yield* await read(numbers).catch((error: unknown) => {
      if (!(error instanceof CompanionError)) throw error;
      notes.add(`The preview is black where the timeline cannot be shown: ${error.message}`);
      return numbers.map(() => nothing);
    });
  }
}

/** Frames of the fill's clip from number `from` on, in order. */
export function ownPictures(
  { tools, clip, form: { rotation, mirrored }, signal }: FinishedFill,
  range: { readonly from: number; readonly count: number },
  form: Form,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stored = { ...clip.stream, rotation, mirrored }; // Matroska holds no turn
  return fitted(tools, { ...clip, stream: stored }, { ...range, form, fit: 'stretch', signal });
}

/** The record timecode of a frame of the track, as a number of frames. */
export const recordNumber = ({ plan: { timeline, track } }: Pick<FinishedFill, 'plan'>, frame: number): number =>
  sound(() => recordFrame(timeline, timeline.tracks!, track, frame, framesOn(track).rate));
