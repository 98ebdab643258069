// The fills on a timeline: where each lies and which versions it has; taken off, or exchanged for another version.
import { timecodeAt } from '../../otio/drawing.ts';
import { framesOf, shownRange } from '../../otio/edit/frames.ts';
import { type FoundFill, list, NS, ORIGINAL_MEDIA, revert, show, type Trim } from '../../otio/fill/index.ts';
import { labelOf, recordFrame } from '../../otio/fill/place.ts';
import {
  type Clip,
  type ClipMedia,
  DEFAULT_MEDIA,
  type Dictionary,
  ExternalReference,
  OtioError,
  type Timeline,
} from '../../otio/index.ts';
import { locationOf } from '../../otio/media-urls.ts';
import { isDictionary } from '../../otio/schema/value.ts';
import { CompanionError } from '../api/errors.ts';
import { sound } from './tracks.ts';

/** One of the media a filled clip carries. */
export interface FillVersion {
  /** `v002`, or `original` for what was there before. */
  readonly name: string;
  /** As the timeline names it. */
  readonly media: string | null;
  /** Whether it is the one that is shown. */
  readonly active: boolean;
  readonly job: string | null;
  /** When it was made, as it says: `2026-01-31T12:00:00Z`. */
  readonly created: string | null;
  /** What it was made by: name, version, parameters. */
  readonly model: Dictionary | null;
}

export interface TimelineFill {
  readonly clip: Clip;
  /** `V1`; empty for a clip that lies on no track. */
  readonly label: string;
  /** The first frame of it and the first after it, in frames of its track. */
  readonly in: number;
  readonly out: number;
  /** Of its first frame, as the clock of the timeline counts it. */
  readonly timecode: string;
  /** Of the version that is shown; null where an editor has dropped the metadata. */
  readonly job: string | null;
  readonly kind: string | null;
  /** Whether it says what was there before. */
  readonly revertible: boolean;
  /** Frames by which it was trimmed since. */
  readonly trim: Trim;
  /** In the order they were made, the original first. */
  readonly versions: readonly FillVersion[];
}

/** Which fills are meant; all that fit every member. */
export interface FillsWanted {
  /** `V1`. */
  readonly track?: string | undefined;
  /** The id of a job, or its first eight digits or more: that of the version that is shown. */
  readonly job?: string | undefined;
  /** The same of any of its versions. */
  readonly anyJob?: string | undefined;
  /** A frame of the track that the fill covers. */
  readonly at?: number | undefined;
}

/** The fills of a timeline, nested ones too, in the order of the file. @throws CompanionError TIMELINE_UNSOUND where the place of one is not known */
export const fillsOf = (timeline: Timeline, wanted: FillsWanted = {}): TimelineFill[] =>
  sound(() => list(timeline).map((fill) => factsOf(timeline, fill))).filter((fill) => isWanted(fill, wanted));

function factsOf(timeline: Timeline, fill: FoundFill): TimelineFill {
  const { clip, track, range, record, file, trim } = fill;
  const { rate } = shownRange(clip).duration;
  const first = Math.round(framesOf(range.startTime, rate));
  const stack = timeline.tracks!;
  return {
    clip,
    label: track === null ? '' : labelOf(stack, track),
    in: first,
    out: first + Math.round(framesOf(range.duration, rate)),
    timecode: track === null ? '' : timecodeAt(recordFrame(timeline, stack, track, first, rate), rate),
    job: record?.job ?? file?.id ?? null,
    kind: record?.kind ?? file?.kind ?? null,
    revertible: record?.revertible ?? false,
    trim,
    versions: versionsOf(fill),
  };
}

const KEY = new RegExp(`^${NS}:(original|v\\d{3,}x*)$`);
const nameOf = (key: string): string => key.slice(NS.length + 1);

