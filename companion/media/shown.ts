// Follows a decoder's log: which frame each picture is, by its stamp, and whether the decoder complained.

import type { MediaDescription, VideoStream } from './description.ts';
import { Rational } from './rational.ts';
import type { Timing } from './timing.ts';

const listed = /showinfo.* n: *(\d+) pts: *(-?\d+|NOPTS)/;
const configured = /showinfo.* config in time_base: *(\d+)\/(\d+)/;
const complained = /\[(?:error|fatal|panic)\]|corrupt (?:decoded|input)/;
/** Said of sound files too: open GOPs, long reference lists, two frames with one stamp, chapters without titles. */
const harmless = /monoton|co located POCs|mmco: unref|number of reference frames|chapter track|deprecated/i;

/** Frame numbers of the pictures of one decoder, in the order they come. */
export class ShownFrames {
  /** The first complaint of the decoder, and after how many listed frames it came. */
  damage: { readonly line: string; readonly after: number } | null = null;
  readonly #timing: Timing;
  /** Stamp of the timing's first frame in seconds of the container's clock. */
  readonly #first: Rational;
  readonly #byOrder: boolean;
  #timeBase: Rational;
  readonly #indexes: (number | null)[] = [];
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(timing: Timing, description: MediaDescription, stream: VideoStream) {
    this.#timing = timing;
    this.#first = timing.start.add(description.origin);
    this.#timeBase = stream.timeBase;
    this.#byOrder = /\bavi\b/.test(description.container); // it states no presentation stamps
  }

  /** Every line of the log, in order. */
  take(line: string): void {
    const base = configured.exec(line);
    if (base) this.#timeBase = new Rational(BigInt(base[1]!), BigInt(base[2]!));
    const frame = listed.exec(line);
    if (frame) {
      this.#indexes.push(this.#indexAt(frame[2]!));
      this.#wake?.();
      this.#wake = null;
    } else if (complained.test(line) && !harmless.test(line)) {
      this.damage ??= { line, after: this.#indexes.length };
    }
  }

  get count(): number {
    return this.#indexes.length;
  }

  /** The log is over. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Frame number of the picture that came as number `arrived`; null for one the timing does not know or the log does not list. */
  async indexOf(arrived: number): Promise<number | null> {
    while (this.#indexes.length <= arrived && !this.#closed) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    return this.#indexes[arrived] ?? null;
  }

  /** Numbers of all pictures listed so far. */
  all(): readonly (number | null)[] {
    return this.#indexes;
  }

  #indexAt(pts: string): number | null {
    if (pts === 'NOPTS' || this.#byOrder)
      return this.#indexes.length < this.#timing.frames ? this.#indexes.length : null;
    const seconds = new Rational(BigInt(pts)).mul(this.#timeBase).sub(this.#first);
    const timing = this.#timing;
    if (timing.kind === 'constant') {
      const index = Number(seconds.mul(timing.rate).round());
      return index >= 0 && index < timing.frames ? index : null;
    }
    const tick = seconds.div(timing.timeBase).round();
    let [low, high] = [0, timing.frames - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timing.ticks[middle]! < tick) low = middle + 1;
      else high = middle;
    }
    return timing.ticks[low] === tick ? low : null;
  }
}
