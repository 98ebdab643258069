// What each editor wants of a file: small changes to a copy before it is written. The original stays as it is.
import { NS } from './fill/namespace.ts';
import { RationalTime, TimeRange, TimeTransform } from './opentime/index.ts';
import { exactDouble } from './opentime/rate.ts';
import { frameRateOf } from './positions.ts';
import { Clip } from './schema/clip.ts';
import { LinearTimeWarp } from './schema/effect.ts';
import { Item } from './schema/item.ts';
import { Marker } from './schema/marker.ts';
import { SerializableObject } from './schema/object.ts';
import { Timeline } from './schema/timeline.ts';
import { type AnyValue, type Dictionary, dictionary, isDictionary } from './schema/value.ts';
import type { TargetVersions } from './write.ts';

export type ProfileName = 'otio' | 'resolve' | 'premiere' | 'kdenlive' | 'legacy';

export interface Profile {
  readonly targetVersions: TargetVersions;
  /** Changes one object of the copy. */
  readonly adapt: (object: SerializableObject) => void;
}

const asIs = (): void => {};

export const profiles: { readonly [name in ProfileName]: Profile } = {
  otio: { targetVersions: {}, adapt: asIs },
  resolve: { targetVersions: {}, adapt: markerNotes },
  premiere: { targetVersions: {}, adapt: realSpeeds },
  kdenlive: { targetVersions: {}, adapt: exactRates },
  legacy: { targetVersions: { Clip: 1 }, adapt: otherMedia },
};

/** A copy of the value as the editor of the profile wants it. */
export function adapted(root: AnyValue, profile: Profile): AnyValue {
  if (profile.adapt === asIs || !(root instanceof SerializableObject)) return root;
  const copy = root.clone();
  walk(copy, profile.adapt);
  return copy;
}

function walk(object: SerializableObject, visit: (object: SerializableObject) => void): void {
  const { fields } = (object.constructor as typeof SerializableObject).schema;
  const own = object as unknown as Record<string, AnyValue>;
  for (const { name } of fields) {
    const value = own[name];
    const below =
      value instanceof SerializableObject
        ? [value]
        : Array.isArray(value)
          ? value
          : name === 'mediaReferences'
            ? Object.values(value as Dictionary)
            : [];
    for (const one of below) if (one instanceof SerializableObject) walk(one, visit);
  }
  visit(object);
}

const dictionaryIn = (metadata: Dictionary, key: string): Dictionary => {
  const there = metadata[key];
  if (isDictionary(there)) return there;
  const made = dictionary();
  metadata[key] = made;
  return made;
};

/** Resolve takes the note of a marker from its metadata. */
function markerNotes(object: SerializableObject): void {
  if (!(object instanceof Marker) || object.comment === '') return;
  const own = dictionaryIn(object.metadata, 'Resolve_OTIO');
  own.Keywords ??= [];
  own.Note ??= object.comment;
}

/** A speed of 1.0 makes Premiere drop the motion and opacity of a clip. It says the frame rate of a timeline in its own words. */
function realSpeeds(object: SerializableObject): void {
  if (object instanceof Item)
    object.effects = object.effects.filter((effect) => !(effect instanceof LinearTimeWarp && effect.timeScalar === 1));
  if (!(object instanceof Timeline) || object.tracks === null) return;
  const rate = object.globalStartTime?.rate ?? frameRateOf(object);
  if (rate !== null) dictionaryIn(object.tracks.metadata, 'PremierePro_OTIO').VideoFrameRate ??= exactDouble(rate);
}

/** Kdenlive takes its profile from the exact double of a rate: 23.976 is another rate to it than 24000/1001. */
function exactRates(object: SerializableObject): void {
  const own = object as unknown as Record<string, AnyValue>;
  const exact = (time: RationalTime): RationalTime => new RationalTime(time.value, exactDouble(time.rate));
  for (const { name } of (object.constructor as typeof SerializableObject).schema.fields) {
    const value = own[name];
    if (value instanceof RationalTime) own[name] = exact(value);
    if (value instanceof TimeRange) own[name] = new TimeRange(exact(value.startTime), exact(value.duration));
    if (value instanceof TimeTransform) own[name] = new TimeTransform(exact(value.offset), value.scale, value.rate);
  }
}

/** Readers before 0.15 know one reference a clip: the others are kept in its metadata. */
function otherMedia(object: SerializableObject): void {
  if (!(object instanceof Clip)) return;
  const { [object.activeMediaReferenceKey]: _, ...others } = object.mediaReferences;
  if (Object.keys(others).length === 0) return;
  const own = dictionaryIn(object.metadata, NS);
  own.media_references = Object.assign(dictionary(), others);
  own.active_media_reference_key = object.activeMediaReferenceKey;
}
