// What a fill would cover: the parts of a track in its range, as free-standing copies, and what lies beside them.

import { framesOf, SAME, shownRange, takesTime } from '../edit/frames.ts';
import { cut, isEmpty, moveHead, moveTail, newGap, type Part } from '../edit/part.ts';
import { rangeOf } from '../edit/source.ts';
import type { Editing, Stretch } from '../edit/stretch.ts';
import { OtioError } from '../errors.ts';
import { locationOf } from '../media-urls.ts';
import { type ExactRate, rationalRate } from '../opentime/index.ts';
import { Clip } from '../schema/clip.ts';
import type { Child } from '../schema/composition.ts';
import { Item } from '../schema/item.ts';
import { ImageSequenceReference } from '../schema/media.ts';
import { Transition } from '../schema/transition.ts';

/** A transition whose sides reach into the range or touch it. */
export interface TouchedTransition {
  readonly transition: Transition;
  /** Frames from the start of the range to its cut: 0 at the head, the range's length at the tail. */
  readonly cut: number;
  /** Frames of it before and after the cut. */
  readonly before: number;
  readonly after: number;
}

export interface Coverage {
  readonly from: number;
  readonly to: number;
  /** What lies in the range, in order, cut to it; a gap where the track has ended. */
  readonly parts: readonly Part[];
  /** The only thing in it, as a copy cut to the range; null for several. */
  readonly only: Child | null;
  readonly transitions: readonly TouchedTransition[];
  /** Those and the ones at the next cuts. */
  readonly near: readonly TouchedTransition[];
  /** What covers the frame before the range, and the one after. */
  readonly previous: Child | null;
  readonly next: Child | null;
}

/** Reads frames `from` to `to` of a track. Nothing changes. */
export function coverage(editing: Editing, from: number, to: number): Coverage {
  const { rate } = editing;
  const stretch = editing.between(from, to);
  const parts: Part[] = [];
  const near: TouchedTransition[] = [];
  let [previous, next]: [Child | null, Child | null] = [null, null];
  let tail = stretch.start;
  for (const part of stretch.parts) {
    const head = tail;
    tail += part.length;
    if (part.length < SAME) {
      if (part.child instanceof Transition) near.push(sidesOf(part.child, head - from, rate));
      if (head > from + SAME && head < to - SAME) parts.push(part);
      continue;
    }
    if (head < from - SAME) previous = part.child;
    if (tail > to + SAME) next ??= part.child;
    const [first, end] = [Math.max(from, head), Math.min(to, tail)];
    if (end - first > SAME) parts.push(cut(part, first - head, end - head));
  }
  if (tail < to - SAME) parts.push(newGap(to - Math.max(tail, from), rate));
  return {
    from,
    to,
    parts,
    only: parts.length === 1 ? copyOf(parts[0]!, rate) : null,
    near,
    transitions: near.filter((one) => reaches(one, to - from)),
    previous,
    next,
  };
}

/** Items of a stretch that have no length and are none of ours to take away. */
export const emptyIn = ({ parts }: Pick<Stretch, 'parts'>): Child[] => parts.filter(isEmpty).map(({ child }) => child);

/** How a transition lies to a cut. */
export const sidesOf = (transition: Transition, cut: number, rate: number): TouchedTransition => ({
  transition,
  cut,
  before: framesOf(transition.inOffset, rate),
  after: framesOf(transition.outOffset, rate),
});

/** Whether its cut lies in or at a range of so many frames, or its sides reach in. */
function reaches({ cut, before, after }: TouchedTransition, frames: number): boolean {
  if (cut > -SAME && cut < frames + SAME) return true;
  return cut + after > SAME && cut - before < frames - SAME;
}

/** Frames a child takes on a track. */
export const lengthOf = (child: Child, rate: number): number =>
  takesTime(child) ? framesOf(shownRange(child).duration, rate) : 0;

/** A copy of what a part shows, without parent. */
export function copyOf(part: Part, rate: number): Child {
  const copy = part.child.clone();
  if (!takesTime(copy) || (part.skip === 0 && part.whole !== null && Math.abs(part.length - part.whole) < SAME))
    return copy;
  const range = rangeOf(part, rate);
  if (copy instanceof Item) copy.sourceRange = range;
  else copy.members.source_range = range;
  return copy;
}

/** Items one after another, with the head and the tail of them all moved by frames of the track. @throws OtioError INVALID_TIME_RANGE when nothing is left */
export function trimmed(parts: readonly Part[], headDelta: number, tailDelta: number): Part[] {
  const left = [...parts];
  const shorten = (delta: number, end: 0 | -1): void => {
    for (let rest = delta; rest > SAME; ) {
      const part = left.at(end);
      if (part === undefined)
        throw new OtioError(
          'INVALID_TIME_RANGE',
          'The fill was trimmed so far that nothing of what it replaced is left.',
        );
      const taken = Math.min(rest, part.length);
      const rests = end === 0 ? cut(part, taken, part.length) : cut(part, 0, part.length - taken);
      left.splice(end === 0 ? 0 : left.length - 1, 1, ...(rests.length < SAME ? [] : [rests]));
      rest -= taken;
    }
  };
  const lengthen = (delta: number, timed: number, move: typeof moveHead, by: number): void => {
    if (delta > SAME && timed >= 0) left[timed] = move(left[timed]!, by);
  };
  shorten(headDelta, 0);
  shorten(-tailDelta, -1);
  lengthen(
    -headDelta,
    left.findIndex(({ child }) => takesTime(child)),
    moveHead,
    headDelta,
  );
  lengthen(
    tailDelta,
    left.findLastIndex(({ child }) => takesTime(child)),
    moveTail,
    tailDelta,
  );
  return left;
}

/** The rate double that new times beside an item are written with, where it has the exact rate of the track. */
export function doubleOf(child: Child | null, exact: ExactRate): number | null {
  if (child === null || !takesTime(child)) return null;
  const { rate } = shownRange(child).duration;
  const own = rationalRate(rate);
  return own.num === exact.num && own.den === exact.den ? rate : null;
}

/** Whether two items show one take: the same file, or the same image sequence. */
export function areOfOneTake(a: Child | null, b: Child | null): boolean {
  const [one, other] = [takeOf(a), takeOf(b)];
  return one !== null && one === other;
}

function takeOf(child: Child | null): string | null {
  const media = child instanceof Clip ? child.mediaReference : null;
  return media instanceof ImageSequenceReference ? `${media.targetUrlBase}/${media.namePrefix}` : locationOf(media);
}
