// Which of a filled clip's media is under DEFAULT_MEDIA: its fill, an earlier version, or the original.
import { type Clip, DEFAULT_MEDIA } from '../schema/clip.ts';
import { isNativeKey, NS, ORIGINAL_MEDIA, versionKey } from './namespace.ts';
import { recordOf, restoreOf } from './record.ts';

/** The key under which what is shown lies while something else is: `inbetween:original`, `inbetween:v002`. Null for a clip that is no fill. */
export function shownKeyOf(clip: Clip): string | null {
  const record = recordOf(clip);
  if (record === null) return null;
  return showsOriginal(clip) ? ORIGINAL_MEDIA : versionKey(record.version);
}

/** Whether a filled clip shows what was there before, by `show`. */
export function showsOriginal(clip: Clip): boolean {
  const record = recordOf(clip);
  return (
    record !== null &&
    restoreOf(record.data)?.item.schemaName === 'Clip' &&
    !Object.hasOwn(clip.mediaReferences, ORIGINAL_MEDIA) &&
    Object.hasOwn(clip.mediaReferences, versionKey(record.version))
  );
}

/** The media with those of `key` under DEFAULT_MEDIA, and those that are there under `shown`; files at a rate of their own go with their version. */
export function exchanged(clip: Clip, shown: string, key: string): Clip['mediaReferences'] {
  const media: { [key: string]: Clip['mediaReferences'][string] } = {};
  for (const [name, reference] of Object.entries(clip.mediaReferences)) {
    if (name === DEFAULT_MEDIA) media[shown] = reference;
    else if (name === key) media[DEFAULT_MEDIA] = reference;
    else if (isNativeKey(name)) media[`${shown}:${name.slice(NS.length + 1)}`] = reference;
    else if (name.startsWith(`${key}:`)) media[`${NS}:${name.slice(key.length + 1)}`] = reference;
    else media[name] = reference;
  }
  return media;
}
