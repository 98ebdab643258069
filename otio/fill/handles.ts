// Frames that a file carries before and after the fill's own: what there is material for, and what transitions need.
import { framesOf, SAME, shownRange } from '../edit/frames.ts';
import { type Reach, reachOf, speedOf } from '../edit/speed.ts';
import { Clip } from '../schema/clip.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import { GeneratorReference, MediaReference } from '../schema/media.ts';
import { areOfOneTake, type Coverage, lengthOf, type TouchedTransition } from './coverage.ts';

/** Wanted on either side where the caller does not say. */
export const HANDLE = 8;

export interface Handles {
  readonly head: number;
  readonly tail: number;
}

const NONE: Handles = { head: 0, tail: 0 };
const ENDLESS: Handles = { head: Number.POSITIVE_INFINITY, tail: Number.POSITIVE_INFINITY };

/** Frames a transition at the edge of the range needs beyond it, and of the range itself. */
export function needsOf({ transitions, from, to }: Coverage): Handles {
  const most = (side: readonly TouchedTransition[], beyond: 'before' | 'after'): number =>
    Math.ceil(Math.max(0, ...side.map((one) => one[beyond])) - SAME);
  return {
    head: most(transitions.filter(atHead), 'before'),
    tail: most(
      transitions.filter((one) => atTail(one, to - from)),
      'after',
    ),
  };
}

export const atHead = ({ cut }: TouchedTransition): boolean => Math.abs(cut) < SAME;
export const atTail = ({ cut }: TouchedTransition, frames: number): boolean => Math.abs(cut - frames) < SAME;

/** Transitions that suit the fill: at its edge, with frames enough on both of their sides. */
export function keptBy({ transitions, from, to }: Coverage, handles: Handles): Set<Child> {
  const frames = to - from;
  const suits = (one: TouchedTransition): boolean =>
    atHead(one)
      ? one.before < handles.head + SAME && one.after < frames + SAME
      : atTail(one, frames) && one.after < handles.tail + SAME && one.before < frames + SAME;
  return new Set(transitions.filter(suits).map(({ transition }) => transition));
}

/** Frames of material beyond the range. `source`: what is filled, as it was before any fill. */
export function materialBeside({ previous, next }: Coverage, source: Child | null, rate: number): Handles {
  if (source instanceof Clip) return materialOf(source, rate);
  if (source instanceof Item && !(source instanceof Gap)) return NONE;
  if (!areOfOneTake(previous, next)) return NONE;
  return { head: Math.floor(lengthOf(previous!, rate)), tail: Math.floor(lengthOf(next!, rate)) };
}

/** Real frames before and after what a clip shows. */
function materialOf(clip: Clip, rate: number): Handles {
  const media = clip.mediaReference;
  if (media instanceof GeneratorReference) return ENDLESS;
  if (
    !(media instanceof MediaReference) ||
    media.isMissingReference ||
    media.availableRange === null ||
    speedOf(clip) <= 0
  )
    return NONE;
  const { first, last }: Reach = reachOf(clip, rate);
  return {
    head: Math.max(0, -first),
    tail: Math.max(0, last - Math.floor(framesOf(shownRange(clip).duration, rate) + SAME)),
  };
}
