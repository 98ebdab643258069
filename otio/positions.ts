// Where things lie on a timeline that may be incomplete: what has no known length takes no time, and nothing is refused. For looking, not for editing.
import { RationalTime, type TimeRange } from './opentime/index.ts';
import { Clip } from './schema/clip.ts';
import { type Child, Composition } from './schema/composition.ts';
import { Effect, LinearTimeWarp, TimeEffect } from './schema/effect.ts';
import { Gap } from './schema/gap.ts';
import { Item } from './schema/item.ts';
import type { MediaReference } from './schema/media.ts';
import { Stack } from './schema/stack.ts';
import type { Timeline } from './schema/timeline.ts';
import { Track, TrackKind } from './schema/track.ts';
import { Transition } from './schema/transition.ts';
import type { UnknownSchema } from './schema/unknown.ts';

/** A child of a composition, and where it lies in it. */
export interface Position {
  readonly child: Child;
  /** Among its siblings. */
  readonly index: number;
  readonly start: RationalTime;
  readonly duration: RationalTime;
}

const nothing = new RationalTime(0, 1);

const isProper = ({ value, rate }: RationalTime): boolean =>
  Number.isFinite(value) && Number.isFinite(rate) && rate > 0;

/** A time that can be counted with: 0 where the file has none. */
const proper = (time: RationalTime | null | undefined): RationalTime => (time && isProper(time) ? time : nothing);

/** The part of its material that an item shows, where the file says. A track or stack says only by a range of its own. */
export function shownRange(item: Item | UnknownSchema): TimeRange | null {
  const range = item.sourceRange ?? (item instanceof Clip ? availableRange(item.mediaReference) : null);
  return range !== null && isProper(range.startTime) && isProper(range.duration) ? range : null;
}

const availableRange = (media: MediaReference | UnknownSchema | null): TimeRange | null =>
  media?.availableRange ?? null;

/** How long a child is; of a transition both sides together. */
export function lengthOf(child: Child): RationalTime {
  if (child instanceof Transition) return proper(child.inOffset).add(proper(child.outOffset));
  if (!(child instanceof Item)) return proper((child as UnknownSchema).sourceRange?.duration);
  const shown = shownRange(child);
  if (shown !== null || !(child instanceof Composition)) return shown?.duration ?? nothing;
  const lengths = child.children.filter((one) => !(one instanceof Transition)).map(lengthOf);
  if (child instanceof Track) return lengths.reduce((sum, length) => sum.add(length), nothing);
  return lengths.reduce((longest, length) => (length.gt(longest) ? length : longest), nothing);
}

/** The children of a track one after another, those of a stack all from its start; a transition over its cut. Before the start of a trimmed one: negative. */
export function positionsIn(composition: Composition): Position[] {
  const trim = proper(composition.sourceRange?.startTime);
  let end = trim.value === 0 ? nothing : nothing.sub(trim);
  const stacked = !(composition instanceof Track);
  return composition.children.map((child, index) => {
    const duration = lengthOf(child);
    const start = child instanceof Transition ? end.sub(proper(child.inOffset)) : end;
    if (!stacked && !(child instanceof Transition)) end = end.add(duration);
    return { child, index, start, duration };
  });
}

/**
 * Frames per second that a timeline is cut at: the rate most of the time of its picture tracks is counted in, else that of its start, else that of
 * any track. Null where nothing says.
 */
export function frameRateOf(timeline: Timeline): number | null {
  const tracks = (timeline.tracks?.children ?? []).filter((child) => child instanceof Track);
  const start = timeline.globalStartTime;
  const usual = (some: readonly Track[]): number | null => {
    const seconds = new Map<number, number>();
    for (const track of some)
      for (const child of track.children) {
        const length = lengthOf(child);
        const weight = child instanceof Gap ? 0.01 : 1; // editors write gaps at any rate
        if (length.value > 0) seconds.set(length.rate, (seconds.get(length.rate) ?? 0) + weight * length.toSeconds());
      }
    const [most] = [...seconds].sort(([, a], [, b]) => b - a);
    return most?.[0] ?? null;
  };
  return (
    usual(tracks.filter(({ kind }) => kind === TrackKind.Video)) ??
    (start !== null && isProper(start) ? start.rate : null) ??
    usual(tracks)
  );
}

/** How a track is called in short: `V2`, `A1`; other kinds by their first letter. Counted from the bottom, each kind by itself. */
export function trackLabels(stack: Composition): Map<Child, string> {
  const labels = new Map<Child, string>();
  const counts = new Map<string, number>();
  for (const child of stack.children) {
    const letter =
      child instanceof Track ? (child.kind.trim()[0] ?? '?').toUpperCase() : child instanceof Stack ? 'S' : 'C';
    const count = (counts.get(letter) ?? 0) + 1;
    counts.set(letter, count);
    labels.set(child, `${letter}${count}`);
  }
  return labels;
}

/** Speed by the linear retimes alone; null where the speed changes over time. */
export function speedOf(item: unknown): number | null {
  const effects =
    item instanceof Item
      ? item.effects.filter((effect): effect is Effect => effect instanceof Effect && effect.enabled)
      : [];
  let speed = 1;
  for (const effect of effects)
    if (effect instanceof LinearTimeWarp) speed *= effect.timeScalar;
    else if (effect instanceof TimeEffect) return null;
  return speed;
}
