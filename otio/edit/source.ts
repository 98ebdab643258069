// Source ranges of parts: in-points moved by exact frames at the speed of the item, lengths in the rates the file has.
import { RationalTime, rationalRate, rescale, TimeRange } from '../opentime/index.ts';
import type { Item } from '../schema/item.ts';
import { shownRange } from './frames.ts';
import { isPlainGap, type Part } from './part.ts';
import { speedOf } from './speed.ts';

/** The source range that shows a part. A plain gap has no place in a source. */
export function rangeOf(part: Part, rate: number): TimeRange {
  const { startTime, duration } = shownRange(part.child as Item);
  const start =
    part.skip === 0 || isPlainGap(part.child) ? startTime : later(startTime, part.skip, rate, speedOf(part.child));
  return new TimeRange(
    start,
    part.whole === null ? new RationalTime(part.length, rate) : lengthAt(part.length, rate, duration.rate),
  );
}

/** A time of a source, so many frames of a track later, at a speed. */
export function later(time: RationalTime, frames: number, rate: number, speed: number): RationalTime {
  return new RationalTime(time.value + speed * unitsIn(frames, rate, time.rate), time.rate);
}

/** A length in the rate it was written in where it is whole there, else in the track's. */
function lengthAt(frames: number, rate: number, own: number): RationalTime {
  const units = unitsIn(frames, rate, own);
  return Number.isInteger(units) ? new RationalTime(units, own) : new RationalTime(frames, rate);
}

/** Frames at one rate counted at another. */
function unitsIn(frames: number, rate: number, other: number): number {
  if (rate === other) return frames;
  const [from, to] = [rationalRate(rate), rationalRate(other)];
  if (!Number.isInteger(frames)) return (frames * to.num * from.den) / (to.den * from.num);
  const { num, den } = rescale(frames, from, to);
  return Number(num) / Number(den);
}
