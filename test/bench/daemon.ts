// What the daemon costs: the command with a daemon that it starts, its queue, kept parts and seal, against the same verb called directly in one process.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { JobEvent } from '../../companion/api/job.ts';
import { table } from '../conformance/suite.ts';
import { renderScene } from '../fixtures/render.ts';
import { endDaemon } from '../support/home.ts';
import { findTools, makeClip, scratchFolder } from '../support/media.ts';
import { median } from '../support/oracle.ts';
import { sourceFront } from '../support/own-daemon.ts';
import { typescriptLoader } from '../support/typescript.ts';
import type { Bench } from './run.ts';

const [width, height] = [1920, 1080];
/** Different pictures; shown to and fro. */
const pictures = 25;
const bar = 1.05;

export const bench: Bench = {
  about:
    'a clip at 1080p through the daemon against the verb called directly. --seconds N, default 10; --runs N, default 3.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: 'string', default: '10' }, runs: { type: 'string', default: '3' } },
    });
    const [seconds, runs] = [Number(values.seconds), Number(values.runs)];
    if (!(seconds > 0)) throw new RangeError('--seconds must be more than 0');
    if (!Number.isInteger(runs) || runs < 1) throw new RangeError('--runs must be a whole number of at least 1');
    using folder = scratchFolder('bench-daemon');
    const clip = path.join(folder.path, 'clip.mp4');
    await makeScene(clip, Math.max(2, Math.round(seconds * 24)));
    await compare(folder.path, clip, runs);
  },
};

async function makeScene(clip: string, length: number): Promise<void> {
  const turn = Math.min(pictures, length) - 1;
  const times = Array.from({ length: turn + 1 }, (_, i) => i / 24);
  const frames = await renderScene({ width, height }, times);
  const walk = Array.from({ length }, (_, i) => frames[turn - Math.abs(turn - (i % (2 * turn)))]!);
  const coding = ['-c:v', 'libx264', '-preset', 'medium', '-crf', '14', '-pix_fmt', 'yuv420p'];
  const raw = { width, height, rate: [24, 1] as [number, number], depth: 8, chroma: '420' as const, frames: walk };
  await makeClip(await findTools(), clip, raw, { output: coding });
}

/** Parts of a run, each up to the first word of the next. */
const stages = ['start', 'worker', 'probe', 'render', 'join', 'verify', 'publish', 'end'] as const;
type Stage = (typeof stages)[number];
type Times = Readonly<Record<Stage, number>>;

const whole = (times: Times): number => stages.reduce((sum, stage) => sum + times[stage], 0);

async function compare(folder: string, clip: string, runs: number): Promise<void> {
  const [through, direct]: Times[][] = [[], []];
  const hashes = new Set<string>();
  let bytes = 0;
  let hashMs = 0;
  const once = async (run: (clip: string, output: string, folder: string) => Promise<Times>): Promise<Times> => {
    const output = path.join(folder, 'result.mov');
    const times = await run(clip, output, folder);
    const file = readFileSync(output);
    const from = performance.now();
    hashes.add(createHash('sha256').update(file).digest('hex'));
    hashMs = performance.now() - from;
    bytes = file.length;
    rmSync(output);
    rmSync(`${output}.json`, { force: true });
    return times;
  };
  await once(runDirect); // the file is in memory, the programs too
  for (let i = 0; i < runs; i++) {
    through!.push(await once(runThrough));
    direct!.push(await once(runDirect));
    const [a, b] = [whole(through!.at(-1)!), whole(direct!.at(-1)!)];
    console.log(
      `${i + 1}: ${(a / 1000).toFixed(2)} s through the daemon, ${(b / 1000).toFixed(2)} s directly, ${(a / b).toFixed(4)}`,
    );
  }
  if (hashes.size > 1) throw new Error('the results are not the same bytes');
  const of = (all: readonly Times[], figure: (times: Times) => number): number => median(all.map(figure));
  const rows = [['median, ms', 'daemon', 'directly', 'more']];
  const row = (name: string, figure: (times: Times) => number): void => {
    const [a, b] = [of(through!, figure), of(direct!, figure)];
    rows.push([name, a.toFixed(0), b.toFixed(0), (a - b).toFixed(0)]);
  };
  for (const stage of stages) row(words[stage], (times) => times[stage]);
  row('whole', whole);
  console.log(`\n${table(rows)}`);
  console.log(
    `the result has ${(bytes / 1e6).toFixed(1)} MB; to hash as much takes ${hashMs.toFixed(0)} ms: once for its parts, once for its seal`,
  );
  const ratio = of(through!, whole) / of(direct!, whole);
  const pairs = through!.map((times, i) => whole(times) / whole(direct![i]!));
  console.log(
    `daemon ÷ directly: ${ratio.toFixed(4)} (median of pairs ${median(pairs).toFixed(4)}; wanted < ${bar}): ${ratio < bar ? 'met' : 'not met'}`,
  );
  if (ratio >= bar) process.exitCode = 1;
}

