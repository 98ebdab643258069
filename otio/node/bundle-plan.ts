// What goes into a bundle: the timeline with the places its media will have there, and the files under their new names.
import { basename, extname } from 'node:path';
import { OtioError } from '../errors.ts';
import { locationOf, type MediaUse, mediaIn } from '../media-urls.ts';
import { cloneDictionary, cloneValue } from '../schema/compare.ts';
import { titleOf } from '../schema/composable.ts';
import { ExternalReference, ImageSequenceReference, MissingReference } from '../schema/media.ts';
import { type AnyValue, dictionary } from '../schema/value.ts';
import type { WriteOptions } from '../write.ts';
import { entryNameFault } from './archive.ts';
import { type FoundMedia, type MediaPlaces, type ResolvedMedia, resolveMedia } from './resolve.ts';

/**
 * Media that are not found: an error, or replaced by a MissingReference; `all-missing` replaces the others too, for a bundle without media.
 * The MissingReference keeps name, metadata, range and bounds; its metadata also hold `missing_reference_because`, `original_target_url` and, complete,
 * `original_media_reference`.
 */
export type BundlePolicy = 'error' | 'missing' | 'all-missing';

export interface BundleOptions extends WriteOptions, MediaPlaces {
  readonly policy: BundlePolicy;
  /** Two files of one name get two names, `name.mov` and `name~2.mov`; without it they are an error. */
  readonly rename?: boolean;
  /** For media that are still packed: what the file at a real path would hold, which itself need not hold it. Null: the file itself is read. */
  readonly contents?: (realPath: string) => PackedContents | null;
}

/** The bytes of a file that is still in an archive. */
export interface PackedContents {
  readonly size: number;
  bytes(): AsyncIterable<Uint8Array>;
}

export interface BundlePlan {
  readonly root: AnyValue;
  /** Real paths of the files by their names in `media/`. */
  readonly files: ReadonlyMap<string, string>;
}

type Found = ResolvedMedia & FoundMedia;

/** @throws OtioError BUNDLE_REFUSED */
export async function planBundle(timeline: AnyValue, options: BundleOptions): Promise<BundlePlan> {
  const root = cloneValue(timeline);
  if (options.policy === 'all-missing') {
    for (const use of mediaIn(root)) replace(use, 'The bundle was made without media.');
    return { root, files: new Map() };
  }
  const packed = (await resolveMedia(root, options)).filter(({ reference }) => locationOf(reference) !== null);
  const lost = packed.filter((use) => !use.found);
  if (options.policy === 'error' && lost.length > 0) throw notFound(lost);
  for (const use of lost) if (!use.found) replace(use, use.message);
  const names = new Names(options.rename ?? false);
  for (const use of packed) if (use.found) names.gather(use);
  for (const use of packed) if (use.found) names.relink(use);
  return { root, files: names.files };
}

function notFound(lost: readonly ResolvedMedia[]): OtioError {
  const shown = lost.slice(0, 3).map((use) => `${titleOf(use.clip)}, '${use.key}': ${use.found ? '' : use.message}`);
  const more = lost.length > shown.length ? ` And ${lost.length - shown.length} more.` : '';
  const rule = `${lost.length} of the media cannot be put into the bundle; allow their folders, or choose the policy 'missing'.`;
  return new OtioError('BUNDLE_REFUSED', `${rule} ${shown.join(' ')}${more}`);
}

function replace({ clip, key, reference }: MediaUse, because: string): void {
  if (!(reference instanceof ExternalReference) && !(reference instanceof ImageSequenceReference)) return;
  const metadata = cloneDictionary(reference.metadata);
  metadata.missing_reference_because = because;
  metadata.original_target_url = locationOf(reference)!;
  metadata.original_media_reference = reference;
  const { name, availableRange, availableImageBounds } = reference;
  const missing = new MissingReference({ name, metadata, availableRange, availableImageBounds });
  clip.mediaReferences = Object.assign(dictionary(), clip.mediaReferences, { [key]: missing });
}

/** Files that are named together: one file, or the images of a sequence. */
interface Group {
  /** What their names start with: what a renaming changes. */
  readonly stem: string;
  /** Real paths by what follows the stem. */
  readonly rests: Map<string, string>;
  /** The stem in the bundle, chosen when all files are known. */
  chosen: string | null;
}

/** Gives every file a name that no other has, however its letters are written; a file that is used twice is there once. */
class Names {
  readonly files = new Map<string, string>();
  readonly #rename: boolean;
  readonly #groups = new Map<string, Group>();
  /** Names that are taken, by what they are where case does not count. */
  readonly #taken = new Map<string, string>();

  constructor(rename: boolean) {
    this.#rename = rename;
  }

  gather(use: Found): void {
    const group = this.#groupOf(use);
    if (use.images === undefined) group.rests.set(extname(use.path), use.realPath);
    else for (const { name, realPath } of use.images) group.rests.set(name.slice(group.stem.length), realPath);
  }

  /** Points the reference into the bundle. */
  relink(use: Found): void {
    const { reference } = use;
    const group = this.#groupOf(use);
    group.chosen ??= this.#choose(group, use);
    if (reference instanceof ExternalReference)
      reference.targetUrl = `media/${group.chosen}${[...group.rests.keys()][0]}`;
    else if (reference instanceof ImageSequenceReference) {
      reference.targetUrlBase = 'media/';
      reference.namePrefix = group.chosen;
    }
  }

  #groupOf({ reference, path, realPath, imagePrefix }: Found): Group {
    const ofImages = reference instanceof ImageSequenceReference;
    const key = ofImages ? [realPath, imagePrefix, reference.nameSuffix].join('\0') : realPath;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { stem: ofImages ? imagePrefix! : basename(path, extname(path)), rests: new Map(), chosen: null };
      this.#groups.set(key, group);
    }
    return group;
  }

  #choose(group: Group, use: Found): string {
    for (let number = 1; ; number++) {
      const stem = number === 1 ? group.stem : numbered(group.stem, number, use.images !== undefined);
      const names = [...group.rests].map(([rest, realPath]) => ({ name: `${stem}${rest}`, realPath }));
      const unfit = names.find(({ name }) => entryNameFault(`media/${name}`) !== null);
      if (unfit !== undefined)
        throw new OtioError(
          'BUNDLE_REFUSED',
          `'${unfit.name}' cannot be put into a bundle, it ${entryNameFault(`media/${unfit.name}`)}: rename the file.`,
        );
      const clash = names.find(({ name, realPath }) => {
        const other = this.#taken.get(folded(name));
        return other !== undefined && !(other === name && this.files.get(name) === realPath);
      });
      if (clash === undefined) {
        for (const { name, realPath } of names) {
          this.#taken.set(folded(name), name);
          this.files.set(name, realPath);
        }
        return stem;
      }
      if (!this.#rename)
        throw new OtioError(
          'BUNDLE_REFUSED',
          `Two of the media are called '${clash.name}', where case does not count, but a bundle has one folder: rename one, or allow it with 'rename'.`,
        );
    }
  }
}

/** `name~2`; of images before the mark that parts the number: `shot.0001.exr` → `shot~2.0001.exr`. */
const numbered = (stem: string, number: number, ofImages: boolean): string => {
  if (!ofImages) return `${stem}~${number}`;
  const [, name = '', mark = ''] = /^(.*?)([._ -]*)$/s.exec(stem) ?? [];
  return `${name}~${number}${mark || '.'}`;
};

const folded = (name: string): string => name.normalize('NFC').toLowerCase();