function versionsOf({ clip, shown, file }: FoundFill): FillVersion[] {
  const active = shown ?? `${NS}:v${String(file?.version ?? 1).padStart(3, '0')}`;
  const all = Object.entries(clip.mediaReferences).flatMap(([key, reference]) =>
    key === DEFAULT_MEDIA
      ? [versionOf(active, reference, true)]
      : KEY.test(key)
        ? [versionOf(key, reference, false)]
        : [],
  );
  return all.sort((a, b) => (a.name === b.name ? 0 : orderOf(a) < orderOf(b) ? -1 : 1));
}

const orderOf = ({ name }: FillVersion): string => (name === 'original' ? '' : name);

function versionOf(key: string, reference: ClipMedia, active: boolean): FillVersion {
  const own = reference instanceof ExternalReference ? reference.metadata[NS] : null;
  const { job, created, model } = isDictionary(own) ? own : ({} as Dictionary);
  return {
    name: nameOf(key),
    media: locationOf(reference),
    active,
    job: typeof job === 'string' ? job : null,
    created: typeof created === 'string' ? created : null,
    model: isDictionary(model) ? model : null,
  };
}

function isWanted(fill: TimelineFill, { track, job, anyJob, at }: FillsWanted): boolean {
  if (track !== undefined && fill.label !== track.trim().toUpperCase()) return false;
  if (at !== undefined && !(fill.in <= at && at < fill.out)) return false;
  if (job !== undefined && !isOf(fill.job, job)) return false;
  return anyJob === undefined || [fill, ...fill.versions].some((one) => isOf(one.job, anyJob));
}

function isOf(job: string | null, asked: string): boolean {
  const digits = (id: string): string => id.replaceAll('-', '').toLowerCase();
  return job !== null && digits(job).startsWith(digits(asked).slice(0, digits(job).length));
}

/** A fill that could not be taken off, and why, in a sentence. */
export interface KeptFill {
  readonly fill: TimelineFill;
  readonly reason: string;
}

export interface Reverted {
  /** As they were. */
  readonly reverted: readonly TimelineFill[];
  readonly kept: readonly KeptFill[];
  readonly warnings: readonly string[];
}

/** Takes fills off the timeline, those too that come back under others. One that cannot be taken off stays. @throws CompanionError TIMELINE_UNSOUND */
export function revertFills(timeline: Timeline, wanted: FillsWanted): Reverted {
  const reverted: TimelineFill[] = [];
  const kept: KeptFill[] = [];
  const warnings: string[] = [];
  for (;;) {
    const next = fillsOf(timeline, wanted).filter(({ clip }) => !kept.some(({ fill }) => fill.clip === clip));
    if (next.length === 0) return { reverted, kept, warnings };
    for (const fill of next) {
      try {
        warnings.push(...revert(fill.clip).warnings);
        reverted.push(fill);
      } catch (error) {
        if (!(error instanceof OtioError)) throw error;
        kept.push({ fill, reason: error.details });
      }
    }
  }
}

/**
 * Shows another version of a fill, by its name or number: `v002`, `2`, `original`.
 * @throws CompanionError PARAM_INVALID for what is no name of a version; FILL_REFUSED for one it does not have
 */
export function useVersion(fill: TimelineFill, version: string): void {
  const key = keyOf(version);
  try {
    show(fill.clip, key);
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    throw new CompanionError('FILL_REFUSED', { fill: titleOf(fill), reason: error.details }, { cause: error });
  }
}

/** The key of a version in a clip's media. @throws CompanionError PARAM_INVALID */
function keyOf(version: string): string {
  const [, number, letters = ''] = /^v?(\d{1,9})(x*)$/i.exec(version.trim()) ?? [];
  if (number !== undefined) return `${NS}:v${String(Number(number)).padStart(3, '0')}${letters}`;
  if (version.trim().toLowerCase() === 'original') return ORIGINAL_MEDIA;
  throw new CompanionError('PARAM_INVALID', {
    name: '--use',
    expected: 'a version such as v002, or original',
    received: version,
  });
}

/** `V1 01:00:02:02 'A (interpolated)'` */
export const titleOf = ({ label, timecode, clip }: TimelineFill): string =>
  [label, timecode, `'${clip.name}'`].filter((word) => word !== '').join(' ');
