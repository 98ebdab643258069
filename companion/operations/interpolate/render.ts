// Walks output positions along decoded frames: passes frames through, has the engine make the ones between, and never mixes across a cut.
import type { Interpolator, PairReport, Relation } from '../../../native/index.ts';
import type { Position } from '../../media/law.ts';
import { Rational } from '../../media/rational.ts';
import { stampOf, type Timing } from '../../media/timing.ts';
import { Border, type Chunk, digestOf } from './chunk.ts';
import { Lane } from './lane.ts';

/** A decoded frame on loan: `release` gives its buffer back to the decoder. */
export interface LentFrame {
  readonly data: Uint8Array;
  release(): void;
}

export interface RenderParts {
  /** The clip's frames from number `firstFrame`, each to be released: from one before the first that is shown, where there is one. */
  readonly frames: AsyncIterable<LentFrame>;
  readonly firstFrame: number;
  /** When the clip's frames are shown. */
  readonly timing: Timing;
  /** What each output frame shows from number `first`, as indices of the clip's frames; never falling. */
  readonly positions: Iterable<Position>;
  readonly first: number;
  /** Output frames of the clip. */
  readonly total: number;
  /** The last pair that is counted already; −1: none. */
  readonly lastPair: number;
  /** All of it is one chunk. */
  readonly undivided: boolean;
  readonly interpolator: Interpolator;
  /** Takes one picture; the buffer is used again once this resolves. */
  write(picture: Uint8Array): Promise<void>;
  /** Called when all pictures of a chunk were handed to `write`. */
  chunk(chunk: Chunk): Promise<void>;
  /** Whether the chunk that begins with this output frame is there already: rendering ends before it. */
  isThere(first: number): boolean;
  readonly signal: AbortSignal;
  /** After every picture handed to `write`: how many. */
  progress(written: number): void;
}

/** Milliseconds spent waiting for each part. */
export type Waited = Readonly<Record<'decode' | 'engine' | 'encode', number>>;

/** Pictures that may wait for the encoder. */
const room = 3;
const half = new Rational(1n, 2n);

type Item = { readonly picture: Uint8Array; readonly done: () => void } | { readonly chunk: Chunk };
type Pair = { readonly index: number; readonly report: PairReport; readonly frames: readonly [Shared, Shared] };

/** Renders positions in order, to the end or to a chunk that is there. Rejects with the first error of any part, or the signal's reason. */
export async function render(parts: RenderParts): Promise<Waited> {
  const { interpolator, timing, signal, first } = parts;
  const waitedMs = { decode: 0, engine: 0, encode: 0 };
  const timed = async <T>(what: keyof typeof waitedMs, work: Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await work;
    } finally {
      waitedMs[what] += performance.now() - from;
    }
  };
  const spare: Uint8Array[] = [];
  let written = 0;
  const lane = new Lane<Item>(room, async (item) => {
    if ('chunk' in item) return parts.chunk(item.chunk);
    await parts.write(item.picture);
    item.done();
    parts.progress(++written);
  });
  const film = new Film(parts.frames, parts.firstFrame);
  const border = new Border(parts.total);
  const tally = new Tally(first, parts.lastPair);
  const passOn = (frame: Shared): Promise<void> => {
    tally.kept++;
    return timed('encode', lane.put({ picture: frame.hold(), done: () => frame.drop() }));
  };
  const endChunk = (end: number, before: Shared | undefined): Promise<void> =>
    timed('encode', lane.put({ chunk: tally.close(end, before?.digest() ?? null) }));

  let pair: Pair | undefined;
  const load = async (index: number, a: Shared, b: Shared): Promise<Pair> => {
    const [past, coming] = [film.before(), await timed('decode', film.beyond())];
    const span = (from: number) =>
      stampOf(timing, from + 1)
        .sub(stampOf(timing, from))
        .toNumber();
    const around = {
      before: past && { picture: past.hold(), span: span(index - 1) / span(index) },
      after: coming && { picture: coming.hold(), span: span(index + 1) / span(index) },
    };
    const report = await timed('engine', interpolator.load(a.hold(), b.hold(), { ...around, signal }));
    for (const frame of [past, coming, ...(pair?.frames ?? [])]) frame?.drop();
    return { index, report, frames: [a, b] };
  };

  let frame = first;
  let cut = -1;
  try {
    for (const { index, phase } of parts.positions) {
      signal.throwIfAborted();
      const a = await timed('decode', film.at(index));
      let b: Shared | undefined;
      if (phase.sign !== 0) {
        b = await timed('decode', film.after());
        if (pair?.index !== index) pair = await load(index, a, b);
        if (pair.report.relation === 'cut') cut = index + 1;
      }
      const relation = b && pair!.report.relation;
      const shown = relation === 'cut' && phase.compare(half) > 0 ? index + 1 : index;
      const begins = !parts.undivided && border.isAt(frame, index, shown, cut);
      if (begins) {
        await endChunk(frame, film.before());
        if (parts.isThere(frame)) break;
      }
      border.take(index, shown, begins || frame === first);
      if (relation) tally.count(index, relation);
      if (!b) await passOn(a);
      else if (relation === 'cut') await passOn(shown > index ? b : a);
      else {
        const picture = spare.pop() ?? new Uint8Array(a.bytes);
        await timed('engine', interpolator.render(phase.toNumber(), picture, { signal }));
        tally.created++;
        await timed('encode', lane.put({ picture, done: () => void spare.push(picture) }));
      }
      frame++;
    }
    if (frame === parts.total) await endChunk(frame, undefined);
    await timed('encode', lane.empty());
  } finally {
    for (const held of pair?.frames ?? []) held.drop();
    await film.close();
  }
  return waitedMs;
}

