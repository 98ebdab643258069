// Where the media of a reference are on this machine: where the timeline says, or where their folder has moved to.
import path from 'node:path';
import { Clip, type ClipMedia, DEFAULT_MEDIA, ExternalReference, ImageSequenceReference } from '../../otio/index.ts';
import {
  CONTENT,
  type FoundImage,
  type FoundMedia,
  filepathCandidates,
  locationOf,
  type MediaPlaces,
  type ResolvedMedia,
  resolveMedia,
  urlFromFilepath,
} from '../../otio/node/index.ts';
import { clipsIn, goesBy, namesOf } from './by-name.ts';
import type { Opened } from './open.ts';

export type Located = LocatedMedia | LostMedia;

export interface LocatedMedia {
  readonly found: true;
  /** A file, absolute and without links; of an image sequence one of its images. */
  readonly path: string;
  /** What a person calls it: its path, but of packed media that of the archive with the name in it. The same in every run. */
  readonly title: string;
  /** Whether it is an image of a sequence. */
  readonly still: boolean;
  /** A sentence for the user where it lies elsewhere than the timeline says. */
  readonly moved: string | null;
}

export interface LostMedia {
  readonly found: false;
  /** A sentence: offline, on a network or the web, outside of the allowed folders, no media at all, no such image. */
  readonly reason: string;
}

type Source = Pick<Opened, 'file' | 'format' | 'packed'>;

/** Where media may lie: the folder of the timeline and `roots` but for `closed`, nowhere else; a bundle has its media inside. */
export function placesFor(
  { file, format, packed }: Source,
  roots: readonly string[],
  closed: readonly string[] = [],
): MediaPlaces {
  if (packed !== undefined) return packed.places;
  if (format === 'otiod') return { file: path.join(file, CONTENT), inBundle: true, except: closed };
  return { file, roots: [path.dirname(path.resolve(file)), ...roots], except: closed };
}

/**
 * Looks for the media of references, for each once. Where nothing is at its place, the end of its path is looked for in the folder of the timeline and in `roots`,
 * as much of it as possible: `/old/day1/a.mov` is found as `day1/a.mov` before `a.mov`. Nothing is opened, nothing outside of these folders is touched, by links
 * neither. Packed media that are found are unpacked, one by one.
 */
export class Locator {
  readonly #source: Source;
  readonly #places: MediaPlaces;
  readonly #found = new Map<ClipMedia, Promise<Place | LostMedia>>();
  readonly #named = new Map<Clip, Promise<Located>>();
  readonly #folders = new Map<string, Promise<readonly string[]>>();

  constructor(source: Source, roots: readonly string[], closed: readonly string[] = []) {
    this.#source = source;
    this.#places = placesFor(source, roots, closed);
  }

  /** `image`: which image of a sequence, from 0; of no meaning for a file. Rejects as `PackedMedia`. */
  async locate(reference: ClipMedia, image = 0): Promise<Located> {
    let place = this.#found.get(reference);
    if (place === undefined) {
      place = this.#look(reference);
      this.#found.set(reference, place);
    }
    const there = await place;
    if ('found' in there) return there;
    const { use, moved } = there;
    if (!(use.reference instanceof ImageSequenceReference)) return this.#ready(use.realPath, { still: false, moved });
    const path = imageOf(use.reference, use.images ?? [], image);
    if (path !== null) return this.#ready(path, { still: true, moved });
    return { found: false, reason: `Image ${image} of '${use.path}' is not there (counted from 0).` };
  }

  /**
   * Looks for the media of a clip that names none, by its name, then by its reel: in the folder of the timeline and in `roots`, but for the whole disk. Where
   * several files of a folder go by it, none is taken.
   */
  locateNamed(clip: Clip): Promise<Located> {
    let place = this.#named.get(clip);
    if (place === undefined) {
      place = this.#lookByName(clip);
      this.#named.set(clip, place);
    }
    return place;
  }

