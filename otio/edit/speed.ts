// What an item's media allow: how fast it plays, and how far its ends may be pulled out.
import { Clip } from '../schema/clip.ts';
import type { Child } from '../schema/composition.ts';
import { LinearTimeWarp, TimeEffect } from '../schema/effect.ts';
import { Item } from '../schema/item.ts';
import { GeneratorReference, MediaReference } from '../schema/media.ts';
import { framesOf, SAME, shownRange } from './frames.ts';

/** Source frames for a frame on the track: the product of its time effects; 1 for one without. Disabled effects do not count. */
export function speedOf(child: Child): number {
  if (!(child instanceof Item)) return 1;
  let speed = 1;
  for (const effect of child.effects)
    if (effect instanceof LinearTimeWarp && effect.enabled && Number.isFinite(effect.timeScalar))
      speed *= effect.timeScalar;
  return speed;
}

/** Whether a time effect changes what an item shows when, in a way speedOf does not tell. */
export const hasUnknownSpeed = (child: Child): boolean =>
  child instanceof Item &&
  child.effects.some((effect) => effect instanceof TimeEffect && effect.enabled && !(effect instanceof LinearTimeWarp));

/**
 * Whether the range of a clip played backwards starts at the frame it shows last. Writers differ; where a range that starts at the frame shown first would leave the
 * media, and one that starts at the last does not, it is the last.
 */
export function startsAtLast(clip: Clip): boolean {
  const speed = speedOf(clip);
  const available = clip.mediaReference?.availableRange ?? null;
  if (speed >= 0 || available === null) return false;
  const { startTime, duration } = shownRange(clip);
  const { rate } = duration;
  const first = framesOf(startTime, rate) - framesOf(available.startTime, rate);
  const reach = framesOf(duration, rate) * -speed;
  const leaves = first - reach - speed < -SAME;
  return leaves && first > -SAME && first + reach < framesOf(available.duration, rate) + SAME;
}

/** From the item's present in-point, in frames of the track: where its head and its tail may go at most. */
export interface Reach {
  readonly first: number;
  readonly last: number;
}

const anywhere: Reach = { first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY };

/**
 * The reach of a child within its active medium. Stills (one frame), generators, missing media and media of unknown length set no limit; nor do freezes
 * and clips played backwards, as writers disagree on which end of the media their in-point names.
 */
export function reachOf(child: Child, rate: number): Reach {
  const media = child instanceof Clip ? child.mediaReference : null;
  const speed = speedOf(child);
  if (!(child instanceof Clip) || !(media instanceof MediaReference) || media.availableRange === null || speed <= 0)
    return anywhere;
  const { startTime, duration } = media.availableRange;
  if (media instanceof GeneratorReference || media.isMissingReference || framesOf(duration, duration.rate) <= 1)
    return anywhere;
  const before = framesOf(startTime, rate) - framesOf(shownRange(child).startTime, rate);
  return {
    first: Math.ceil(before / speed - SAME),
    last: Math.floor((before + framesOf(duration, rate)) / speed + SAME),
  };
}
