// What of a timeline an EDL has a place for.
import { Clip, Composition, Gap, Track, Transition } from '../../schema/index.ts';
import { isRetime } from '../layout.ts';
import type { Kept } from '../left-out.ts';

/** An EDL has speeds, and what reading puts under these keys. */
export const KEPT: Kept = {
  metadata: (one) => (one instanceof Transition || one instanceof Clip ? ['cmx_3600', 'cdl'] : []),
  effect: (effect, item) => isRetime(effect) && !(item instanceof Gap) && item.parent instanceof Track,
  name: (one) => one instanceof Composition && one.parent !== null,
  imageBounds: false,
};
/** What tracks are called anyway. */
export const CHANNEL = /^[AV]?\d*$/;
