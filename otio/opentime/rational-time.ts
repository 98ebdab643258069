// A point in time or a length: a count of frames (or samples, or ticks) at a rate. Doubles, as files carry them; exact frames are made in rate.ts.

import { formatTimeString, parseTimeString } from './time-string.ts';
import {
  exactSmpteRate,
  formatTimecode,
  isSmpteTimecodeRate,
  nearestSmpteTimecodeRate,
  parseTimecode,
  type TimecodeOptions,
} from './timecode.ts';

/** `value` units at `rate` units per second. Immutable; every operation answers a new time. */
export class RationalTime {
  readonly value: number;
  readonly rate: number;

  constructor(value = 0, rate = 1) {
    this.value = value;
    this.rate = rate;
  }

  /** False when value or rate is NaN, or the rate is not above 0. */
  isValidTime(): boolean {
    return !Number.isNaN(this.value) && this.rate > 0;
  }

  isInvalidTime(): boolean {
    return !this.isValidTime();
  }

  /** The sum, at the larger of the two rates. */
  add(other: RationalTime): RationalTime {
    const rate = Math.max(this.rate, other.rate);
    return new RationalTime(this.valueRescaledTo(rate) + other.valueRescaledTo(rate), rate);
  }

  /** The difference, at the larger of the two rates. */
  sub(other: RationalTime): RationalTime {
    const rate = Math.max(this.rate, other.rate);
    return new RationalTime(this.valueRescaledTo(rate) - other.valueRescaledTo(rate), rate);
  }

  neg(): RationalTime {
    return new RationalTime(-this.value, this.rate);
  }

  /** The same instant: 10@24 equals 20@48. Exact in doubles, compared at the other's rate. */
  equals(other: RationalTime): boolean {
    return this.valueRescaledTo(other.rate) === other.value;
  }

  /** The same value and the same rate. */
  strictlyEqual(other: RationalTime): boolean {
    return this.value === other.value && this.rate === other.rate;
  }

  /** Not more than `delta` units of the other's rate apart. */
  almostEqual(other: RationalTime, delta = 0): boolean {
    return Math.abs(this.valueRescaledTo(other.rate) - other.value) <= delta;
  }

  /** −1, 0 or 1 as this is before, at or after `other`; for sorting. */
  compare(other: RationalTime): -1 | 0 | 1 {
    return this.gt(other) ? 1 : this.ge(other) ? 0 : -1;
  }

  lt(other: RationalTime): boolean {
    return !this.ge(other);
  }

  le(other: RationalTime): boolean {
    return !this.gt(other);
  }

  gt(other: RationalTime): boolean {
    return this.value / this.rate > other.value / other.rate;
  }

  ge(other: RationalTime): boolean {
    return this.value / this.rate >= other.value / other.rate;
  }

  /** The same time counted at `rate`, or at the rate of another time. */
  rescaledTo(rate: number | RationalTime): RationalTime {
    const target = typeof rate === 'number' ? rate : rate.rate;
    return new RationalTime(this.valueRescaledTo(target), target);
  }

  /** The value at `rate`; 0 when this time's own rate is not above 0. */
  valueRescaledTo(rate: number): number {
    if (rate === this.rate) return this.value;
    return this.rate <= 0 ? 0 : (this.value * rate) / this.rate;
  }

  floor(): RationalTime {
    return new RationalTime(Math.floor(this.value), this.rate);
  }

  ceil(): RationalTime {
    return new RationalTime(Math.ceil(this.value), this.rate);
  }

  /** Nearest whole value, halves away from zero. */
  round(): RationalTime {
    return new RationalTime(Math.sign(this.value) * Math.round(Math.abs(this.value)), this.rate);
  }

  /** Whole frames at `rate`, cut towards zero. Never −0. For frames that decide what is shown use `framesAt`. */
  toFrames(rate = this.rate): number {
    return Math.trunc(this.valueRescaledTo(rate)) + 0;
  }

  toSeconds(): number {
    return this.valueRescaledTo(1);
  }

  /**
   * Timecode at `rate` (frames per second), drop frame wherever the rate has it unless said otherwise. Cut to whole frames; rolls over after 24 hours.
   * @throws OtioError NEGATIVE_VALUE, INVALID_TIMECODE_RATE, INVALID_RATE_FOR_DROP_FRAME_TIMECODE.
   */
  toTimecode(rate = this.rate, dropFrame?: boolean): string {
    return formatTimecode(this.valueRescaledTo(rate), rate, dropFrame);
  }

  /** As toTimecode, at the SMPTE rate nearest to `rate`; no rate is refused. */
  toNearestTimecode(rate = this.rate, dropFrame?: boolean): string {
    return this.toTimecode(nearestSmpteTimecodeRate(rate), dropFrame);
  }

  /** `[-]HH:MM:SS.ffffff` within one day. */
  toTimeString(): string {
    return formatTimeString(this.toSeconds());
  }

  /** `frames` cut to a whole number, at `rate`. */
  static fromFrames(frames: number, rate: number): RationalTime {
    return new RationalTime(Math.trunc(frames) + 0, rate);
  }

  /** Seconds at `rate`; without one, at rate 1. */
  static fromSeconds(seconds: number, rate = 1): RationalTime {
    return new RationalTime(seconds).rescaledTo(rate);
  }

  /**
   * The frame that a timecode names, at one of the SMPTE rates; a `;` in it means drop frame.
   * @throws OtioError INVALID_TIMECODE_RATE, INVALID_RATE_FOR_DROP_FRAME_TIMECODE, INVALID_TIMECODE_STRING, TIMECODE_RATE_MISMATCH.
   */
  static fromTimecode(timecode: string, rate: number, options?: TimecodeOptions): RationalTime {
    return new RationalTime(parseTimecode(timecode, rate, options), rate);
  }

  /**
   * `[+-][[h:]m:]s[.fff]` at one of the SMPTE rates.
   * @throws OtioError INVALID_TIMECODE_RATE, INVALID_TIME_STRING.
   */
  static fromTimeString(text: string, rate: number): RationalTime {
    return RationalTime.fromSeconds(parseTimeString(text), exactSmpteRate(rate).rate);
  }

  static isSmpteTimecodeRate(rate: number): boolean {
    return isSmpteTimecodeRate(rate);
  }

  static nearestSmpteTimecodeRate(rate: number): number {
    return nearestSmpteTimecodeRate(rate);
  }

  /** From `start` to `end`, which is not part of it, at the rate of `start`. */
  static durationFromStartEndTime(start: RationalTime, end: RationalTime): RationalTime {
    return new RationalTime(end.valueRescaledTo(start.rate) - start.value, start.rate);
  }

  /** From `start` to `end` and one unit more, at the rate of `start`. */
  static durationFromStartEndTimeInclusive(start: RationalTime, end: RationalTime): RationalTime {
    return new RationalTime(end.valueRescaledTo(start.rate) - start.value + 1, start.rate);
  }
}