/** Counts a chunk. */
class Tally {
  kept = 0;
  created = 0;
  #first: number;
  #lastPair: number;
  #pairs = { motion: 0, still: 0, cut: 0, junk: 0 };
  #cuts: number[] = [];

  constructor(first: number, lastPair: number) {
    this.#first = first;
    this.#lastPair = lastPair;
  }

  /** A pair that was counted is not counted again, though it is loaded anew where a chunk begins within it. */
  count(index: number, relation: Relation): void {
    if (index <= this.#lastPair) return;
    this.#lastPair = index;
    this.#pairs[relation]++;
    if (relation === 'cut') this.#cuts.push(index + 1);
  }

  /** The chunk; counting begins anew with output frame `end`. */
  close(end: number, context: string | null): Chunk {
    const { kept, created } = this;
    const chunk = {
      ...{ first: this.#first, end, kept, created, pairs: this.#pairs, cuts: this.#cuts },
      ...{ lastPair: this.#lastPair, context },
    };
    [this.kept, this.created, this.#first] = [0, 0, end];
    this.#pairs = { motion: 0, still: 0, cut: 0, junk: 0 };
    this.#cuts = [];
    return chunk;
  }
}

/** A lent frame with several holders; the last one to drop it releases it. */
class Shared {
  readonly #frame: LentFrame;
  #holders = 1;

  constructor(frame: LentFrame) {
    this.#frame = frame;
  }

  get bytes(): number {
    return this.#frame.data.length;
  }

  digest(): string {
    return digestOf(this.#frame.data);
  }

  hold(): Uint8Array {
    this.#holders++;
    return this.#frame.data;
  }

  drop(): void {
    if (--this.#holders === 0) this.#frame.release();
  }
}

/** The decoder's frames with a view of the neighbours: one before, two after. */
class Film {
  readonly #frames: AsyncIterator<LentFrame>;
  #index: number;
  #before: Shared | undefined;
  #current: Shared | undefined;
  readonly #ahead: Shared[] = [];

  /** `first`: index of the first of `frames`. */
  constructor(frames: AsyncIterable<LentFrame>, first: number) {
    this.#frames = frames[Symbol.asyncIterator]();
    this.#index = first - 1;
  }

  /** Frame `index`, which is not before the last one asked for. It stays until a later one is asked for. */
  async at(index: number): Promise<Shared> {
    while (this.#index < index) {
      const frame = (await this.#look(1)) ?? ended();
      this.#ahead.shift();
      this.#before?.drop();
      this.#before = this.#current;
      this.#current = frame;
      this.#index++;
    }
    return this.#current ?? ended();
  }

  /** The frame before the one `at` gave, if there is one. */
  before(): Shared | undefined {
    return this.#before;
  }

  /** The frame after the one `at` gave. */
  async after(): Promise<Shared> {
    return (await this.#look(1)) ?? ended();
  }

  /** The frame after that, if there is one. */
  async beyond(): Promise<Shared | undefined> {
    return this.#look(2);
  }

  async close(): Promise<void> {
    for (const frame of [this.#before, this.#current, ...this.#ahead]) frame?.drop();
    await this.#frames.return?.();
  }

  async #look(steps: number): Promise<Shared | undefined> {
    while (this.#ahead.length < steps) {
      const { value, done } = await this.#frames.next();
      if (done) return undefined;
      this.#ahead.push(new Shared(value));
    }
    return this.#ahead[steps - 1];
  }
}

function ended(): never {
  throw new RangeError('The decoder ended before the last frame of the plan.');
}
