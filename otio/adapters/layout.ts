// A track as formats with record times want it: its items with their places in whole frames.
import { cut, partOf } from '../edit/part.ts';
import { rangeOf } from '../edit/source.ts';
import { OtioError } from '../errors.ts';
import { framesAt, RationalTime, rationalRate, TimeRange } from '../opentime/index.ts';
import {
  type Child,
  Clip,
  Composition,
  FreezeFrame,
  Gap,
  Item,
  LinearTimeWarp,
  type Timeline,
  type Track,
  Transition,
  UnknownSchema,
} from '../schema/index.ts';
import type { Losses } from './report.ts';

/** An item on a track: frames of the timeline from the start of the track. */
export interface Placed {
  readonly item: Item;
  readonly start: number;
  readonly duration: number;
  /** Over its start and over its end; null where there is none. */
  readonly head: PlacedTransition | null;
  readonly tail: PlacedTransition | null;
}

/** A transition over [cut - inOffset, cut + outOffset). */
export interface PlacedTransition {
  readonly transition: Transition;
  readonly cut: number;
  readonly inOffset: number;
  readonly outOffset: number;
  /** The items at its cut; null at an end of the track. */
  readonly before: Placed | null;
  readonly after: Placed | null;
}

export interface Layout {
  readonly items: readonly Placed[];
  /** In order; those of `items` are the same objects. */
  readonly transitions: readonly PlacedTransition[];
}

/** The constant speed of an item, which is the product of its retimes, and the effects that are no part of it. */
export function speedAndOthers(item: Item): { readonly speed: number; readonly others: Item['effects'] } {
  const retimes = item.effects.filter(isRetime);
  return {
    speed: retimes.reduce((speed, { timeScalar }) => speed * timeScalar, 1),
    others: item.effects.filter((one) => !isRetime(one)),
  };
}

/** Faster than this, or slower, is no speed but a mistake. */
const HIGHEST_SPEED = 1e6;

/** Whether an effect is a constant speed that counts. */
export const isRetime = (effect: Item['effects'][number]): effect is LinearTimeWarp =>
  effect instanceof LinearTimeWarp &&
  effect.enabled &&
  (effect.timeScalar === 0 ||
    (Math.abs(effect.timeScalar) <= HIGHEST_SPEED && Math.abs(effect.timeScalar) >= 1 / HIGHEST_SPEED));

/** The effect of a constant speed; none for 1. */
export function speedEffects(speed: number): LinearTimeWarp[] {
  if (speed === 1) return [];
  return [speed === 0 ? new FreezeFrame() : new LinearTimeWarp({ timeScalar: speed })];
}

/** What of an item is used, in its own time; nothing where that is not known. */
export function usedRange(item: Item): TimeRange {
  try {
    return item.trimmedRange();
  } catch (error) {
    if (error instanceof OtioError) return new TimeRange(new RationalTime(), new RationalTime());
    throw error;
  }
}

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** The items of a track at `rate`; what is neither item nor transition, and what falls between frames, is a loss. */
export function layOut(children: readonly Child[], rate: number, losses: Losses): Layout {
  const transitions: Open<PlacedTransition>[] = [];
  const items: Open<Placed>[] = [];
  let position = 0; // in frames, exact: rounded only where something starts
  let head: Open<PlacedTransition> | null = null;
  for (const one of children) {
    if (one instanceof Transition) {
      const cut = Math.round(position);
      const inOffset = frames(one.inOffset, rate, losses);
      const outOffset = frames(one.outOffset, rate, losses);
      if (head !== null || inOffset < 0 || outOffset < 0 || inOffset + outOffset === 0) {
        losses.add('A transition beside another or without length is left out.');
        continue;
      }
      const before = items.at(-1) ?? null;
      head = { transition: one, cut, inOffset, outOffset, before, after: null };
      transitions.push(head);
      if (before) before.tail = head;
    } else if (one instanceof Item) {
      const start = Math.round(position);
      const { duration } = usedRange(one);
      if (duration.value > 0) position += exactFrames(duration, rate, losses);
      if (Math.round(position) === start) {
        if (duration.value > 0 || one instanceof Clip) losses.add('An item without length is left out.');
        continue;
      }
      const placed = { item: one, start, duration: Math.round(position) - start, head, tail: null };
      items.push(placed);
      if (head) head.after = placed;
      head = null;
    } else {
      losses.add(`An object of the unknown schema ${one.schemaName} is left out.`);
      const range = one instanceof UnknownSchema ? one.members.source_range : null;
      if (range instanceof TimeRange) position += exactFrames(range.duration, rate, losses);
    }
  }
  return { items, transitions };
}

