// Items on top of one another, all from 0: the last is the topmost.
import { type RationalTime, TimeRange } from '../opentime/index.ts';
import { type Child, Composition } from './composition.ts';
import { Item } from './item.ts';
import { define } from './object.ts';
import { lengthOf } from './starts.ts';
import { boundsOf } from './track.ts';
import { UnknownSchema } from './unknown.ts';
import type { Box2d } from './value.ts';

export class Stack extends define(Composition, 'Stack', 1, {}) {
  /** From 0, as long as its longest child. */
  override availableRange(): TimeRange {
    let longest: RationalTime | null = null;
    for (const child of this.ownChildren) {
      const length = lengthOf(child);
      if (longest === null || (length !== null && longest.lt(length))) longest = length;
    }
    return longest === null ? new TimeRange() : new TimeRange(undefined, longest);
  }
  /** The box around the pictures of all clips below. @throws OtioError CANNOT_COMPUTE_BOUNDS when one has none */
  override availableImageBounds(): Box2d | null {
    return boundsOf(this.findClips());
  }

  override rangeOfChildAtIndex(index: number): TimeRange {
    return new TimeRange(undefined, lengthOf(this.childAt(index)) ?? undefined);
  }
  override trimmedRangeOfChildAtIndex(index: number): TimeRange {
    const range = this.rangeOfChildAtIndex(index);
    const trim = this.sourceRange;
    if (trim === null) return range;
    return new TimeRange(trim.startTime, trim.duration.lt(range.duration) ? trim.duration : range.duration);
  }

  /** Its items of which the source ranges leave something in `range`. */
  override childrenInRange(range: TimeRange): Child[] {
    return this.ownChildren.filter((child) => {
      const isItem = child instanceof Item || (child instanceof UnknownSchema && child.sourceRange !== null);
      return isItem && this.trimmedRangeOfChild(child)?.intersects(range);
    });
  }
}
