// Which frame of which media a track shows at a frame, exactly: through retimes, freezes, nested stacks and tracks.
import { SAME, shownRange, takesTime } from '../../otio/edit/frames.ts';
import { hasUnknownSpeed, speedOf } from '../../otio/edit/speed.ts';
import { labelOf } from '../../otio/fill/place.ts';
import { fractionOf } from '../../otio/fill/samples.ts';
import { exactFrames, mediaRate, samplesOf } from '../../otio/fill/source.ts';
import {
  type Child,
  Clip,
  type ClipMedia,
  Composition,
  type ExactRate,
  ExternalReference,
  Gap,
  GeneratorReference,
  ImageSequenceReference,
  Item,
  MissingReference,
  type RationalTime,
  rationalRate,
  type Timeline,
  Track,
  TrackKind,
  Transition,
} from '../../otio/index.ts';
import { titleOf } from '../../otio/schema/composable.ts';
import { Rational } from '../media/rational.ts';
import { framesOn } from './gaps.ts';
import { sound } from './tracks.ts';

export interface Shown {
  readonly clip: Clip;
  /** Null: it names no media, as clips of most EDLs. They are looked for by its name. */
  readonly reference: ExternalReference | ImageSequenceReference | null;
  /**
   * Frames of the media after its first, at `rate`; of an image sequence images after its first. A fraction lies between two; what lies before the first or behind
   * the last is for the caller to tell, who knows the file. 0 for a still.
   */
  readonly position: Rational;
  /** Frames of the media (images of a sequence) from one frame of the track to the next: 1 in real time, 0 for a still or a freeze, below 0 backwards. */
  readonly step: Rational;
  /** Frames of the media a second, as the timeline says it; the file may have another. */
  readonly rate: Rational;
  /**
   * What `position` is counted from. `media start`: the timeline does not say where the file starts. Where `position` is not below the number of the file's start
   * timecode, the timeline counts in timecode: then that number is to be subtracted.
   */
  readonly origin: 'available range' | 'media start';
}

export interface Nothing {
  /** Why no picture of a file is shown, in a sentence. */
  readonly nothing: string;
  /** Nothing lies there, so a lower track is seen; false for what is there and cannot be shown. */
  readonly empty: boolean;
}

const nothing = (why: string): Nothing => ({ nothing: why, empty: false });
const empty = (why: string): Nothing => ({ nothing: why, empty: true });

/**
 * What a track shows at a frame (whole, at its rate, from its first child). In a nested stack the topmost picture that is enabled and no gap.
 * @throws CompanionError TIMELINE_UNSOUND where the length of something is not known
 */
export const shownAt = (timeline: Timeline, track: Track, frame: number): Shown | Nothing =>
  sound(() => {
    const rate = rational(rationalRate(framesOn(track).rate));
    return onTrack({ timeline, rate, pace: Rational.ONE }, track, new Rational(frame));
  });

/**
 * What a clip shows at the first frame of its place on a track, with transitions left aside. Frame i of its place shows `position + i · step`; so do the frames before
 * and behind it, as far as the media reach.
 * @throws CompanionError TIMELINE_UNSOUND
 */
export const clipShown = (timeline: Timeline, track: Track, clip: Clip): Shown | Nothing =>
  sound(() => {
    const rate = rational(rationalRate(framesOn(track).rate));
    return byChild({ timeline, rate, pace: Rational.ONE }, clip, Rational.ZERO);
  });

/** From where it is looked. */
interface View {
  readonly timeline: Timeline;
  /** Of the track that was asked about. */
  readonly rate: Rational;
  /** Seconds that pass in what is looked at for each on that track. */
  readonly pace: Rational;
}

/** `at`: in frames of the track. */
function onTrack(view: View, track: Track, at: Rational): Shown | Nothing {
  const frames = framesOn(track);
  const rate = rationalRate(frames.rate);
  const place = at.toNumber() + SAME;
  const index = frames.indexAt(place);
  const child = track.children[index];
  const where = `Frame ${Math.floor(place)} of ${nameOf(view.timeline, track)}`;
  if (child === undefined || place < SAME || place > frames.start(track.children.length))
    return empty(`${where} lies outside of it.`);
  const [from, left] = [place - frames.start(index), frames.start(index + 1) - place];
  const transition = transitionOver(track, index, from, left, rate);
  if (transition !== null) return nothing(`${where} lies in ${titleOf(transition)}.`);
  if (child instanceof Gap) return empty(`${where} is a gap.`);
  const offset = at.sub(rational(fractionOf(frames.start(index))));
  return byChild(view, child, offset.sign < 0 ? Rational.ZERO : offset.div(rational(rate)));
}

const rational = ({ num, den }: ExactRate): Rational => new Rational(num, den);

/** `V1`, as the user knows a track. */
const nameOf = ({ tracks }: Timeline, track: Track): string =>
  (tracks === null ? '' : labelOf(tracks, track)) || titleOf(track);

/** The transition beside a child that reaches to a place in it. `from`, `left`: frames of the track from its start, and to its end. */
function transitionOver(track: Track, index: number, from: number, left: number, rate: ExactRate): Transition | null {
  for (const step of [-1, 1])
    for (let i = index + step; i >= 0 && i < track.children.length; i += step) {
      const beside = track.children[i]!;
      if (takesTime(beside)) break;
      if (!(beside instanceof Transition)) continue;
      const reach = exactFrames(step < 0 ? beside.outOffset : beside.inOffset, rate).round;
      if (step < 0 ? from < reach : left <= reach) return beside;
    }
  return null;
}

