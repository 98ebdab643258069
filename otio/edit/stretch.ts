// The stretch of a track that an edit may change: what it touches and a neighbour on either side, as parts.
import { OtioError } from '../errors.ts';
import { framesAt, type RationalTime, type TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import type { Item } from '../schema/item.ts';
import { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';
import { framesOf, SAME, TrackFrames, takesTime } from './frames.ts';
import { isPlainGap, type Part, partOf, room, whole } from './part.ts';

export interface EditOptions {
  /** Takes away transitions that the edit cuts into; when false such an edit is refused with CANNOT_TRIM_TRANSITION. Default true. */
  readonly removeTransitions?: boolean;
  /** Rounds times between frames of the track, which are refused with INVALID_TIME_RANGE otherwise. Default false. */
  readonly snap?: boolean;
}

/** A track being edited: its frames, and times read in them. */
export class Editing {
  readonly track: Track;
  readonly frames: TrackFrames;
  readonly options: EditOptions;

  /** `otherwise`: the rate if nothing on the track has one. @throws OtioError TYPE_MISMATCH for a stack, CANNOT_COMPUTE_AVAILABLE_RANGE */
  constructor(track: Track, otherwise: number, options: EditOptions) {
    if (!(track instanceof Track))
      throw new OtioError('TYPE_MISMATCH', `${titleOf(track)} is not a track: edit the tracks in it.`);
    this.track = track;
    this.frames = TrackFrames.of(track, otherwise);
    this.options = options;
  }

  /** The track of an item. @throws OtioError NOT_A_CHILD, TYPE_MISMATCH, CANNOT_COMPUTE_AVAILABLE_RANGE */
  static ofItem(item: Item, options: EditOptions): Editing {
    if (item.parent === null) throw new OtioError('NOT_A_CHILD', `${titleOf(item)} is not in a track.`);
    return new Editing(item.parent as Track, item.duration().rate, options);
  }

  get rate(): number {
    return this.frames.rate;
  }

  /** @throws OtioError INVALID_TIME_RANGE between frames */
  frameAt(time: RationalTime): number {
    return framesAt(time, this.rate, this.options.snap ? 'round' : undefined);
  }
  /** First frame and number of frames. @throws OtioError INVALID_TIME_RANGE before the track, without length, between frames */
  framesIn({ startTime, duration }: TimeRange): { readonly from: number; readonly length: number } {
    const [from, length] = [this.frameAt(startTime), this.frameAt(duration)];
    if (from < 0 || length <= 0)
      throw new OtioError(
        'INVALID_TIME_RANGE',
        `Frames ${from} to ${from + length} cannot be edited: a range starts at 0 or later and has a length.`,
      );
    return { from, length };
  }

  /** What frames `from` to `to` touch, and a neighbour on either side. */
  between(from: number, to: number): Stretch {
    return this.#stretch(this.frames.indexAt(from), this.frames.indexAt(to), null);
  }
  /** An item and its neighbours. Plain gaps beside an item that is one belong to it. @throws OtioError NOT_A_CHILD_OF */
  around(item: Item): Stretch {
    const index = this.track.indexOfChild(item);
    return this.#stretch(index, index, item);
  }

  #stretch(first: number, last: number, kept: Item | null): Stretch {
    const { children } = this.track;
    const plain = (i: number): boolean => i >= 0 && i < children.length && isPlainGap(children[i]!);
    /** From child `i` on, over its neighbour to that side with all plain gaps joined to either, and what lies at the cut beyond. */
    const widened = (i: number, step: 1 | -1): number => {
      const gaps = (): void => {
        while (plain(i) && plain(i + step)) i += step;
      };
      const points = (): void => {
        while (i + step >= 0 && i + step < children.length && this.frames.length(i + step) < SAME) i += step;
      };
      gaps();
      points();
      if (i + step >= 0 && i + step < children.length) i += step;
      gaps();
      points();
      return i;
    };
    if (children.length === 0) return new Stretch(this, 0, [], null);
    const index = widened(first, -1);
    return new Stretch(this, index, children.slice(index, widened(last, 1) + 1), kept);
  }
}

export class Stretch {
  readonly editing: Editing;
  /** Of the first child. */
  readonly index: number;
  readonly children: readonly Child[];
  /** The children; neighbouring plain gaps are one part. */
  readonly parts: readonly Part[];

  constructor(editing: Editing, index: number, children: readonly Child[], kept: Item | null) {
    this.editing = editing;
    this.index = index;
    this.children = children;
    this.parts = joinGaps(
      children.map((child, i) => partOf(child, editing.frames.length(index + i))),
      kept,
    );
  }

  /** Frame of the track at which the first part starts. */
  get start(): number {
    return this.editing.frames.start(this.index);
  }

  /** Frame at which the last part ends. */
  get end(): number {
    const { frames } = this.editing;
    return this.children.length === 0 ? 0 : frames.start(this.index + this.children.length);
  }

  /** Place of the part of an item. */
  placeOf(item: Item): number {
    return this.parts.findIndex(({ child }) => child === item);
  }
  /** Place of the item before, or after, a place, over what lies at the cut; −1 if there is none. */
  beside(place: number, step: 1 | -1): number {
    for (let i = place + step; i >= 0 && i < this.parts.length; i += step)
      if (takesTime(this.parts[i]!.child) && this.parts[i]!.length >= SAME) return i;
    return -1;
  }
  /** Frames at its head and its tail that a part lends to the transitions right beside it. */
  handles(place: number): { readonly head: number; readonly tail: number } {
    const [before, after] = [this.parts[place - 1]?.child, this.parts[place + 1]?.child];
    const { rate } = this.editing;
    return {
      head: before instanceof Transition ? framesOf(before.inOffset, rate) : 0,
      tail: after instanceof Transition ? framesOf(after.outOffset, rate) : 0,
    };
  }
  /** How many frames `part`, which stands at a place, can grow by its media, its handles left over: at its head and at its tail. */
  room(place: number, part: Part = this.parts[place]!): { readonly head: number; readonly tail: number } {
    const [media, handles] = [room(part, this.editing.rate), this.handles(place)];
    return { head: whole(media.head - handles.head), tail: whole(media.tail - handles.tail) };
  }
  /** Place and first frame of the part that covers a frame. @throws OtioError NOT_AN_ITEM */
  covering(frame: number): { readonly place: number; readonly start: number } {
    let start = this.start;
    for (const [place, { length }] of this.parts.entries()) {
      if (start <= frame && frame < start + length) return { place, start };
      start += length;
    }
    throw new OtioError('NOT_AN_ITEM', `Nothing lies at frame ${frame} of ${titleOf(this.editing.track)}.`);
  }
}

/** Neighbouring plain gaps as one: `kept` if it is among them, else the first. */
export function joinGaps(parts: readonly Part[], kept: Child | null = null): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last === undefined || !isPlainGap(last.child) || !isPlainGap(part.child)) joined.push(part);
    else joined[joined.length - 1] = { ...(part.child === kept ? part : last), length: last.length + part.length };
  }
  return joined;
}
