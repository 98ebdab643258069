// Finding the media of a timeline on this machine. A timeline names its own media, so only folders that the caller allows are looked at,
// and never a network.
import type { Dirent } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { filepathCandidates, isDrivePath, isNetworkPath, type MediaUse, mediaIn } from '../media-urls.ts';
import type { ClipMedia } from '../schema/clip.ts';
import { ExternalReference, ImageSequenceReference } from '../schema/media.ts';
import type { AnyValue } from '../schema/value.ts';

export interface MediaPlaces {
  /** The timeline's file: relative locations start at its folder, and without it are not found. */
  readonly file?: string;
  /** Folders that media may lie in; the folder of `file` by default. Links that lead out of them are not followed. */
  readonly roots?: readonly string[];
  /** Folders that are closed where they lie within a root. A root that lies in one of them is open. */
  readonly except?: readonly string[];
  /** The file is the content of a bundle, whose URLs are not percent-encoded: the literal name is tried first. */
  readonly inBundle?: boolean;
}

/** Why media were not found; `message` says it in a sentence. */
export type MediaFault =
  | 'no-location'
  | 'remote'
  | 'network-path'
  | 'foreign-drive'
  | 'outside-roots'
  | 'not-found'
  | 'incomplete'
  | 'not-a-file';

export interface FoundMedia {
  readonly found: true;
  /** Absolute, as the timeline names it; of an image sequence its folder. */
  readonly path: string;
  /** The same without links. */
  readonly realPath: string;
  /** Names of the images that are there, of an image sequence only. */
  readonly images?: readonly FoundImage[];
  /** What their names start with, as the disk has it. */
  readonly imagePrefix?: string;
}

export interface FoundImage {
  readonly name: string;
  readonly number: number;
  readonly realPath: string;
}

export interface LostMedia {
  readonly found: false;
  readonly fault: MediaFault;
  readonly message: string;
}

export type ResolvedMedia = MediaUse & (FoundMedia | LostMedia);

/** For each reference of each clip where its media are, or why they are not there. Nothing is opened, nothing outside the roots is touched. */
export async function resolveMedia(timeline: AnyValue, places: MediaPlaces): Promise<ResolvedMedia[]> {
  const resolver = await Resolver.in(places);
  const all: ResolvedMedia[] = [];
  for (const use of mediaIn(timeline)) all.push({ ...use, ...(await resolver.resolve(use.reference)) });
  return all;
}

type Answer = FoundMedia | LostMedia;

/** Links one behind the other; systems give up at about as many. */
const MOST_LINKS = 40;

const lost = (fault: MediaFault, message: string): LostMedia => ({ found: false, fault, message });

/** Whether a path is a folder or lies in it, by their names. */
const within = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Of those that are there. */
const realOf = async (folders: readonly string[]): Promise<string[]> =>
  (await Promise.all(folders.map((folder) => fs.realpath(folder).catch(() => null)))).filter((real) => real !== null);

class Resolver {
  readonly #folder: string | null;
  readonly #order: 'decoded first' | 'literal first';
  /** As the caller names them, and without links: a path may be written either way. */
  readonly #roots: readonly string[];
  readonly #realRoots: readonly string[];
  /** Both ways too. */
  readonly #except: readonly string[];
  readonly #files = new Map<string, Promise<Answer>>();
  readonly #folders = new Map<string, Promise<readonly Dirent[]>>();

  private constructor(
    { file, inBundle = false }: MediaPlaces,
    roots: readonly string[],
    realRoots: readonly string[],
    except: readonly string[],
  ) {
    this.#folder = file === undefined ? null : dirname(resolve(file));
    this.#order = inBundle ? 'literal first' : 'decoded first';
    this.#roots = roots;
    this.#realRoots = realRoots;
    this.#except = except;
  }

  static async in(places: MediaPlaces): Promise<Resolver> {
    const { file, roots = file === undefined ? [] : [dirname(resolve(file))], except = [] } = places;
    const named = roots.filter((root) => !isNetworkPath(root)).map((root) => resolve(root));
    const closed = except.map((folder) => resolve(folder));
    return new Resolver(places, named, await realOf(named), [...closed, ...(await realOf(closed))]);
  }

  /** Whether a path lies in one of the roots, by their names. */
  #isOpen(roots: readonly string[], path: string): boolean {
    const shuts = (folder: string, root: string): boolean => !within(folder, root) && within(folder, path);
    return roots.some((root) => within(root, path) && !this.#except.some((folder) => shuts(folder, root)));
  }

  async resolve(reference: ClipMedia): Promise<Answer> {
    if (reference instanceof ExternalReference) {
      const url = reference.targetUrl;
      if (!this.#files.has(url))
        this.#files.set(
          url,
          this.#firstOf(url, (path) => this.#file(path)),
        );
      return this.#files.get(url)!;
    }
    if (reference instanceof ImageSequenceReference) return this.#sequence(reference);
    return lost('no-location', `A ${reference?.schemaName ?? 'missing entry'} names no media.`);
  }

  /** The answer for the first path that is there, else for the first path. */
  async #firstOf(url: string, look: (path: string) => Promise<Answer>): Promise<Answer> {
    const candidates = filepathCandidates(url, this.#order);
    if (candidates.length === 0)
      return url === ''
        ? lost('no-location', 'The URL is empty.')
        : lost('remote', `'${brief(url)}' is no local file; it is not fetched.`);
    let first: Answer | null = null;
    for (const candidate of candidates) {
      const answer = await look(candidate);
      if (answer.found) return answer;
      first ??= answer;
    }
    return first!;
  }

