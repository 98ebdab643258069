// The clips of a timeline whose frames a retime makes: those that were asked for by name, or all whose pictures are not simply the media's own in order.
import { timecodeAt } from '../../../otio/drawing.ts';
import { SAME } from '../../../otio/edit/frames.ts';
import { hasUnknownSpeed, speedOf } from '../../../otio/edit/speed.ts';
import { recordFrame } from '../../../otio/fill/place.ts';
import { recordOf } from '../../../otio/fill/record.ts';
import { restored } from '../../../otio/fill/restored.ts';
import { showsOriginal } from '../../../otio/fill/shown.ts';
import { Clip, RationalTime, type Timeline, TimeRange } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { Rational } from '../../media/rational.ts';
import { framesOn } from '../../timeline/gaps.ts';
import { clipShown, type Nothing, type Shown } from '../../timeline/shown.ts';
import { sound, tracksLabelled } from '../../timeline/tracks.ts';
import type { Slot } from '../fill/slots.ts';

export interface ClipRequest {
  readonly track?: string | undefined;
  /** Name of clips; without it all that are retimed or have another rate than their track. */
  readonly clip?: string | undefined;
}

/** A clip on a track, and what it shows at its first frame: one that was retimed before what it showed then. */
export interface ClipSlot extends Slot {
  readonly clip: Clip;
  /** The clip as it was before it was retimed; itself where it was not. */
  readonly original: Clip;
  readonly shown: Shown | Nothing;
}

/** @throws CompanionError TRACK_UNKNOWN, CLIP_UNKNOWN, TIMELINE_UNSOUND */
export function clipsOf(timeline: Timeline, { track, clip: name }: ClipRequest): ClipSlot[] {
  const all = sound(() => tracksLabelled(timeline, track).flatMap((one) => clipsOn(timeline, one)));
  if (name === undefined) return all.filter(isOutOfStep);
  const named = all.filter(({ clip, original }) => clip.name === name || original.name === name);
  if (named.length === 0) {
    const known = [...new Set(all.map(({ clip }) => clip.name))];
    throw new CompanionError('CLIP_UNKNOWN', {
      clip: name,
      track,
      known: known.slice(0, mostNamed),
      count: known.length,
    });
  }
  return named;
}

/** Names that an error lists. */
const mostNamed = 12;

type Labelled = ReturnType<typeof tracksLabelled>[number];

function clipsOn(timeline: Timeline, { track, label, seen }: Labelled): ClipSlot[] {
  const frames = framesOn(track);
  const { rate } = frames;
  return track.children.flatMap((clip, index): ClipSlot[] => {
    if (!(clip instanceof Clip)) return [];
    const [start, stop] = [frames.start(index), frames.start(index + 1)];
    const range = new TimeRange(new RationalTime(start, rate), new RationalTime(stop - start, rate));
    if (stop - start < SAME || (seen !== null && !range.intersects(seen))) return [];
    const [first, last] = [Math.round(start), Math.round(stop)];
    const original = originalOf(clip, rate);
    const number = track.children.slice(0, index).filter((child) => child instanceof Clip).length + 1;
    return [
      {
        ...{ track, label, number, in: first, out: last, range, clip, kind: 'clip', place: 'between', fades: false },
        ...{ before: first - 1, after: last },
        timecode: timecodeAt(recordFrame(timeline, timeline.tracks!, track, first, rate), rate),
        ...{ original, shown: clipShown(timeline, track, original) },
      },
    ];
  });
}

/** Of a clip that shows what was made of it, what it was made of. */
function originalOf(clip: Clip, rate: number): Clip {
  if (!recordOf(clip)?.revertible) return clip;
  const [before] = restored(clip, rate);
  return before instanceof Clip ? before : clip;
}

/** Whether it is retimed, or its media have another rate than the track. A clip of unknown speed is out of step too: it is told of. What was made of one is in step. */
function isOutOfStep({ clip, original, shown }: ClipSlot): boolean {
  if (speedOf(clip) !== 1) return true;
  if (clip !== original && !showsOriginal(clip)) return false;
  if ('nothing' in shown) return hasUnknownSpeed(clip);
  return shown.step.sign !== 0 && !(shown.step.equals(Rational.ONE) && shown.position.isWhole);
}
