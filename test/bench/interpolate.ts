// The interpolation figures: the engine alone at 720p and 1080p, the whole command at 1080p beside minterpolate, quality where footage is given.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../../native/index.ts';
import { clipPaths, loadClip } from '../conformance/footage/clips.ts';
import { engineCost } from '../conformance/footage/cost.ts';
import { type ClipFigures, measureClip, qualityTable } from '../conformance/footage/quality.ts';
import { Judge, table } from '../conformance/suite.ts';
import { renderScene } from '../fixtures/render.ts';
import { inbetween, type Measured, measure } from '../support/command.ts';
import { findTools, type MediaTools, makeClip, scratchFolder } from '../support/media.ts';
import { median } from '../support/oracle.ts';
import { MINTERPOLATE } from '../support/peers.ts';
import type { Bench } from './run.ts';

const [WIDTH, HEIGHT] = [1920, 1080];
const FRAMES = 25;
/** Shown to and fro, so that starting up does not decide. */
const LENGTH = 121;
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);

export const bench: Bench = {
  about:
    'engine alone, whole command against minterpolate at 1080p, and (--data DIR) the quality table. --runs N, default 3.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        runs: { type: 'string', default: '3' },
      },
    });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs must be a whole number of at least 1');
    const tools = await findTools();
    await engineAlone(runs);
    await wholeCommand(tools, runs);
    if (values.data === undefined) console.log('\nquality: not measured, no --data DIR');
    else await quality(tools, resolve(values.data), values.fresh);
  },
};

async function engineAlone(runs: number): Promise<void> {
  const rows = [['engine alone, 2 threads', 'ms a created frame', 'spread', 'memory growth MB']];
  for (const [width, height] of [
    [1280, 720],
    [WIDTH, HEIGHT],
  ] as const) {
    for (const effort of ['best', 'fast'] as const) {
      const costs = [];
      for (let i = 0; i < runs; i++) costs.push(await engineCost(width, height, effort, 12));
      const ms = costs.map((cost) => cost.ms);
      rows.push([
        `${width}×${height} ${effort}`,
        median(ms).toFixed(1),
        `${Math.min(...ms).toFixed(1)}…${Math.max(...ms).toFixed(1)}`,
        mb(Math.max(...costs.map((cost) => cost.growth))),
      ]);
    }
  }
  console.log(`${table(rows)}\n`);
}

/** The same doubling to the same ProRes, file to file: created frames a second of wall-clock, everything included. */
async function wholeCommand(tools: MediaTools, runs: number): Promise<void> {
  using folder = scratchFolder('bench');
  const source = join(folder.path, 'source.mp4');
  const frames = await renderScene(
    { width: WIDTH, height: HEIGHT },
    Array.from({ length: FRAMES }, (_, i) => i / 24),
  );
  const turn = FRAMES - 1;
  const walk = Array.from({ length: LENGTH }, (_, i) => frames[turn - Math.abs(turn - (i % (2 * turn)))]!);
  await makeClip(
    tools,
    source,
    { width: WIDTH, height: HEIGHT, rate: [24, 1], depth: 8, chroma: '420', frames: walk },
    {
      output: ['-c:v', 'libx264', '-preset', 'medium', '-crf', '14', '-pix_fmt', 'yuv420p'],
    },
  );
  const created = LENGTH - 1;
  const rows = [['whole command, 1920×1080, ProRes 422 HQ', 'created frames/s', 'spread', 'peak MB']];
  const trial = async (name: string, run: (out: string) => Promise<Measured>): Promise<number> => {
    const done: Measured[] = [];
    for (let i = 0; i < runs; i++) {
      const one = await run(join(folder.path, `${rows.length}-${i}.mov`));
      if (one.code !== 0) throw new Error(`${name} ended with ${one.code}: ${one.stderr.slice(-600)}`);
      done.push(one);
    }
    const speeds = done.map(({ seconds }) => created / seconds);
    rows.push([
      name,
      median(speeds).toFixed(2),
      `${Math.min(...speeds).toFixed(2)}…${Math.max(...speeds).toFixed(2)}`,
      mb(Math.max(...done.map(({ peakBytes }) => peakBytes))),
    ]);
    return median(speeds);
  };
  const best = await trial('inbetween', (out) =>
    inbetween(['interpolate', source, '-o', out, '--factor', '2', '--quiet']),
  );
  const fast = await trial('inbetween --effort fast', (out) =>
    inbetween(['interpolate', source, '-o', out, '--factor', '2', '--effort', 'fast', '--quiet']),
  );
  if (!tools.ffmpeg.filters.has('minterpolate')) {
    console.log(`${table(rows)}\nthis ffmpeg has no minterpolate`);
    return;
  }
  const peer = (filter: string) => (out: string) =>
    measure(tools.ffmpeg.path, [
      '-v',
      'error',
      '-i',
      source,
      '-vf',
      `minterpolate=fps=48${filter}`,
      '-c:v',
      'prores_ks',
      '-profile:v',
      '3',
      '-q:v',
      '6',
      '-pix_fmt',
      'yuv422p10le',
      out,
    ]);
  const bidir = await trial('minterpolate mci, bidir', peer(':mi_mode=mci:me_mode=bidir'));
  await trial('minterpolate, its best', peer(MINTERPOLATE.best));
  console.log(table(rows));
  console.log(
    `against minterpolate (mci, bidir): ${(best / bidir).toFixed(2)}× (wanted ≥ 4), fast ${(fast / bidir).toFixed(2)}×`,
  );
}

async function quality(tools: MediaTools, data: string, fresh: boolean): Promise<void> {
  using engine = openEngine({ threads: 2 });
  const silent = new Judge(() => {});
  const clips: ClipFigures[] = [];
  for (const path of clipPaths(data, []))
    clips.push(await measureClip({ tools, engine, data, fresh }, await loadClip(tools, path), silent));
  console.log(`\n${qualityTable(clips)}`);
}
