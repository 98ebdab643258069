// What is wrong with an edit that every reader can read: errors, which no editor can play, and warnings, which some play differently.
import {
  type AnyValue,
  type Child,
  Clip,
  Gap,
  GeneratorReference,
  Item,
  Marker,
  MediaReference,
  type OtioErrorCode,
  type Problem,
  type RationalTime,
  rationalRate,
  SerializableCollection,
  SerializableObject,
  Timeline,
  type TimeRange,
  Track,
  TrackKind,
  Transition,
} from '../../../otio/index.ts';
import { lengthOf, speedOf } from '../../../otio/positions.ts';
import { isOfPremiere, isRetimed, retimeReading, secondsOfMedia } from '../../../otio/premiere.ts';
import { membersOf, pathTo } from '../../../otio/schema/path.ts';

export interface Soundness {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface Noted {
  readonly subject: SerializableObject;
  readonly code: OtioErrorCode;
  readonly message: string;
}

/** In frames: exporters are off a whole frame by so much. */
const NEARLY = 0.5;
/** In frames: doubles are off a whole one by so much. */
const EXACT = 1e-6;

/** Checks all of a file, nested timelines too. */
export function soundnessOf(root: AnyValue): Soundness {
  const look = new Look();
  look.at(root);
  const paths = pathTo(root, new Set([...look.errors, ...look.warnings].map(({ subject }) => subject)));
  const told = ({ subject, code, message }: Noted): Problem => ({
    code,
    message,
    path: paths.get(subject) ?? '',
    line: 0,
  });
  return { errors: look.errors.map(told), warnings: look.warnings.map(told) };
}

class Look {
  readonly errors: Noted[] = [];
  readonly warnings: Noted[] = [];

  at(value: AnyValue): void {
    if (value instanceof SerializableCollection) for (const child of value.children) this.at(child);
    else if (value instanceof Timeline) this.#timeline(value);
    else if (value instanceof SerializableObject) this.#child(value as Child);
  }