  /** The absolute path, or why it is not even looked at, by its name alone. */
  #allowed(candidate: string): string | LostMedia {
    const shown = `'${brief(candidate)}'`;
    if (isNetworkPath(candidate)) return lost('network-path', `${shown} lies on a network, which is not touched.`);
    if (isDrivePath(candidate)) {
      if (process.platform !== 'win32')
        return lost('foreign-drive', `${shown} names a drive of Windows: it is not a local file here.`);
    } else if (this.#folder === null && !isAbsolute(candidate))
      return lost('not-found', `${shown} is relative, but the timeline has no file to start from.`);
    const path = resolve(this.#folder ?? '/', candidate);
    if (this.#isOpen([...this.#roots, ...this.#realRoots], path)) return path;
    return lost('outside-roots', `${shown} lies outside the folders that are allowed.`);
  }

  /** A path without its links, or why there is none. What a link out of the roots leads to is not told, nor whether it is there. */
  async #real(path: string): Promise<string | LostMedia> {
    const outside = lost('outside-roots', `'${brief(path)}' is a link out of the folders that are allowed.`);
    const real = await fs.realpath(path).catch(() => null);
    if (real !== null) return this.#isOpen(this.#realRoots, real) ? real : outside;
    return (await this.#endsOutside(path)) ? outside : lost('not-found', `There is no '${brief(path)}'.`);
  }

  /** Whether a path that leads nowhere would lead out of the roots. */
  async #endsOutside(path: string, links = 0): Promise<boolean> {
    const folder = dirname(path);
    const real = await fs.realpath(folder).catch(() => null);
    if (real === null) return folder === path || this.#endsOutside(folder, links);
    const place = join(real, basename(path));
    if (!this.#isOpen(this.#realRoots, place)) return true;
    const to = await fs.readlink(place).catch(() => null);
    return to !== null && links < MOST_LINKS && this.#endsOutside(resolve(real, to), links + 1);
  }

  async #file(candidate: string): Promise<Answer> {
    const path = this.#allowed(candidate);
    if (typeof path !== 'string') return path;
    const realPath = await this.#real(path);
    if (typeof realPath !== 'string') return realPath;
    const stats = await fs.stat(realPath).catch(() => null);
    if (stats?.isFile()) return { found: true, path, realPath };
    return lost('not-a-file', `'${brief(path)}' is not a file.`);
  }

  async #sequence(reference: ImageSequenceReference): Promise<Answer> {
    const { targetUrlBase: base, namePrefix } = reference;
    const folder = base === '' ? './' : /[\\/]$/.test(base) ? base : `${base}/`;
    return this.#firstOf(`${folder}${namePrefix}`, (stem) => {
      const cut = stem.lastIndexOf('/') + 1;
      return this.#images(reference, stem.slice(0, cut), stem.slice(cut));
    });
  }

  async #images(reference: ImageSequenceReference, folder: string, prefix: string): Promise<Answer> {
    const path = this.#allowed(folder);
    if (typeof path !== 'string') return path;
    const realPath = await this.#real(path);
    if (typeof realPath !== 'string') return realPath;
    if (!this.#folders.has(realPath))
      this.#folders.set(
        realPath,
        fs.readdir(realPath, { withFileTypes: true }).catch(() => []),
      );
    const images: FoundImage[] = [];
    for (const entry of await this.#folders.get(realPath)!) {
      const number = imageNumber(reference, prefix, entry.name);
      if (number === null) continue;
      const at = join(realPath, entry.name);
      const answer = entry.isFile() ? { found: true, realPath: at } : await this.#file(at);
      if (answer.found) images.push({ name: entry.name, number, realPath: answer.realPath });
    }
    images.sort((a, b) => (a.number - b.number) * reference.frameStep);
    const missing = firstMissing(reference, images);
    if (missing === null) return { found: true, path, realPath, images, imagePrefix: prefix };
    const fault = images.length > 0 ? 'incomplete' : 'not-found';
    return lost(fault, `The image ${missing} of '${brief(join(path, prefix))}…' is not there.`);
  }
}

/** The number of an image of the sequence by its name, or null. */
function imageNumber(reference: ImageSequenceReference, prefix: string, name: string): number | null {
  const { nameSuffix, startFrame, frameStep, frameZeroPadding } = reference;
  if (!name.startsWith(prefix) || !name.endsWith(nameSuffix)) return null;
  const [, sign, digits] = /^(-?)(\d{1,15})$/.exec(name.slice(prefix.length, name.length - nameSuffix.length)) ?? [];
  if (digits === undefined) return null;
  const number = Number(`${sign}${digits}`);
  if (Object.is(number, -0)) return null;
  const padded = digits.length === Math.max(frameZeroPadding, String(Math.abs(number)).length);
  const index = (number - startFrame) / frameStep;
  return padded && Number.isInteger(index) && index >= 0 && index < imageCount(reference) ? number : null;
}

/** Images that the sequence claims; as many as there are where its range is not known. */
const imageCount = (reference: ImageSequenceReference): number =>
  reference.availableRange === null ? Number.POSITIVE_INFINITY : reference.numberOfImagesInSequence;

/** The number of the first image that is claimed but not there, or null; one image is enough where frames may be held or black. */
function firstMissing(reference: ImageSequenceReference, images: readonly FoundImage[]): number | null {
  const { availableRange, missingFramePolicy, startFrame, frameStep } = reference;
  if (images.length === 0) return startFrame;
  if (availableRange === null || missingFramePolicy !== 'error') return null;
  const gap = images.findIndex(({ number }, i) => number !== startFrame + i * frameStep);
  const at = gap < 0 ? images.length : gap;
  return at < imageCount(reference) ? startFrame + at * frameStep : null;
}

const brief = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
