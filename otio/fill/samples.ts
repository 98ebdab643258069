// Which source frame each frame of a fill shows, exactly: p_i = p_0 + i · (s/t) · σ.
import { type ExactRate, type FramePosition, fraction, framePosition } from '../opentime/rate.ts';

/** A speed as a fraction, `den` above 0: 2/5 is slow motion, -1/1 backwards, 0/1 a freeze. */
export type Speed = ExactRate;

export const REAL_TIME: Speed = { num: 1, den: 1 };

/** The fraction that a double of a file means: 0.4 is 2/5. */
export function fractionOf(value: number): Speed {
  const { num, den } = fraction(Math.abs(value));
  return { num: value < 0 ? -num + 0 : num, den };
}

/** One speed on top of another. */
export const speedTimes = (a: Speed, b: Speed): Speed =>
  lowest(BigInt(a.num) * BigInt(b.num), BigInt(a.den) * BigInt(b.den));

function lowest(num: bigint, den: bigint): Speed {
  const exact = framePosition(num, den);
  return { num: Number(exact.num), den: Number(exact.den) };
}

export interface SampleRule {
  /** t: the rate of the track. */
  readonly trackRate: ExactRate;
  /** s: the rate of the source. */
  readonly sourceRate: ExactRate;
  readonly speed?: Speed;
  /** p_0: what frame 0 shows, in source frames. */
  readonly start: number | { readonly num: bigint; readonly den: bigint };
  readonly frames: number;
}

export interface Samples {
  /** Source frames from one frame to the next. */
  readonly step: FramePosition;
  /** A position is whole again after so many frames, where one is. */
  readonly period: number;
  /** First and last source frame that are needed. */
  readonly first: number;
  readonly last: number;
  /** How many frames lie between source frames; the others are copies. */
  readonly interpolated: number;
  /** p_i. Frames of the head have negative numbers, those of the tail go on from `frames`. */
  at(i: number): FramePosition;
}

/** @example samplePositions({ trackRate: {num: 60, den: 1}, sourceRate: {num: 24, den: 1}, start: 0, frames: 10 }).at(5) // source frame 2 */
export function samplePositions({ trackRate, sourceRate, speed = REAL_TIME, start, frames }: SampleRule): Samples {
  const step = framePosition(
    BigInt(sourceRate.num) * BigInt(trackRate.den) * BigInt(speed.num),
    BigInt(sourceRate.den) * BigInt(trackRate.num) * BigInt(speed.den),
  );
  const from = typeof start === 'number' ? framePosition(BigInt(start), 1n) : framePosition(start.num, start.den);
  const at = (i: number): FramePosition =>
    framePosition(from.num * step.den + BigInt(i) * step.num * from.den, from.den * step.den);
  const period = Number(step.den);
  const ends = [at(0), at(Math.max(frames - 1, 0))];
  return {
    step,
    period,
    first: Math.min(...ends.map(({ floor }) => floor)),
    last: Math.max(...ends.map(({ ceil }) => ceil)),
    interpolated: frames - wholeAmong(at, frames, period),
    at,
  };
}

/** Whole positions come once a period or never. */
function wholeAmong(at: (i: number) => FramePosition, frames: number, period: number): number {
  for (let i = 0; i < Math.min(frames, period); i++) if (at(i).den === 1n) return Math.ceil((frames - i) / period);
  return 0;
}
