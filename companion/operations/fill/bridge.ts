// The pictures between two borders: along the motion, dissolved, or held.
import type { Engine, Interpolator, PictureFormat } from '../../../native/index.ts';
import { beliefBeside } from './belief.ts';
import { dissolve } from './dissolve.ts';

/** What lies beside a gap, nearest first. */
export interface Side {
  readonly pictures: readonly Uint8Array[];
  /** Output frames from the border picture (pictures[0], 0) to each: rising. */
  readonly ages: readonly number[];
}

export type Manner = 'motion' | 'dissolve' | 'hold';

export interface BridgeRequest {
  readonly engine: Engine;
  readonly format: PictureFormat;
  readonly a: Side;
  readonly b: Side;
  /** N, from 1. */
  readonly frames: number;
  readonly manner: Manner;
  readonly effort: 'best' | 'fast';
  readonly signal?: AbortSignal | undefined;
  /** Numbers of the pictures that are wanted, rising; all of them without. */
  readonly only?: readonly number[] | undefined;
}

/** Motion over fewer frames is believed as it is. */
const leastDoubtful = 4;
/** Cuts are the caller's affair: it chose the manner. */
const neverCut = 2;

/**
 * The N pictures between `a.pictures[0]` and `b.pictures[0]`; picture i stands at phase (i + 1) / (N + 1). By motion the pictures beyond the borders tell how
 * fast things move there, so that paths are continuous in speed at both ends. `hold` takes one side where the other is missing. Each picture is lent until the
 * next is asked for. Rejects with an AbortError.
 */
export async function* bridge(request: BridgeRequest): AsyncGenerator<Uint8Array, void, undefined> {
  const { format, a, b, frames, manner, signal } = request;
  const wanted = request.only ?? Array.from({ length: frames }, (_, i) => i);
  const [first, last] = [a.pictures[0], b.pictures[0]];
  if (manner === 'hold') {
    for (const i of wanted) yield heldAt(i, frames, first, last);
    return;
  }
  if (first === undefined || last === undefined) throw new RangeError(`A ${manner} needs a picture on both sides.`);
  const out = new Uint8Array(first.length);
  if (manner === 'dissolve') {
    for (const i of wanted) {
      signal?.throwIfAborted();
      dissolve(first, last, (i + 1) / (frames + 1), out, format.depth);
      yield out;
    }
    return;
  }
  using interpolator: Interpolator = request.engine.interpolator(format, {
    effort: request.effort,
    cutThreshold: neverCut,
  });
  const options = signal ? { signal } : {};
  const belief = await beliefIn(interpolator, request);
  const span = frames + 1;
  const beyond = ({ pictures, ages }: Side) =>
    pictures.length < 2 ? undefined : { picture: pictures[1]!, span: ages[1]! / span };
  await interpolator.load(first, last, { ...options, before: beyond(a), after: beyond(b) });
  const [moved, mixed] = [new Uint8Array(first.length), new Uint8Array(first.length)];
  for (const i of wanted) {
    const phase = (i + 1) / span;
    await interpolator.render(phase, belief === 1 ? out : moved, options);
    if (belief < 1) {
      dissolve(first, last, phase, mixed, format.depth);
      dissolve(mixed, moved, belief, out, format.depth);
    }
    yield out;
  }
}

/** Mean of both sides; 1 where neither is long enough to tell, and over gaps of a frame or two, which are no trouble to motion. */
async function beliefIn(interpolator: Interpolator, { a, b, frames, signal }: BridgeRequest): Promise<number> {
  if (frames < leastDoubtful) return 1;
  const found: number[] = [];
  for (const side of [a, b]) {
    const belief = await beliefBeside(interpolator, side, frames, signal);
    if (belief !== null) found.push(belief);
  }
  return found.length === 0 ? 1 : found.reduce((sum, belief) => sum + belief, 0) / found.length;
}

function heldAt(i: number, frames: number, a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array {
  const picture = (i < Math.ceil(frames / 2) ? a : b) ?? a ?? b;
  if (picture === undefined) throw new RangeError('A hold needs a picture.');
  return picture;
}
