// The fill figures on real footage: frames cut out and filled again against a dissolve and minterpolate, and how well one shot is told from two.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toRgb } from '../../companion/operations/contact-sheet.ts';
import { bridge, type Manner, type Side } from '../../companion/operations/fill/bridge.ts';
import { type Judgement, judge } from '../../companion/operations/fill/choose.ts';
import { type Engine, openEngine, type PictureFormat } from '../../native/index.ts';
import { clipPaths, type FootageClip, loadClip } from '../conformance/footage/clips.ts';
import { table } from '../conformance/suite.ts';
import { ffmpeg, findTools, type MediaTools } from '../support/media.ts';
import { average, meanSquare } from '../support/oracle.ts';
import { minterpolate } from '../support/peers.ts';
import type { Bench } from './run.ts';

const lengths = [1, 3, 5, 8] as const;
/** Least mean gain over a dissolve in dB for each length, and the most a clip may lose. */
const wantedGain = [5.0, 3.8, 3.1, 2.5];
const mostLoss = 0.2;
/** Where frames are cut out: shares of the clip's length. */
const places = [1 / 4, 1 / 2, 3 / 4];
/** Frames that stay on either side of a hole. */
const context = 4;

export const bench: Bench = {
  about:
    'frames cut out of real clips and filled again, against a dissolve and minterpolate; one shot told from two. --data DIR with clips/ is needed; --only NAME; --without-peer.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        'without-peer': { type: 'boolean', default: false },
      },
    });
    if (values.data === undefined) {
      console.log('There is nothing to fill: give the footage with --data DIR.');
      return;
    }
    const tools = await findTools();
    const paths = clipPaths(resolve(values.data), values.only);
    using engine = openEngine();
    const verdicts = await quality(engine, tools, paths, !values['without-peer']);
    if (values.only.length === 0) verdicts.push(await detection(engine, tools, paths));
    console.log(verdicts.join('\n'));
  },
};

interface Figures {
  readonly dissolve: number;
  readonly peer: number | null;
  readonly ours: number;
}

/** One line for each length: met or not. */
async function quality(
  engine: Engine,
  tools: MediaTools,
  paths: readonly string[],
  withPeer: boolean,
): Promise<string[]> {
  const all = new Map<number, { name: string; figures: Figures; oursInMiddle: number | null }[]>(
    lengths.map((length) => [length, []]),
  );
  for (const path of paths) {
    const clip = await loadClip(tools, path);
    if (clip.withoutTruth) continue;
    for (const length of lengths) {
      const rows: Figures[] = [];
      for (const first of holesIn(clip, length))
        rows.push(await figuresOf(engine, tools, clip, first, length, withPeer && first === holesIn(clip, length)[1]));
      if (rows.length === 0) continue;
      const middle = rows.find(({ peer }) => peer !== null);
      all.get(length)!.push({
        name: clip.name,
        figures: {
          dissolve: average(rows.map(({ dissolve }) => dissolve)),
          peer: middle?.peer ?? null,
          ours: average(rows.map(({ ours }) => ours)),
        },
        oursInMiddle: middle?.ours ?? null,
      });
    }
  }
  const verdicts: string[] = [];
  for (const [i, length] of lengths.entries()) {
    const rows = all.get(length)!;
    const text = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
    const gain = ({ figures: { ours, dissolve } }: (typeof rows)[number]): number => ours - dissolve;
    console.log(
      `${table([
        [
          `${length} ${length === 1 ? 'frame' : 'frames'}, PSNR RGB`,
          ...['dissolve', 'ours', 'gain', 'middle hole: minterpolate', 'ours'],
        ],
        ...rows.map((row) => [
          row.name,
          text(row.figures.dissolve),
          text(row.figures.ours),
          gain(row).toFixed(2),
          text(row.figures.peer),
          text(row.oursInMiddle),
        ]),
      ])}\n`,
    );
    const [mean, least] = [average(rows.map(gain)), Math.min(...rows.map(gain))];
    const met = mean >= wantedGain[i]! && least >= -mostLoss;
    verdicts.push(
      `${length} ${length === 1 ? 'frame' : 'frames'}: mean gain ${mean.toFixed(2)} dB (wanted ≥ ${wantedGain[i]}), least ${least.toFixed(2)} (wanted ≥ −${mostLoss}): ${met ? 'met' : 'NOT MET'}`,
    );
  }
  return verdicts;
}