/** `offset`: seconds from the start of the child. */
function byChild(view: View, child: Child, offset: Rational): Shown | Nothing {
  const title = titleOf(child);
  if (child instanceof Gap) return empty(`${title} is a gap.`);
  if (!(child instanceof Clip || child instanceof Composition))
    return nothing(`${title} is of a kind that is not known here.`);
  if (!child.visible) return empty(`${title} is disabled.`);
  if (hasUnknownSpeed(child)) return nothing(`${title} has a time effect of unknown speed.`);
  return child instanceof Clip ? byClip(view, child, offset) : inside(view, child, offset);
}

function inside(outer: View, child: Composition, offset: Rational): Shown | Nothing {
  const range = child.sourceRange;
  const speed = rational(fractionOf(speedOf(child)));
  const view = { ...outer, pace: outer.pace.mul(speed) };
  const at = offset.mul(speed).add(range === null ? Rational.ZERO : seconds(range.startTime));
  if (child instanceof Track) return onTrack(view, child, at.mul(rational(rationalRate(framesOn(child).rate))));
  for (const layer of child.children.toReversed()) {
    if (!(layer instanceof Item) || (layer instanceof Track && layer.kind !== TrackKind.Video)) continue;
    if (endsBefore(layer, at)) continue;
    const found = byChild(view, layer, at);
    if (!('nothing' in found && found.empty)) return found;
  }
  return empty(`${titleOf(child)} shows nothing there.`);
}

/** Whether an item of a stack has ended at `at`. What a track or stack without a range of its own holds says so itself. */
function endsBefore(layer: Item, at: Rational): boolean {
  if (layer instanceof Composition && layer.sourceRange === null) return false;
  return at.compare(seconds(shownRange(layer).duration)) >= 0;
}

function seconds(time: RationalTime): Rational {
  const rate = rationalRate(time.rate);
  const { num, den } = exactFrames(time, rate);
  return new Rational(num, den).div(rational(rate));
}

function byClip({ rate: asked, pace }: View, clip: Clip, offset: Rational): Shown | Nothing {
  const reference = clip.mediaReference;
  if (reference instanceof GeneratorReference)
    return nothing(`${titleOf(clip)} is made by a generator (${reference.generatorKind}), not from media.`);
  const media = namesMedia(reference) ? reference : null;
  if (media === null && !isNothing(reference))
    return nothing(`${titleOf(clip)} has media of a kind that is not known here.`);
  if (media === null && clip.name === '') return nothing(`${titleOf(clip)} has no media and no name.`);
  const { duration } = shownRange(clip);
  const own = rationalRate(duration.rate);
  const rate = mediaRate(clip, own);
  const available = reference?.availableRange ?? null;
  const frames = available === null ? null : exactFrames(available.duration, rate).ceil;
  const isStill = frames !== null && frames <= 1;

  const length = exactFrames(duration, own).ceil;
  const samples = samplesOf(clip, length, own, undefined)!;
  const first = available === null ? Rational.ZERO : fractionAt(exactFrames(available.startTime, rate));
  const [start, last] = [0, Math.max(length - 1, 0)].map((frame) => fractionAt(samples.at(frame)).sub(first));
  const perSecond = isStill ? Rational.ZERO : fractionAt(samples.step).mul(rational(own));
  const position = isStill ? Rational.ZERO : shownFirst(start!, last!, frames).add(offset.mul(perSecond));
  const images = reference instanceof ImageSequenceReference ? imagesPerFrame(reference, rate) : Rational.ONE;
  return {
    clip,
    reference: media,
    position: position.mul(images),
    step: perSecond.mul(pace).div(asked).mul(images),
    rate: rational(rate).mul(images),
    origin: available === null ? 'media start' : 'available range',
  };
}

/** Whether a reference says that there is none, or nothing. */
const isNothing = (reference: ClipMedia): boolean =>
  reference === null || reference instanceof MissingReference || reference instanceof ExternalReference;

/** Whether a reference says where its media are. */
export const namesMedia = (reference: ClipMedia): reference is ExternalReference | ImageSequenceReference =>
  (reference instanceof ExternalReference && reference.targetUrl !== '') || reference instanceof ImageSequenceReference;

const fractionAt = ({ num, den }: { readonly num: bigint; readonly den: bigint }): Rational => new Rational(num, den);

/**
 * The frame that a clip shows first, of those its range begins (`start`) and ends with. Writers differ about backwards: a source range starts at the frame shown
 * first, or at the one shown last; where the first would leave the media and the second does not, the second is meant, as the export to MLT reads it.
 */
function shownFirst(start: Rational, last: Rational, available: number | null): Rational {
  if (last.sign >= 0 || last.compare(start) >= 0 || start.sign < 0) return start;
  const other = start.add(start.sub(last));
  return available !== null && other.compare(new Rational(available)) >= 0 ? start : other;
}

/** Images for each frame of the time that the media are counted in. */
function imagesPerFrame({ rate, frameStep }: ImageSequenceReference, counted: ExactRate): Rational {
  const images = rate > 0 ? rational(rationalRate(rate)) : rational(counted);
  return images.div(rational(counted)).div(new Rational(Math.max(1, frameStep)));
}
