// Walks output positions along decoded frames: passes frames through, has the engine make the ones between, and never mixes across a cut.
import type { Interpolator, PairReport, Relation } from '../../../native/index.ts';
import type { Position } from '../../media/law.ts';
import { Rational } from '../../media/rational.ts';
import { stampOf, type Timing } from '../../media/timing.ts';
import { Lane } from './lane.ts';

/** A decoded frame on loan: `release` gives its buffer back to the decoder. */
export interface LentFrame {
  readonly data: Uint8Array;
  release(): void;
}

export interface RenderParts {
  /** The clip's frames from the first, each to be released. */
  readonly frames: AsyncIterable<LentFrame>;
  /** When those frames are shown. */
  readonly timing: Timing;
  /** What each output frame shows, as indices into `frames`; never falling. */
  readonly positions: Iterable<Position>;
  readonly interpolator: Interpolator;
  /** Takes one picture; the buffer is used again once this resolves. */
  write(picture: Uint8Array): Promise<void>;
  readonly signal: AbortSignal;
  /** After every picture handed to `write`. */
  progress(written: number): void;
}

export interface Rendered {
  /** Output frames: those that are a source frame unchanged, and those the engine made. */
  readonly kept: number;
  readonly created: number;
  /** Pairs looked at, by what the engine made of them. */
  readonly pairs: Readonly<Record<Relation, number>>;
  /** Index of the first frame after each cut that a frame was asked across. */
  readonly cuts: readonly number[];
  /** Milliseconds spent waiting for each part. */
  readonly waitedMs: { readonly decode: number; readonly engine: number; readonly encode: number };
}

/** Pictures that may wait for the encoder. */
const room = 3;
const half = new Rational(1n, 2n);

/** Renders every position in order. Rejects with the first error of any part, or the signal's reason. */
export async function render(parts: RenderParts): Promise<Rendered> {
  const { interpolator, timing, signal } = parts;
  const waitedMs = { decode: 0, engine: 0, encode: 0 };
  const timed = async <T>(what: keyof typeof waitedMs, work: Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await work;
    } finally {
      waitedMs[what] += performance.now() - from;
    }
  };
  const pairs = { motion: 0, still: 0, cut: 0, junk: 0 };
  const cuts: number[] = [];
  const spare: Uint8Array[] = [];
  let [kept, created, written] = [0, 0, 0];

  const lane = new Lane<{ picture: Uint8Array; done: () => void }>(room, async ({ picture, done }) => {
    await parts.write(picture);
    done();
    parts.progress(++written);
  });
  const film = new Film(parts.frames);
  let pair: { index: number; report: PairReport; frames: readonly [Shared, Shared] } | undefined;
  const passOn = (frame: Shared): Promise<void> => {
    kept++;
    return timed('encode', lane.put({ picture: frame.hold(), done: () => frame.drop() }));
  };
  try {
    for (const { index, phase } of parts.positions) {
      signal.throwIfAborted();
      const a = await timed('decode', film.at(index));
      if (phase.sign === 0) {
        await passOn(a);
        continue;
      }
      const b = await timed('decode', film.after());
      if (pair?.index !== index) {
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
        pair = { index, report, frames: [a, b] };
        pairs[report.relation]++;
        if (report.relation === 'cut') cuts.push(index + 1);
      }
      if (pair.report.relation === 'cut') {
        await passOn(phase.compare(half) <= 0 ? a : b);
        continue;
      }
      const picture = spare.pop() ?? new Uint8Array(a.bytes);
      await timed('engine', interpolator.render(phase.toNumber(), picture, { signal }));
      created++;
      await timed('encode', lane.put({ picture, done: () => void spare.push(picture) }));
    }
    await timed('encode', lane.empty());
  } finally {
    for (const frame of pair?.frames ?? []) frame.drop();
    await film.close();
  }
  return { kept, created, pairs, cuts, waitedMs };
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
  #index = -1;
  #before: Shared | undefined;
  #current: Shared | undefined;
  readonly #ahead: Shared[] = [];

  constructor(frames: AsyncIterable<LentFrame>) {
    this.#frames = frames[Symbol.asyncIterator]();
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
