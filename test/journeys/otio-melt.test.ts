// Exported timelines, rendered by melt: every frame must be the one that the edit means. The edit is written here as pieces of media, and what each
// output frame shows is counted from those pieces, without the library.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mlt } from '../../otio/adapters/mlt/index.ts';
import * as otio from '../../otio/index.ts';
import { findTools, type MediaTools, makeClip, scratchFolder } from '../support/media.ts';
import { columnMeans, findMelt, renderMlt } from '../support/melt.ts';
import { standAside } from '../support/stand-aside.ts';
import type { RawClip } from '../support/y4m.ts';

const { RationalTime, TimeRange } = otio;

const WIDTH = 64;
const HEIGHT = 48;
/** Frames of each file. */
const LENGTH = 54;
/** One column says which file is shown and how strongly, the next which of its frames: luma 16 + 4 n. */
const media = ['film.mkv', 'b é%20 #1 & co.mov'] as const;
const PRESENT = 200;
const STEP = 4;
/** Frame 0 of a file by its timecode. */
const starts = [0, 86400];

type Piece =
  /** Frames `from`, `from + speed` … of file `of`; `start` is where its source range starts, where that differs. */
  | { of: 0 | 1; from: number; count: number; speed?: number; start?: number; off?: true; still?: true }
  | { gap: number }
  | { fade: [before: number, after: number] }
  | { stack: Piece[][]; start: number; count: number };
interface Track {
  readonly pieces: readonly Piece[];
  readonly off?: true;
  readonly trim?: [start: number, count: number];
}

/** How much of which frame of a file is seen. */
type Seen = { of: number; frame: number; weight: number };

// --- What the edit means, one list for each frame, counted from the pieces.

const lengthOf = (piece: Piece): number => ('gap' in piece ? piece.gap : 'fade' in piece ? 0 : piece.count);

/** What a piece shows at a frame of its own, which may lie beyond its ends; the media hold their ends. */
function shown(piece: Piece | undefined, at: number): Seen[] {
  if (piece === undefined || 'gap' in piece || 'fade' in piece) return [];
  if ('stack' in piece)
    return seenAt(
      piece.stack.map((pieces) => ({ pieces })),
      piece.start + at,
    );
  if (piece.off) return [];
  const frame = Math.floor(piece.from + at * (piece.speed ?? 1) + 1e-9);
  const last = piece.still ? 0 : LENGTH - 1;
  return [{ of: piece.of, frame: Math.min(Math.max(frame, 0), last), weight: 1 }];
}

function trackAt({ pieces, off, trim }: Track, wanted: number): Seen[] {
  if (off || (trim && (wanted < 0 || wanted >= trim[1]))) return [];
  const frame = wanted + (trim?.[0] ?? 0);
  let start = 0;
  for (const [i, piece] of pieces.entries()) {
    if ('fade' in piece) {
      const [before, after] = piece.fade;
      if (frame < start - before || frame >= start + after) continue;
      const share = (frame - start + before) / (before + after);
      const weighed = (seen: Seen[], weight: number): Seen[] =>
        seen.map((one) => ({ ...one, weight: one.weight * weight }));
      const previous = pieces[i - 1];
      const outgoing = previous ? shown(previous, lengthOf(previous) + frame - start) : [];
      return [...weighed(outgoing, 1 - share), ...weighed(shown(pieces[i + 1], frame - start), share)];
    }
    const next = pieces[i + 1];
    const early = next && 'fade' in next ? next.fade[0] : 0;
    if (frame >= start && frame < start + lengthOf(piece) - early) return shown(piece, frame - start);
    start += lengthOf(piece);
  }
  return [];
}

/** Each track over those before it: what a track lacks to 1 is seen of those below. */
function seenAt(tracks: readonly Track[], frame: number): Seen[] {
  return tracks.reduce<Seen[]>((below, track) => {
    const own = trackAt(track, frame);
    const through = 1 - own.reduce((sum, { weight }) => sum + weight, 0);
    return [...own, ...below.map((one) => ({ ...one, weight: one.weight * through }))].filter(
      ({ weight }) => weight > 0,
    );
  }, []);
}

