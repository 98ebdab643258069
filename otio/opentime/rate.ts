// Exact time on top of the file's doubles: rates as fractions, positions as whole frames. What is rendered or edited is counted here.

import { OtioError } from '../errors.ts';
import type { RationalTime } from './rational-time.ts';

/** `num`/`den` units per second, in lowest terms. */
export interface ExactRate {
  readonly num: number;
  readonly den: number;
}

/** Highest rate taken; editors' finest clocks tick at some 10^11. */
const HIGHEST = 1e12;
const LARGEST_DENOMINATOR = 10_000;

/** How far, in frames, a fractional value may lie from the whole one it stands for (exporters write 86400.0887 for 86400). */
const SNAP = 0.1;

/**
 * The rate that a double in a file means: whole within 10^-6; else n·1000/1001 when within a relative 3·10^-4 of it; else the simplest fraction,
 * with a denominator up to 10,000. So 23.976, 23.98 and 23.976024627685547 are all 24000/1001.
 * @throws OtioError INVALID_TIMECODE_RATE for what is not above 0 or is above 10^12.
 */
export function rationalRate(rate: number): ExactRate {
  const exact = meant(rate);
  if (exact === null) throw new OtioError('INVALID_TIMECODE_RATE', `${rate} is not a rate in units per second`);
  return exact;
}

function meant(rate: number): ExactRate | null {
  if (!(rate > 0 && rate <= HIGHEST)) return null;
  const exact = wholeRate(rate) ?? ntscRate(rate) ?? fraction(rate);
  return exact.num === 0 ? null : exact;
}

/** The double that files carry for a rate that is meant: of 23.976 that of 24000/1001. What is no rate stays as it is. */
export function exactDouble(rate: number): number {
  const exact = meant(rate);
  return exact === null ? rate : exact.num / exact.den;
}

function wholeRate(rate: number): ExactRate | undefined {
  const num = Math.round(rate);
  return Math.abs(rate - num) <= 1e-6 ? { num, den: 1 } : undefined;
}

function ntscRate(rate: number): ExactRate | undefined {
  const num = Math.round((rate * 1001) / 1000) * 1000;
  return Math.abs(rate - num / 1001) <= 3e-4 * (num / 1001) ? lowestTerms(num, 1001) : undefined;
}

/** A number from 0 on as the last convergent of its continued fraction whose denominator is at most 10,000. */
export function fraction(x: number): ExactRate {
  let [num, den, lastNum, lastDen] = [Math.floor(x), 1, 1, 0];
  for (let rest = x - num; ; ) {
    const term = Math.floor(1 / rest);
    const next = term * den + lastDen;
    if (!(next <= LARGEST_DENOMINATOR)) return { num, den };
    [num, den, lastNum, lastDen] = [term * num + lastNum, next, num, den];
    rest = 1 / rest - term;
  }
}

function lowestTerms(num: number, den: number): ExactRate {
  const common = Number(greatestDivisor(BigInt(num), BigInt(den)));
  return { num: num / common, den: den / common };
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

/** A position in frames, as a fraction in lowest terms and the whole frames around it; whole when `den` is 1. */
export interface FramePosition {
  readonly num: bigint;
  readonly den: bigint;
  readonly floor: number;
  readonly ceil: number;
  /** Nearest whole frame, halves up. */
  readonly round: number;
}

/** `frames` (a whole number) counted at rate `to` instead of `from`, exactly. @throws OtioError INVALID_TIME_RANGE for a number that is not whole */
export function rescale(frames: number | bigint, from: ExactRate, to: ExactRate): FramePosition {
  if (typeof frames === 'number' && !Number.isInteger(frames))
    throw new OtioError('INVALID_TIME_RANGE', `${frames} is not a whole number of frames`);
  return framePosition(BigInt(frames) * BigInt(to.num) * BigInt(from.den), BigInt(to.den) * BigInt(from.num));
}

/** The position `num`/`den`, `den` above 0. */
export function framePosition(num: bigint, den: bigint): FramePosition {
  const common = greatestDivisor(num < 0n ? -num : num, den);
  return {
    num: num / common,
    den: den / common,
    floor: floorOf(num, den),
    ceil: floorOf(num + den - 1n, den),
    round: floorOf(2n * num + den, 2n * den),
  };
}

function floorOf(num: bigint, den: bigint): number {
  return Number(num / den - (num < 0n && num % den !== 0n ? 1n : 0n));
}

/**
 * The whole frame at `rate` that a time falls on. A whole value is converted exactly. A fractional one is first snapped to a whole frame within 0.1:
 * of `rate`, else of its own rate. A time between frames is refused, or with `snap` moved to the frame before, after or nearest (halves up).
 * Never −0.
 * @throws OtioError INVALID_TIME_RANGE between frames or for a value that is not finite; INVALID_TIMECODE_RATE.
 */
export function framesAt(time: RationalTime, rate: number | ExactRate, snap?: 'floor' | 'ceil' | 'round'): number {
  if (time.rate === rate && rate > 0 && Number.isInteger(time.value)) return time.value + 0;
  const from = rationalRate(time.rate);
  const to = typeof rate === 'number' ? rationalRate(rate) : rate;
  if (!Number.isFinite(time.value)) throw betweenFrames(time, to);
  const whole = Math.round(time.value);
  if (time.value !== whole) {
    const position = (time.value * to.num * from.den) / (to.den * from.num);
    const nearest = Math.round(position);
    if (Math.abs(position - nearest) <= SNAP) return nearest + 0;
    if (Math.abs(time.value - whole) > SNAP) {
      if (snap) return Math[snap](position) + 0;
      throw betweenFrames(time, to);
    }
  }
  const exact = rescale(whole, from, to);
  if (exact.den !== 1n && !snap) throw betweenFrames(time, to);
  return exact[snap ?? 'round'];
}

function betweenFrames({ value, rate }: RationalTime, { num, den }: ExactRate): OtioError {
  return new OtioError('INVALID_TIME_RANGE', `${value} at rate ${rate} is not a whole frame at rate ${num}/${den}`);
}