const words: Readonly<Record<Stage, string>> = {
  start: 'start of command and daemon; of the process',
  worker: 'start of the worker',
  probe: 'probe, stamps, start of the engine',
  render: 'render, with parts hashed and flushed',
  join: 'join',
  verify: 'verify, with the seal',
  publish: 'publish',
  end: 'last word to the end of the command',
};

/** The command with a home of its own: it starts a daemon, and nothing is known from earlier. */
async function runThrough(clip: string, output: string, folder: string): Promise<Times> {
  const home = mkdtempSync(path.join(folder, 'home-'));
  const clock = stopwatch();
  const child = spawn(
    process.execPath,
    [...sourceFront, 'interpolate', clip, '-o', output, '--factor', '2', '--json-lines'],
    {
      env: { ...process.env, INBETWEEN_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  try {
    await ended(child, (line) => {
      const { job } = JSON.parse(line) as JobEvent;
      clock.mark('start');
      if (job.state === 'done') clock.mark('publish');
      if (!('progress' in job)) return;
      const { phase, total } = job.progress;
      if (total > 0 || phase !== 'probe') clock.mark('worker'); // before that it is the daemon that speaks
      clock.enter(phase);
    });
    return clock.end();
  } finally {
    endDaemon(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const directProgram = fileURLToPath(new URL('../support/direct.ts', import.meta.url));

async function runDirect(clip: string, output: string): Promise<Times> {
  const clock = stopwatch();
  const args = ['--import', typescriptLoader, directProgram, clip, output, JSON.stringify({ factor: '2' })];
  await ended(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }), (line) => {
    clock.mark('start');
    clock.mark('worker');
    if (line === 'done') clock.mark('publish');
    else clock.enter(line);
  });
  statSync(output);
  return clock.end();
}

/** Resolves when the program has ended well. */
async function ended(child: ChildProcess, hear: (line: string) => void): Promise<void> {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  createInterface({ input: child.stdout! }).on('line', hear);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`It ended with ${code}: ${said}`);
}

function stopwatch() {
  const from = performance.now();
  /** When each stage was over. */
  const over = new Map<Stage, number>();
  const mark = (stage: Stage): void => {
    if (!over.has(stage)) over.set(stage, performance.now() - from);
  };
  const before: Readonly<Record<string, Stage>> = {
    render: 'probe',
    join: 'render',
    verify: 'join',
    publish: 'verify',
  };
  return {
    mark,
    /** A phase of the job has begun. */
    enter: (phase: string): void => {
      const last = before[phase];
      if (last !== undefined) mark(last);
    },
    end: (): Times => {
      mark('end');
      let last = 0;
      const times = stages.map((stage): [Stage, number] => {
        const at = over.get(stage) ?? last;
        const took = at - last;
        last = at;
        return [stage, took];
      });
      return Object.fromEntries(times) as Times;
    },
  };
}
