// The picture tracks of a timeline by their labels: those on it, and those of stacks that are nested in them plainly.
import { hasUnknownSpeed } from '../../otio/edit/speed.ts';
import { labelOf } from '../../otio/fill/place.ts';
import { OtioError, RationalTime, Stack, type Timeline, TimeRange, Track, TrackKind } from '../../otio/index.ts';
import { speedOf } from '../../otio/positions.ts';
import { CompanionError } from '../api/errors.ts';

export interface LabelledTrack {
  readonly track: Track;
  /** `V1`; of a nested track with the label of the one it lies in: `V2/V1`. Two stacks nested in one track have tracks of one label. */
  readonly label: string;
  /** What is seen of a nested track, in its own time; null: all. */
  readonly seen: TimeRange | null;
}

/** From the bottom up, each before those nested in it. Nested ones that are disabled, retimed or cut themselves are left out: their frames are not those of the timeline. */
export function pictureTracks({ tracks: stack }: Timeline): LabelledTrack[] {
  if (stack === null) return [];
  const under = (parent: Stack, seen: TimeRange | null): LabelledTrack[] =>
    parent.children.flatMap((track) => {
      if (!(track instanceof Track) || track.kind !== TrackKind.Video) return [];
      if (parent !== stack && !isPlain(track)) return [];
      return [{ track, label: labelOf(stack, track), seen }, ...nestedIn(track, seen)];
    });
  const nestedIn = (track: Track, seen: TimeRange | null): LabelledTrack[] =>
    track.children.flatMap((child, index) => {
      if (!(child instanceof Stack) || !isUnretimed(child)) return [];
      const shown = child.trimmedRange();
      const part = seen === null ? shown : partOf(shown, track.rangeOfChildAtIndex(index), seen);
      return part === null ? [] : under(child, part);
    });
  return under(stack, null);
}

const isUnretimed = (item: Stack | Track): boolean => item.enabled && speedOf(item) === 1 && !hasUnknownSpeed(item);
const isPlain = (track: Track): boolean => isUnretimed(track) && track.sourceRange === null;

/** Of what a child shows, in its own time, the part that is seen of its place; null where nothing is. */
function partOf(shown: TimeRange, place: TimeRange, seen: TimeRange): TimeRange | null {
  const [from, to] = [seen.startTime.sub(place.startTime), seen.endTimeExclusive().sub(place.startTime)];
  const start = from.value > 0 ? from : new RationalTime(0, from.rate);
  const end = to.lt(shown.duration) ? to : shown.duration;
  if (!start.lt(end)) return null;
  return new TimeRange(shown.startTime.add(start), end.sub(start));
}

/**
 * The tracks of a label, written in any case; all without one.
 * @throws CompanionError TRACK_UNKNOWN, TIMELINE_UNSOUND for a nested stack of unknown length
 */
export function tracksLabelled(timeline: Timeline, label: string | undefined): LabelledTrack[] {
  const all = sound(() => pictureTracks(timeline));
  const wanted = label === undefined ? all : all.filter((one) => one.label === label.trim().toUpperCase());
  if (wanted.length === 0 && label !== undefined)
    throw new CompanionError('TRACK_UNKNOWN', { track: label, known: [...new Set(all.map((one) => one.label))] });
  return wanted;
}

/** Asks something of a timeline whose times may not be known. @throws CompanionError TIMELINE_UNSOUND */
export function sound<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof OtioError)
      throw new CompanionError('TIMELINE_UNSOUND', { reason: error.details }, { cause: error });
    throw error;
  }
}
