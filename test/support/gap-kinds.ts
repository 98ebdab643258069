// Timelines of every kind that a gap is filled on, at any rate, over generated footage.
import { join } from 'node:path';
import type { MediaTools } from '../../companion/media/find.ts';
import * as otio from '../../otio/index.ts';
import { clip, doubleOf, gap, makeStills, makeTake, takeFrames, timelineOf } from './cuts.ts';

export interface Cut {
  readonly timeline: otio.Timeline;
  /** Where the gap is on the first track, in frames. */
  readonly in: number;
  readonly frames: number;
  /** Parameters beside the defaults. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The files of one rate, each made when it is first wanted. */
export class Footage {
  readonly rate: string;
  readonly #tools: MediaTools;
  readonly #folder: string;
  readonly #made = new Map<string, Promise<string>>();

  constructor(tools: MediaTools, folder: string, rate: string) {
    this.rate = rate;
    this.#tools = tools;
    this.#folder = folder;
  }

  take(number: 0 | 1, rate = this.rate): Promise<string> {
    const folder = join(this.#folder, rate.replace('/', '-'));
    return this.#once(`${number} ${rate}`, () => makeTake(this.#tools, folder, rate, number));
  }

  /** The first take as `frame.0000.png` …: their folder. */
  stills(): Promise<string> {
    return this.#once('stills', async () => makeStills(this.#tools, await this.take(0), join(this.#folder, 'stills')));
  }

  #once(what: string, make: () => Promise<string>): Promise<string> {
    const made = this.#made.get(what) ?? make();
    this.#made.set(what, made);
    return made;
  }
}

type Kind = (footage: Footage, rate: number) => Promise<Cut>;

/** Seams between generated shots are no better than they are. */
const dissolve = { strategy: 'dissolve', strict: false };
const hold = { strategy: 'hold', strict: false };

export const lift =
  (frames: number, params: Cut['params'] = {}): Kind =>
  async (footage, rate) => {
    const file = await footage.take(0);
    const children = [
      clip({ file, from: 10, count: 20 }, rate),
      gap(frames, rate),
      clip({ file, from: 30 + frames, count: 20 }, rate),
    ];
    return { timeline: timelineOf([children], rate), in: 20, frames, params };
  };

/** Rates that lie beside another on one track: 24 on 25 and 29.97, 59.94 on 23.976 … */
const strangers: Readonly<Record<string, string>> = {
  '24000/1001': '60000/1001',
  '24': '60',
  '25': '24',
  '30000/1001': '24',
  '50': '25',
  '60000/1001': '24000/1001',
  '60': '24',
};

export const kinds: Readonly<Record<string, Kind>> = {
  'three frames of a take': lift(3),
  'one frame': lift(1),
  'at the head': async (footage, rate) => {
    const behind = clip({ file: await footage.take(0), from: 10, count: 20 }, rate);
    return { timeline: timelineOf([[gap(6, rate), behind]], rate), in: 0, frames: 6, params: hold };
  },
  'at the tail': async (footage, rate) => {
    const file = await footage.take(0);
    const tracks = [
      [clip({ file, from: 10, count: 20 }, rate), gap(6, rate)],
      [gap(28, rate), clip({ file, from: 40, count: 8 }, rate)],
    ];
    return { timeline: timelineOf(tracks, rate), in: 20, frames: 6, params: { ...hold, track: 'V1' } };
  },
  'ten seconds between two shots': async (footage, rate) => {
    const frames = Math.round(rate * 10);
    const children = [
      clip({ file: await footage.take(0), from: 10, count: 20 }, rate),
      gap(frames, rate),
      clip({ file: await footage.take(1), from: 30, count: 20 }, rate),
    ];
    return { timeline: timelineOf([children], rate), in: 20, frames, params: { ...dissolve, longest: 700 } };
  },
  'media at another rate': async (footage, rate) => {
    const stranger = strangers[footage.rate]!;
    const mediaRate = doubleOf(stranger);
    const other = await footage.take(1);
    const children = [
      clip({ file: other, from: 30, count: 8 }, rate),
      clip({ file: await footage.take(0, stranger), from: 6, count: 12, mediaRate }, rate),
      gap(4, rate),
      clip({ file: other, from: 38, count: 12 }, rate),
    ];
    return { timeline: timelineOf([children], rate), in: 20, frames: 4, params: dissolve };
  },
  'neighbours at other speeds': async (footage, rate) => {
    const [take, other] = [await footage.take(0), await footage.take(1)];
    const tracks = [
      [
        clip({ file: take, from: 10, count: 12, speed: 2 }, rate),
        gap(6, rate),
        clip({ file: other, from: 30, count: 12, speed: 0.5 }, rate),
      ],
      [gap(4, rate), clip({ file: other, from: 2, count: 5 }, rate)],
    ];
    return { timeline: timelineOf(tracks, rate), in: 12, frames: 6, params: { ...dissolve, track: 'V1' } };
  },
  'a dissolve before, a nest behind': async (footage, rate) => {
    const [take, other] = [await footage.take(0), await footage.take(1)];
    const nest = new otio.Stack({
      name: 'nest',
      sourceRange: new otio.TimeRange(3, 10, rate),
      children: [
        new otio.Track({ children: [clip({ file: take, from: 20, count: 30 }, rate)] }),
        new otio.Track({ children: [gap(8, rate), clip({ file: other, from: 20, count: 3 }, rate)] }),
      ],
    });
    const fade = new otio.RationalTime(2, rate);
    const children = [
      clip({ file: other, from: 10, count: 10 }, rate),
      new otio.Transition({ transitionType: 'SMPTE_Dissolve', inOffset: fade, outOffset: fade }),
      clip({ file: take, from: 4, count: 10 }, rate),
      gap(5, rate),
      nest,
    ];
    return { timeline: timelineOf([children], rate), in: 20, frames: 5, params: { strict: false } };
  },
  'stills in sequence': async (footage, rate) => {
    const folder = await footage.stills();
    const sequence = (from: number): otio.Clip =>
      new otio.Clip({
        name: 'stills',
        sourceRange: new otio.TimeRange(from, 12, rate),
        mediaReferences: {
          DEFAULT_MEDIA: new otio.ImageSequenceReference({
            targetUrlBase: `file://${folder}/`,
            namePrefix: 'frame.',
            nameSuffix: '.png',
            startFrame: 0,
            frameStep: 1,
            rate,
            frameZeroPadding: 4,
            availableRange: new otio.TimeRange(0, takeFrames, rate),
          }),
        },
      });
    return {
      timeline: timelineOf([[sequence(10), gap(4, rate), sequence(26)]], rate),
      ...{ in: 12, frames: 4, params: { handles: 2 } },
    };
  },
};
