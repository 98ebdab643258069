// A range of time: a start and a duration, its ends, its algebra, and how it lies to another range or to a time.

import { RationalTime } from './rational-time.ts';

/** Half a sample at 192 kHz, in seconds: nearer than this, two edges are one. */
export const DEFAULT_EPSILON = 1 / 384000;

const greater = (a: number, b: number, epsilon: number): boolean => a - b >= epsilon;
const less = (a: number, b: number, epsilon: number): boolean => b - a >= epsilon;

const earlier = (a: RationalTime, b: RationalTime): RationalTime => (b.lt(a) ? b : a);
const later = (a: RationalTime, b: RationalTime): RationalTime => (a.lt(b) ? b : a);

/** Start and exclusive end in seconds; a time is both of its own. */
function edges(span: TimeRange | RationalTime): [number, number] {
  if (span instanceof RationalTime) return [span.toSeconds(), span.toSeconds()];
  return [span.startTime.toSeconds(), span.endTimeExclusive().toSeconds()];
}

/**
 * `duration` from `startTime` on. Immutable.
 *
 * Relations take a range or, most of them, a time. Those of ranges are strict by the reference's choice: edges less than `epsilon` seconds apart are
 * neither before nor after each other, so a range does not contain itself.
 */
export class TimeRange {
  readonly startTime: RationalTime;
  readonly duration: RationalTime;

  /** When only one is given, the other is 0 at its rate. */
  constructor(startTime?: RationalTime, duration?: RationalTime);
  /** Three numbers: start and duration at one rate. */
  constructor(start: number, duration: number, rate: number);
  constructor(start?: RationalTime | number, duration?: RationalTime | number, rate?: number) {
    const startTime = typeof start === 'number' ? new RationalTime(start, rate) : start;
    const length = typeof duration === 'number' ? new RationalTime(duration, rate) : duration;
    this.startTime = startTime ?? new RationalTime(0, length?.rate);
    this.duration = length ?? new RationalTime(0, startTime?.rate);
  }

  /** False when a time is invalid or the duration negative. */
  isValidRange(): boolean {
    return this.startTime.isValidTime() && this.duration.isValidTime() && this.duration.value >= 0;
  }

  isInvalidRange(): boolean {
    return !this.isValidRange();
  }

  /** The first instant after the range, at the larger rate. */
  endTimeExclusive(): RationalTime {
    return this.duration.add(this.startTime.rescaledTo(this.duration));
  }

  /** The last frame of the range: one before the exclusive end, or the last whole one of a fractional duration; the start when there is only one. */
  endTimeInclusive(): RationalTime {
    const end = this.endTimeExclusive();
    if (end.sub(this.startTime.rescaledTo(this.duration)).value <= 1) return this.startTime;
    return Number.isInteger(this.duration.value) ? end.sub(new RationalTime(1, this.duration.rate)) : end.floor();
  }

  /** The same start, `time` longer. */
  durationExtendedBy(time: RationalTime): TimeRange {
    return new TimeRange(this.startTime, this.duration.add(time));
  }

  /** The smallest range over both. */
  extendedBy(other: TimeRange): TimeRange {
    return TimeRange.rangeFromStartEndTime(
      earlier(this.startTime, other.startTime),
      later(this.endTimeExclusive(), other.endTimeExclusive()),
    );
  }

  /**
   * A time moved to the nearest one in this range. A range cut to this one: as the reference does it, one that starts earlier is first moved to this
   * start whole, and where the two do not meet the duration is negative.
   */
  clamped(other: RationalTime): RationalTime;
  clamped(other: TimeRange): TimeRange;
  clamped(other: RationalTime | TimeRange): RationalTime | TimeRange {
    if (other instanceof RationalTime) return earlier(later(other, this.startTime), this.endTimeInclusive());
    const moved = new TimeRange(later(other.startTime, this.startTime), other.duration);
    return new TimeRange(
      moved.startTime,
      earlier(moved.endTimeExclusive(), this.endTimeExclusive()).sub(moved.startTime),
    );
  }

  /** Both starts and both durations less than epsilon apart. */
  equals(other: TimeRange): boolean {
    const apart = (a: RationalTime, b: RationalTime): number => Math.abs(a.toSeconds() - b.toSeconds());
    return (
      apart(this.startTime, other.startTime) < DEFAULT_EPSILON && apart(this.duration, other.duration) < DEFAULT_EPSILON
    );
  }

  /** `other` lies strictly inside, on both sides; a time lies from the start to before the end (exact, without epsilon). */
  contains(other: TimeRange | RationalTime, epsilon = DEFAULT_EPSILON): boolean {
    if (other instanceof RationalTime) return this.startTime.le(other) && other.lt(this.endTimeExclusive());
    const [start, end] = edges(this);
    const [otherStart, otherEnd] = edges(other);
    return greater(otherStart, start, epsilon) && less(otherEnd, end, epsilon);
  }

  /** This starts first and ends inside `other`; a time: as contains. */
  overlaps(other: TimeRange | RationalTime, epsilon = DEFAULT_EPSILON): boolean {
    if (other instanceof RationalTime) return this.contains(other);
    const [start, end] = edges(this);
    const [otherStart, otherEnd] = edges(other);
    return less(start, otherStart, epsilon) && greater(end, otherStart, epsilon) && greater(otherEnd, end, epsilon);
  }

  /** This ends at least epsilon before `other` starts. */
  before(other: TimeRange | RationalTime, epsilon = DEFAULT_EPSILON): boolean {
    const [, end] = edges(this);
    const [otherStart] = edges(other);
    return greater(otherStart, end, epsilon);
  }

  /** `other` starts where this ends, within epsilon and not before. */
  meets(other: TimeRange, epsilon = DEFAULT_EPSILON): boolean {
    const [, end] = edges(this);
    const [otherStart] = edges(other);
    return otherStart - end >= 0 && otherStart - end <= epsilon;
  }

  /** Both start together and this ends first; a time: it is the start. */
  begins(other: TimeRange | RationalTime, epsilon = DEFAULT_EPSILON): boolean {
    const [start, end] = edges(this);
    const [otherStart, otherEnd] = edges(other);
    const together = Math.abs(otherStart - start) <= epsilon;
    return together && (other instanceof RationalTime || less(end, otherEnd, epsilon));
  }

  /** Both end together and this starts last; a time: it is the exclusive end. */
  finishes(other: TimeRange | RationalTime, epsilon = DEFAULT_EPSILON): boolean {
    const [start, end] = edges(this);
    const [otherStart, otherEnd] = edges(other);
    const together = Math.abs(end - otherEnd) <= epsilon;
    return together && (other instanceof RationalTime || greater(start, otherStart, epsilon));
  }

  /** The two share at least epsilon. */
  intersects(other: TimeRange, epsilon = DEFAULT_EPSILON): boolean {
    const [start, end] = edges(this);
    const [otherStart, otherEnd] = edges(other);
    return less(start, otherEnd, epsilon) && greater(end, otherStart, epsilon);
  }

  /** From `start` to `end`, which is not part of it, at the rate of `start`. */
  static rangeFromStartEndTime(start: RationalTime, end: RationalTime): TimeRange {
    return new TimeRange(start, RationalTime.durationFromStartEndTime(start, end));
  }

  /** From `start` to the frame `end` and with it, at the rate of `start`. */
  static rangeFromStartEndTimeInclusive(start: RationalTime, end: RationalTime): TimeRange {
    return new TimeRange(start, RationalTime.durationFromStartEndTimeInclusive(start, end));
  }
}