const endOf = ({ pieces, trim }: Track): number => trim?.[1] ?? pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);

// --- The same as a timeline.

function timelineOf(tracks: readonly Track[], rate: number, folder: string): otio.Timeline {
  const range = (start: number, count: number) => new TimeRange(start, count, rate);
  const item = (piece: Piece): otio.Child => {
    if ('gap' in piece) return otio.Gap.ofDuration(new RationalTime(piece.gap, rate));
    if ('fade' in piece) {
      const [inOffset, outOffset] = piece.fade.map((frames) => new RationalTime(frames, rate)) as [
        otio.RationalTime,
        otio.RationalTime,
      ];
      return new otio.Transition({ transitionType: 'SMPTE_Dissolve', inOffset, outOffset });
    }
    if ('stack' in piece)
      return new otio.Stack({
        sourceRange: range(piece.start, piece.count),
        children: piece.stack.map((pieces) => new otio.Track({ children: pieces.map(item) })),
      });
    const { of, from, count, speed, start = from, off, still } = piece;
    const origin = starts[of]!;
    return new otio.Clip({
      sourceRange: range(origin + start, count),
      enabled: !off,
      effects:
        speed === undefined
          ? []
          : [speed === 0 ? new otio.FreezeFrame() : new otio.LinearTimeWarp({ timeScalar: speed })],
      mediaReferences: {
        DEFAULT_MEDIA: new otio.ExternalReference({
          targetUrl: pathToFileURL(join(folder, media[of])).href,
          availableRange: range(origin, still ? 1 : LENGTH),
        }),
      },
    });
  };
  const children = tracks.map(
    ({ pieces, off, trim }) =>
      new otio.Track({ enabled: !off, sourceRange: trim ? range(...trim) : null, children: pieces.map(item) }),
  );
  return new otio.Timeline({ tracks: new otio.Stack({ children }) });
}

// --- The edits.

const edits: { [name: string]: Track[] } = {
  'cuts and gaps': [
    {
      pieces: [
        { gap: 3 },
        { of: 0, from: 10, count: 7 },
        { of: 1, from: 31, count: 1 },
        { of: 1, from: 3, count: 8 },
        { gap: 4 },
        { of: 0, from: 40, count: 6, off: true },
        { of: 0, from: 2, count: 5 },
        { of: 0, from: 48, count: 6 },
      ],
    },
  ],
  dissolves: [
    {
      pieces: [
        { gap: 4 },
        { fade: [0, 4] },
        { of: 0, from: 10, count: 12 },
        { fade: [4, 4] },
        { of: 1, from: 20, count: 10 },
        { fade: [3, 5] },
        { of: 0, from: 30, count: 12 },
        { fade: [4, 0] },
        { gap: 3 },
        { of: 1, from: 0, count: 4 },
      ],
    },
  ],
  speeds: [
    {
      pieces: [
        { of: 0, from: 8, count: 8, speed: 2 },
        { of: 1, from: 7, count: 8, speed: 2 },
        { of: 1, from: 12, count: 9, speed: 0.5 },
        { of: 0, from: 5, count: 6, speed: 0.4 },
        { of: 1, from: 40, count: 10, speed: -1 },
        { of: 0, from: 45, count: 5, speed: -2 },
        { of: 1, from: 22, count: 4, speed: 0 },
        { of: 0, from: 1, count: 3 },
      ],
    },
  ],
  'speeds in dissolves, and backwards from either end': [
    {
      pieces: [
        { of: 1, from: 8, count: 10, speed: 2 },
        { fade: [3, 3] },
        { of: 0, from: 40, count: 10, speed: -1 },
        { fade: [2, 2] },
        { of: 1, from: 10, count: 8, speed: 0.5 },
        { of: 0, from: 12, start: 3, count: 10, speed: -1 },
        { of: 1, from: 17, start: 2, count: 8, speed: -2 },
      ],
    },
  ],
  layers: [
    { pieces: [{ of: 0, from: 0, count: 40 }] },
    {
      pieces: [
        { gap: 5 },
        { of: 1, from: 11, count: 10 },
        { gap: 3 },
        { of: 1, from: 30, count: 6, off: true },
        { gap: 2 },
        { fade: [0, 4] },
        { of: 1, from: 5, count: 14 },
        { fade: [4, 0] },
      ],
    },
    { pieces: [{ of: 1, from: 0, count: 40 }], off: true },
    {
      pieces: [{ gap: 2 }, { of: 0, from: 30, count: 6 }, { fade: [2, 2] }, { of: 1, from: 40, count: 8 }],
      trim: [1, 13],
    },
  ],
  'nests, stills and held ends': [
    { pieces: [{ of: 1, from: 10, count: 30 }] },
    {
      pieces: [
        { gap: 2 },
        { stack: [[{ of: 0, from: 20, count: 20 }], [{ gap: 5 }, { of: 1, from: 0, count: 6 }]], start: 3, count: 9 },
        { fade: [2, 2] },
        { of: 0, from: 5, count: 6 },
        { stack: [[{ gap: 3 }, { of: 0, from: 33, count: 3 }]], start: 1, count: 8 },
        { of: 0, from: 0, count: 6, still: true },
        { of: 1, from: 50, count: 8 },
      ],
    },
  ],
};

