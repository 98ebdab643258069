// Short jobs one after the other on a daemon of its own, for as long as is asked, while memory, open files, folders and answers are watched.
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '../../companion/api/client.ts';
import { hasEnded } from '../../companion/api/job.ts';
import type { JobView, Submission, WireEvent } from '../../companion/api/wire.ts';
import { table } from '../conformance/suite.ts';
import { ffmpeg, findTools, scratchFolder } from '../support/media.ts';
import { median } from '../support/oracle.ts';
import { OwnDaemon, sourceFront } from '../support/own-daemon.ts';
import { memoryKnown, residentBytes } from '../support/process-memory.ts';
import { slopeOf, verdictOf } from '../support/trend.ts';
import type { Bench } from './run.ts';

/** Memory is looked at this often; a minute's figure is the least of it: what a collection of garbage leaves. Milliseconds. */
const lookMs = 1000;
/** The daemon is asked this often, and how long its answer takes is kept. Milliseconds. */
const askMs = 250;
/** Results lie under so many names in turn. */
const places = 8;

export const bench: Bench = {
  about: 'short jobs one after the other; the memory of the daemon must stay flat. --minutes N, default 60.',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '60' } } });
    const minutes = Number(values.minutes);
    if (!(minutes > 0)) throw new RangeError('--minutes must be more than 0');
    if (!memoryKnown) throw new Error('the memory of another process can be looked at on Linux only');
    using folder = scratchFolder('soak');
    const daemon = new OwnDaemon(path.join(folder.path, 'home'), { front: sourceFront });
    await daemon.start();
    try {
      await soak(daemon, folder.path, minutes);
    } finally {
      await daemon.end('SIGTERM');
    }
  },
};

/** What is looked at each minute. */
interface Minute {
  readonly jobs: number;
  readonly megabytes: number;
  readonly openFiles: number;
  readonly databaseKiB: number;
  readonly logKiB: number;
  readonly jobFolders: number;
  readonly answers: readonly number[];
}

async function soak(daemon: OwnDaemon, folder: string, minutes: number): Promise<void> {
  const work = await prepare(folder);
  const over = new AbortController();
  const [rss, answers]: number[][] = [[], []];
  const watching = Promise.all([
    each(lookMs, over.signal, async () => void rss!.push(residentBytes(daemon.pid) / 1e6)),
    each(askMs, over.signal, async () => {
      const from = performance.now();
      await daemon.client.call('queue');
      answers!.push(performance.now() - from);
    }),
  ]);
  const history: Minute[] = [];
  const wrong: string[] = [];
  let [jobs, number] = [0, 0];
  const from = performance.now();
  console.log(heads.join(' '));
  while (performance.now() - from < minutes * 60_000) {
    const kind = kinds[number % kinds.length]!;
    const said = await kind(daemon, work, number++).catch((error: Error) => error.message);
    if (said !== null) wrong.push(`job ${number}: ${said}`);
    jobs++;
    if (performance.now() - from < (history.length + 1) * 60_000) continue;
    const minute: Minute = {
      jobs,
      megabytes: Math.min(...rss!.splice(0)),
      ...look(daemon),
      answers: answers!.splice(0),
    };
    history.push(minute);
    console.log(line(history.length, minute));
  }
  over.abort();
  await watching;
  tell(history, jobs, wrong);
}

/** Does something again and again until it is over. */
async function each(ms: number, over: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    await act();
    await pause(ms, undefined, { signal: over }).catch(() => {});
  }
}

const heads = [
  'minute',
  '   jobs',
  'RSS MB',
  'open files',
  'queue KiB',
  'log KiB',
  'job folders',
  'GET ms median',
  'most',
];

function line(
  minute: number,
  { jobs, megabytes, openFiles, databaseKiB, logKiB, jobFolders, answers }: Minute,
): string {
  const cells = [minute, jobs, megabytes.toFixed(1), openFiles, databaseKiB, logKiB, jobFolders];
  const times = [median([...answers]).toFixed(1), Math.max(...answers).toFixed(0)];
  return [...cells, ...times].map((cell, i) => String(cell).padStart(heads[i]!.length)).join(' ');
}

