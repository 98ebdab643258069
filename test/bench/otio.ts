// otio-ts on long timelines, beside the reference's C++ library (release 0.18.1 on two cores, figures of its specification).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as otio from '../../otio/index.ts';
import { table } from '../conformance/suite.ts';
import { longTimeline } from '../fixtures/long-timeline.ts';
import { median } from '../support/oracle.ts';
import { typescriptLoader } from '../support/typescript.ts';
import type { Bench } from './run.ts';

/** Milliseconds: of the reference, and what ours may take. */
const BARS: { readonly [clips: number]: { readonly [row: string]: readonly [reference: number, bar: number] } } = {
  10000: {
    read: [233, 700],
    write: [63, 350],
    clone: [272, 300],
    'find clips': [6.3, 10],
    'range of all children': [2.4, 5],
    'range of the last 1,000': [59, 2],
    'child at time × 20': [22, 1],
    flatten: [157, 250],
    'overwrite × 20': [62, 10],
  },
  100000: {
    read: [2550, 8000],
    write: [1650, 5000],
    clone: [2970, 4000],
    'find clips': [89, 120],
    'range of all children': [43, 60],
    'range of the last 1,000': [2200, 2],
    'child at time × 20': [720, 1],
    flatten: [1650, 3000],
    'overwrite × 20': [2000, 100],
  },
};

export const bench: Bench = {
  about: 'otio-ts on one track of 10,000 clips (and 100,000 with --large), 2.7 kB a clip. --runs N, default 9.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { large: { type: 'boolean', default: false }, runs: { type: 'string', default: '9' } },
    });
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs must be a whole number of at least 1');
    for (const clips of values.large ? [10_000, 100_000] : [10_000]) await measure(clips, runs);
  },
};

/** Clears away what the run before left, so that no row pays for another's garbage; a row's own it pays. */
const collect: () => void = (() => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  return () => gc({ type: 'minor' }); // a major one throws compiled code away too
})();

/** In a process of its own, which has not made the file. */
function peakOf(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'otio-bench-'));
  try {
    const path = join(folder, 'long.otio');
    writeFileSync(path, bytes);
    const child = `
      import { readFileSync } from 'node:fs';
      import { read, writeStream } from ${JSON.stringify(new URL('../../otio/index.ts', import.meta.url).href)};
      const { root } = read(readFileSync(process.argv[1]));
      for await (const piece of writeStream(root)) void piece;
      const copy = root.clone();
      console.log(process.resourceUsage().maxRSS / 1e6);`;
    const args = ['--import', typescriptLoader, '--input-type=module', '-e', child, path];
    return `${Number(execFileSync(process.execPath, args, { encoding: 'utf8' })).toFixed(2)} GB`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(clips: number, runs: number): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of otio.writeStream(longTimeline(clips))) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const rows = [[`${clips} clips, ${(bytes.length / 1e6).toFixed(1)} MB`, 'ms', 'least', 'reference', 'bar', '']];
  const row = async <T>(name: string, work: () => T | Promise<T>, prepare?: () => void): Promise<T> => {
    const times: number[] = [];
    let result!: T;
    for (let i = 0; i < runs; i++) {
      prepare?.();
      collect();
      const start = performance.now();
      result = await work();
      times.push(performance.now() - start);
    }
    const [reference, bar] = BARS[clips]![name]!;
    const ms = median(times);
    rows.push([
      name,
      ms.toFixed(1),
      Math.min(...times).toFixed(1),
      `${reference}`,
      `≤ ${bar}`,
      ms <= bar ? 'met' : 'MISSED',
    ]);
    return result;
  };
  let timeline = (await row('read', () => otio.read(bytes).root)) as otio.Timeline;
  const track = (): otio.Track => timeline.tracks!.children[0] as otio.Track;
  await row('write', async () => {
    let length = 0;
    for await (const piece of otio.writeStream(timeline)) length += piece.length;
    if (length !== bytes.length) throw new Error(`wrote ${length} bytes of ${bytes.length}`);
  });
  await row('clone', () => timeline.clone());
  await row('find clips', () => timeline.findClips());
  await row('range of all children', () => track().rangeOfAllChildren());
  const last = track().children.slice(-1000);
  await row('range of the last 1,000', () => last.map((child) => track().rangeOfChild(child)));
  const end = track().duration();
  await row('child at time × 20', () =>
    Array.from({ length: 20 }, (_, i) =>
      track().childAtTime(new otio.RationalTime(Math.floor((end.value * (i + 0.5)) / 20), end.rate)),
    ),
  );
  await row('flatten', () => otio.flattenStack(timeline.tracks!));
  await row(
    'overwrite × 20',
    () => {
      for (let i = 0; i < 20; i++) {
        const from = new otio.RationalTime(Math.floor((end.value * (i + 0.5)) / 20), end.rate);
        otio.edit.overwrite(
          longTimeline(1).findClips()[0]!.clone(),
          track(),
          new otio.TimeRange(from, new otio.RationalTime(10, end.rate)),
        );
      }
    },
    () => {
      timeline = timeline.clone();
      track().rangeOfAllChildren();
    },
  );
  console.log(
    `${table(rows)}\nreading, writing and cloning it: peak resident memory ${peakOf(bytes)}, wanted ≤ 3 GB\n`,
  );
}
