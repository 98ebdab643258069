// Kills the daemon, its worker, or both (-9) at random moments of real interpolation jobs, again and again, and looks at what came of every job it acknowledged.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded, type JobState, type Phase, phases } from '../../companion/api/job.ts';
import type { JobView } from '../../companion/api/wire.ts';
import { readRecord, recordBeside } from '../../companion/jobs/beside.ts';
import { findTools } from '../../companion/media/find.ts';
import { treeOf } from '../support/journey.ts';
import { ffmpeg } from '../support/media.ts';
import { OwnDaemon } from '../support/own-daemon.ts';

/** What a kill met: the phase of the job that was in work, or that none was. */
export type Met = Phase | 'queued' | 'between';
export const meetings: readonly Met[] = ['queued', ...phases, 'between'];

export interface Killed {
  readonly daemons: number;
  readonly workers: number;
  readonly met: Readonly<Record<Met, number>>;
  /** Jobs that were acknowledged; those of them whose guest stayed; and those that were started more than once. */
  readonly jobs: number;
  readonly attached: number;
  readonly restarted: number;
  /** What is not as it would be had nobody been killed; empty when all is well. */
  readonly wrong: readonly string[];
}

export interface KillOptions {
  readonly times: number;
  /** Chooses the moments, and who is killed. */
  readonly seed: number;
  /** Called after each kill. */
  readonly told?: (kill: number) => void;
}

/** What is asked for in turn, and the ending of its output. */
const variants: readonly (readonly [params: Readonly<Record<string, string | true>>, ending: string])[] = [
  [{ fps: '60' }, '.mov'],
  [{ slow: '0.4', codec: 'ffv1' }, '.mkv'],
  [{ fps: '60000/1001', codec: 'h264' }, '.mp4'],
  [{ factor: '2', dedup: true }, '.mov'],
];
/** Every so many kills it is a command that stays which asks. Has no divisor in common with the variants. */
const attachedEvery = 3;
/** A job is asked for when so many live at most. */
const mostLiving = 1;
/** A kill that waits for a phase comes so long after its first event at most. Milliseconds. */
const afterMs = 40;
/** A job, and a command, must have ended so long after a kill. Milliseconds. */
const patienceMs = 120_000;

