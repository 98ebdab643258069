// The pictures of a retimed clip: the media's own where a frame falls on one, made by flow where it falls between two, the nearer one at a cut.
import type { Engine } from '../../../native/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Fit, Form } from '../../media/fitted.ts';
import { pictureBytes } from '../../media/pixels.ts';
import { Rational } from '../../media/rational.ts';
import type { MediaFrame, Reels, Spot } from '../fill/reels.ts';
import type { Course } from './course.ts';

export interface RetimedRequest {
  readonly engine: Engine;
  readonly reels: Reels;
  readonly course: Course;
  /** Instants in frames of the track from the first of the clip; whole numbers are its frames. Never turning back. */
  readonly frames: readonly Rational[];
  readonly form: Form;
  readonly fit: Fit;
  readonly effort: 'best' | 'fast';
  readonly signal: AbortSignal;
}

export interface RetimedPicture {
  /** Lent until the next is asked for. */
  readonly picture: Uint8Array;
  readonly from: 'media' | 'flow' | 'cut';
}

/** Bytes of source pictures that are held at once, and how many at least. */
const mostBytes = 2 ** 28;
const leastHeld = 8;
/** How sure the engine must be that two frames are of different shots to mix nothing across them: what `interpolate` is told too where nothing else is. */
const cutThreshold = 0.5;
const half = new Rational(1, 2);

/** Where a frame is in the media, with the frames around it that flow looks at. */
interface Place extends Spot {
  readonly before: MediaFrame | null;
  readonly after: MediaFrame | null;
}

/** One picture for each frame. @throws CompanionError MEDIA_OFFLINE, and as `Reels.read`; rejects with an AbortError */
export async function* retimed(request: RetimedRequest): AsyncGenerator<RetimedPicture, void, undefined> {
  const { engine, reels, form, fit, effort, signal } = request;
  const held = Math.max(leastHeld, Math.floor(mostBytes / pictureBytes(form.picture)));
  using interpolator = engine.interpolator(form.picture, { effort, cutThreshold });
  const out = new Uint8Array(pictureBytes(form.picture));
  let loaded: { readonly a: Uint8Array; readonly isCut: boolean } | undefined;
  for await (const places of blocks(request, held)) {
    const wanted = new Map(places.flatMap(framesOf).map((frame) => [keyOf(frame), frame]));
    const read = await reels.read([...wanted.values()], form, fit);
    const pictures = new Map([...wanted.keys()].map((key, i) => [key, read[i]!]));
    const pictureOf = (frame: MediaFrame): Uint8Array => pictures.get(keyOf(frame))!;
    for (const { frame, next, phase, before, after } of places) {
      signal.throwIfAborted();
      const a = pictureOf(frame);
      if (next === null) {
        yield { picture: a, from: 'media' };
        continue;
      }
      const b = pictureOf(next);
      if (loaded?.a !== a) {
        const beside = (one: MediaFrame | null) => (one === null ? undefined : { picture: pictureOf(one), span: 1 });
        const { relation } = await interpolator.load(a, b, { before: beside(before), after: beside(after), signal });
        loaded = { a, isCut: relation === 'cut' };
      }
      if (loaded.isCut) {
        yield { picture: phase.compare(half) > 0 ? b : a, from: 'cut' };
        continue;
      }
      await interpolator.render(phase.toNumber(), out, { signal });
      yield { picture: out, from: 'flow' };
    }
  }
}

const keyOf = ({ file, index }: MediaFrame): string => `${index} ${file}`;

const framesOf = ({ frame, next, before, after }: Place): MediaFrame[] =>
  [frame, next, before, after].filter((one) => one !== null);

/** The frames' places, as many at a time as may be held with all that they look at. */
async function* blocks({ reels, course, frames }: RetimedRequest, held: number): AsyncGenerator<Place[], void> {
  let block: Place[] = [];
  let wanted = new Set<string>();
  for (const frame of frames) {
    const place = await placeOf(reels, course, frame);
    const keys = framesOf(place).map(keyOf);
    if (block.length > 0 && new Set([...wanted, ...keys]).size > held) {
      yield block;
      [block, wanted] = [[], new Set()];
    }
    block.push(place);
    for (const key of keys) wanted.add(key);
  }
  if (block.length > 0) yield block;
}

async function placeOf(reels: Reels, { shown, at }: Course, frame: Rational): Promise<Place> {
  const position = at(frame);
  const spot = await reels.spot(shown, position);
  if (typeof spot === 'string') throw new CompanionError('MEDIA_OFFLINE', { reason: spot });
  if (spot.next === null) return { ...spot, before: null, after: null };
  const beside = async (step: number): Promise<MediaFrame | null> => {
    const found = await reels.spot(shown, position.add(new Rational(step)));
    return typeof found === 'string' ? null : found.frame;
  };
  return { ...spot, before: await beside(-1), after: await beside(2) };
}
