// Where the children of a track lie, in frames at its rate: read once, kept up to date by the edits, found by bisection.
import { OtioError } from '../errors.ts';
import { framesAt, type RationalTime, rationalRate, type TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import type { Track } from '../schema/track.ts';
import { UnknownSchema } from '../schema/unknown.ts';

/** Two edges nearer than this, in frames, are one. */
export const SAME = 1e-6;

/** Whether it takes time on a track: an item, or what looks like one. Transitions and the like lie at a cut. */
export const takesTime = (child: Child): child is Item | UnknownSchema =>
  child instanceof Item || (child instanceof UnknownSchema && child.sourceRange !== null);

/** The material a child shows. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED when its length is not known */
export const shownRange = (child: Item | UnknownSchema): TimeRange =>
  child instanceof Item ? child.trimmedRange() : child.sourceRange!;

/** A time in frames at `rate`, exact where it falls on one; a fraction where it does not. @throws OtioError INVALID_TIME_RANGE when not finite */
export function framesOf(time: RationalTime, rate: number): number {
  if (time.value === 0 || (time.rate === rate && Number.isInteger(time.value))) return time.value + 0;
  const frame = framesAt(time, rate, 'floor');
  if (frame === framesAt(time, rate, 'ceil')) return frame;
  const [from, to] = [rationalRate(time.rate), rationalRate(rate)];
  return (time.value * to.num * from.den) / (to.den * from.num);
}

const settled = (frames: number): number =>
  Math.abs(frames - Math.round(frames)) < SAME ? Math.round(frames) : frames;

/** What was read of tracks. Foreign objects can change without telling: tracks with one are read anew each time. */
const known = new WeakMap<Track, TrackFrames>();
const isForeign = (child: Child): boolean => child instanceof UnknownSchema;

export class TrackFrames {
  readonly #track: Track;
  #version: number;
  /** Frames per second that most of its items are counted in, the very double of the file. */
  readonly rate: number;
  /** Start of every child and, last, the length of the track. */
  readonly #starts: number[];

  private constructor(track: Track, durations: readonly (RationalTime | null)[], rate: number) {
    this.#track = track;
    this.#version = track.timesVersion;
    this.rate = rate;
    this.#starts = [0];
    let end = 0;
    for (let i = 0; i < durations.length; i++) {
      const duration = durations[i]!;
      if (duration !== null) end = settled(end + lengthOf(track.children[i]!, duration, rate));
      this.#starts.push(end);
    }
  }

  /** Of a track without any length, the rate is `otherwise`. @throws OtioError when the length of a child is not known */
  static of(track: Track, otherwise: number): TrackFrames {
    const last = known.get(track);
    if (last !== undefined && last.#version === track.timesVersion) return last;
    const durations = track.children.map((child) => (takesTime(child) ? shownRange(child).duration : null));
    const rate = usualRate(track.children, durations);
    const frames = new TrackFrames(track, durations, rate ?? otherwise);
    if (rate !== null && !track.children.some(isForeign)) known.set(track, frames);
    return frames;
  }

  /** Where a child starts; one that takes no time lies at the start of the next. */
  start(index: number): number {
    return this.#starts[index]!;
  }
  length(index: number): number {
    return this.#starts[index + 1]! - this.#starts[index]!;
  }
  /** Index of the last child that starts at or before a frame: the one that covers it, if one does. 0 before the track. */
  indexAt(frame: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= frame) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Tells that an edit has just put children of these lengths in place of `count` others. */
  replaced(index: number, count: number, lengths: readonly number[]): void {
    const oldEnd = this.#starts[index + count]!;
    const ends: number[] = [];
    let end = this.#starts[index]!;
    for (const length of lengths) {
      end = settled(end + length);
      ends.push(end);
    }
    this.#starts.splice(index + 1, count, ...ends);
    const moved = end - oldEnd;
    if (moved !== 0)
      for (let i = index + 1 + lengths.length; i < this.#starts.length; i++)
        this.#starts[i] = settled(this.#starts[i]! + moved);
    this.#version = this.#track.timesVersion;
  }
}

/** A duration in frames. @throws OtioError INVALID_TIME_RANGE when it is negative or not finite */
function lengthOf(child: Child, duration: RationalTime, rate: number): number {
  const length = framesOf(duration, rate);
  if (!(length >= 0))
    throw new OtioError(
      'INVALID_TIME_RANGE',
      `${titleOf(child)} has a length of ${duration.value}: mend it before editing its track.`,
    );
  return length;
}

/** The rate most items have; gaps count where there is nothing else, as editors write them at any rate. */
function usualRate(children: readonly Child[], durations: readonly (RationalTime | null)[]): number | null {
  const [items, gaps] = [new Votes(), new Votes()];
  for (let i = 0; i < durations.length; i++) {
    const duration = durations[i]!;
    if (duration !== null && duration.value > 0) (children[i] instanceof Gap ? gaps : items).add(duration.rate);
  }
  return items.most ?? gaps.most;
}

/** Counts rates; the first of equals wins. */
class Votes {
  readonly #counts = new Map<number, { count: number }>();
  #rate = Number.NaN;
  #last = { count: 0 };

  add(rate: number): void {
    if (rate !== this.#rate) {
      this.#rate = rate;
      this.#last = this.#counts.get(rate) ?? { count: 0 };
      this.#counts.set(rate, this.#last);
    }
    this.#last.count++;
  }
  get most(): number | null {
    let [most, highest]: [number | null, number] = [null, 0];
    for (const [rate, { count }] of this.#counts) if (count > highest) [most, highest] = [rate, count];
    return most;
  }
}
