// What a fill needs to be: which frames it replaces, what to render, and the ranges to write. Nothing on the timeline changes.
import { framesOf, SAME, shownRange } from '../edit/frames.ts';
import { hasUnknownSpeed, speedOf } from '../edit/speed.ts';
import { Editing } from '../edit/stretch.ts';
import { OtioError } from '../errors.ts';
import { type ExactRate, type FramePosition, rationalRate, rescale, TimeRange } from '../opentime/index.ts';
import { frameRateOf } from '../positions.ts';
import { isOfPremiere, retimeReading } from '../premiere.ts';
import { Clip } from '../schema/clip.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import type { Timeline } from '../schema/timeline.ts';
import { type Track, TrackKind } from '../schema/track.ts';
import { type Coverage, coverage, doubleOf } from './coverage.ts';
import { HANDLE, type Handles, keptBy, materialBeside, needsOf } from './handles.ts';
import { demandStack, labelOf, recordFrame } from './place.ts';
import { recordOf } from './record.ts';
import { restored } from './restored.ts';
import type { Samples } from './samples.ts';
import { filledCoverage } from './show.ts';
import { exactRate, type FillSource, samplesOf } from './source.ts';
import { versionOf } from './versions.ts';

export interface FillRequest {
  /** A track of the timeline, nested ones too. */
  readonly track: Track;
  /** In the time of the track, counted from its first child. */
  readonly range: TimeRange;
  /** Frames before and after the fill's own. By default eight where there is material, and what transitions at the edges need. */
  readonly head?: number;
  readonly tail?: number;
  readonly source?: FillSource;
  /** The rate an interpolator works at by itself; gives `native`. */
  readonly nativeRate?: number | ExactRate;
  /** Takes away transitions that the fill cuts into or has no frames for; when false they are refused with CANNOT_TRIM_TRANSITION. Default true. */
  readonly removeTransitions?: boolean;
}

/** Times are frames at the track's rate. */
export interface FillPlan {
  readonly timeline: Timeline;
  readonly track: Track;
  readonly request: FillRequest;
  /** What lies in the range: one clip (or nested track or stack), one gap, or several things. */
  readonly replaces: 'item' | 'gap' | 'several';
  /** r0 and r1: the first frame replaced and the first after. */
  readonly in: number;
  readonly out: number;
  /** N. */
  readonly frames: number;
  readonly head: number;
  readonly tail: number;
  /** head + N + tail: frames in the file. */
  readonly renderFrames: number;
  /** Number of the file's first frame: its start timecode. */
  readonly start: number;
  /** The exact rate of the file, and the double to write for it. */
  readonly rate: ExactRate;
  readonly rateDouble: number;
  readonly sourceRange: TimeRange;
  readonly availableRange: TimeRange;
  /** Frames that an interpolator at `nativeRate` renders, and the exact number they stand for. */
  readonly native: { readonly rate: ExactRate; readonly frames: number; readonly exact: FramePosition } | null;
  /** Which source frame each frame shows; null where neither request nor timeline says. */
  readonly samples: Samples | null;
  /** `V1`. */
  readonly trackLabel: string;
  /** 1, or more where earlier fills lie. */
  readonly version: number;
  /** Frames at either end of the wished range that stay as they are, where it does not begin or end on a whole frame. */
  readonly left: Handles;
  /** Transitions that will go. */
  readonly removedTransitions: readonly Child[];
  /** Sentences on what the caller may want to know. */
  readonly warnings: readonly string[];
}

/**
 * Plans a fill.
 * @throws OtioError NOT_DESCENDED_FROM for a track of another timeline; TYPE_MISMATCH for one of sound; INVALID_TIME_RANGE before the track, for less than a
 * frame, for a negative head or tail, or between frames where the range is not gap alone; CANNOT_TRIM_TRANSITION; CANNOT_COMPUTE_AVAILABLE_RANGE.
 */
