// Premiere may count the range of a retimed clip in media frames, where everybody else counts frames of the track. No file says which: the cuts of the
// other tracks do.

import { lengthOf, speedOf } from './positions.ts';
import { Clip } from './schema/clip.ts';
import { type Child, Composition } from './schema/composition.ts';
import { LinearTimeWarp } from './schema/effect.ts';
import { Item } from './schema/item.ts';
import type { Timeline } from './schema/timeline.ts';
import { Track } from './schema/track.ts';
import { Transition } from './schema/transition.ts';

const KEY = 'PremierePro_OTIO';

/** Whether anything on a timeline carries metadata of Premiere. */
export function isOfPremiere(timeline: Timeline): boolean {
  const carries = (child: Child): boolean =>
    child instanceof Item &&
    (KEY in child.metadata || (child instanceof Composition && child.children.some((one) => carries(one))));
  return KEY in timeline.metadata || (timeline.tracks !== null && carries(timeline.tracks));
}

/** Whether an item is played at another constant speed than its own: only then the two readings differ. */
export function isRetimed(child: Child): child is Clip {
  const speed =
    child instanceof Clip && child.effects.some((one) => one instanceof LinearTimeWarp) ? speedOf(child) : 1;
  return speed !== null && speed !== 0 && Math.abs(speed) !== 1 && Number.isFinite(speed);
}

/** Seconds that a child takes when the range of what is retimed counts frames of its media. */
export const secondsOfMedia = (child: Child): number =>
  lengthOf(child).toSeconds() / (isRetimed(child) ? Math.abs(speedOf(child)!) : 1);

/** Nearer to each other than this, in seconds, two cuts are one. */
const SAME = 1e-3;

/**
 * How the ranges of retimed clips are counted on the tracks of a timeline: `record`, as it is read here, or `media`; null where the other tracks'
 * cuts agree with neither more than with the other.
 */
export function retimeReading(timeline: Timeline): 'record' | 'media' | null {
  const tracks = (timeline.tracks?.children ?? []).filter((child) => child instanceof Track);
  const agreeing = (length: (child: Child) => number): number => {
    const cuts = tracks.map((track) => cutsOf(track, length));
    let count = 0;
    for (const [i, track] of tracks.entries()) {
      if (!track.children.some(isRetimed)) continue;
      const others = cuts.flatMap((some, j) => (j === i ? [] : some)).sort((a, b) => a - b);
      for (const cut of cuts[i]!) if (isAmong(others, cut)) count++;
    }
    return count;
  };
  const [record, media] = [agreeing((child) => lengthOf(child).toSeconds()), agreeing(secondsOfMedia)];
  return record === media ? null : record > media ? 'record' : 'media';
}

/** Where the items of a track begin and end, in seconds. */
function cutsOf({ children }: Track, length: (child: Child) => number): number[] {
  const cuts: number[] = [];
  let end = 0;
  for (const child of children) {
    if (child instanceof Transition) continue;
    end += length(child);
    cuts.push(end);
  }
  return cuts;
}

function isAmong(sorted: readonly number[], value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value - SAME) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && sorted[low]! <= value + SAME;
}
