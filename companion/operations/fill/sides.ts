// The pictures beside a slot: which frames of which media are shown there, decoded in the form of the clip beside it.
import type { Timeline, Track } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { MediaTools } from '../../media/find.ts';
import { type Fit, type Form, type Media, openMedia, readFitted } from '../../media/fitted.ts';
import { pictureBytes } from '../../media/pixels.ts';
import { Rational } from '../../media/rational.ts';
import { parseTimecode } from '../../media/timecode.ts';
import { averageRate, stampOf, type Timing } from '../../media/timing.ts';
import { Locator } from '../../timeline/media.ts';
import type { Opened } from '../../timeline/open.ts';
import { type Shown, shownAt } from '../../timeline/shown.ts';
import { timelineOf } from '../../timeline/within.ts';
import type { Side } from './bridge.ts';

/** A frame of a media file by its number there, and the file. */
export interface MediaFrame {
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

/** Which way from the slot: −1 to what comes before it, 1 to what comes after. */
export type Way = -1 | 1;

/** Pictures beyond a border, and their bytes, that are read at most. */
const mostBeyond = 26;
const mostBytes = 2 ** 28;

/** How many pictures beyond the border tell how it moves, and how far motion is to be believed over a gap of so many frames. */
const beyondFor = (frames: number, { picture }: Form): number =>
  Math.max(3, Math.min(frames + 2, mostBeyond, Math.floor(mostBytes / pictureBytes(picture))));

/** The media of a timeline; each file is opened once. */
export class Reels {
  readonly #timeline: Timeline;
  readonly #tools: MediaTools;
  readonly #locator: Locator;
  readonly #signal: AbortSignal;
  /** Sentences on media that were found elsewhere than the timeline says. */
  readonly moved = new Set<string>();
  readonly #media = new Map<string, Promise<Media>>();

  /** `roots`: folders that media may lie in, beside that of the timeline. */
  constructor(opened: Opened, tools: MediaTools, roots: readonly string[], signal: AbortSignal) {
    this.#timeline = timelineOf(opened);
    this.#tools = tools;
    this.#locator = new Locator(opened, roots);
    this.#signal = signal;
  }

  /**
   * What the track shows at a frame; a sentence where that is no picture of a file that is there.
   * @throws CompanionError where the file is there and cannot be read
   */
  async at(track: Track, frame: number): Promise<Beside | string> {
    const shown = shownAt(this.#timeline, track, frame);
    if ('nothing' in shown) return shown.nothing;
    const found = await this.#frame(shown, Number(shown.position.floor()));
    if (typeof found === 'string') return found;
    return { shown, frame: found, step: shown.step };
  }

  /** The frame of the same media so many frames on from what is shown; null where there is none. */
  async beyond({ shown }: Beside, frames: number): Promise<MediaFrame | null> {
    const position = Number(shown.position.floor()) + frames;
    const found = position < 0 ? null : await this.#frame(shown, position);
    return typeof found === 'string' ? null : found;
  }

  async #frame(shown: Shown, position: number): Promise<MediaFrame | string> {
    const located = await this.#locator.locate(shown.reference, position);
    if (!located.found) return located.reason;
    if (located.moved !== null) this.moved.add(located.moved);
    const media = await this.#open(located.path);
    if (located.still || media.timing.frames === 1) return { file: located.path, media, index: 0 };
    const index = indexOf(shown, position, media);
    if (index < 0 || index >= media.timing.frames)
      return `${located.path} has ${media.timing.frames} frames, and the timeline shows its frame ${index}`;
    return { file: located.path, media, index };
  }

  #open(file: string): Promise<Media> {
    let media = this.#media.get(file);
    if (media === undefined) {
      media = openMedia(this.#tools, file, this.#signal);
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

/** The file's frame for a position that the timeline counts in frames of the rate it believes the media to have. */
function indexOf({ rate, origin }: Shown, position: number, { description, timing, stream }: Media): number {
  const own = timing.kind === 'constant' ? timing.rate : (stream.nominalRate ?? averageRate(timing));
  const start = description.timecode;
  const first = start === null || origin === 'available range' ? 0 : parseTimecode(start.text, own).frames;
  const offset = position >= first ? position - first : position; // a timeline that ignores the timecode counts from 0
  if (own.equals(rate)) return offset;
  return lastShown(timing, new Rational(offset).div(rate));
}

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

/** What a side of a slot is made from. */
export interface Bank {
  readonly beside: Beside;
  readonly side: Side;
  /** Pictures that the track shows next to the slot, nearest first: as many as were asked for. */
  readonly handle: readonly Uint8Array[];
}

export interface SideRequest {
  readonly track: Track;
  /** Frame of the track beside the slot. */
  readonly border: number;
  readonly way: Way;
  /** Frames of the handle, and of the slot. */
  readonly handle: number;
  readonly frames: number;
  readonly form: Form;
  readonly fit: Fit;
}

/**
 * Reads one side: its border picture with those beyond it, and a handle.
 * @throws CompanionError MEDIA_OFFLINE where a frame of the handle is not there
 */
export async function readSide(
  reels: Reels,
  { track, border, way, handle, frames, form, fit }: SideRequest,
  beside: Beside,
): Promise<Bank> {
  const context: { frame: MediaFrame; age: number }[] = [{ frame: beside.frame, age: 0 }];
  const { step } = beside;
  for (let k = 1; k <= beyondFor(frames, form) && step !== 0; k++) {
    const frame = await reels.beyond(beside, Math.sign(step) * way * k);
    if (frame === null) break;
    context.push({ frame, age: k / Math.abs(step) });
  }
  const handles: MediaFrame[] = [];
  for (let k = 0; k < handle; k++) {
    const at = await reels.at(track, border + way * k);
    if (typeof at === 'string') throw new CompanionError('MEDIA_OFFLINE', { reason: at });
    handles.push(at.frame);
  }
  const wanted = [...context.map(({ frame }) => frame), ...handles];
  const pictures = await reels.read(wanted, form, fit);
  return {
    beside,
    side: { pictures: pictures.slice(0, context.length), ages: context.map(({ age }) => age) },
    handle: pictures.slice(context.length),
  };
}