function look(daemon: OwnDaemon): Pick<Minute, 'openFiles' | 'databaseKiB' | 'logKiB' | 'jobFolders'> {
  const bytes = (name: string): number => statSync(daemon.data(name), { throwIfNoEntry: false })?.size ?? 0;
  return {
    openFiles: readdirSync(`/proc/${daemon.pid}/fd`).length,
    databaseKiB: Math.round((bytes('queue.db') + bytes('queue.db-wal')) / 1024),
    logKiB: Math.round(bytes('daemon.log') / 1024),
    jobFolders: readdirSync(daemon.data('jobs')).length,
  };
}

function tell(history: readonly Minute[], jobs: number, wrong: readonly string[]): void {
  const answers = history.flatMap((minute) => minute.answers);
  console.log(
    `\n${jobs} jobs; GET /v1/queue: median ${median(answers).toFixed(1)} ms, longest ${Math.max(...answers).toFixed(0)} ms`,
  );
  for (const what of wrong.slice(0, 20)) console.log(`wrong: ${what}`);
  if (wrong.length > 0) process.exitCode = 1;
  const rows = [['', 'a hour, second half', 'standard error', 'first quarter', 'last']];
  let grows = false;
  for (const [name, unit, allowed, of] of [
    ['RSS', 'MB', 5, (minute: Minute) => minute.megabytes],
    ['open files', '', 3, (minute: Minute) => minute.openFiles],
  ] as const) {
    const values = history.map(of);
    const verdict = verdictOf(values, allowed);
    if (verdict === null) continue;
    grows ||= verdict.grows;
    const { slope, error, early, late } = verdict;
    rows.push([`${name}${unit && ` ${unit}`}`, slope.toFixed(2), error.toFixed(2), early.toFixed(1), late.toFixed(1)]);
  }
  if (rows.length === 1) {
    console.log('verdict: none, this was too short');
    return;
  }
  const rest = slopeOf(history.map(({ databaseKiB }) => databaseKiB)).slope;
  console.log(
    `${table(rows)}\nqueue: ${rest.toFixed(0)} KiB an hour until 10,000 jobs have ended, of which the oldest go`,
  );
  console.log(`verdict: ${grows ? 'it grows' : 'flat'}`);
  if (grows) process.exitCode = 1;
}

interface Work {
  readonly clip: string;
  readonly other: string;
  readonly broken: string;
  place(number: number, ending: string): string;
}

async function prepare(folder: string): Promise<Work> {
  const tools = await findTools();
  const file = (name: string): string => path.join(folder, name);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=96x54:r=24:d=0.75', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
  await ffmpeg(tools, [...picture, file('clip.mov')]);
  await ffmpeg(tools, [...picture, '-crf', '40', file('other.mov')]);
  writeFileSync(file('broken.mov'), 'This is no clip.');
  return {
    ...{ clip: file('clip.mov'), other: file('other.mov'), broken: file('broken.mov') },
    place: (number, ending) => file(`result${number % places}${ending}`),
  };
}

/** Does one job; what was not as it should be, or null. */
type Kind = (daemon: OwnDaemon, work: Work, number: number) => Promise<string | null>;

/** `number` makes it another job: else the cache would answer. */
const interpolation = ({ clip, place }: Work, number: number, ending: string, params: object = {}): Submission => ({
  verb: 'interpolate',
  inputs: [clip],
  params: { cutThreshold: 0.5 + number * 1e-9, ...params },
  place: { output: place(number, ending), force: true },
});

