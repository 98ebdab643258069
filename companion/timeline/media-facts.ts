// Which media of a timeline are where it says.
import type { AnyValue } from '../../otio/index.ts';
import { withArchive } from '../../otio/node/archive.ts';
import {
  filepathCandidates,
  locationOf,
  type MediaPlaces,
  type MediaUse,
  mediaIn,
  resolveMedia,
} from '../../otio/node/index.ts';
import { placesFor } from './media.ts';
import type { Opened } from './open.ts';

export interface MediaFact {
  /** As the timeline names it. */
  readonly media: string;
  /** How many clips use it. */
  readonly clips: number;
  readonly found: boolean;
  /** Where it is; null where it was not found, and inside an archive. */
  readonly path: string | null;
  /** Why it was not found. */
  readonly reason: string | null;
  /** It was not looked for: it lies where the command was not told to look. */
  readonly outside: boolean;
}

/** With the clip that uses it first. */
export interface MediaFound extends MediaFact {
  readonly first: MediaUse['clip'];
}

type Place = Pick<MediaFact, 'found' | 'path' | 'reason' | 'outside'>;

/** What to do about media outside. */
export const moreRoots = 'Name more folders to look in with --media-root.';

/** Looks in the folder of the timeline and in `roots`, nowhere else; a bundle has its media inside. */
export async function mediaFacts({ file, format, root }: Opened, roots: readonly string[]): Promise<MediaFound[]> {
  if (format !== 'otioz') return factsAt(root, placesFor({ file, format }, roots));
  const names = await withArchive(file, async ({ entries }) => entries.map(({ name }) => name));
  return told([...mediaIn(root)].map((use) => ({ use, place: placeIn(names, locationOf(use.reference) ?? '') })));
}

/** Looks where the library is told to. */
export const factsAt = async (root: AnyValue, places: MediaPlaces): Promise<MediaFound[]> =>
  told(
    (await resolveMedia(root, places)).map((use) => ({
      use,
      place: use.found
        ? { found: true, path: use.path, reason: null, outside: false }
        : { found: false, path: null, reason: use.message, outside: use.fault === 'outside-roots' },
    })),
  );

/** Each of the media once. */
function told(uses: readonly { readonly use: MediaUse; readonly place: Place }[]): MediaFound[] {
  const facts = new Map<string, { place: Place; first: MediaUse['clip']; clips: Set<unknown> }>();
  for (const { use, place } of uses) {
    const media = locationOf(use.reference);
    if (media === null) continue; // generators and what is known to be missing
    const fact = facts.get(media) ?? { place, first: use.clip, clips: new Set() };
    facts.set(media, fact);
    fact.clips.add(use.clip);
  }
  return [...facts].map(([media, { place, first, clips }]) => ({ media, clips: clips.size, ...place, first }));
}

/** A folder of images is there when something is in it. */
function placeIn(names: readonly string[], location: string): Place {
  const there = filepathCandidates(location, 'literal first').some((one) =>
    names.some((name) => name === one || (one.endsWith('/') && name.startsWith(one))),
  );
  return { found: there, path: null, reason: there ? null : `'${location}' is not in the archive.`, outside: false };
}
