// A version of an edit laid out for comparing: its tracks as lanes, what lies on them as entries, and what each is known by.
import type { RationalTime, TimeRange } from '../opentime/index.ts';
import { positionsIn, shownRange, trackLabels } from '../positions.ts';
import { Clip } from '../schema/clip.ts';
import type { Child, Composition } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import { ExternalReference, GeneratorReference, ImageSequenceReference } from '../schema/media.ts';
import { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import { type AnyValue, type Dictionary, isDictionary } from '../schema/value.ts';

export interface Entry {
  readonly item: Child;
  readonly lane: Lane;
  /** JSON pointer in its version. */
  readonly path: string;
  /** On the timeline, its start counted in; in a nested track or stack from the start of that one. */
  readonly at: RationalTime;
  readonly start: RationalTime;
  readonly duration: RationalTime;
  readonly shown: TimeRange | null;
  readonly name: string;
  readonly media: string;
  /** The ids that an editor left in its metadata. */
  readonly ids: string;
  match: Entry | null;
}

export interface Lane {
  /** `V1`; in a nested stack `V1 / comp / V2`. */
  readonly label: string;
  /** The track; null for what lies directly in a stack. */
  readonly track: Track | null;
  readonly path: string;
  /** Clips, nested compositions, unknown items, and gaps that carry something. */
  readonly entries: Entry[];
  /** Each with the entries right before and after it. */
  readonly transitions: { readonly entry: Entry; readonly previous: Entry | null; readonly next: Entry | null }[];
  match: Lane | null;
}

/** Where the lanes of a composition stand. */
export interface Place {
  readonly path: string;
  readonly label: string;
  /** Added to positions. */
  readonly start: RationalTime;
}

/** The lanes of a stack; a track is one lane. */
export function lanesOf(composition: Composition, place: Place): Lane[] {
  if (composition instanceof Track) return [laneOf(composition, composition, place)];
  const labels = trackLabels(composition);
  const { path, start } = place;
  const lanes: Lane[] = [];
  let direct: Lane | null = null;
  for (const position of positionsIn(composition)) {
    const { child, index } = position;
    if (child instanceof Track) {
      const label = [place.label, labels.get(child)].filter(Boolean).join(' / ');
      lanes.push(laneOf(child, child, { path: `${path}/children/${index}`, label, start: start.add(position.start) }));
    } else {
      direct ??= { label: place.label, track: null, path, entries: [], transitions: [], match: null };
      direct.entries.push(entryOf(position, direct, place));
    }
  }
  return direct === null ? lanes : [...lanes, direct];
}

function laneOf(track: Track, from: Composition, place: Place): Lane {
  const lane: Lane = { label: place.label, track, path: place.path, entries: [], transitions: [], match: null };
  const entries = positionsIn(from).map((position) => entryOf(position, lane, place));
  for (const [i, entry] of entries.entries()) {
    if (entry.item instanceof Transition)
      lane.transitions.push({ entry, previous: entries[i - 1] ?? null, next: entries[i + 1] ?? null });
    else if (!(entry.item instanceof Gap) || carriesSomething(entry.item)) lane.entries.push(entry);
  }
  return lane;
}

const carriesSomething = ({ metadata, markers, effects, name }: Gap): boolean =>
  name !== '' || markers.length > 0 || effects.length > 0 || Object.keys(metadata).length > 0;

function entryOf(
  { child, index, start, duration }: ReturnType<typeof positionsIn>[number],
  lane: Lane,
  place: Place,
): Entry {
  return {
    item: child,
    lane,
    path: `${place.path}/children/${index}`,
    at: place.start.add(start),
    start,
    duration,
    shown: child instanceof Item || child instanceof UnknownSchema ? shownRange(child) : null,
    name: nameOf(child),
    media: mediaOf(child),
    ids: idsOf(child instanceof UnknownSchema ? child.members : child.metadata),
    match: null,
  };
}

export const nameOf = (object: object): string => {
  const name = object instanceof UnknownSchema ? object.members.name : (object as { name?: unknown }).name;
  return typeof name === 'string' ? name : '';
};

/** What a child shows, in words that are equal for equal material; '' where nothing says. */
export function mediaOf(child: Child): string {
  const media = child instanceof Clip ? child.mediaReference : null;
  if (media instanceof ExternalReference) return media.targetUrl;
  if (media instanceof ImageSequenceReference) {
    const { targetUrlBase: base, namePrefix, nameSuffix, frameZeroPadding } = media;
    return `${base === '' || base.endsWith('/') ? base : `${base}/`}${namePrefix}${'#'.repeat(Math.min(20, Math.max(1, frameZeroPadding)))}${nameSuffix}`;
  }
  if (media instanceof GeneratorReference) return `${media.generatorKind} generator`;
  return '';
}

const ID_KEY = /^(id|uid|.*guid|.*uuid|(clip|item|element|unique)[ _-]?id)$/i;

/** Ids lie at the top of the metadata or one level down, under the name of an editor. */
function idsOf(metadata: AnyValue | undefined): string {
  const found: string[] = [];
  const look = (at: Dictionary, path: string, deeper: boolean): void => {
    for (const [key, value] of Object.entries(at)) {
      if ((typeof value === 'string' || typeof value === 'bigint') && ID_KEY.test(key))
        found.push(`${path}${key}=${value}`);
      else if (deeper && isDictionary(value)) look(value, `${key}.`, false);
    }
  };
  if (isDictionary(metadata)) look(metadata, '', true);
  return found.sort().join('\n');
}