  #timeline(timeline: Timeline): void {
    const { globalStartTime, tracks } = timeline;
    if (globalStartTime !== null && !isTime(globalStartTime))
      this.#error(timeline, 'INVALID_TIME_RANGE', `The timeline starts at ${said(globalStartTime)}, which is no time.`);
    if (tracks !== null) this.#child(tracks);
    if (!isOfPremiere(timeline)) return;
    const reading = retimeReading(timeline);
    const verdict =
      reading === null
        ? 'The other tracks do not tell which is meant.'
        : `The cuts of the other tracks agree with the ${reading === 'record' ? 'first' : 'second'}.`;
    for (const clip of timeline.findClips()) {
      if (!isRetimed(clip)) continue;
      const { value, rate } = lengthOf(clip);
      const other = Number((secondsOfMedia(clip) * rate).toFixed(2));
      this.#warn(
        clip,
        'INVALID_TIME_RANGE',
        `${titled(clip)} is retimed on a timeline of Premiere, which may count its range in media frames: it is ${value} frames long on the track as read here, ${other} counted so. ${verdict}`,
      );
    }
  }

  #child(child: Child): void {
    if (child instanceof Transition) {
      for (const [word, offset] of [
        ['before', child.inOffset],
        ['after', child.outOffset],
      ] as const)
        if (!isTime(offset) || offset.value < 0)
          this.#error(child, 'INVALID_TIME_RANGE', `The transition has ${said(offset)} ${word} its cut.`);
    } else if (child instanceof Item) this.#item(child);
  }

  #item(item: Item): void {
    if (item.sourceRange !== null) this.#range(item, item.sourceRange, `${titled(item)} has`);
    for (const marker of item.markers)
      if (marker instanceof Marker) this.#range(marker, marker.markedRange, `The marker '${marker.name}' has`);
    if (item instanceof Clip) this.#clip(item);
    if (item instanceof Track) this.#track(item);
    for (const [key, value] of membersOf(item))
      if (key === 'children' && Array.isArray(value))
        for (const child of value) if (child instanceof SerializableObject) this.#child(child as Child);
  }

  #range(subject: SerializableObject, { startTime, duration }: TimeRange, what: string): void {
    if (!isTime(startTime)) this.#error(subject, 'INVALID_TIME_RANGE', `${what} a start of ${said(startTime)}.`);
    if (!isTime(duration) || duration.value < 0)
      this.#error(subject, 'INVALID_TIME_RANGE', `${what} a length of ${said(duration)}.`);
  }

  #clip(clip: Clip): void {
    const { mediaReference: media, activeMediaReferenceKey: key, sourceRange } = clip;
    if (!Object.hasOwn(clip.mediaReferences, key))
      this.#error(
        clip,
        'MEDIA_REFERENCES_DO_NOT_CONTAIN_ACTIVE_KEY',
        `${titled(clip)} shows the media '${key}', but has none of that key.`,
      );
    const available = media instanceof MediaReference ? media.availableRange : null;
    if (sourceRange === null && available === null)
      this.#error(
        clip,
        'CANNOT_COMPUTE_AVAILABLE_RANGE',
        `${titled(clip)} has no length: neither it nor its media have a range.`,
      );
    if (!(media instanceof MediaReference) || available === null) return;
    const before = this.errors.length;
    this.#range(media, available, `The media of ${titled(clip)} have`);
    if (sourceRange === null || before < this.errors.length || !areTimes(sourceRange)) return;
    const beyond = beyondMedia(clip, 0, 0);
    if (beyond > 0)
      this.#warn(
        clip,
        'INVALID_TIME_RANGE',
        `${titled(clip)} shows ${framesWord(beyond)} that its media do not have: ${said(sourceRange.duration)} from ${sourceRange.startTime.value} on, of ${said(available.duration)} from ${available.startTime.value} on.`,
      );
  }

  #track(track: Track): void {
    if (track.kind !== TrackKind.Audio) this.#rates(track); // sound is cut between frames, in samples
    const { children } = track;
    for (const [i, over] of children.entries()) {
      if (!(over instanceof Transition) || !isTime(over.inOffset) || !isTime(over.outOffset)) continue;
      const [before, after] = [children[i - 1], children[i + 1]];
      if (before instanceof Transition || (before === undefined && after === undefined)) {
        this.#error(over, 'INVALID_TIME_RANGE', 'The transition lies over no cut: nothing is before or after it.');
        continue;
      }
      this.#side(over, over.inOffset, before, children[i - 2], 'before');
      this.#side(over, over.outOffset, after, children[i + 2], 'after');
    }
  }

  /** `taken`: what lies at the other end of the neighbour. */
  #side(
    over: Transition,
    offset: RationalTime,
    neighbour: Child | undefined,
    taken: Child | undefined,
    side: 'before' | 'after',
  ): void {
    if (!(neighbour instanceof Item) || !isTime(lengthOf(neighbour))) return;
    const there = lengthOf(neighbour).toSeconds();
    const other = taken instanceof Transition ? (side === 'before' ? taken.outOffset : taken.inOffset) : null;
    const rate = offset.rate;
    const inFrames = (seconds: number): number => Math.round(seconds * rate);
    if (inFrames(offset.toSeconds()) > inFrames(there))
      this.#error(
        over,
        'INVALID_TIME_RANGE',
        `The transition takes ${said(offset)} of ${titled(neighbour)} ${side} its cut, which has ${inFrames(there)}.`,
      );
    else if (other !== null && isTime(other) && inFrames(offset.toSeconds() + other.toSeconds()) > inFrames(there))
      this.#warn(
        over,
        'INVALID_TIME_RANGE',
        `The transition overlaps the one at the other end of ${titled(neighbour)}.`,
      );
    if (!(neighbour instanceof Clip)) return;
    // Beyond the cut the outgoing clip goes on, and the incoming one begins early.
    const needed = side === 'before' ? over.outOffset : over.inOffset;
    const lacking = beyondMedia(
      neighbour,
      side === 'after' ? needed.toSeconds() : 0,
      side === 'before' ? needed.toSeconds() : 0,
    );
    if (lacking > 0 && beyondMedia(neighbour, 0, 0) === 0)
      this.#warn(
        over,
        'INVALID_TIME_RANGE',
        `The transition needs ${framesWord(lacking)} of ${titled(neighbour)} that its media do not have.`,
      );
  }

  /** One track counts in one rate, written with one double, and cuts on its frames. */
  #rates(track: Track): void {
    const items = track.children.filter((child) => child instanceof Item && !(child instanceof Gap)) as Item[];
    const lengths = items.map(lengthOf).filter((time) => isTime(time) && time.value > 0);
    const doubles = [...new Set(lengths.map(({ rate }) => rate))];
    const exact = new Set(doubles.map((rate) => Object.values(rationalRate(rate)).join('/')));
    if (exact.size > 1) this.#warn(track, 'INVALID_TIME_RANGE', `${titled(track)} mixes rates: ${doubles.join(', ')}.`);
    else if (doubles.length > 1)
      this.#warn(
        track,
        'INVALID_TIME_RANGE',
        `${titled(track)} writes one rate in several ways, ${doubles.join(', ')}: later cuts fall between frames.`,
      );
    for (const item of items) {
      const { value } = lengthOf(item);
      if (Math.abs(value - Math.round(value)) > EXACT)
        this.#warn(
          item,
          'INVALID_TIME_RANGE',
          `${titled(item)} is ${value} frames long: its end falls between frames.`,
        );
    }
  }

  #error(subject: SerializableObject, code: OtioErrorCode, message: string): void {
    this.errors.push({ subject, code, message });
  }
  #warn(subject: SerializableObject, code: OtioErrorCode, message: string): void {
    this.warnings.push({ subject, code, message });
  }
}

const isTime = ({ value, rate }: RationalTime): boolean => Number.isFinite(value) && rate > 0 && rate <= 1e12;
const areTimes = ({ startTime, duration }: TimeRange): boolean => isTime(startTime) && isTime(duration);
const framesWord = (frames: number): string => (frames === 1 ? '1 frame' : `${frames} frames`);
const said = ({ value, rate }: RationalTime): string => `${value} frames at ${rate}`;
const titled = (item: Item): string => (item.name === '' ? `a ${item.schemaName.toLowerCase()}` : `'${item.name}'`);

/**
 * Frames of its media that a clip shows and its file does not have, with so many seconds more at its head and tail. Stills and generators last as long as
 * one likes; of a clip played backwards editors disagree on which end its in-point names.
 */
function beyondMedia(clip: Clip, head: number, tail: number): number {
  const media = clip.mediaReference;
  const speed = speedOf(clip);
  if (!(media instanceof MediaReference) || media instanceof GeneratorReference || media.isMissingReference) return 0;
  const available = media.availableRange;
  if (available === null || !areTimes(available) || speed === null || !(speed > 0)) return 0;
  const { rate } = available.duration;
  if (available.duration.value <= 1) return 0;
  const shown = clip.sourceRange ?? available;
  if (!areTimes(shown)) return 0;
  const first = (shown.startTime.toSeconds() - head * speed - available.startTime.toSeconds()) * rate;
  const last = first + (shown.duration.toSeconds() + head + tail) * speed * rate - available.duration.value;
  const lacking = Math.max(0, -first - NEARLY) + Math.max(0, last - NEARLY);
  return lacking === 0 ? 0 : Math.max(1, Math.round(Math.max(0, -first) + Math.max(0, last)));
}
