// What of a timeline MLT XML has no place for, apart from its pictures.
import {
  Clip,
  Composition,
  Item,
  LinearTimeWarp,
  TimeEffect,
  type Timeline,
  Track,
  TrackKind,
} from '../../schema/index.ts';
import type { Losses } from '../report.ts';

const isEmpty = (of: object): boolean => Object.keys(of).length === 0;

export function addLeftOut(timeline: Timeline, losses: Losses): void {
  const { globalStartTime, metadata, tracks } = timeline;
  if (globalStartTime !== null && globalStartTime.value !== 0)
    losses.add('The start timecode is left out: MLT counts from 0.');
  if (!isEmpty(metadata)) losses.add('Metadata are left out.');
  if (tracks) leftOutOf(tracks, losses);
}

function leftOutOf(item: Item, losses: Losses): void {
  if (!isEmpty(item.metadata)) losses.add('Metadata are left out.');
  for (const _ of item.markers) losses.add('A marker is left out.');
  for (const effect of item.effects) {
    if (effect instanceof LinearTimeWarp && item instanceof Clip) continue;
    const name = `${effect instanceof TimeEffect ? 'time ' : ''}effect '${('effectName' in effect && effect.effectName) || effect.schemaName}'`;
    losses.add(`The ${name} is left out.`);
  }
  if (!item.enabled) losses.add('What is disabled is left out.');
  if (item instanceof Clip && Object.keys(item.mediaReferences).length > 1)
    losses.add('Media of a clip other than the active one are left out.');
  if (item instanceof Track && item.kind !== TrackKind.Video && item.kind !== TrackKind.Audio)
    losses.add(`A track of the kind '${item.kind}' is left out.`);
  if (item instanceof Composition)
    for (const child of item.children) if (child instanceof Item) leftOutOf(child, losses);
}
