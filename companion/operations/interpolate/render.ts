// Walks output positions along decoded frames: passes frames through, has the engine make the ones between, and never mixes across a cut.
import type { Interpolator, PairReport, Relation } from '../../../native/index.ts';
import type { Position } from '../../media/law.ts';
import { Rational } from '../../media/rational.ts';
import { Lane } from './lane.ts';

/** A decoded frame on loan: `release` gives its buffer back to the decoder. */
export interface LentFrame {
  readonly data: Uint8Array;
  release(): void;
}

export interface RenderParts {
  /** The clip's frames from the first, each to be released. */
  readonly frames: AsyncIterable<LentFrame>;
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
  const { interpolator, signal } = parts;
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
        const report = await timed('engine', interpolator.load(a.hold(), b.hold(), { signal }));
        for (const frame of pair?.frames ?? []) frame.drop();
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

/** The decoder's frames with a view of two neighbours. */
class Film {
  readonly #frames: AsyncIterator<LentFrame>;
  #index = -1;
  #current: Shared | undefined;
  #next: Shared | undefined;

  constructor(frames: AsyncIterable<LentFrame>) {
    this.#frames = frames[Symbol.asyncIterator]();
  }

  /** Frame `index`, which is not before the last one asked for. It stays until a later one is asked for. */
  async at(index: number): Promise<Shared> {
    while (this.#index < index) {
      const frame = this.#next ?? (await this.#read());
      this.#next = undefined;
      this.#current?.drop();
      this.#current = frame;
      this.#index++;
    }
    return this.#current!;
  }

  /** The frame after the one `at` gave. */
  async after(): Promise<Shared> {
    this.#next ??= await this.#read();
    return this.#next;
  }

  async close(): Promise<void> {
    this.#current?.drop();
    this.#next?.drop();
    this.#current = undefined;
    this.#next = undefined;
    await this.#frames.return?.();
  }

  async #read(): Promise<Shared> {
    const { value, done } = await this.#frames.next();
    if (done) throw new RangeError('The decoder ended before the last frame of the plan.');
    return new Shared(value);
  }
}