/** Runs the loop; needs a compiler's engine, the ffmpeg of npm and /proc, and leaves nothing behind. */
export async function killLoop({ times, seed, told }: KillOptions): Promise<Killed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-kill-'));
  const [input, out] = [path.join(folder, 'clip.mov'), path.join(folder, 'out')];
  const daemon = new OwnDaemon(path.join(folder, 'home'));
  const random = generator(seed);
  const wrong: string[] = [];
  /** What was killed when each output was asked for. */
  const kills = new Map<string, string>();
  const met = Object.fromEntries(meetings.map((each) => [each, 0])) as Record<Met, number>;
  let [daemons, workers, attached] = [0, 0, 0];
  try {
    mkdirSync(out);
    await makeClip(input);
    const calm = await uninterrupted(path.join(folder, 'calm'), input);
    await daemon.start();
    /** Variant of each output. */
    const asked = new Map<string, number>();
    const amiss = (output: string, what: string): void => void wrong.push(`${output} (${kills.get(output)}): ${what}`);
    for (let kill = 0; kill < times; kill++) {
      const variant = kill % variants.length;
      const output = path.join(out, `${kill}${variants[variant]![1]}`);
      asked.set(output, variant);
      await living(daemon, mostLiving);
      const watch = await watchJobs(daemon);
      const command = kill % attachedEvery === 2 ? runCommand(daemon, input, output, kill) : null;
      if (command) attached++;
      else await submit(daemon, input, output, kill);
      const { ms, goes } = calm[variant]!;
      if (random() < 0.5) await pause(random() * ms);
      else {
        await watch.reaches(goes[Math.floor(random() * goes.length)]!, ms);
        await pause(random() * afterMs);
      }
      const meets = watch.meets();
      met[meets]++;
      const whom = Math.floor(random() * 3);
      kills.set(output, `kill ${kill}, ${['the daemon', 'its worker', 'both'][whom]} while ${meets}`);
      if (whom !== 0) for (const pid of daemon.workers()) if (killGroup(pid)) workers++;
      if (whom !== 1) {
        daemons++;
        await daemon.end('SIGKILL');
        if (!command) await daemon.start();
      }
      watch.stop();
      if (command) {
        const { code, words } = await command;
        if (code !== 0) amiss(output, `its command ended with ${code}: ${words}`);
        if (whom !== 1) await findOrStart(daemon);
      }
      told?.(kill + 1);
    }
    await living(daemon, 0);
    const jobs = await daemon.jobs();
    for (const { id, job, output } of jobs) {
      const variant = asked.get(output!);
      if (variant === undefined) wrong.push(`${id}: nobody asked for it`);
      else if (job.state !== 'done') amiss(output!, JSON.stringify(job));
      else if (hashOf(output!) !== calm[variant]!.hash) amiss(output!, 'other bytes than without a kill');
      else if (!isRecorded(id, output!)) amiss(output!, 'no record of it lies beside it, or a wrong one');
    }
    for (const output of asked.keys()) if (!jobs.some((job) => job.output === output)) amiss(output, 'forgotten');
    const names = new Set([...asked.keys()].flatMap((output) => [output, `${output}.json`]));
    for (const name of treeOf(out)) if (!names.has(path.join(out, name))) wrong.push(`${name}: left behind`);
    for (const name of readdirSync(daemon.data('jobs'))) wrong.push(`jobs/${name}: left behind`);
    await daemon.end('SIGTERM');
    wrong.push(...(await strays(daemon.home)));
    const restarted = jobs.filter(({ attempts }) => attempts > 1).length;
    return { daemons, workers, met, jobs: asked.size, attached, restarted, wrong };
  } catch (cause) {
    throw new Error(
      `The loop stopped (${[...kills.values()].at(-1)}). Last words of the daemon:\n${daemon.lastWords()}`,
      { cause },
    );
  } finally {
    await daemon.end('SIGKILL').catch(() => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Three shots with motion and sound, about two seconds: several chunks of work. */
async function makeClip(file: string): Promise<void> {
  const shots = ['testsrc2=s=96x54:r=24', 'mandelbrot=s=96x54:r=24', 'testsrc=s=96x54:r=24'];
  const inputs = shots.flatMap((shot) => ['-f', 'lavfi', '-t', '0.75', '-i', shot]);
  const sound = ['-f', 'lavfi', '-i', 'sine=d=2.25'];
  const joined = ['-filter_complex', '[0:v][1:v][2:v]concat=n=3,format=yuv420p[v]', '-map', '[v]', '-map', '3:a'];
  const coded = ['-c:a', 'pcm_s16le', '-c:v', 'libx264', '-g', '12'];
  await ffmpeg(await findTools({ env: {} }), [...inputs, ...sound, ...joined, ...coded, file]);
}

/** A variant without a kill. */
interface Calm {
  readonly hash: string;
  /** From the question to the end. */
  readonly ms: number;
  /** Phases it goes through. */
  readonly goes: readonly Phase[];
}

/** Every variant, made by a daemon nobody kills. */
async function uninterrupted(folder: string, input: string): Promise<Calm[]> {
  const daemon = new OwnDaemon(path.join(folder, 'home'));
  mkdirSync(folder);
  await daemon.start();
  try {
    const calm: Calm[] = [];
    for (const [index, [, ending]] of variants.entries()) {
      const output = path.join(folder, `${index}${ending}`);
      const from = performance.now();
      const { id, seq } = await submit(daemon, input, output, index);
      const goes = new Set<Phase>();
      await daemon.client.follow(
        id,
        seq,
        ({ job: { job } }) => void ('progress' in job && goes.add(job.progress.phase)),
      ).over;
      const { job } = await daemon.job(id);
      if (job.state !== 'done') throw new Error(`Without a kill: ${JSON.stringify(job)}`);
      calm.push({ hash: hashOf(output), ms: performance.now() - from, goes: [...goes] });
    }
    return calm;
  } finally {
    await daemon.end('SIGTERM');
  }
}

/** `number` makes it a job of its own, whose pictures are the same: else the cache would answer. */
const paramsOf = (number: number) => ({
  ...variants[number % variants.length]![0],
  cutThreshold: 0.5 + number * 1e-9,
});

const submit = (daemon: OwnDaemon, input: string, output: string, number: number): Promise<JobView> =>
  daemon.submit({ verb: 'interpolate', inputs: [input], params: paramsOf(number), place: { output } });

/** The same as a command that stays until the job has ended. */
function runCommand(
  daemon: OwnDaemon,
  input: string,
  output: string,
  number: number,
): Promise<{ code: number | null; words: string }> {
  const { cutThreshold } = paramsOf(number);
  const flags = Object.entries(variants[number % variants.length]![0]).flatMap(([name, value]) => [
    `--${name}`,
    ...(value === true ? [] : [value]),
  ]);
  const [program, args, env] = daemon.command(['interpolate', input, '-o', output, '--quiet', ...flags]);
  const child = spawn(program, [...args, '--cut-threshold', cutThreshold.toFixed(9)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: patienceMs,
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, words: words.trim() })); // a daemon that it started may still hold its stderr
  });
}

