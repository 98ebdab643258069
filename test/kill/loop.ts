// Kills the daemon or its worker (-9) at random moments of real interpolation jobs, again and again, and looks at what came of every job it acknowledged.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, openClient } from '../../companion/api/client.ts';
import type { JobView } from '../../companion/api/wire.ts';
import { findTools } from '../../companion/media/find.ts';
import { allGone, treeOf } from '../support/journey.ts';
import { ffmpeg } from '../support/media.ts';

export interface Killed {
  readonly daemons: number;
  readonly workers: number;
  /** Jobs that were acknowledged, and those of them that were started more than once. */
  readonly jobs: number;
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
const variants = [
  [{ fps: '60' }, '.mov'],
  [{ slow: '0.4', codec: 'ffv1' }, '.mkv'],
  [{ fps: '60000/1001', codec: 'h264' }, '.mp4'],
  [{ factor: '2', dedup: true }, '.mov'],
] as const;
/** A kill comes within so many milliseconds after a job was asked for. */
const longestMs = 2500;
/** All jobs must have ended so long after the last kill. Milliseconds. */
const patienceMs = 300_000;

const command = fileURLToPath(new URL('../../companion/cli/inbetween.mjs', import.meta.url));

/** A daemon of its own folders. */
class Daemon {
  readonly home: string;
  #child: ChildProcess | undefined;
  #client: Client | undefined;

  constructor(home: string) {
    this.home = home;
  }
  get client(): Client {
    return this.#client!;
  }
  async start(): Promise<void> {
    const env = { ...process.env, INBETWEEN_HOME: this.home };
    const child = spawn(process.execPath, [command, 'serve', '--port', '0'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
      child.once('close', (code) => reject(new Error(`The daemon ended with ${code}: ${words}`)));
    });
    this.#child = child;
    this.#client = openClient(url, readFileSync(path.join(this.home, 'config', 'token'), 'utf8').trim());
  }
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child!;
    this.#client?.close();
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
  }
  /** Kills the worker of a job that runs; false when there is none. */
  killWorker(): boolean {
    const jobs = path.join(this.home, 'data', 'jobs');
    for (const id of existsSync(jobs) ? readdirSync(jobs) : []) {
      try {
        process.kill(-Number(readFileSync(path.join(jobs, id, 'worker.pid'), 'utf8')), 'SIGKILL');
        return true;
      } catch {
        // it has ended meanwhile, or not begun
      }
    }
    return false;
  }
}

/** Runs the loop; needs a compiler's engine and the ffmpeg of npm, and leaves nothing behind. */
export async function killLoop({ times, seed, told }: KillOptions): Promise<Killed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-kill-'));
  const [input, out] = [path.join(folder, 'clip.mov'), path.join(folder, 'out')];
  const daemon = new Daemon(path.join(folder, 'home'));
  const random = generator(seed);
  const wrong: string[] = [];
  try {
    mkdirSync(out);
    await makeClip(input);
    const wanted = await uninterrupted(path.join(folder, 'calm'), input);
    await daemon.start();
    const acknowledged = new Map<string, number>();
    let [daemons, workers] = [0, 0];
    for (let kill = 0; kill < times; kill++) {
      const variant = kill % variants.length;
      const { id } = await submit(daemon.client, input, path.join(out, `${kill}${variants[variant]![1]}`), kill);
      acknowledged.set(id, variant);
      await pause(random() * longestMs);
      if (random() < 1 / 3 && daemon.killWorker()) workers++;
      else {
        daemons++;
        await daemon.end('SIGKILL');
        await daemon.start();
      }
      told?.(kill + 1);
    }
    const jobs = await settled(daemon.client, acknowledged.size);
    for (const { id, job, output } of jobs) {
      const variant = acknowledged.get(id);
      if (variant === undefined) wrong.push(`${id}: nobody asked for it`);
      else if (job.state !== 'done') wrong.push(`${output}: ${JSON.stringify(job)}`);
      else if (hashOf(output!) !== wanted[variant]) wrong.push(`${output}: other bytes than without a kill`);
    }
    for (const id of acknowledged.keys()) if (!jobs.some((job) => job.id === id)) wrong.push(`${id}: forgotten`);
    const names = new Set(jobs.map(({ output }) => path.basename(output!)));
    for (const name of treeOf(out)) if (!names.has(name)) wrong.push(`${name}: left behind`);
    for (const name of readdirSync(path.join(daemon.home, 'data', 'jobs'))) wrong.push(`jobs/${name}: left behind`);
    await daemon.end('SIGTERM');
    await allGone(folder).catch((error: Error) => void wrong.push(error.message));
    const restarted = jobs.filter(({ attempts }) => attempts > 1).length;
    return { daemons, workers, jobs: acknowledged.size, restarted, wrong };
  } finally {
    await daemon.end('SIGKILL').catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Three shots with motion, four seconds: several chunks of work. */
async function makeClip(file: string): Promise<void> {
  const shots = ['testsrc2=s=128x72:r=24:d=1.5', 'mandelbrot=s=128x72:r=24', 'testsrc=s=128x72:r=24:d=1.5'];
  const inputs = shots.flatMap((shot) => ['-f', 'lavfi', '-t', '1.5', '-i', shot]);
  const joined = ['-filter_complex', '[0:v][1:v][2:v]concat=n=3,format=yuv420p[v]', '-map', '[v]', '-map', '3:a'];
  const sound = ['-f', 'lavfi', '-i', 'sine=d=4.5', '-c:a', 'pcm_s16le', '-c:v', 'libx264', '-g', '12'];
  await ffmpeg(await findTools({ env: {} }), [...inputs, ...sound.slice(0, 4), ...joined, ...sound.slice(4), file]);
}

/** The hash of each variant, made by a daemon nobody kills. */
async function uninterrupted(folder: string, input: string): Promise<string[]> {
  const daemon = new Daemon(path.join(folder, 'home'));
  mkdirSync(folder);
  await daemon.start();
  try {
    const outputs = variants.map(([, ending], index) => path.join(folder, `${index}${ending}`));
    for (const [index, output] of outputs.entries()) await submit(daemon.client, input, output, index);
    for (const { job } of await settled(daemon.client, outputs.length))
      if (job.state !== 'done') throw new Error(`Without a kill: ${JSON.stringify(job)}`);
    return outputs.map(hashOf);
  } finally {
    await daemon.end('SIGTERM');
  }
}

/** `number` makes it a job of its own, whose pictures are the same: else the cache would answer. */
const submit = (client: Client, input: string, output: string, number: number): Promise<JobView> =>
  client.call('submit', {
    body: {
      verb: 'interpolate',
      inputs: [input],
      params: { ...variants[number % variants.length]![0], cutThreshold: 0.5 + number * 1e-9 },
      place: { output },
    },
  });

/** All jobs, once each has ended. */
async function settled(client: Client, count: number): Promise<JobView[]> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { waiting, running } = await client.call('queue');
    if (waiting + running === 0 || performance.now() > until) break;
    await pause(100);
  }
  const jobs: JobView[] = [];
  let after: string | undefined;
  do {
    const page = await client.call('jobs', { query: { limit: 500, ...(after !== undefined && { after }) } });
    jobs.push(...page.jobs);
    after = page.next ?? undefined;
  } while (after !== undefined && jobs.length <= count);
  return jobs;
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
