// What things say besides what a format writes of them: their metadata, colours, effects and names. Each adapter says what of it its format keeps.
import {
  Clip,
  Effect,
  Gap,
  Item,
  LinearTimeWarp,
  Marker,
  MediaReference,
  SerializableObject,
  TimeEffect,
  type Timeline,
  type Transition,
  UnknownSchema,
} from '../schema/index.ts';
import type { Losses } from './report.ts';

type Thing = Timeline | Item | Transition | Marker | Effect | MediaReference;

/** What a format keeps. */
export interface Kept {
  /** Keys of the metadata. */
  metadata(of: Thing): readonly string[];
  effect(effect: Item['effects'][number], of: Item): boolean;
  /** The name of a gap, a transition or a stack; those of other things are not asked for. */
  name(of: Thing): boolean;
  readonly imageBounds: boolean;
}

/** The names that stacks have by themselves. */
const USUAL_STACK = new Set(['', 'tracks', 'Stack']);

/** Counts what of one thing, not of what lies in it, is lost. */
export function leaveOut(one: Thing, losses: Losses, kept: Kept): void {
  const keys = kept.metadata(one);
  if (Object.keys(one.metadata).some((key) => !keys.includes(key))) losses.add('Metadata are left out.');
  if (one.dynamicFields !== null && Object.keys(one.dynamicFields).length > 0)
    losses.add('Members that are not of a schema are left out.');
  const nameless = one instanceof Gap || ['Transition', 'Stack'].includes(one.schemaName);
  if (nameless && !USUAL_STACK.has(one.name) && !kept.name(one))
    losses.add(`The name of a ${one.schemaName.toLowerCase()} is left out.`);
  if (one instanceof MediaReference && one.availableImageBounds !== null && !kept.imageBounds)
    losses.add('The image bounds of a medium are left out.');
  if (one instanceof Item) ofItem(one, losses, kept);
}

function ofItem(item: Item, losses: Losses, kept: Kept): void {
  if (item.color !== null) losses.add('The colour of an item is left out.');
  for (const effect of item.effects) {
    if (!kept.effect(effect, item)) losses.add(`The ${nameOf(effect)} is left out.`);
    else if (effect instanceof Effect) leaveOut(effect, losses, kept);
  }
  for (const marker of item.markers)
    if (marker instanceof Marker) leaveOut(marker, losses, kept);
    else losses.add(`A marker of the unknown schema ${marker.schemaName} is left out.`);
  if (!(item instanceof Clip)) return;
  if (Object.keys(item.mediaReferences).length > 1)
    losses.add('Media of a clip other than the active one are left out.');
  const media = item.mediaReference;
  if (media instanceof MediaReference) leaveOut(media, losses, kept);
}

/** `effect 'blur'`, `time effect 'ramp'`, `speed`. */
function nameOf(effect: Item['effects'][number]): string {
  if (effect instanceof UnknownSchema || !(effect instanceof SerializableObject))
    return `effect '${effect.schemaName}'`;
  if (effect instanceof LinearTimeWarp) return effect.enabled ? 'speed of an item' : 'disabled speed of an item';
  return `${effect instanceof TimeEffect ? 'time ' : ''}effect '${effect.effectName || effect.name || effect.schemaName}'`;
}
