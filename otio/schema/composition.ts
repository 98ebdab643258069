// Items in order: the children of a track or a stack, who may be among them, where they lie and how they are found.
import { explained } from '../depth.ts';
import { OtioError } from '../errors.ts';
import { type RationalTime, TimeRange } from '../opentime/index.ts';
import { holdChildren, listOf, replaceInList } from './child-list.ts';
import { Clip } from './clip.ts';
import { Composable, titleOf } from './composable.ts';
import { type Field, list, required } from './fields.ts';
import { Item } from './item.ts';
import { define, type SerializableObject } from './object.ts';
import { UnknownSchema } from './unknown.ts';

/** A child of a track or stack. Of an unknown schema: it counts as an item if it has a `source_range`. */
export type Child = Composable | UnknownSchema;

// biome-ignore lint/suspicious/noExplicitAny: constructors of many shapes
export type ClassOf<T> = abstract new (...values: any[]) => T;

const children: Field<readonly Child[]> = required(list(Composable, UnknownSchema)) as Field<readonly Child[]>;

const WithChildren = define(Item, 'Composition', 1, { children });

holdChildren(WithChildren.prototype);

/** Times of a track or stack count from the start of its first child, those of its `sourceRange` too. */
export class Composition extends WithChildren {
  constructor(values?: ConstructorParameters<typeof WithChildren>[0]) {
    super(values);
    const children = this.ownChildren;
    for (let place = 0; place < children.length; place++) {
      const child = children[place]!;
      if (child.parent !== null) {
        for (const adopted of children.slice(0, place)) adopted.parent = null;
        throw parented(child);
      }
      this.#adopt(child, place);
    }
  }

  /** `children` for reading here and now: a change may change this very list. */
  protected get ownChildren(): readonly Child[] {
    return listOf(this);
  }

  /** Whether `child` is directly in it. */
  hasChild(child: SerializableObject): boolean {
    return (child as Partial<Child>).parent === this;
  }
  /** Whether `descendant` lies anywhere below. */
  isParentOf(descendant: Child): boolean {
    for (let up = descendant.parent; up !== null; up = up.parent) if (up === this) return true;
    return false;
  }
  /** @throws OtioError NOT_A_CHILD_OF */
  indexOfChild(child: Child): number {
    const children = this.ownChildren;
    if (child.parent !== this)
      throw new OtioError('NOT_A_CHILD_OF', `${titleOf(child)} is not a child of ${titleOf(this)}.`);
    if (child instanceof UnknownSchema) return children.indexOf(child);
    if (children[child.place] !== child)
      for (const [place, each] of children.entries()) if (each instanceof Composable) each.place = place;
    return child.place;
  }
  /** Negative indices count from the end. @throws OtioError ILLEGAL_INDEX */
  childAt(index: number): Child {
    const child = this.ownChildren.at(index);
    if (child === undefined)
      throw new OtioError(
        'ILLEGAL_INDEX',
        `${titleOf(this)} has ${this.ownChildren.length} children, but child ${index} was asked for.`,
      );
    return child;
  }

  /** Indices are clamped; negative ones count from the end. @throws OtioError CHILD_ALREADY_PARENTED, OBJECT_CYCLE */
  insertChild(index: number, child: Child): void {
    this.replaceChildren(index, 0, [child]);
  }
  /** @throws OtioError CHILD_ALREADY_PARENTED, OBJECT_CYCLE */
  appendChild(child: Child): void {
    this.replaceChildren(this.ownChildren.length, 0, [child]);
  }
  /** @throws OtioError ILLEGAL_INDEX, CHILD_ALREADY_PARENTED, OBJECT_CYCLE */
  setChild(index: number, child: Child): void {
    if (this.childAt(index) !== child) this.replaceChildren(index, 1, [child]);
  }
  /** @throws OtioError ILLEGAL_INDEX */
  removeChild(index: number): Child {
    const child = this.childAt(index);
    this.replaceChildren(index, 1, []);
    return child;
  }
  /** All children, which may come from here; nothing changes when one of them may not. @throws OtioError CHILD_ALREADY_PARENTED, OBJECT_CYCLE */
  setChildren(children: readonly Child[]): void {
    this.replaceChildren(0, this.ownChildren.length, children);
  }
  clearChildren(): void {
    this.setChildren([]);
  }

