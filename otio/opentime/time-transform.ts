// A change of time space: scale, then shift, then count at another rate.

import { RationalTime } from './rational-time.ts';
import { TimeRange } from './time-range.ts';

/** `time · scale + offset`, counted at `rate` when that is above 0. Immutable. */
export class TimeTransform {
  readonly offset: RationalTime;
  readonly scale: number;
  /** Units per second of the result; −1 keeps the rate of what it is applied to. */
  readonly rate: number;

  constructor(offset = new RationalTime(), scale = 1, rate = -1) {
    this.offset = offset;
    this.scale = scale;
    this.rate = rate;
  }

  /** The time, the range (from its transformed ends) or the transform (offsets added, scales multiplied) after this one. */
  appliedTo(other: RationalTime): RationalTime;
  appliedTo(other: TimeRange): TimeRange;
  appliedTo(other: TimeTransform): TimeTransform;
  appliedTo(other: RationalTime | TimeRange | TimeTransform): RationalTime | TimeRange | TimeTransform {
    if (other instanceof TimeTransform) {
      const rate = this.rate > 0 ? this.rate : other.rate;
      return new TimeTransform(this.offset.add(other.offset), this.scale * other.scale, rate);
    }
    if (other instanceof TimeRange)
      return TimeRange.rangeFromStartEndTime(this.appliedTo(other.startTime), this.appliedTo(other.endTimeExclusive()));
    const moved = new RationalTime(other.value * this.scale, other.rate).add(this.offset);
    const rate = this.rate > 0 ? this.rate : other.rate;
    return rate > 0 ? moved.rescaledTo(rate) : moved;
  }

  equals(other: TimeTransform): boolean {
    return this.offset.equals(other.offset) && this.scale === other.scale && this.rate === other.rate;
  }
}