describe('journeys: exported timelines, rendered by melt', () => {
  const melt = findMelt();
  let tools: MediaTools;
  let folder: ReturnType<typeof scratchFolder>;

  before(async function () {
    if (melt === null) standAside(this, 'there is no melt here (package melt)');
    tools = await findTools();
    folder = scratchFolder('melt');
  });
  after(() => folder?.[Symbol.dispose]());

  function source(of: number, rate: readonly [number, number]): RawClip {
    const frames = Array.from({ length: LENGTH }, (_, n) => {
      const frame = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
      for (let i = 0; i < WIDTH * HEIGHT; i++) {
        const column = Math.floor(((i % WIDTH) * 4) / WIDTH);
        frame[i] = 16 + (column === of * 2 ? PRESENT : column === of * 2 + 1 ? n * STEP : 0);
      }
      return frame;
    });
    return { width: WIDTH, height: HEIGHT, rate, depth: 8, chroma: '420', frames };
  }

  for (const [num, den] of [
    [24000, 1001],
    [25, 1],
    [30000, 1001],
    [60, 1],
  ] as const) {
    describe(`${num}/${den}`, () => {
      let place: string;
      before(async () => {
        place = join(folder.path, `${num}`);
        mkdirSync(place);
        const colour = ['-pix_fmt', 'yuv420p', '-colorspace', 'bt709', '-color_range', 'tv'];
        await makeClip(tools, join(place, media[0]), source(0, [num, den]), { output: ['-c:v', 'ffv1', ...colour] });
        await makeClip(tools, join(place, media[1]), source(1, [num, den]), {
          output: ['-c:v', 'libx264', '-bf', '3', '-g', '20', '-crf', '1', ...colour],
        });
      });

      for (const [name, tracks] of Object.entries(edits)) {
        it(name, async () => {
          const timeline = timelineOf(tracks, num / den, place);
          const file = join(place, 'edit.mlt');
          const { text } = mlt.write!(timeline, { width: WIDTH, height: HEIGHT } as object);
          writeFileSync(file, text);
          const found = (await renderMlt(melt!, file)).map((luma) => columnMeans(luma, WIDTH, 4));
          assert.equal(found.length, Math.max(...tracks.filter(({ off }) => !off).map(endOf)), 'frames');
          for (const [frame, means] of found.entries()) {
            const expected = [16, 16, 16, 16];
            for (const { of, frame: n, weight } of seenAt(tracks, frame)) {
              expected[of * 2]! += weight * PRESENT;
              expected[of * 2 + 1]! += weight * n * STEP;
            }
            // One frame more or less is 4 in a picture shown alone and at least 2 in one of a dissolve's two; the ways through melt cost up to 1.5.
            const wrong = expected.some((value, column) => Math.abs(value - means[column]!) > 1.7);
            assert.ok(
              !wrong,
              `frame ${frame}: ${means.map((m) => m.toFixed(1))}, expected ${expected.map((m) => m.toFixed(1))}`,
            );
          }
        });
      }
    });
  }
});
