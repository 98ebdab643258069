// When each frame of a stream is shown, exactly: a constant rate, or one stamp for each frame.

import { Rational } from './rational.ts';

export interface ConstantTiming {
  readonly kind: 'constant';
  /** Frames per second. */
  readonly rate: Rational;
  readonly frames: number;
  /** Instant of the first frame in seconds from the start of the file, as ffmpeg counts it (0 is the earliest stream's start). */
  readonly start: Rational;
}

export interface VariableTiming {
  readonly kind: 'variable';
  /** Stamp of every frame in ticks after the first frame's: strictly rising, the first is 0. */
  readonly ticks: BigInt64Array;
  /** Seconds a tick. */
  readonly timeBase: Rational;
  readonly frames: number;
  /** End of the last frame, in ticks after the first frame's stamp; beyond the last stamp. */
  readonly endTick: bigint;
  /** As in `ConstantTiming`. */
  readonly start: Rational;
}

export type Timing = ConstantTiming | VariableTiming;

/** Seconds from the first frame's stamp to frame `index`'s. */
export function stampOf(timing: Timing, index: number): Rational {
  if (timing.kind === 'constant') return new Rational(BigInt(index) * timing.rate.den, timing.rate.num);
  return new Rational(timing.ticks[index]!).mul(timing.timeBase);
}

/** Seconds from the first frame's stamp to the end of the last frame. */
export function durationOf(timing: Timing): Rational {
  if (timing.kind === 'constant') return new Rational(timing.frames).div(timing.rate);
  return new Rational(timing.endTick).mul(timing.timeBase);
}

/** Average frames per second; the rate itself when constant. */
export function averageRate(timing: Timing): Rational {
  return timing.kind === 'constant' ? timing.rate : new Rational(timing.frames).div(durationOf(timing));
}

/** The timing of frames `from` … `from + count − 1` as a clip of its own. 0 ≤ from, 1 ≤ count, from + count ≤ frames. */
export function sliceTiming(timing: Timing, from: number, count: number): Timing {
  if (from < 0 || count < 1 || from + count > timing.frames)
    throw new RangeError(`Frames ${from}+${count} of ${timing.frames}`);
  if (from === 0 && count === timing.frames) return timing;
  const start = timing.start.add(stampOf(timing, from));
  if (timing.kind === 'constant') return { ...timing, frames: count, start };
  const first = timing.ticks[from]!;
  const ticks = timing.ticks.slice(from, from + count).map((tick) => tick - first);
  const end = from + count === timing.frames ? timing.endTick : timing.ticks[from + count]!;
  return { kind: 'variable', ticks, timeBase: timing.timeBase, frames: count, endTick: end - first, start };
}
