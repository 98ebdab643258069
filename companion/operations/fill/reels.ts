// The media of a timeline: which frame of which file a track shows, and its pictures.
import type { Clip, Timeline, Track } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { MediaTools } from '../../media/find.ts';
import { type Fit, type Form, type Media, openMedia, readFitted } from '../../media/fitted.ts';
import { Rational } from '../../media/rational.ts';
import { parseTimecode } from '../../media/timecode.ts';
import { averageRate, stampOf, type Timing } from '../../media/timing.ts';
import { type Located, type LocatedMedia, Locator } from '../../timeline/media.ts';
import type { Opened } from '../../timeline/open.ts';
import { namesMedia, type Shown, shownAt } from '../../timeline/shown.ts';
import { timelineOf } from '../../timeline/within.ts';
import type { OperationContext } from '../context.ts';

/** A frame of a media file by its number there. */
export interface MediaFrame {
  /** What a person calls the file. */
  readonly file: string;
  readonly media: Media;
  readonly index: number;
}

/** What a track shows at a frame beside a slot. */
export interface Beside {
  readonly shown: Shown;
  readonly frame: MediaFrame;
  /** Frames of the media that pass in one of the track: 1 in real time, 0 for a still or a freeze, below 0 backwards. */
  readonly step: number;
}

/** A place at a frame of the media, or between two. */
export interface Spot {
  readonly frame: MediaFrame;
  /** How far on from it, in frames: 0 ≤ phase < 1. */
  readonly phase: Rational;
  /** The frame after it; null where the phase is 0, and behind the last one. */
  readonly next: MediaFrame | null;
}

/** The media of a timeline; each file is opened once. */
export class Reels {
  readonly #timeline: Timeline;
  readonly #tools: MediaTools;
  readonly #locator: Locator;
  readonly #roots: readonly string[];
  readonly #context: Pick<OperationContext, 'signal' | 'closed'>;
  readonly #signal: AbortSignal;
  /** Sentences on media that were found elsewhere than the timeline says. */
  readonly moved = new Set<string>();
  #media = new Map<string, Promise<Media>>();

  /** `roots`: folders that media may lie in, beside that of the timeline, but for those that are `closed`. */
  constructor(
    opened: Opened,
    tools: MediaTools,
    roots: readonly string[],
    context: Pick<OperationContext, 'signal' | 'closed'>,
  ) {
    this.#timeline = timelineOf(opened);
    this.#tools = tools;
    this.#locator = new Locator(opened, roots, context.closed);
    this.#roots = roots;
    this.#context = context;
    this.#signal = context.signal;
  }

  /** The same media as another timeline names them; they may lie in `folders` too. */
  of(opened: Opened, folders: readonly string[]): Reels {
    const reels = new Reels(opened, this.#tools, [...folders, ...this.#roots], this.#context);
    reels.#media = this.#media;
    return reels;
  }

  /** Where the media of a clip are, or why they are not there. `image`: which of a sequence. */
  locate(clip: Clip, image = 0): Promise<Located> {
    const { mediaReference } = clip;
    return namesMedia(mediaReference) ? this.#locator.locate(mediaReference, image) : this.#locator.locateNamed(clip);
  }

  /**
   * What the track shows at a frame; a sentence where that is no picture of a file that is there.
   * @throws CompanionError where the file is there and cannot be read
   */
  async at(track: Track, frame: number): Promise<Beside | string> {
    const shown = shownAt(this.#timeline, track, frame);
    if ('nothing' in shown) return shown.nothing;
    const spot = await this.spot(shown, shown.position);
    return typeof spot === 'string' ? spot : { shown, frame: spot.frame, step: shown.step.toNumber() };
  }

  /** The frame of the same media so many frames on from what is shown; null where there is none. */
  async beyond({ shown }: Beside, frames: number): Promise<MediaFrame | null> {
    const spot = await this.spot(shown, shown.position.add(new Rational(frames)));
    return typeof spot === 'string' ? null : spot.frame;
  }

  /** Where a position of what is shown lies in its file, as `at` tells it. */
  async spot(shown: Shown, position: Rational): Promise<Spot | string> {
    if (position.sign < 0) return `frame ${position} of ${shown.clip.name} lies before its media`;
    const whole = position.floor();
    const located = await this.locate(shown.clip, Number(whole));
    if (!located.found) return located.reason;
    if (located.moved !== null) this.moved.add(located.moved);
    const media = await this.#open(located);
    const frameAt = (index: number): MediaFrame => ({ file: located.title, media, index });
    if (located.still) {
      const phase = position.sub(new Rational(whole));
      const next = phase.sign === 0 ? null : await this.spot(shown, new Rational(whole + 1n));
      return { frame: frameAt(0), phase, next: next === null || typeof next === 'string' ? null : next.frame };
    }
    const { timing } = media;
    if (timing.frames === 1) return { frame: frameAt(0), phase: Rational.ZERO, next: null };
    const own = positionIn(media, shown, position);
    const index = Number(own.floor());
    if (index < 0 || index >= timing.frames)
      return `${located.title} has ${timing.frames} frames, and the timeline shows its frame ${index}`;
    const phase = own.sub(new Rational(index));
    return {
      frame: frameAt(index),
      phase,
      next: phase.sign === 0 || index + 1 === timing.frames ? null : frameAt(index + 1),
    };
  }

  /** A file that no reference names. */
  open(file: string): Promise<Media> {
    return this.#open({ path: file, title: file });
  }

  #open({ path: file, title }: Pick<LocatedMedia, 'path' | 'title'>): Promise<Media> {
    let media = this.#media.get(file);
    if (media === undefined) {
      media = openMedia(this.#tools, file, this.#signal).catch((error: unknown) => {
        if (!(error instanceof CompanionError) || error.facts.path !== file) throw error;
        throw new CompanionError(error.code, { ...error.facts, path: title }, { cause: error });
      });
      this.#media.set(file, media);
    }
    return media;
  }