/** First frames of the holes of a length: inside the clip with its context, none over a cut. */
function holesIn({ clip, cuts }: FootageClip, length: number): number[] {
  return places
    .map((share) => Math.round(clip.frames.length * share - length / 2))
    .filter((first) => first >= context && first + length + context <= clip.frames.length)
    .filter((first) => !cuts.some((cut) => cut >= first - context && cut < first + length + context));
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;

const formatOf = ({ clip }: FootageClip): PictureFormat => ({
  ...{ width: clip.width, height: clip.height, layout: 'yuv420', depth: 8, alpha: false },
});

async function figuresOf(
  engine: Engine,
  tools: MediaTools,
  footage: FootageClip,
  first: number,
  frames: number,
  withPeer: boolean,
): Promise<Figures> {
  const { clip } = footage;
  const format = formatOf(footage);
  const side = (border: number, way: -1 | 1): Side => {
    const pictures = Array.from({ length: frames + 3 }, (_, k) => clip.frames[border + way * k]).filter(isThere);
    return { pictures, ages: pictures.map((_, k) => k) };
  };
  const [a, b] = [side(first - 1, -1), side(first + frames, 1)];
  const request = { engine, format, a, b, frames, effort: 'best' as const };
  const score = async (pictures: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> => {
    const values: number[] = [];
    let i = 0;
    for await (const picture of pictures) values.push(psnrRgb(picture, clip.frames[first + i++]!, format));
    return average(values);
  };
  const { relation } = await judge(engine, format, a, b, { effort: 'best' });
  const manner: Manner = relation === 'same shot' ? 'motion' : 'dissolve';
  const two = { ...clip, frames: [a.pictures[0]!, b.pictures[0]!] };
  return {
    dissolve: await score(bridge({ ...request, manner: 'dissolve' })),
    peer: withPeer
      ? await score((await minterpolate(tools, two, [frames + 1, 1], 'best')).frames.slice(1, frames + 1))
      : null,
    ours: await score(bridge({ ...request, manner })),
  };
}

/** All clips are tagged so. */
const tags = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'tv', chromaLocation: null } as const;

function psnrRgb(a: Uint8Array, b: Uint8Array, format: PictureFormat): number {
  return 10 * Math.log10(255 ** 2 / meanSquare(toRgb(a, format, tags), toRgb(b, format, tags)));
}

// --- One shot or two.

const [wide, high] = [640, 360];
const common: PictureFormat = { width: wide, height: high, layout: 'yuv420', depth: 8, alpha: false };
const farthest = 12;
/** Of precision and recall. */
const wantedScore = 0.95;

interface Pair {
  readonly clips: readonly string[];
  readonly same: boolean;
  readonly judgement: Judgement;
}

/** Judges pairs of one shot at 1 … 12 frames, and pairs of different clips and across cuts, all at one size: met or not. */
async function detection(engine: Engine, tools: MediaTools, paths: readonly string[]): Promise<string> {
  const reels = new Map<string, { frames: Uint8Array[]; cuts: readonly number[] }>();
  for (const path of paths) {
    const { cuts, name } = await loadClip(tools, path);
    const raw = await ffmpeg(tools, [
      ...['-i', path, '-an', '-vf', `scale=${wide}:${high}:flags=bicubic,format=yuv420p`, '-f', 'rawvideo', 'pipe:1'],
    ]);
    const size = (wide * high * 3) / 2;
    reels.set(name, {
      frames: Array.from({ length: Math.floor(raw.length / size) }, (_, i) => raw.subarray(i * size, (i + 1) * size)),
      cuts,
    });
  }
  const side = (name: string, border: number, way: -1 | 1): Side => {
    const { frames } = reels.get(name)!;
    const pictures = Array.from({ length: context }, (_, k) => frames[border + way * k]).filter(
      (one) => one !== undefined,
    );
    return { pictures, ages: pictures.map((_, k) => k) };
  };
  const pairs: Pair[] = [];
  const look = async (from: [string, number], to: [string, number], same: boolean): Promise<void> => {
    const judgement = await judge(engine, common, side(...from, -1), side(...to, 1), { effort: 'best' });
    pairs.push({ clips: [from[0], to[0]], same, judgement });
  };
  const names = [...reels.keys()];
  for (const name of names) {
    const { frames, cuts } = reels.get(name)!;
    for (const share of [0.2, 0.5, 0.75])
      for (let distance = 1; distance <= farthest; distance++) {
        const from = Math.round(frames.length * share);
        if (from + distance >= frames.length || cuts.some((cut) => cut >= from && cut < from + distance)) continue;
        await look([name, from], [name, from + distance], true);
      }
    for (const cut of cuts)
      for (const back of [0, 1, 2, 4])
        for (const on of [1, 2, 4, 6])
          if (cut - back >= 0 && cut + on < frames.length) await look([name, cut - back], [name, cut + on], false);
  }
  for (const one of names)
    for (const other of names)
      for (const share of [0.25, 0.5, 0.75])
        if (one !== other) {
          const at = (name: string, part: number): number => Math.round((reels.get(name)!.frames.length - 1) * part);
          await look([one, at(one, share)], [other, at(other, 1 - share)], false);
        }
  const trusts = (same: boolean): number[] =>
    pairs
      .filter((pair) => pair.same === same)
      .map(({ judgement }) => judgement.trust)
      .sort((x, y) => x - y);
  const at = (values: number[], share: number): string =>
    (values[Math.floor((values.length - 1) * share)] ?? 0).toFixed(3);
  const [one, two] = [trusts(true), trusts(false)];
  console.log(
    `trust of one shot: least ${at(one, 0)}, 5 % ${at(one, 0.05)}, median ${at(one, 0.5)}; of two: median ${at(two, 0.5)}, 95 % ${at(two, 0.95)}, most ${at(two, 1)}\n`,
  );
  for (const pair of pairs.filter((each) => told(each) !== each.same))
    console.log(
      `wrong: ${pair.clips.join(' – ')} is ${pair.same ? 'one shot' : 'two shots'}, trust ${pair.judgement.trust.toFixed(3)}`,
    );
  const rule = scoreOf(pairs, told);
  console.log(
    `${table([
      ['one shot or two', 'one', 'found', 'two', 'taken for one', 'precision', 'recall'],
      ['the rule, all clips', ...cells(rule)],
      ...[0, 1].map((half) => {
        const within = (part: number): Pair[] =>
          pairs.filter(({ clips }) => clips.every((name) => names.indexOf(name) % 2 === part));
        const threshold = bestThreshold(within(1 - half));
        return [
          `trust ≥ ${threshold.toFixed(3)}, chosen on the other half of the clips`,
          ...cells(scoreOf(within(half), ({ judgement }) => judgement.trust >= threshold)),
        ];
      }),
    ])}\n`,
  );
  const met = rule.precision >= wantedScore && rule.recall >= wantedScore;
  return `detector: precision ${rule.precision.toFixed(3)}, recall ${rule.recall.toFixed(3)} (wanted ≥ ${wantedScore}): ${met ? 'met' : 'NOT MET'}`;
}

const told = ({ judgement }: Pair): boolean => judgement.relation === 'same shot';

function scoreOf(pairs: readonly Pair[], says: (pair: Pair) => boolean) {
  const [one, two] = [pairs.filter(({ same }) => same), pairs.filter(({ same }) => !same)];
  const [found, mistaken] = [one.filter(says).length, two.filter(says).length];
  return {
    ...{ one: one.length, found, two: two.length, mistaken },
    precision: found / Math.max(1, found + mistaken),
    recall: found / Math.max(1, one.length),
  };
}

const cells = ({ one, found, two, mistaken, precision, recall }: ReturnType<typeof scoreOf>): string[] => [
  ...[one, found, two, mistaken].map(String),
  ...[precision, recall].map((value) => value.toFixed(3)),
];

/** The geometric middle of the trusts that part these pairs best. */
function bestThreshold(pairs: readonly Pair[]): number {
  const steps = Array.from({ length: 60 }, (_, k) => 0.001 * 1.1 ** k);
  const scores = steps.map((step) => {
    const { one, found, two, mistaken } = scoreOf(pairs, ({ judgement }) => judgement.trust >= step);
    return found / one - mistaken / two;
  });
  const best = steps.filter((_, k) => scores[k] === Math.max(...scores));
  return Math.sqrt(best[0]! * best.at(-1)!);
}