export function plan(timeline: Timeline, request: FillRequest): FillPlan {
  const { track, range } = request;
  const stack = demandStack(timeline, track);
  if (track.kind === TrackKind.Audio)
    throw new OtioError('TYPE_MISMATCH', `${titleOf(track)} is a track of sound: a fill makes pictures.`);
  const editing = new Editing(track, exactDouble(frameRateOf(timeline) ?? range.duration.rate), {});
  const { from, to, left } = wholeFrames(editing, range);
  const covered = filledCoverage(editing, from, to);
  const { only } = covered;
  const item = only instanceof Item && !(only instanceof Gap) ? only : null;
  const rate = rationalRate(editing.rate);
  const rateDouble = rateBeside(covered, editing.rate, rate);
  const warnings: string[] = [];
  const source = sourceOf(item, rateDouble);
  const asked = handlesFor(covered, request, source ?? only, rateDouble);
  const first =
    item === null ? recordFrame(timeline, stack, track, from, rateDouble) : wholeStart(item, rateDouble, warnings);
  const handles = { head: Math.max(0, Math.min(asked.head, first)), tail: asked.tail };
  if (handles.head < asked.head)
    warnings.push(`The head has ${handles.head} frames instead of ${asked.head}: the file would start before frame 0.`);
  if (first < 0) warnings.push(`The fill starts at frame ${first}: no timecode can say that.`);
  const frames = to - from;
  const renderFrames = handles.head + frames + handles.tail;
  const native = request.nativeRate === undefined ? null : nativeOf(renderFrames, rate, exactRate(request.nativeRate));

  const kept = keptBy(covered, handles);
  const removedTransitions = covered.transitions
    .map(({ transition }) => transition)
    .filter((transition) => !kept.has(transition));
  if (removedTransitions.length > 0 && request.removeTransitions === false)
    throw refusal(covered, removedTransitions[0]!);
  for (const transition of removedTransitions)
    warnings.push(`${titleOf(transition)} is removed: the fill cuts into it or has too few frames for it.`);
  if (left.head > 0 || left.tail > 0)
    warnings.push(`${left.head + left.tail} frames of the gap stay: its length is not a whole number of frames.`);
  warnings.push(...sourceWarnings(timeline, source));

  return {
    timeline,
    track,
    request,
    replaces: item !== null ? 'item' : only instanceof Gap ? 'gap' : 'several',
    in: from,
    out: to,
    frames,
    ...handles,
    renderFrames,
    start: first - handles.head,
    rate,
    rateDouble,
    sourceRange: new TimeRange(first, frames, rateDouble),
    availableRange: new TimeRange(first - handles.head, renderFrames, rateDouble),
    native,
    samples: samplesOf(source, frames, rate, request.source),
    trackLabel: labelOf(stack, track),
    version: item instanceof Clip ? versionOf(item) + 1 : 1,
    left,
    removedTransitions,
    warnings,
  };
}

/** Frames of a range. One that is gap alone is cut to whole frames; the rest is left. @throws OtioError INVALID_TIME_RANGE */
function wholeFrames(
  editing: Editing,
  { startTime, duration }: TimeRange,
): { from: number; to: number; left: Handles } {
  const { rate, track } = editing;
  const [start, length] = [framesOf(startTime, rate), framesOf(duration, rate)];
  const end = start + length;
  const [from, to] = [Math.ceil(start - SAME) + 0, Math.floor(end + SAME)];
  if (!(from >= 0 && to > from))
    throw new OtioError(
      'INVALID_TIME_RANGE',
      `Frames ${start} to ${end} cannot be filled: a fill starts at 0 or later and is at least one whole frame long.`,
    );
  const left = { head: Math.max(0, from - start), tail: Math.max(0, end - to) };
  if (left.head > SAME || left.tail > SAME) {
    if (!coverage(editing, start, end).parts.every(({ child }) => child instanceof Gap))
      throw new OtioError(
        'INVALID_TIME_RANGE',
        `Frames ${start} to ${end} of ${titleOf(track)} do not begin and end on whole frames: move the range to ${Math.round(start)} to ${Math.round(end)}.`,
      );
  }
  return { from, to, left: { head: left.head > SAME ? left.head : 0, tail: left.tail > SAME ? left.tail : 0 } };
}