  /** Pictures of frames, in order, in one form. Frames of one file that follow each other are decoded in one go. */
  async read(frames: readonly MediaFrame[], form: Form, fit: Fit): Promise<Uint8Array[]> {
    const pictures = new Map<string, Uint8Array>();
    const key = ({ file, index }: MediaFrame): string => `${index} ${file}`;
    const wanted = [...new Map(frames.map((frame) => [key(frame), frame])).values()].sort((a, b) =>
      a.file === b.file ? a.index - b.index : a.file < b.file ? -1 : 1,
    );
    for (let at = 0; at < wanted.length; ) {
      const first = wanted[at]!;
      let count = 1;
      while (wanted[at + count]?.file === first.file && wanted[at + count]!.index === first.index + count) count++;
      const options = { from: first.index, count, form, fit, signal: this.#signal };
      for (const [i, picture] of (await readFitted(this.#tools, first.media, options)).entries())
        pictures.set(key({ ...first, index: first.index + i }), picture);
      at += count;
    }
    return frames.map((frame) => pictures.get(key(frame))!);
  }
}

/** The file's frame, a fraction where it lies between two, for a position that the timeline counts in frames of the rate it believes the media to have. */
function positionIn(media: Media, { rate, origin }: Shown, position: Rational): Rational {
  const { timing } = media;
  const own = rateOf(media);
  const offset = origin === 'available range' ? position : position.sub(countedFrom(media, rate, position));
  if (countsAlike(own, rate)) return offset;
  const instant = offset.div(rate);
  if (timing.kind === 'constant') return instant.mul(own);
  const index = lastShown(timing, instant);
  if (index + 1 === timing.frames) return new Rational(index);
  const [from, to] = [stampOf(timing, index), stampOf(timing, index + 1)];
  return new Rational(index).add(instant.sub(from).div(to.sub(from)));
}

/**
 * The number of the file's first frame, at `rate`, in a timeline that shows `position` of it and does not say where the file starts: its timecode, or 0 where
 * the position lies before that.
 */
export function countedFrom(media: Media, rate: Rational, position: Rational): Rational {
  const { timecode } = media.description;
  if (timecode === null) return Rational.ZERO;
  const own = rateOf(media);
  const frames = new Rational(parseTimecode(timecode.text, own).frames);
  const first = countsAlike(own, rate) ? frames : frames.div(own).mul(rate);
  return position.compare(first) >= 0 ? first : Rational.ZERO;
}

const rateOf = ({ timing, stream }: Media): Rational =>
  timing.kind === 'constant' ? timing.rate : (stream.nominalRate ?? averageRate(timing));

/** Whether frames of both are the same frames. Who writes 24 for 23.976 counts frames, and means them. */
const countsAlike = (a: Rational, b: Rational): boolean => a.equals(b) || isNtscOf(a, b) || isNtscOf(b, a);

/** Whether `a` is `b` slowed down by 1000/1001. */
const isNtscOf = (a: Rational, b: Rational): boolean => a.mul(new Rational(1001, 1000)).equals(b);

/** The frame that is shown at an instant. */
function lastShown(timing: Timing, instant: Rational): number {
  let [low, high] = [0, timing.frames - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stampOf(timing, middle).compare(instant) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}