/** A layout cut to some of its frames, which begin at 0 then. A transition that is cut is a loss. */
export function layoutWithin(layout: Layout, { startTime, duration }: TimeRange, rate: number, losses: Losses): Layout {
  const from = frames(startTime, rate, losses);
  const to = from + frames(duration, rate, losses);
  const now = new Map<Placed, Open<Placed>>();
  for (const placed of layout.items) {
    const [start, end] = [Math.max(placed.start, from), Math.min(placed.start + placed.duration, to)];
    if (end <= start) continue;
    const item = placed.item.clone();
    const part = cut(partOf(placed.item, placed.duration), start - placed.start, end - placed.start);
    if (part.length < placed.duration) item.sourceRange = rangeOf(part, rate);
    now.set(placed, { item, start: start - from, duration: part.length, head: null, tail: null });
  }
  const transitions: PlacedTransition[] = [];
  for (const one of layout.transitions) {
    const [first, last] = [one.cut - one.inOffset, one.cut + one.outOffset];
    if (last <= from || first >= to) continue;
    if (first < from || last > to) {
      losses.add('A transition that the source range of its track or stack cuts is written as a cut.');
      continue;
    }
    const beside = (placed: Placed | null): Open<Placed> | null => (placed && now.get(placed)) ?? null;
    const [before, after] = [beside(one.before), beside(one.after)];
    const moved = { ...one, cut: one.cut - from, before, after };
    if (before) before.tail = moved;
    if (after) after.head = moved;
    transitions.push(moved);
  }
  return { items: [...now.values()], transitions };
}

/** The layout of a track of a stack, as its own source range and that of the stack cut it. */
export function layOutTrack(track: Track, stack: Composition | null, rate: number, losses: Losses): Layout {
  const ranges = [track.sourceRange, stack?.sourceRange ?? null].filter((range) => range !== null);
  return ranges.reduce(
    (layout, range) => layoutWithin(layout, range, rate, losses),
    layOut(track.children, rate, losses),
  );
}

/** Whole frames at `rate`; a time between frames goes to the nearest, as a loss. */
export function frames(time: RationalTime, rate: number, losses: Losses): number {
  return Math.round(exactFrames(time, rate, losses));
}

function exactFrames(time: RationalTime, rate: number, losses: Losses): number {
  try {
    return framesAt(time, rate);
  } catch (error) {
    if (!(error instanceof OtioError && error.code === 'INVALID_TIME_RANGE' && Number.isFinite(time.value)))
      throw error;
    losses.add('A time between frames is moved to the nearest frame.');
    const [from, to] = [rationalRate(time.rate), rationalRate(rate)];
    return (time.value * to.num * from.den) / (to.den * from.num);
  }
}

/** Above this a rate counts samples or ticks, not frames. */
const HIGHEST_FRAME_RATE = 1000;

/**
 * Frames per second of a timeline: those its first item but a gap counts in, video before audio; else those of its start; else those of a gap, which
 * editors write at any rate; else 24.
 */
export function rateOf(timeline: Timeline): number {
  const items = [...timeline.videoTracks(), ...(timeline.tracks?.children ?? [])]
    .flatMap((track) => (track instanceof Composition ? track.children : []))
    .filter((one) => one instanceof Item);
  const rates = (some: readonly Item[]): number[] =>
    some
      .map((item) => usedRange(item).duration)
      .filter(({ value }) => value > 0)
      .map(({ rate }) => rate);
  const start = timeline.globalStartTime === null ? [] : [timeline.globalStartTime.rate];
  const all = [...rates(items.filter((one) => !(one instanceof Gap))), ...start, ...rates(items)];
  return exactRate(all.find((one) => one > 1 && one <= HIGHEST_FRAME_RATE) ?? 24);
}

/** The double of the rate that is meant: 30000/1001 for 29.97. @throws OtioError INVALID_TIMECODE_RATE */
export function exactRate(rate: number): number {
  const { num, den } = rationalRate(rate);
  return num / den;
}
