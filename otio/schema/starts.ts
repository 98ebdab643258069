// Where the children of a track start: sums of durations in the order and at the rates of the format, kept until a child changes.
import { explained } from '../depth.ts';
import { RationalTime } from '../opentime/index.ts';
import { Clip } from './clip.ts';
import { Composable } from './composable.ts';
import { type Child, Composition } from './composition.ts';
import { Item } from './item.ts';
import { mediaTimes } from './media.ts';
import { Transition } from './transition.ts';
import { UnknownSchema } from './unknown.ts';

/** How long a child is; null for what has no duration. @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE, NOT_IMPLEMENTED, LIMIT_EXCEEDED for what stands too deep */
export function lengthOf(child: Child): RationalTime | null {
  if (child instanceof UnknownSchema) return child.sourceRange?.duration ?? null;
  try {
    return child.duration === Composable.prototype.duration ? null : child.duration();
  } catch (error) {
    throw explained(error);
  }
}

/** Whether the length of a child can change without a call of `timesChanged`. */
function changesUntold(child: Child): boolean {
  if (child instanceof UnknownSchema) return true;
  if (!(child instanceof Item)) return !(child instanceof Transition);
  if (child.sourceRange !== null) return false;
  if (child instanceof Clip) return child.mediaReference instanceof UnknownSchema;
  try {
    return child instanceof Composition ? child.children.some(changesUntold) : true;
  } catch (error) {
    throw explained(error);
  }
}

/** Most rates to keep sums for; a track has one or two. */
const KEPT = 16;

/**
 * The sums of one track, made as far as they are asked for. The reference knows two, which are one where there is one rate. Asked for one child, it adds up
 * from 0 at that child's rate: what that rounds depends on the larger of its rate and that of the first duration, so there are sums for each such rate. Asked
 * for all, it lays one after the other, each end at the rate of its duration.
 */
export class Starts {
  #children: readonly Child[] = [];
  /** What each child adds, of as many as were looked at; null: nothing. */
  readonly #lengths: (RationalTime | null)[] = [];
  /** Place of the first length that is not null. */
  #first = Number.POSITIVE_INFINITY;
  /** By the rate that summing starts with: the sum before each child. */
  readonly #sums = new Map<number, RationalTime[]>();
  /** The end before each child when one is laid after the other. */
  readonly #ends: RationalTime[] = [new RationalTime()];
  /** Places of children whose lengths must be looked at again each time. */
  #untold: number[] = [];
  #dependOnMedia = false;
  #mediaChanges = 0;

  /** Forgets what no longer holds, told or not. To be called before anything is asked. */
  refresh(children: readonly Child[]): void {
    if (children !== this.#children) this.replaced(0, children);
    if (this.#mediaChanges !== mediaTimes.changes) {
      if (this.#dependOnMedia) this.forgetFrom(0);
      this.#mediaChanges = mediaTimes.changes;
    }
    const changed = this.#untold.find((place) => !this.#holds(place));
    if (changed !== undefined) this.forgetFrom(changed);
  }

  /** The track has other children from `place` on. */
  replaced(place: number, children: readonly Child[]): void {
    this.#children = children;
    this.forgetFrom(place);
  }
  /** The length of the child at `place` may have changed. */
  forgetFrom(place: number): void {
    if (place >= this.#lengths.length) return;
    this.#lengths.length = place;
    for (const sums of this.#sums.values()) sums.length = Math.min(sums.length, place + 1);
    this.#ends.length = Math.min(this.#ends.length, place + 1);
    this.#untold = this.#untold.filter((each) => each < place);
    if (place <= this.#first) this.#first = Number.POSITIVE_INFINITY;
    if (place === 0) {
      this.#sums.clear();
      this.#dependOnMedia = false;
    }
  }

  /** Start of a child of rate `rate`, asked for alone. @throws OtioError where an earlier child's duration cannot be told */
  startOf(place: number, rate: number): RationalTime {
    this.#lookAt(place);
    if (place <= this.#first) return new RationalTime(0, rate);
    return this.#sum(Math.max(rate, this.#lengths[this.#first]!.rate), place);
  }
  /** Start of a child of rate `rate` among all. @throws OtioError as startOf */
  endBefore(place: number, rate: number): RationalTime {
    this.#lookAt(place);
    if (place <= this.#first) return new RationalTime(0, rate);
    const ends = this.#ends;
    for (let next = ends.length; next <= place; next++) {
      const [end, length] = [ends[next - 1]!, this.#lengths[next - 1]!];
      ends.push(length === null ? end : length.add(end.rescaledTo(length)));
    }
    return ends[place]!;
  }

  /** How far the child at `place` moves the next one; null for what overlaps. @throws OtioError where its duration cannot be told */
  addedBy(place: number): RationalTime | null {
    this.#lookAt(place + 1);
    return this.#lengths[place]!;
  }

  #lookAt(count: number): void {
    const lengths = this.#lengths;
    for (let place = lengths.length; place < count; place++) {
      const child = this.#children[place]!;
      const length = child instanceof Composable && child.overlapping ? null : lengthOf(child);
      if (changesUntold(child)) this.#untold.push(place);
      else if (child instanceof Item && child.sourceRange === null) this.#dependOnMedia = true;
      if (length !== null && place < this.#first) this.#first = place;
      lengths.push(length);
    }
  }

  #sum(rate: number, place: number): RationalTime {
    let sums = this.#sums.get(rate);
    if (sums === undefined) {
      sums = [new RationalTime(0, rate)];
      if (this.#sums.size < KEPT) this.#sums.set(rate, sums);
    }
    for (let next = sums.length; next <= place; next++) {
      const length = this.#lengths[next - 1]!;
      sums.push(length === null ? sums[next - 1]! : sums[next - 1]!.add(length));
    }
    return sums[place]!;
  }

  #holds(place: number): boolean {
    const length = this.#lengths[place]!;
    try {
      const now = lengthOf(this.#children[place]!);
      return now === length || (now !== null && length !== null && now.strictlyEqual(length));
    } catch {
      return false;
    }
  }
}
