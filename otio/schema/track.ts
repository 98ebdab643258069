// Items one after another, with transitions over the cuts.
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange } from '../opentime/index.ts';
import type { Clip } from './clip.ts';
import { type Composable, titleOf } from './composable.ts';
import { type Child, Composition } from './composition.ts';
import { required, text } from './fields.ts';
import { Gap } from './gap.ts';
import { mediaTimes } from './media.ts';
import { define } from './object.ts';
import { lengthOf, Starts } from './starts.ts';
import { Transition } from './transition.ts';
import type { Box2d } from './value.ts';

export const TrackKind = { Video: 'Video', Audio: 'Audio' } as const;

/** What stands beside a transition at the end of a track: nothing, or a new gap as long as its offset there. */
export type NeighborGapPolicy = 'never' | 'aroundTransitions';

export class Track extends define(Composition, 'Track', 1, { kind: required(text(TrackKind.Video)) }) {
  readonly #kept = new Starts();
  #changes = 0;

  /** Grows with every change that may have moved something on it. Members of unknown children, changed in place, do not tell. */
  get timesVersion(): number {
    return this.#changes + mediaTimes.changes;
  }
  #starts(): Starts {
    this.#kept.refresh(this.ownChildren);
    return this.#kept;
  }
  protected override childrenReplaced(place: number): void {
    this.#changes++;
    this.#kept.replaced(place, this.ownChildren);
    super.childrenReplaced(place);
  }
  override childTimesChanged(child: Composable): void {
    this.#changes++;
    this.#kept.forgetFrom(this.ownChildren[child.place] === child ? child.place : 0);
    super.childTimesChanged(child);
  }

  /** From 0, over all children; transitions at its ends reach beyond them. */
  override availableRange(): TimeRange {
    const [first, last] = [this.ownChildren[0], this.ownChildren.at(-1)];
    let duration = this.#starts().startOf(this.ownChildren.length, 1);
    if (first instanceof Transition) duration = duration.add(first.inOffset);
    if (last instanceof Transition) duration = duration.add(last.outOffset);
    return new TimeRange(new RationalTime(0, duration.rate), duration);
  }
  /** The box around the pictures of its own clips. @throws OtioError CANNOT_COMPUTE_BOUNDS when one has none */
  override availableImageBounds(): Box2d | null {
    return boundsOf(this.findClips(null, true));
  }

  override rangeOfChildAtIndex(index: number): TimeRange {
    const child = this.childAt(index);
    const duration = lengthOf(child) ?? nothing;
    const start = this.#starts().startOf(index < 0 ? this.ownChildren.length + index : index, duration.rate);
    return rangeAt(start, child, duration);
  }
  override rangeOfAllChildren(): Map<Child, TimeRange> {
    const starts = this.#starts();
    const ranges = new Map<Child, TimeRange>();
    const children = this.ownChildren;
    for (let index = 0; index < children.length; index++)
      ranges.set(children[index]!, rangeLaid(starts, children, index));
    return ranges;
  }
  protected override rangeAmongAll(index: number): TimeRange {
    return rangeLaid(this.#starts(), this.ownChildren, index);
  }
  override trimmedRangeOfChildAtIndex(index: number): TimeRange {
    const range = this.trimChildRange(this.rangeOfChildAtIndex(index));
    if (range === null)
      throw new OtioError(
        'INVALID_TIME_RANGE',
        `${titleOf(this.childAt(index))} lies outside of the source range of ${titleOf(this)}.`,
      );
    return range;
  }
  /**
   * Children and their ranges, as rangeOfAllChildren has them, from the first that ends after `time` on, with the transitions at its head.
   * The track must not change meanwhile. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE
   */
  *rangesFrom(time: RationalTime): Generator<[child: Child, range: TimeRange]> {
    const children = this.ownChildren;
    let index = this.firstIndex(0, (range) => range.endTimeExclusive().gt(time));
    while (index > 0 && children[index - 1] instanceof Transition) index--;
    for (; index < children.length; index++) yield [children[index]!, this.rangeAmongAll(index)];
  }

  override handlesOfChild(child: Child): { head: RationalTime | null; tail: RationalTime | null } {
    const [before, after] = this.neighborsOf(child);
    return {
      head: before instanceof Transition ? before.inOffset : null,
      tail: after instanceof Transition ? after.outOffset : null,
    };
  }
  /** What lies before and after a child. @throws OtioError NOT_A_CHILD_OF */
  neighborsOf(child: Child, policy: NeighborGapPolicy = 'never'): [before: Child | null, after: Child | null] {
    const index = this.indexOfChild(child);
    const ends = policy === 'aroundTransitions' && child instanceof Transition ? child : null;
    const before = index === 0 ? ends && Gap.ofDuration(ends.inOffset) : this.ownChildren[index - 1]!;
    const after = this.ownChildren[index + 1] ?? (ends && Gap.ofDuration(ends.outOffset));
    return [before, after];
  }
}

const nothing = new RationalTime();

function rangeLaid(starts: Starts, children: readonly Child[], index: number): TimeRange {
  const added = starts.addedBy(index);
  if (added !== null) return new TimeRange(starts.endBefore(index, added.rate), added);
  const child = children[index]!;
  const duration = lengthOf(child) ?? nothing;
  return rangeAt(starts.endBefore(index, duration.rate), child, duration);
}

const rangeAt = (start: RationalTime, child: Child, duration: RationalTime): TimeRange =>
  new TimeRange(child instanceof Transition ? start.sub(child.inOffset) : start, duration);

/** The box around the pictures of all; null for none. @throws OtioError CANNOT_COMPUTE_BOUNDS */
export function boundsOf(clips: readonly Clip[]): Box2d | null {
  return clips.reduce<Box2d | null>((box, clip) => {
    const own = clip.availableImageBounds();
    return box === null ? own : box.union(own);
  }, null);
}