interface Watch {
  /** Resolves with the first event of the phase, when a job that was in work has ended, or long after it should have. */
  reaches(phase: Phase, lifeMs: number): Promise<void>;
  meets(): Met;
  stop(): void;
}

/** Hears of all jobs. */
async function watchJobs({ client }: OwnDaemon): Promise<Watch> {
  const running = await client.call('jobs', { query: { state: 'running' } });
  const jobs = new Map<string, JobState>(running.jobs.map(({ id, job }) => [id, job]));
  const phaseOf = (job: JobState): Phase | null => ('progress' in job ? job.progress.phase : null);
  let turned = (): void => {};
  let ended = false;
  const following = client.follow('all', 0, ({ id, job: { job } }) => {
    const before = jobs.get(id);
    if (before && phaseOf(before) !== null && hasEnded(job)) ended = true;
    jobs.set(id, job);
    turned();
  });
  following.over.catch(() => {}); // its daemon was killed
  return {
    reaches: (phase, lifeMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, lifeMs * 2);
        turned = () => {
          if (!ended && ![...jobs.values()].some((job) => phaseOf(job) === phase)) return;
          clearTimeout(timer);
          resolve();
        };
        turned();
      }),
    meets: () => {
      const states = [...jobs.values()];
      const phase = states.map(phaseOf).find((each) => each !== null);
      return phase ?? (states.some(({ state }) => state === 'queued') ? 'queued' : 'between');
    },
    stop: () => following.stop(),
  };
}

/** Resolves when at most `most` jobs wait or run. @throws Error when that takes too long */
async function living({ client }: OwnDaemon, most: number): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { waiting, running } = await client.call('queue');
    if (waiting + running <= most) return;
    if (performance.now() > until) throw new Error(`${waiting} jobs wait and ${running} run, and none of them ends`);
    await pause(25);
  }
}

/** Meets the daemon that a command has started, or starts one. */
async function findOrStart(daemon: OwnDaemon): Promise<void> {
  try {
    daemon.find();
    await daemon.client.greet();
  } catch {
    await daemon.start();
  }
}

/** False where it has ended meanwhile. */
function killGroup(pid: number): boolean {
  try {
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Processes that have the home in their environment, however they were started, once they had time to end. */
async function strays(home: string): Promise<string[]> {
  const until = performance.now() + 10_000;
  for (;;) {
    const found = readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(home)) return [];
        return [`still running: ${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
      } catch {
        return []; // it ended while we looked, or is another user's
      }
    });
    if (found.length === 0 || performance.now() > until) return found;
    await pause(50);
  }
}

/** Whether the record beside a result is that of the job, and of these bytes. */
function isRecorded(id: string, output: string): boolean {
  const record = readRecord(recordBeside(output));
  return record?.job === id && record.output?.path === output && record.output.sha256 === hashOf(output);
}

const hashOf = (file: string): string =>
  existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'no file';

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