  /**
   * Takes `count` children away from `index` on and puts others there.
   * @throws OtioError CHILD_ALREADY_PARENTED, OBJECT_CYCLE; then nothing has changed
   */
  replaceChildren(index: number, count: number, added: readonly Child[]): void {
    const children = this.ownChildren;
    const from = index < 0 ? Math.max(0, children.length + index) : Math.min(index, children.length);
    const until = Math.min(children.length, from + Math.max(0, count));
    const removed = new Set(children.slice(from, until));
    const seen = new Set<Child>();
    for (const child of added) {
      if (seen.has(child) || (child.parent !== null && !removed.has(child))) throw parented(child);
      if (child === (this as Child) || (child instanceof Composition && child.isParentOf(this)))
        throw new OtioError('OBJECT_CYCLE', `${titleOf(child)} cannot be put into itself.`);
      seen.add(child);
    }
    for (const child of removed) child.parent = null;
    replaceInList(this, from, until, added);
    for (const [i, child] of added.entries()) this.#adopt(child, from + i);
    this.childrenReplaced(from);
  }

  #adopt(child: Child, place: number): void {
    child.parent = this;
    if (child instanceof Composable) child.place = place;
  }

  /** The children from `place` on are others, or lie elsewhere. */
  protected childrenReplaced(_place: number): void {
    if (this.sourceRange === null) this.parent?.childTimesChanged(this);
  }
  /** Told by a child: its duration may have changed. */
  childTimesChanged(_child: Composable): void {
    if (this.sourceRange === null) this.parent?.childTimesChanged(this);
  }

  /**
   * Where a child lies, untrimmed; what has no duration lies at a point. Negative indices count from the end.
   * @throws OtioError ILLEGAL_INDEX, CANNOT_COMPUTE_AVAILABLE_RANGE; NOT_IMPLEMENTED where it is neither track nor stack
   */
  rangeOfChildAtIndex(_index: number): TimeRange {
    throw new OtioError('NOT_IMPLEMENTED', `${titleOf(this)} is neither track nor stack: its children have no places.`);
  }
  /** What the source range leaves of that. @throws OtioError as rangeOfChildAtIndex; INVALID_TIME_RANGE when nothing is left */
  trimmedRangeOfChildAtIndex(index: number): TimeRange {
    return this.rangeOfChildAtIndex(index);
  }
  /** Where each child lies; what has no duration lies at a point. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED */
  rangeOfAllChildren(): Map<Child, TimeRange> {
    const ranges = new Map<Child, TimeRange>();
    const children = this.ownChildren;
    for (let index = 0; index < children.length; index++) ranges.set(children[index]!, this.rangeAmongAll(index));
    return ranges;
  }
  /** The range of a child as rangeOfAllChildren tells it: at rates that may differ from those it has alone. */
  protected rangeAmongAll(index: number): TimeRange {
    return this.rangeOfChildAtIndex(index);
  }

  /** Where `child`, at any depth, lies in the time of this. @throws OtioError NOT_DESCENDED_FROM; as rangeOfChildAtIndex */
  rangeOfChild(child: Child): TimeRange {
    return this.#rangeBelow(child, (parent, index) => parent.rangeOfChildAtIndex(index));
  }
  /**
   * What the source ranges on the way, and that of this at last, leave of it; null when it lies outside of the last.
   * @throws OtioError as rangeOfChild; INVALID_TIME_RANGE when nothing is left on the way
   */
  trimmedRangeOfChild(child: Child): TimeRange | null {
    const range = this.#rangeBelow(child, (parent, index) => parent.trimmedRangeOfChildAtIndex(index));
    const trim = this.sourceRange;
    if (trim === null) return range;
    const start = trim.startTime.lt(range.startTime) ? range.startTime : trim.startTime;
    const [end, last] = [range.endTimeExclusive(), trim.endTimeExclusive()];
    if (end.lt(trim.startTime) || start.ge(last)) return null;
    const duration = (last.lt(end) ? last : end).sub(start);
    return duration.value < 0 ? null : new TimeRange(start, duration);
  }
  #rangeBelow(child: Child, rangeAt: (parent: Composition, index: number) => TimeRange): TimeRange {
    const parent = child.parent;
    if (parent === null || !this.isParentOf(child))
      throw new OtioError('NOT_DESCENDED_FROM', `${titleOf(child)} does not lie in ${titleOf(this)}.`);
    let { startTime: start, duration } = rangeAt(parent, parent.indexOfChild(child));
    for (let inner = parent; inner !== this; inner = inner.parent!)
      start = start.add(rangeAt(inner.parent!, inner.parent!.indexOfChild(inner)).startTime);
    return new TimeRange(start, duration);
  }
  /** What the source range leaves of a range in the time of this; null: nothing. */
  trimChildRange(range: TimeRange): TimeRange | null {
    const trim = this.sourceRange;
    if (trim === null) return range;
    const [start, end] = [trim.startTime, trim.endTimeExclusive()];
    if (start.ge(range.endTimeExclusive()) || end.le(range.startTime)) return null;
    let left = range;
    if (left.startTime.lt(start)) left = TimeRange.rangeFromStartEndTime(start, left.endTimeExclusive());
    if (left.endTimeExclusive().gt(end)) left = TimeRange.rangeFromStartEndTime(left.startTime, end);
    return left;
  }
  /** How far transitions beside a child reach beyond it; null where there is none. @throws OtioError NOT_A_CHILD_OF */
  handlesOfChild(child: Child): { readonly head: RationalTime | null; readonly tail: RationalTime | null } {
    this.indexOfChild(child);
    return { head: null, tail: null };
  }

  /**
   * The first child at a time of this; unless `shallow`, looked for inside of it as well. Null: none. Found by bisection, as the reference does it: in a stack
   * whose children differ in length it can miss one that is there, so ask `topClipAtTime` what is seen.
   * @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED
   */
  childAtTime(time: RationalTime, shallow = false): Child | null {
    const children = this.ownChildren;
    const from = this.firstIndex(0, (range) => range.endTimeExclusive().ge(time));
    const last = this.firstIndex(from, (range) => range.startTime.gt(time));
    for (let index = from; index < last; index++) {
      if (!this.rangeAmongAll(index).contains(time)) continue;
      const child = children[index]!;
      if (shallow || !(child instanceof Composition)) return child;
      try {
        return child.childAtTime(this.transformedTime(time, child));
      } catch (error) {
        throw explained(error);
      }
    }
    return null;
  }
  /** The direct children of which something lies in `range`. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED */
  childrenInRange(range: TimeRange): Child[] {
    const end = range.endTimeInclusive();
    const from = this.firstIndex(0, (place) => place.endTimeInclusive().ge(range.startTime));
    return this.ownChildren.slice(
      from,
      this.firstIndex(from, (place) => place.startTime.gt(end)),
    );
  }
  /** By bisection: the first index, not before `from`, of a child for whose range something holds that then holds for all others. */
  protected firstIndex(from: number, holds: (range: TimeRange) => boolean): number {
    let [low, high] = [from, this.ownChildren.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.rangeAmongAll(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
  /**
   * What of a class lies below, parents before their children; with a range, in that range. `shallow`: only direct children.
   * @throws OtioError with a range CANNOT_COMPUTE_AVAILABLE_RANGE
   */
  findChildren<T extends Child>(type: ClassOf<T>, range: TimeRange | null = null, shallow = false): T[] {
    const found: T[] = [];
    this.#find(type, range, shallow, found);
    return found;
  }
  #find<T extends Child>(type: ClassOf<T>, range: TimeRange | null, shallow: boolean, found: T[]): void {
    try {
      for (const child of range === null ? this.ownChildren : this.childrenInRange(range)) {
        if (child instanceof type) found.push(child);
        if (!shallow && child instanceof Composition)
          child.#find(type, range && this.transformedTimeRange(range, child), shallow, found);
      }
    } catch (error) {
      throw explained(error);
    }
  }
  /** As findChildren. */
  findClips(range: TimeRange | null = null, shallow = false): Clip[] {
    return this.findChildren(Clip, range, shallow);
  }
  /** Whether there is a clip at any depth. */
  hasClips(): boolean {
    try {
      return this.ownChildren.some(
        (child) => child instanceof Clip || (child instanceof Composition && child.hasClips()),
      );
    } catch (error) {
      throw explained(error);
    }
  }
}

const parented = (child: Child): OtioError =>
  new OtioError('CHILD_ALREADY_PARENTED', `${titleOf(child)} has a parent already: take it out there, or clone it.`);
