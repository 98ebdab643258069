// The clip that is seen at a time.
import type { RationalTime } from '../opentime/index.ts';
import { Clip } from '../schema/clip.ts';
import { type Child, Composition } from '../schema/composition.ts';
import { Item } from '../schema/item.ts';
import type { Stack } from '../schema/stack.ts';
import { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';

/** The clip of the topmost track that has an enabled one at `time`, at any depth; transitions do not count. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE */
export function topClipAtTime(stack: Stack, time: RationalTime): Clip | null {
  return clipIn(stack, time);
}

function clipIn(parent: Composition, time: RationalTime): Clip | null {
  for (const child of candidates(parent, time)) {
    if (!(child instanceof Item) || !child.visible || !child.rangeInParent().contains(time)) continue;
    const clip = child instanceof Composition ? clipIn(child, parent.transformedTime(time, child)) : child;
    if (clip instanceof Clip) return clip;
  }
  return null;
}

/** Those that may lie at `time`, the topmost first. */
function candidates(parent: Composition, time: RationalTime): readonly Child[] {
  if (!(parent instanceof Track)) return parent.children.toReversed();
  for (const [child] of parent.rangesFrom(time)) if (!(child instanceof Transition)) return [child];
  return [];
}
