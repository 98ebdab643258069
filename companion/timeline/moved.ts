// Keeps media that are named relative to a timeline's folder where they are when the timeline is written to another folder.
import path from 'node:path';
import { type AnyValue, ExternalReference, ImageSequenceReference } from '../../otio/index.ts';
import {
  filepathCandidates,
  isDrivePath,
  isNetworkPath,
  locationOf,
  mediaIn,
  mirrorStyle,
  urlInStyle,
} from '../../otio/media-urls.ts';
import type { Opened } from './open.ts';

/** Folder that relative media of an opened timeline count from. */
export const folderOf = ({ file, format, packed }: Pick<Opened, 'file' | 'format' | 'packed'>): string =>
  packed?.folder ?? (format === 'otiod' ? path.resolve(file) : path.dirname(path.resolve(file)));

/** Rewrites the relative locations below `root`, in their own style; where the two folders have no root in common as file URLs. Both are absolute. */
export function followFolder(root: AnyValue, from: string, to: string): void {
  if (path.relative(from, to) === '') return;
  const style = { ...(mirrorStyle(root) ?? { encoded: true, backslashes: false }), form: 'relative' as const };
  const seen = new Set<unknown>();
  for (const { reference } of mediaIn(root)) {
    const url = locationOf(reference);
    if (url === null || seen.has(reference) || !isRelative(url)) continue;
    seen.add(reference);
    const named = filepathCandidates(url)[0];
    if (named === undefined) continue;
    const folderEnd = /[\\/]$/.test(url) ? '/' : '';
    const moved = urlInStyle(path.resolve(from, named), style, to) + folderEnd;
    if (reference instanceof ExternalReference) reference.targetUrl = moved;
    else if (reference instanceof ImageSequenceReference) reference.targetUrlBase = moved;
  }
}

const isRelative = (url: string): boolean =>
  url !== '' && !/^[a-z][a-z\d+.-]+:/i.test(url) && !/^[\\/]/.test(url) && !isDrivePath(url) && !isNetworkPath(url);
