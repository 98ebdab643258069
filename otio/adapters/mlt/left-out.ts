// What of a timeline MLT XML has no place for, apart from its pictures.
import { Clip, Composition, Item, type Timeline, Track, TrackKind, Transition } from '../../schema/index.ts';
import { isRetime } from '../layout.ts';
import { type Kept, leaveOut } from '../left-out.ts';
import type { Losses } from '../report.ts';

const KEPT: Kept = {
  metadata: () => [],
  effect: (effect, item) => isRetime(effect) && item instanceof Clip,
  name: () => true, // of what is played nothing has a name
  imageBounds: false,
};

export function addLeftOut(timeline: Timeline, losses: Losses): void {
  const { globalStartTime, tracks } = timeline;
  if (globalStartTime !== null && globalStartTime.value !== 0)
    losses.add('The start timecode is left out: MLT counts from 0.');
  leaveOut(timeline, losses, KEPT);
  if (tracks) leftOutOf(tracks, losses);
}

function leftOutOf(item: Item, losses: Losses): void {
  leaveOut(item, losses, KEPT);
  for (const _ of item.markers) losses.add('A marker is left out.');
  if (!item.enabled) losses.add('What is disabled is left out.');
  if (item instanceof Track && item.kind !== TrackKind.Video && item.kind !== TrackKind.Audio)
    losses.add(`A track of the kind '${item.kind}' is left out.`);
  if (!(item instanceof Composition)) return;
  for (const child of item.children)
    if (child instanceof Item) leftOutOf(child, losses);
    else if (child instanceof Transition) leaveOut(child, losses, KEPT);
}
