// The media of a clip as fills come: the wanted picture under DEFAULT_MEDIA, what was there before under a key of its own.

import { locationOf } from '../media-urls.ts';
import { type Clip, type ClipMedia, DEFAULT_MEDIA } from '../schema/clip.ts';
import { dictionary } from '../schema/value.ts';
import { parseFileName } from './file-name.ts';
import { isNativeKey, NS, ORIGINAL_MEDIA, versionKey } from './namespace.ts';
import { recordOf } from './record.ts';

const VERSION_KEY = new RegExp(`^${NS}:v(\\d{3,})$`);

/** The last version of a fill that a clip carries or has carried; 0 for none. Known by its file name too, when an editor has dropped the rest. */
export function versionOf(clip: Clip): number {
  const keys = Object.keys(clip.mediaReferences).map((key) => Number(VERSION_KEY.exec(key)?.[1] ?? 0));
  const named = parseFileName(locationOf(clip.mediaReferences[DEFAULT_MEDIA] ?? null) ?? '')?.version ?? 0;
  const first = Object.hasOwn(clip.mediaReferences, ORIGINAL_MEDIA) ? 1 : 0;
  return Math.max(first, recordOf(clip)?.version ?? 0, named, ...keys);
}

/**
 * The map with a fill as the wanted picture. What was there moves, untouched: the original to `inbetween:original`, an earlier fill to the key of its
 * version, its other files to `inbetween:v001:native60`.
 */
export function withFill(clip: Clip, fill: { readonly [key: string]: ClipMedia }): { [key: string]: ClipMedia } {
  const media = dictionary() as { [key: string]: ClipMedia };
  const version = recordOf(clip)?.version ?? versionOf(clip); // an earlier one than the last, where that is shown
  for (const [key, reference] of Object.entries(clip.mediaReferences)) {
    if (key === DEFAULT_MEDIA) media[version === 0 ? ORIGINAL_MEDIA : freeKey(clip, version)] = reference;
    else media[isNativeKey(key) ? `${freeKey(clip, version)}:${key.slice(NS.length + 1)}` : key] = reference;
  }
  return Object.assign(media, fill);
}

/** The key of a version. In use already, when its clip was a copy of another: with a letter more. */
function freeKey(clip: Clip, version: number): string {
  let key = versionKey(version);
  while (Object.hasOwn(clip.mediaReferences, key)) key += 'x';
  return key;
}