const exactDouble = (rate: number): number => {
  const { num, den } = rationalRate(rate);
  return num / den;
};

/** The double of what is replaced, else of its neighbours, where it means the rate of the track. */
function rateBeside({ parts, previous, next }: Coverage, usual: number, exact: ExactRate): number {
  const items = [...parts.map(({ child }) => child), previous, next].filter((child) => !(child instanceof Gap));
  for (const child of items) {
    const double = doubleOf(child, exact);
    if (double !== null) return double;
  }
  return usual;
}

/** What the pictures are made from: the item in the range, or what it was before it was filled. */
function sourceOf(item: Item | null, rate: number): Child | null {
  if (!(item instanceof Clip) || !recordOf(item)?.revertible) return item;
  const before = restored(item, rate);
  return before.length === 1 && !(before[0] instanceof Gap) ? before[0]! : null;
}

function handlesFor(covered: Coverage, { head, tail }: FillRequest, source: Child | null, rate: number): Handles {
  for (const frames of [head, tail])
    if (frames !== undefined && !(Number.isSafeInteger(frames) && frames >= 0))
      throw new OtioError(
        'INVALID_TIME_RANGE',
        `A head or tail of ${frames} frames cannot be rendered: give a whole number from 0.`,
      );
  const [needs, material] = [needsOf(covered), materialBeside(covered, source, rate)];
  return {
    head: head ?? Math.min(Math.max(HANDLE, needs.head), material.head),
    tail: tail ?? Math.min(Math.max(HANDLE, needs.tail), material.tail),
  };
}

/** The in-point of an item as a whole frame at the track's rate. */
function wholeStart(item: Item, rate: number, warnings: string[]): number {
  const start = framesOf(shownRange(item).startTime, rate);
  if (Number.isInteger(start)) return start;
  warnings.push(
    `${titleOf(item)} starts between frames, at ${start}: the fill starts at ${Math.floor(start)}, and switching by key alone moves the picture by the rest.`,
  );
  return Math.floor(start);
}

function nativeOf(frames: number, rate: ExactRate, native: ExactRate): FillPlan['native'] {
  const exact = rescale(frames, rate, native);
  return { rate: native, frames: exact.ceil, exact };
}

function refusal({ transitions, from, to }: Coverage, transition: Child): OtioError {
  const { before, after } = transitions.find((one) => one.transition === transition)!;
  return new OtioError(
    'CANNOT_TRIM_TRANSITION',
    `${titleOf(transition)} needs ${before} frames before its cut and ${after} after it, which a fill of frames ${from} to ${to} does not have there: render more head or tail, or allow its removal.`,
  );
}

function sourceWarnings(timeline: Timeline, source: Child | null): string[] {
  if (!(source instanceof Item)) return [];
  const warnings: string[] = [];
  if (hasUnknownSpeed(source))
    warnings.push(`${titleOf(source)} has a time effect of unknown speed: say which source frames the fill shows.`);
  const speed = speedOf(source);
  if (speed !== 1 && isOfPremiere(timeline)) {
    const reading = retimeReading(timeline);
    const verdict =
      reading === null
        ? 'check'
        : `the other tracks agree ${reading === 'record' ? 'that it does not, but check' : 'that it does: check'}`;
    warnings.push(
      `${titleOf(source)} is retimed on a timeline of Premiere, which may count its range in media frames; ${verdict} that it is ${shownRange(source).duration.value} long on the track.`,
    );
  }
  if (speed < 0)
    warnings.push(
      `${titleOf(source)} plays backwards; editors disagree on which end its in-point names: check what the fill shows.`,
    );
  return warnings;
}
