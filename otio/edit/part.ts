// The model every edit works on: parts, cut from children, with whole frames for lengths. Nothing of the track changes until they are committed.
import { RationalTime } from '../opentime/index.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { SAME, takesTime } from './frames.ts';
import { type Reach, reachOf } from './speed.ts';

/** A stretch of a child of the track, or of a new one. */
export interface Part {
  readonly child: Child;
  /** Frames on the track; 0 for what lies at a cut. */
  readonly length: number;
  /** How many frames of the track its head has moved into the child since the edit began; below 0: out of it. */
  readonly skip: number;
  /** Frames the child had when the edit began; null when its range is to be written in any case. */
  readonly whole: number | null;
}

export const partOf = (child: Child, length: number, whole: number | null = length): Part => ({
  child,
  length,
  skip: 0,
  whole,
});

export const newGap = (length: number, rate: number): Part =>
  partOf(Gap.ofDuration(new RationalTime(length, rate)), length);

/** A gap that says nothing but how long it is: such gaps are joined. */
export const isPlainGap = (child: Child): child is Gap =>
  child instanceof Gap &&
  child.effects.length === 0 &&
  child.markers.length === 0 &&
  child.dynamicFields === null &&
  Object.keys(child.metadata).length === 0;

/** What of a part lies in its frames `from` to `to`. */
export const cut = (part: Part, from: number, to: number): Part => ({
  ...part,
  skip: part.skip + from,
  length: to - from,
});

/** With the head `delta` frames later: `| part |  →  ..| part |` */
export const moveHead = (part: Part, delta: number): Part => cut(part, delta, part.length);
/** With the tail `delta` frames later: `| part |  →  | part   |` */
export const moveTail = (part: Part, delta: number): Part => cut(part, 0, part.length + delta);

/** Nothing is left of it. */
export const isEmpty = ({ child, length }: Part): boolean => takesTime(child) && length < SAME;

/** Frames that can be given or taken: whole, and none below 0. */
export const whole = (frames: number): number => Math.max(0, Math.floor(frames + SAME));

/** How many frames a part can give away: one stays. */
export const spare = ({ length }: Part): number => whole(length - 1);

/** How many frames a part can grow by its media: at its head and at its tail. */
export function room({ child, skip, length }: Part, rate: number): { readonly head: number; readonly tail: number } {
  const reach: Reach = reachOf(child, rate);
  return { head: whole(skip - reach.first), tail: whole(reach.last - skip - length) };
}

/** A length moved into a range. */
export const clamp = (delta: number, least: number, most: number): number => Math.min(Math.max(delta, least), most) + 0;

/**
 * `inserted` in place of the frames `from` to `to` of parts that begin at `start`; a part around either edge is cut, what lies at `from` stays before it.
 *
 *     | A    |  B  |   C |
 *         [   X   ]            →   | A | X   | C |
 */
export function replaceFrames(
  parts: readonly Part[],
  start: number,
  from: number,
  to: number,
  inserted: readonly Part[],
): Part[] {
  const before: Part[] = [];
  const after: Part[] = [];
  let position = start;
  for (const part of parts) {
    const [head, tail] = [position, position + part.length];
    position = tail;
    if (tail - head < SAME) {
      if (head < from + SAME) before.push(part);
      else if (head > to - SAME) after.push(part);
      continue;
    }
    if (head < from - SAME) before.push(tail < from + SAME ? part : cut(part, 0, from - head));
    if (tail > to + SAME) after.push(head > to - SAME ? part : cut(part, to - head, part.length));
  }
  return [...before, ...inserted, ...after];
}
