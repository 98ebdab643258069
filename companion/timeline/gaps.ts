// The gaps of a timeline's picture tracks: where each lies, in whole frames, and between what.
import { timecodeAt } from '../../otio/drawing.ts';
import { SAME, TrackFrames } from '../../otio/edit/frames.ts';
import { recordFrame } from '../../otio/fill/place.ts';
import {
  type Child,
  Gap,
  RationalTime,
  rationalRate,
  type Timeline,
  TimeRange,
  type Track,
  Transition,
} from '../../otio/index.ts';
import { type LabelledTrack, sound, tracksLabelled } from './tracks.ts';

export interface TimelineGap {
  readonly track: Track;
  /** `V1`. */
  readonly label: string;
  /** From 1 on each track, in the order of the track; on tracks of one label numbers go on. */
  readonly number: number;
  /** In the time of the track, from its first child, at its rate. */
  readonly range: TimeRange;
  /** The first whole frame of it at the track's rate, and the first after it. */
  readonly in: number;
  readonly out: number;
  /** Whole frames. */
  readonly frames: number;
  /** Frames at its ends that are no whole frame: 0 but where rates are mixed on a track. */
  readonly part: number;
  readonly place: 'head' | 'between' | 'tail' | 'whole';
  /** What lies right beside it: a transition where one leads into it or out of it. Null at the ends of the track. */
  readonly before: Child | null;
  readonly after: Child | null;
  readonly seconds: number;
  /** Of its first whole frame, as the clock of the timeline counts it. */
  readonly timecode: string;
}

/** Of a track on which nothing has a length, so that it is of no consequence. */
const OTHERWISE = 24;

/** Where the children of a track lie, in frames at the rate that most of them are counted in. @throws OtioError for children of unknown length */
export const framesOn = (track: Track): TrackFrames => TrackFrames.of(track, OTHERWISE);

/**
 * The gaps of a track, or of all picture tracks from the bottom up. Gaps side by side are one. What lies behind the end of a track is none.
 * @throws CompanionError TRACK_UNKNOWN; TIMELINE_UNSOUND where the length of something is not known
 */
export function gapsOf(timeline: Timeline, { track }: { readonly track?: string } = {}): TimelineGap[] {
  const counts = new Map<string, number>();
  return sound(() =>
    tracksLabelled(timeline, track).flatMap((one) =>
      gapsOn(timeline, one).map((gap) => {
        const number = (counts.get(gap.label) ?? 0) + 1;
        counts.set(gap.label, number);
        return { ...gap, number };
      }),
    ),
  );
}

/** Gaps side by side are one run, with transitions between them too. */
function runsOn(track: Track, frames: TrackFrames): Run[] {
  const runs: Run[] = [];
  let item: Child | null = null;
  let beside: Child | null = null;
  let run: Omit<Run, 'place' | 'after'> | undefined;
  let after: Child | undefined;
  const end = (next: Child | null): void => {
    if (run === undefined) return;
    const place = item === null ? (next === null ? 'whole' : 'head') : next === null ? 'tail' : 'between';
    runs.push({ ...run, place, after: after ?? next });
  };
  for (const [i, child] of track.children.entries()) {
    const [start, stop] = [frames.start(i), frames.start(i + 1)];
    if (stop - start < SAME) {
      if (child instanceof Transition) beside = after = child;
    } else if (child instanceof Gap) {
      run = { before: beside, start, ...run, stop };
      after = undefined;
    } else {
      end(child);
      item = beside = child;
      run = undefined;
    }
  }
  end(null);
  return runs;
}

/** In frames of the track; fractions where rates are mixed. */
interface Run extends Pick<TimelineGap, 'place' | 'before' | 'after'> {
  readonly start: number;
  readonly stop: number;
}

function gapsOn(timeline: Timeline, { track, label, seen }: LabelledTrack): Omit<TimelineGap, 'number'>[] {
  const frames = framesOn(track);
  const { rate } = frames;
  const exact = rationalRate(rate);
  return runsOn(track, frames)
    .map(({ start, stop, place, before, after }) => {
      const first = Math.ceil(start - SAME) + 0;
      const last = Math.max(first, Math.floor(stop + SAME));
      const left = stop - start - (last - first);
      return {
        track,
        label,
        range: new TimeRange(new RationalTime(start, rate), new RationalTime(stop - start, rate)),
        in: first,
        out: last,
        frames: last - first,
        part: left > SAME ? left : 0,
        place,
        before,
        after,
        seconds: ((stop - start) * exact.den) / exact.num,
        timecode: timecodeAt(recordFrame(timeline, timeline.tracks!, track, first, rate), rate),
      } as const;
    })
    .filter(({ range }) => seen === null || range.intersects(seen));
}