  async #lookByName(clip: Clip): Promise<Located> {
    const { file, format, packed } = this.#source;
    const names = namesOf(clip);
    const title = `'${names[0]}' names no media`;
    if (packed !== undefined || format === 'otioz' || format === 'otiod')
      return { found: false, reason: `${title}, so its bundle holds none.` };
    const own = path.dirname(path.resolve(file));
    const folders = [own, ...(this.#places.roots ?? [])].filter((folder) => path.parse(folder).root !== folder);
    for (const name of names)
      for (const folder of new Set(folders)) {
        const files = (await this.#clipsIn(folder)).filter((one) => goesBy(one, name));
        const uses = await this.#resolved(
          files.map((one) => new ExternalReference({ targetUrl: urlFromFilepath(one) })),
        );
        const [use, another] = uses.filter((one) => one.found);
        if (another !== undefined)
          return { found: false, reason: `${title}, and both '${use!.path}' and '${another.path}' go by '${name}'.` };
        if (use !== undefined)
          return this.#ready(use.realPath, {
            still: false,
            moved: `${title}: '${use.path}' is taken for it, by its ${name === names[0] ? 'name' : 'reel'}.`,
          });
      }
    return {
      found: false,
      reason: `${title}, and no clip of that name lies in '${[...new Set(folders)].join("', '")}'.`,
    };
  }

  #clipsIn(folder: string): Promise<readonly string[]> {
    let clips = this.#folders.get(folder);
    if (clips === undefined) {
      clips = clipsIn(folder);
      this.#folders.set(folder, clips);
    }
    return clips;
  }

  async #ready(path: string, facts: Pick<LocatedMedia, 'still' | 'moved'>): Promise<LocatedMedia> {
    const { packed } = this.#source;
    await packed?.unpack(path);
    return { found: true, path, title: packed?.titled(path) ?? path, ...facts };
  }

  async #look(reference: ClipMedia): Promise<Place | LostMedia> {
    const { format, packed } = this.#source;
    if (format === 'otioz' && packed === undefined)
      return { found: false, reason: 'The media of an .otioz are packed: unpack it, and use the timeline in it.' };
    await packed?.layOut([reference]);
    const named = (await this.#resolved([reference]))[0]!;
    if (named.found) return { use: named, moved: null };
    const others = await this.#resolved(elsewhere(reference, this.#places.roots ?? []));
    const use = others.find((one) => one.found);
    if (use === undefined) {
      const [partly] = others.flatMap((one) => (!one.found && one.fault === 'incomplete' ? [one.message] : []));
      const reason = partly ?? named.message;
      return { found: false, reason: packed?.titled(reason) ?? reason };
    }
    return { use, moved: `'${locationOf(reference)}' is not there: '${use.path}' is taken for it.` };
  }

  /** One answer for each, in order. The library looks at the media of clips. */
  #resolved(references: readonly ClipMedia[]): Promise<ResolvedMedia[]> {
    const clips = references.map((reference) => new Clip({ mediaReferences: { [DEFAULT_MEDIA]: reference } }));
    return resolveMedia(clips, this.#places);
  }
}

interface Place {
  readonly use: ResolvedMedia & FoundMedia;
  readonly moved: string | null;
}

/** A sequence that holds its last image over missing ones does so up to the last that is there. */
function imageOf(
  { startFrame, frameStep, missingFramePolicy }: ImageSequenceReference,
  images: readonly FoundImage[],
  index: number,
): string | null {
  const indexOf = ({ number }: FoundImage): number => (number - startFrame) / frameStep;
  const last = images.findLast((image) => indexOf(image) <= index);
  if (last === undefined) return null;
  const isHeld = missingFramePolicy === 'hold' && last !== images.at(-1);
  return indexOf(last) === index || isHeld ? last.realPath : null;
}

/** The reference with other places: the ends of its path below each folder, the longest first. */
function elsewhere(reference: ClipMedia, folders: readonly string[]): ClipMedia[] {
  const location = locationOf(reference);
  if (location === null) return [];
  const isSequence = reference instanceof ImageSequenceReference;
  const ends = new Set(
    filepathCandidates(location).flatMap((candidate) => endsOf(candidate, isSequence && reference.namePrefix !== '')),
  );
  return [...ends]
    .sort((a, b) => depthOf(b) - depthOf(a))
    .flatMap((end) => folders.map((folder) => placed(reference, path.resolve(folder, end))));
}

/** `old/day1/a.mov`, `day1/a.mov`, `a.mov`; with `none`, the empty one too. */
function endsOf(candidate: string, none: boolean): string[] {
  const parts = candidate.replace(/^[a-z]:/i, '').split(/[\\/]+/);
  const names = parts.filter((part) => part !== '' && part !== '.');
  const first = names.lastIndexOf('..') + 1; // what lies before an upward step cannot be told without its disk
  const whole = names.slice(first);
  return [...whole.keys(), ...(none ? [whole.length] : [])].map((from) => whole.slice(from).join('/'));
}

const depthOf = (end: string): number => (end === '' ? 0 : end.split('/').length);

function placed(reference: ClipMedia, place: string): ClipMedia {
  const copy = reference!.clone();
  if (copy instanceof ExternalReference) copy.targetUrl = urlFromFilepath(place);
  if (copy instanceof ImageSequenceReference) copy.targetUrlBase = urlFromFilepath(place);
  return copy;
}
