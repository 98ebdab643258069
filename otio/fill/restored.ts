// What a fill replaced, with what has been done to the fill since: its trim, its new markers, effects, name and links.
import { framesOf, shownRange } from '../edit/frames.ts';
import { type Part, partOf } from '../edit/part.ts';
import { later } from '../edit/source.ts';
import { speedOf, startsAtLast } from '../edit/speed.ts';
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange } from '../opentime/index.ts';
import { Clip, type ClipMedia, DEFAULT_MEDIA } from '../schema/clip.ts';
import { cloneValue, equalValues } from '../schema/compare.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { TimeEffect } from '../schema/effect.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import { Marker } from '../schema/marker.ts';
import { Track } from '../schema/track.ts';
import { type Dictionary, dictionary } from '../schema/value.ts';
import { copyOf, lengthOf, trimmed } from './coverage.ts';
import { jobOf } from './markers.ts';
import { isOurKey, NS, ORIGINAL_MEDIA, words } from './namespace.ts';
import { type Restore, recordOf, restoreOf } from './record.ts';
import { showsOriginal } from './shown.ts';

/** Frames by which a fill has been trimmed since it was written: later is more. */
export interface Trim {
  readonly head: number;
  readonly tail: number;
}

/** @throws OtioError CANNOT_COMPUTE_AVAILABLE_RANGE for a clip without any range */
export function trimOf(clip: Clip, rate: number): Trim {
  const record = recordOf(clip);
  const range = shownRange(clip);
  const now = { start: framesOf(range.startTime, rate), length: framesOf(range.duration, rate) };
  if (record === null) return { head: 0, tail: 0 };
  if (showsOriginal(clip)) return trimOfOriginal(clip, now.start, now.length, rate);
  const file = clip.mediaReferences[DEFAULT_MEDIA]?.availableRange ?? null;
  const head = file === null ? 0 : now.start - framesOf(file.startTime, rate) - record.head;
  const place = record.data.record as Dictionary | undefined;
  const whole =
    place?.in instanceof RationalTime && place.out instanceof RationalTime
      ? framesOf(place.out, rate) - framesOf(place.in, rate)
      : file === null
        ? now.length
        : framesOf(file.duration, rate) - record.head - record.tail;
  return { head, tail: head + now.length - whole };
}

/** Of a clip that shows its original: its in-point moves by its own speed. */
function trimOfOriginal(clip: Clip, start: number, length: number, rate: number): Trim {
  const old = restoreOf(recordOf(clip)!.data)!.item as Clip;
  const range = shownRange(old);
  const speed = speedOf(old);
  const moved = start - framesOf(range.startTime, rate);
  const steps = speed === 0 ? 0 : Math.round(moved / speed) + 0;
  const longer = length - framesOf(range.duration, rate);
  return startsAtLast(old) ? { head: steps - longer, tail: steps } : { head: steps, tail: steps + longer };
}

/**
 * Copies of what a fill replaced, in order, without parents, as long as the fill is now.
 * @throws OtioError KEY_NOT_FOUND for a clip that is no fill or does not say what was there
 */
export function restored(clip: Clip, rate: number): Child[] {
  const restore = restoreOf(recordOf(clip)?.data ?? {});
  if (restore === null)
    throw new OtioError(
      'KEY_NOT_FOUND',
      `${titleOf(clip)} does not say what it replaced: an editor has dropped its metadata, or it is no fill.`,
    );
  const trim = trimOf(clip, rate);
  const cuts = (children: readonly Child[]): Child[] =>
    trimmed(
      children.map((child): Part => partOf(child, lengthOf(child, rate))),
      trim.head,
      trim.tail,
    ).map((part) => copyOf(part, rate));
  const { item } = restore;
  if (item instanceof Track) return cuts(item.children);
  const [copy] = cuts([item]);
  if (copy instanceof Clip && startsAtLast(item as Clip)) {
    const start = later(shownRange(item as Clip).startTime, trim.tail, rate, speedOf(copy));
    copy.sourceRange = new TimeRange(start, shownRange(copy).duration);
  }
  if (copy instanceof Gap) takeMarkers(copy, clip, rate);
  else if (copy instanceof Item) takeChanges(copy, item as Item, clip, restore);
  return [copy!];
}

/** Markers that are not ours. */
const others = (clip: Clip): Item['markers'] => clip.markers.filter((marker) => jobOf(marker) === null);

/** Markers that were put on the fill, in the time of the gap. */
function takeMarkers(gap: Gap, clip: Clip, rate: number): void {
  const moved = framesOf(shownRange(gap).startTime, rate) - framesOf(shownRange(clip).startTime, rate);
  const markers = others(clip).map((marker) => {
    const copy = marker.clone();
    if (!(copy instanceof Marker)) return copy;
    const { startTime, duration } = copy.markedRange;
    copy.markedRange = new TimeRange(startTime.add(new RationalTime(moved, rate)), duration);
    return copy;
  });
  gap.markers = [...gap.markers, ...markers];
}

/** What the replaced item would look like if all that was done to the fill had been done to it. */
function takeChanges(copy: Item, old: Item, clip: Clip, { effects: baked }: Restore): void {
  const { kind } = recordOf(clip)!;
  const written = kind === null ? null : ` (${words[kind].done})`;
  if (written === null || !clip.name.endsWith(written)) copy.name = clip.name;
  const effects = clip.effects.filter((effect) => !showsOriginal(clip) || !(effect instanceof TimeEffect));
  copy.effects = withBaked(cloneValue(effects), old, baked.length > 0);
  copy.markers = cloneValue(others(clip));
  copy.metadata = withoutOurs(clip.metadata, old.metadata);
  copy.enabled = old.enabled && clip.enabled;
  copy.color = clip.color;
  if (copy instanceof Clip) {
    copy.dynamicFields = cloneValue(clip.dynamicFields);
    takeMedia(copy, clip);
  }
}

/** The effects of the fill, with the time effects that were baked into it back in their places. */
function withBaked(now: Item['effects'], old: Item, baked: boolean): Item['effects'] {
  const kept = old.effects.filter((effect) => !(effect instanceof TimeEffect));
  if (!baked || equalValues(now, kept)) return baked ? cloneValue(old.effects) : now;
  const all = [...now];
  for (const [place, effect] of old.effects.entries())
    if (effect instanceof TimeEffect) all.splice(place, 0, effect.clone());
  return all;
}

function withoutOurs(metadata: Dictionary, old: Dictionary): Dictionary {
  const copy = cloneValue(metadata);
  delete copy[NS];
  if (old[NS] !== undefined) copy[NS] = cloneValue(old[NS]);
  return copy;
}

/** The media of the fill as they are now, without ours, and the original one in its place. */
function takeMedia(copy: Clip, clip: Clip): void {
  if (Object.keys(copy.mediaReferences).some(isOurKey)) return; // a fill without a record was replaced: its keys are its own
  const media = dictionary() as { [key: string]: ClipMedia };
  for (const [key, reference] of Object.entries(clip.mediaReferences))
    if (!isOurKey(key) && key !== DEFAULT_MEDIA) media[key] = cloneValue(reference);
  const original = clip.mediaReferences[showsOriginal(clip) ? DEFAULT_MEDIA : ORIGINAL_MEDIA];
  if (original !== undefined) media[DEFAULT_MEDIA] = cloneValue(original);
  for (const [key, reference] of Object.entries(copy.mediaReferences))
    if (!Object.hasOwn(media, key)) media[key] = reference;
  copy.mediaReferences = media;
}