const kinds: readonly Kind[] = [
  (daemon, work, number) => byShared(daemon, interpolation(work, number, '.mov', { factor: '2' }), 'done'),
  (daemon, work) => byOwn(daemon, { verb: 'compare', inputs: [work.clip, work.other] }, 'done'),
  (daemon, work, number) => byGet(daemon, interpolation(work, number, '.mp4', { fps: '60', codec: 'h264' }), 'done'),
  (daemon, work, number) => byShared(daemon, { ...interpolation(work, number, '.mov'), dryRun: true }, 'done'),
  async (daemon, work, number) => {
    const job = interpolation(work, number, '.mkv', { slow: '0.5', codec: 'ffv1' });
    return (await byOwn(daemon, job, 'done')) ?? (await byGet(daemon, elsewhere(job, work, number), 'done'));
  },
  (daemon, work, number) => byGet(daemon, { ...interpolation(work, number, '.mov'), inputs: [work.broken] }, 'failed'),
  cancelled,
  pictures,
  (daemon, work, number) => byShared(daemon, interpolation(work, number, '.mov', { fps: '30', dedup: true }), 'done'),
];

/** The same work at another place: a copy from the cache. */
const elsewhere = (job: Submission, work: Work, number: number): Submission => ({
  ...job,
  place: { output: `${work.place(number, '')}.copy.mkv`, force: true },
});

const unless = (wanted: string, { job }: JobView): string | null =>
  job.state === wanted ? null : `is ${JSON.stringify(job)}, not ${wanted}`;

/** Followed by the socket that all jobs share. */
const byShared = (daemon: OwnDaemon, job: Submission, wanted: string): Promise<string | null> =>
  followed(daemon, daemon.client, job, wanted);

/** Followed by a guest of its own, who comes and goes. */
async function byOwn(daemon: OwnDaemon, job: Submission, wanted: string): Promise<string | null> {
  const guest = daemon.guest();
  try {
    return await followed(daemon, guest, { ...job, attachedTo: `g${'0'.repeat(16)}` }, wanted);
  } finally {
    guest.close();
  }
}

async function followed(daemon: OwnDaemon, guest: Client, job: Submission, wanted: string): Promise<string | null> {
  const { id, seq } = await guest.call('submit', { body: job });
  const heard: WireEvent[] = [];
  await guest.follow(id, seq, (event) => void heard.push(event)).over;
  return heard.length === 0 ? 'nothing was heard of it' : unless(wanted, await daemon.job(id));
}

/** Followed by asking for its events, from the first again each time. */
async function byGet(daemon: OwnDaemon, job: Submission, wanted: string): Promise<string | null> {
  const { id } = await daemon.submit(job);
  for (;;) {
    const page = await daemon.client.call('events', { path: { id }, query: { since: 0 } });
    if (hasEnded(page.job.job)) return unless(wanted, page.job);
    await pause(100);
  }
}

async function cancelled(daemon: OwnDaemon, work: Work, number: number): Promise<string | null> {
  const { id } = await daemon.submit(interpolation(work, number, '.mov', { slow: '0.1' }));
  await daemon.until(id, (job) => hasEnded(job) || ('progress' in job && job.progress.phase === 'render'));
  await daemon.client.call('act', { path: { id, action: 'cancel' } });
  return unless('cancelled', await daemon.job(id));
}

/** No job, but what a page asks for between two: a thumbnail, a filmstrip, a list, the record. */
async function pictures(daemon: OwnDaemon, work: Work, number: number): Promise<string | null> {
  const { client } = daemon;
  for (const show of ['frame', 'filmstrip', 'file'] as const) {
    const body = { file: work.clip, show, at: (number % 50) / 100, width: 80 + (number % 40) * 2, frames: 5 };
    const { url, type } = await client.call('media', { body });
    const response = await fetch(client.url + url);
    const bytes = await response.arrayBuffer();
    if (!response.ok || response.headers.get('content-type') !== type || bytes.byteLength === 0)
      return `${show}: ${response.status} ${response.headers.get('content-type')} of ${bytes.byteLength} bytes`;
  }
  const { jobs } = await client.call('jobs', { query: { limit: 100 } });
  const made = jobs.find(({ job, dryRun }) => job.state === 'done' && !dryRun);
  if (made) await client.call('record', { path: { id: made.id } });
  rmSync(work.place(number, '.mov'), { force: true }); // an artifact that is gone
  return null;
}
