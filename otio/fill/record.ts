// What a fill says about itself: `metadata.inbetween` of its clip, written and read.
import { type ExactRate, RationalTime, TimeRange } from '../opentime/index.ts';
import type { Clip } from '../schema/clip.ts';
import { Composable } from '../schema/composable.ts';
import { Transition } from '../schema/transition.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import { type AnyValue, type Dictionary, dictionary, isDictionary, meta } from '../schema/value.ts';
import { type DigitalSourceType, type FillKind, isFillKind, NS, words } from './namespace.ts';

/** What the job knows about the fill it made. */
export interface FillInfo {
  /** A UUID. A second run of the same job replaces the markers of the first. */
  readonly job: string;
  readonly kind: FillKind;
  readonly model: {
    readonly name: string;
    readonly version?: string;
    /** Plain JSON. */
    readonly params?: object;
    readonly seed?: number;
  };
  readonly inputs?: readonly { readonly url: string; readonly range?: TimeRange; readonly sha256?: string }[];
  /** The one of its kind by default. */
  readonly digitalSourceType?: DigitalSourceType;
  /** When it was made; now by default. */
  readonly created?: Date;
}

/** The file that was rendered. */
export interface FillMedia {
  /** An absolute path, written in the style of the timeline's other media; or a URL, which is written as it is. */
  readonly targetUrl: string;
  /** The folder of the .otio file, where its other media have relative places. */
  readonly folder?: string;
  /** Frames in the file: refused unless they are the plan's. */
  readonly frames?: number;
  readonly sha256?: string;
  /** The same at the interpolator's own rate, delivered beside it. */
  readonly native?: { readonly targetUrl: string; readonly rate: ExactRate; readonly frames: number };
}

/** What was there before the fill. */
export interface Restore {
  /** The complete clip or gap; a track of all of them where the fill lies over several. */
  readonly item: Composable | UnknownSchema;
  /** Time effects that are baked into the picture. */
  readonly effects: readonly AnyValue[];
  readonly sourceRange: TimeRange | null;
  /** Transitions beside the fill that were removed for it, and frames from its start to their cuts. */
  readonly transitions: readonly { readonly transition: Transition; readonly cut: number }[];
}

/** The record of a fill as its clip carries it. A reader must expect every member to be missing. */
export interface FillRecord {
  readonly job: string | null;
  readonly kind: FillKind | null;
  /** From 1. */
  readonly version: number;
  /** Frames of the file before and after the fill's own, at the rate of the track. */
  readonly head: number;
  readonly tail: number;
  /** Whether it is known what was there before. */
  readonly revertible: boolean;
  /** All that is written. */
  readonly data: Dictionary;
}

const count = (value: AnyValue | undefined, otherwise: number): number => {
  const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : otherwise;
};

/** The record of a fill; null for a clip that is none. */
export function recordOf(clip: Clip): FillRecord | null {
  const data = clip.metadata[NS];
  if (!isDictionary(data) || (typeof data.job !== 'string' && !isFillKind(data.kind))) return null;
  return {
    job: typeof data.job === 'string' ? data.job : null,
    kind: isFillKind(data.kind) ? data.kind : null,
    version: Math.max(1, count(data.version, 1)),
    head: count(data.head, 0),
    tail: count(data.tail, 0),
    revertible: restoreOf(data) !== null,
    data,
  };
}

/** What a record says was there before, or null. */
export function restoreOf(data: Dictionary): Restore | null {
  const restore = data.restore;
  if (!isDictionary(restore)) return null;
  const { item, effects, source_range, transitions } = restore;
  if (!(item instanceof Composable || item instanceof UnknownSchema)) return null;
  return {
    item,
    effects: Array.isArray(effects) ? (effects as readonly AnyValue[]) : [],
    sourceRange: source_range instanceof TimeRange ? source_range : null,
    transitions: (Array.isArray(transitions) ? (transitions as readonly AnyValue[]) : []).flatMap((one) =>
      isDictionary(one) && one.transition instanceof Transition
        ? [{ transition: one.transition, cut: Number(one.cut) }]
        : [],
    ),
  };
}

/** Where the fill lies, as its record says it. */
export interface RecordPlace {
  readonly version: number;
  readonly head: number;
  readonly tail: number;
  readonly trackLabel: string;
  readonly in: number;
  readonly out: number;
  /** The double of the file. */
  readonly rate: number;
}

/** The record of a new fill without `restore`: what its reference carries too, so that it stays known when the next version takes its place. */
export function newRecord(place: RecordPlace, media: FillMedia, info: FillInfo): Dictionary {
  const { name, version, params, seed } = info.model;
  const model = {
    name,
    ...(version !== undefined && { version }),
    ...(params !== undefined && { params }),
    ...(seed !== undefined && { seed }),
  };
  const record = dictionary();
  Object.assign(record, {
    schema: 1n,
    job: info.job,
    kind: info.kind,
    version: BigInt(place.version),
    head: BigInt(place.head),
    tail: BigInt(place.tail),
    record: {
      track: place.trackLabel,
      in: new RationalTime(place.in, place.rate),
      out: new RationalTime(place.out, place.rate),
    },
    inputs: (info.inputs ?? []).map(({ url, range, sha256 }) => ({
      url,
      ...(range && { range }),
      ...(sha256 !== undefined && { sha256 }),
    })),
    model: meta(model),
    digitalSourceType: info.digitalSourceType ?? words[info.kind].digitalSourceType,
    created: (info.created ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
  } satisfies Dictionary);
  if (media.native) record.native = nativeData(media.native);
  if (media.sha256 !== undefined) record.sha256 = media.sha256;
  return record;
}

export const nativeData = ({ rate, frames }: { readonly rate: ExactRate; readonly frames: number }): Dictionary => ({
  rate: [BigInt(rate.num), BigInt(rate.den)],
  frames: BigInt(frames),
});

/** Adds transitions that went for a fill to its record. */
export function keepTransitions(clip: Clip, lost: Restore['transitions']): void {
  const data = recordOf(clip)!.data;
  const restore = restoreOf(data)!;
  const copies = lost.map(({ transition, cut }) => ({ transition: transition.clone(), cut }));
  data.restore = restoreData({ ...restore, transitions: [...restore.transitions, ...copies] });
}

export function restoreData({ item, effects, sourceRange, transitions }: Restore): Dictionary {
  const data = dictionary();
  data.item = item;
  data.effects = effects;
  if (sourceRange !== null) data.source_range = sourceRange;
  if (transitions.length > 0)
    data.transitions = transitions.map(({ transition, cut }) => ({
      transition,
      cut: Number.isInteger(cut) ? BigInt(cut) : cut,
    }));
  return data;
}
