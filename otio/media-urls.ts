// Where a timeline says its media are: URLs and paths of every writing style, turned into paths to try and back.
// Pure text: nothing here looks at a disk, so it runs in a browser and gives one answer on every system.
import { Clip, type ClipMedia } from './schema/clip.ts';
import { SerializableCollection } from './schema/collection.ts';
import { Composition } from './schema/composition.ts';
import { ExternalReference, ImageSequenceReference } from './schema/media.ts';
import { Timeline } from './schema/timeline.ts';
import type { AnyValue } from './schema/value.ts';

const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;
const ENCODED = /(?:%[0-9a-f]{2})+/gi;
const drive = /^[a-z]:[\\/]/i;
const network = /^[\\/]{2}/;

/** `C:/media/a.mov`: a path of Windows, which elsewhere is no local file. */
export const isDrivePath = (path: string): boolean => drive.test(path);
/** `//server/share/a.mov`: a path that a network answers for. */
export const isNetworkPath = (path: string): boolean => network.test(path);

/**
 * The paths that a media URL may mean, the likeliest first; none when it is no local file. Relative ones start at the folder of the .otio file.
 * `literal first` is for the inside of a bundle, where names are not percent-encoded.
 */
export function filepathCandidates(url: string, order: 'decoded first' | 'literal first' = 'decoded first'): string[] {
  const texts = [decoded(url), url];
  if (order === 'literal first') texts.reverse();
  const paths = texts.map(pathIn).filter((path): path is string => path !== null);
  return [...new Set(paths)];
}

/** Percent-encoded bytes that are UTF-8 become characters; a stray % stays. */
const decoded = (url: string): string =>
  url.replace(ENCODED, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });

function pathIn(text: string): string | null {
  const ofFile = /^file:(.*)$/is.exec(text)?.[1];
  if (ofFile === undefined && SCHEME.test(text)) return null;
  let path = text;
  if (ofFile !== undefined) {
    const [, host, rest = ''] = /^\/\/([^/\\]*)(.*)$/s.exec(ofFile) ?? [];
    if (host === undefined) path = ofFile;
    else if (host === '' || host.toLowerCase() === 'localhost') path = rest;
    else path = /^[a-z]:$/i.test(host) ? host + rest : `//${host}${rest}`;
    if (drive.test(path.slice(1))) path = path.slice(1); // file:///C:/a.mov
  }
  if (path === '' || path.includes('\0')) return null;
  return drive.test(path) || network.test(path) ? path.replaceAll('\\', '/') : path;
}

/**
 * The URL of a path: absolute ones percent-encoded with `file://`, relative ones as they are, but for a % that would be taken as encoding.
 * `filepathCandidates` of it gives the path first.
 */
export function urlFromFilepath(path: string): string {
  const slashed = drive.test(path) || path.startsWith('\\\\') ? path.replaceAll('\\', '/') : path;
  if (drive.test(slashed)) return `file:///${slashed.slice(0, 2)}${encodedPath(slashed.slice(2))}`;
  if (slashed.startsWith('//')) return `file:${encodedPath(slashed)}`;
  if (slashed.startsWith('/')) return `file://${encodedPath(slashed)}`;
  return slashed.replace(/%(?=[0-9a-f]{2})/gi, '%25');
}

/** Half a surrogate pair, which no URL can hold, becomes U+FFFD. */
const encodedPath = (path: string): string =>
  encodeURI(path.replace(/\p{Cs}/gu, '\ufffd'))
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23');

/** How a timeline writes the places of its media. */
export interface UrlStyle {
  /** `file:///p`, `file://localhost/p`, `/p`, or from the folder of the .otio file. */
  readonly form: 'file' | 'localhost' | 'path' | 'relative';
  /** A blank is `%20`. */
  readonly encoded: boolean;
  /** `C:\media\a.mov`. */
  readonly backslashes: boolean;
}

/** What to write where there is nothing to mirror. */
export const FILE_URLS: UrlStyle = { form: 'file', encoded: true, backslashes: false };

