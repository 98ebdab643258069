// The slots a fill was asked for: gaps of a timeline, or fills that are made anew.
import { timecodeAt } from '../../../otio/drawing.ts';
import { framesOf, SAME } from '../../../otio/edit/frames.ts';
import { list } from '../../../otio/fill/index.ts';
import { recordFrame } from '../../../otio/fill/place.ts';
import { recordOf, restoreOf } from '../../../otio/fill/record.ts';
import { type Clip, Gap, type Timeline, TimeRange, Track, Transition } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { gapsOf } from '../../timeline/gaps.ts';
import { tracksLabelled } from '../../timeline/tracks.ts';

/** A place on a track that a fill goes into. Frames are whole ones of the track's rate, counted from its first child. */
export interface Slot {
  readonly track: Track;
  /** `V1`. */
  readonly label: string;
  /** Number among its kind on its track; from 1. */
  readonly number: number;
  readonly in: number;
  readonly out: number;
  readonly range: TimeRange;
  /** The frames beside it: those before `in` and from `out` on, but where it begins or ends between frames. */
  readonly before: number;
  readonly after: number;
  readonly place: 'head' | 'between' | 'tail' | 'whole';
  /** Record timecode of its first frame. */
  readonly timecode: string;
  /** What lies there. */
  readonly kind: 'gap' | 'fill' | 'clip';
  /** Whether a transition leads into it or out of it: it is empty on purpose. */
  readonly fades: boolean;
}

export interface SlotRequest {
  readonly track?: string | undefined;
  /** Numbers such as `3`, `2-5` or `1,4`; all without. */
  readonly gap?: string | undefined;
  /** Earlier fills instead of gaps. */
  readonly again: boolean;
}

/** @throws CompanionError TRACK_UNKNOWN, PARAM_INVALID for numbers that cannot be read, GAP_UNKNOWN, GAP_AMBIGUOUS */
export function slotsOf(timeline: Timeline, { track, gap, again }: SlotRequest): Slot[] {
  const slots = again ? fillsOf(timeline, track) : gapSlots(timeline, track);
  if (gap === undefined) return slots;
  const labels = [...new Set(slots.map(({ label }) => label))];
  if (labels.length > 1) throw new CompanionError('GAP_AMBIGUOUS', { gap, tracks: labels });
  const wanted = numbersIn(gap);
  const missing = wanted.find((number) => !slots.some((slot) => slot.number === number));
  if (missing !== undefined)
    throw new CompanionError('GAP_UNKNOWN', {
      gap: missing,
      what: again ? 'fill' : 'gap',
      track: labels[0] ?? track ?? 'the timeline',
      count: slots.length,
    });
  return slots.filter(({ number }) => wanted.includes(number));
}

function gapSlots(timeline: Timeline, track: string | undefined): Slot[] {
  return gapsOf(timeline, track === undefined ? {} : { track })
    .filter(({ frames }) => frames > 0)
    .map(({ track: on, label, number, in: first, out, range, place, timecode, before, after }) => ({
      ...{ track: on, label, number, in: first, out, range, place, timecode },
      ...{ before: Math.floor(framesAt(range).start + SAME) - 1, after: Math.ceil(framesAt(range).end - SAME) },
      kind: 'gap' as const,
      fades: before instanceof Transition || after instanceof Transition,
    }));
}

const framesAt = ({ startTime, duration }: TimeRange): { start: number; end: number } => ({
  start: startTime.value,
  end: startTime.value + duration.value,
});

/** Fills of gaps on picture tracks. A clip that was retimed has material of its own: it is no gap. */
function fillsOf(timeline: Timeline, label: string | undefined): Slot[] {
  const labels = new Map(tracksLabelled(timeline, label).map((one) => [one.track, one.label]));
  const counts = new Map<Track, number>();
  return list(timeline).flatMap(({ clip, track, range }) => {
    const on = track && labels.get(track);
    if (!track || on === undefined || on === null || !fillsGap(clip)) return [];
    const { rate } = range.duration;
    const number = (counts.get(track) ?? 0) + 1;
    counts.set(track, number);
    const [first, frames] = [Math.round(framesOf(range.startTime, rate)), Math.round(framesOf(range.duration, rate))];
    const out = first + frames;
    const ends = out >= Math.round(framesOf(track.duration(), rate));
    const place = first === 0 ? (ends ? 'whole' : 'head') : ends ? 'tail' : 'between';
    return [
      {
        ...{ track, label: on, number, in: first, out, range: new TimeRange(first, frames, rate), place },
        ...{ before: first - 1, after: out },
        timecode: timecodeAt(recordFrame(timeline, timeline.tracks!, track, first, rate), rate),
        ...{ kind: 'fill', fades: false },
      },
    ];
  });
}

function fillsGap(clip: Clip): boolean {
  const item = restoreOf(recordOf(clip)?.data ?? {})?.item;
  return item instanceof Gap || (item instanceof Track && item.children.every((child) => child instanceof Gap));
}

/** `3`, `2-5`, `1,4`. @throws CompanionError PARAM_INVALID */
export function numbersIn(text: string): number[] {
  const numbers = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,6})\s*(?:-\s*(\d{1,6}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= 1 && to >= from && to - from < 10_000))
      throw new CompanionError('PARAM_INVALID', {
        name: 'gap',
        expected: 'numbers of gaps as "inbetween gaps" shows them: 3, 2-5 or 1,4',
        received: text,
      });
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