/** The style of most media of a timeline, the first met where two are even; null where none has a local place. */
export function mirrorStyle(root: AnyValue): UrlStyle | null {
  const urls = new Map<UrlStyle['form'], string[]>();
  for (const { reference } of mediaIn(root)) {
    const url = locationOf(reference);
    const form = url === null || filepathCandidates(url).length === 0 ? null : formOf(url);
    if (form === null) continue;
    if (!urls.has(form)) urls.set(form, []);
    urls.get(form)!.push(url!);
  }
  const [most] = [...urls].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return null;
  const [form, all] = most;
  const asUrl = form === 'file' || form === 'localhost';
  const encodes = all.some((url) => url.match(ENCODED) !== null);
  const leaves = all.some((url) => /[^!-~]|[#?"<>^`{}|]/.test(url));
  return { form, encoded: encodes || (asUrl && !leaves), backslashes: all.some((url) => url.includes('\\')) };
}

function formOf(url: string): UrlStyle['form'] {
  if (/^file:\/\/localhost\//i.test(url)) return 'localhost';
  if (/^file:/i.test(url)) return 'file';
  return drive.test(url) || /^[\\/]/.test(url) ? 'path' : 'relative';
}

/** Where the reference says its media are: a URL, of an image sequence that of its folder; null for other references. */
export function locationOf(reference: ClipMedia): string | null {
  if (reference instanceof ExternalReference) return reference.targetUrl;
  return reference instanceof ImageSequenceReference ? reference.targetUrlBase : null;
}

/** An absolute path in a style. `folder`, absolute too, is that of the .otio file: without it, or where nothing is shared, a relative style gives a file URL. */
export function urlInStyle(path: string, style: UrlStyle, folder?: string): string {
  const slashed = path.replace(drive.test(path) || network.test(path) ? /\\/g : /$^/, '/');
  switch (style.form) {
    case 'file':
      if (style.encoded) return urlFromFilepath(path);
      return slashed.startsWith('//') ? `file:${slashed}` : `file://${drive.test(slashed) ? '/' : ''}${slashed}`;
    case 'localhost': {
      const rooted = drive.test(slashed) ? `/${slashed}` : slashed;
      return `file://localhost${style.encoded ? encodedPath(rooted).replace(':', '%3a') : rooted}`;
    }
    case 'path':
      return style.backslashes ? path.replaceAll('/', '\\') : slashed;
    case 'relative': {
      const relative = folder === undefined ? null : relativePath(folder.replaceAll('\\', '/'), slashed);
      if (relative === null) return urlFromFilepath(path);
      const written = style.encoded ? encodedPath(relative) : relative;
      return style.backslashes ? written.replaceAll('/', '\\') : written;
    }
  }
}

/** From a folder to a path, both absolute; null where they have no root in common. */
function relativePath(folder: string, path: string): string | null {
  const from = folder.replace(/\/+$/, '').split('/');
  const to = path.split('/');
  if (from[0] !== to[0] || network.test(path) !== network.test(folder)) return null;
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

/** A place of a clip for media, and what stands there. */
export interface MediaUse {
  readonly clip: Clip;
  /** Key in the clip's map. */
  readonly key: string;
  readonly reference: ClipMedia;
}

/** All references of all clips below a value, the inactive ones too. What is kept of an unknown schema, and metadata, is not looked into. */
export function* mediaIn(root: AnyValue): Generator<MediaUse> {
  const left = [root];
  const look = (values: readonly AnyValue[]): void => {
    for (let i = values.length - 1; i >= 0; i--) left.push(values[i]!);
  };
  while (left.length > 0) {
    const value = left.pop()!;
    if (value instanceof Clip)
      for (const [key, reference] of Object.entries(value.mediaReferences)) yield { clip: value, key, reference };
    else if (value instanceof Timeline) look([value.tracks]);
    else if (value instanceof Composition || value instanceof SerializableCollection) look(value.children);
    else if (Array.isArray(value)) look(value);
  }
}
