// `inbetween watch FOLDER`: a clip or a job dropped in becomes a job, and a status beside it says how it stands. Also the way in where a guest cannot reach
// the daemon's port.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { z } from 'zod';
import type { Client } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import { hasEnded, type JobState, jobState } from '../api/job.ts';
import { jobId } from '../api/wire.ts';
import { readRecord } from '../jobs/beside.ts';
import { failureOf } from '../jobs/failure.ts';
import { type DropRules, isDrop, jobOf, statusEnding } from './drop.ts';
import { withoutStack } from './verb.ts';

/** `<name>.status.json`, written as a whole each time. */
const status = z.looseObject({
  inbetween: z.literal('status'),
  version: z.literal(1),
  /** The dropped file as it was when the job was asked for; another size or time means another job. */
  file: z.strictObject({ name: z.string(), bytes: z.number(), changedAt: z.number() }),
  /** Null: it was refused. */
  id: jobId.nullable(),
  /** Milliseconds since 1970. */
  at: z.number(),
  job: jobState,
});
export type DropStatus = z.output<typeof status>;

export interface WatchOptions extends Pick<DropRules, 'verb' | 'params'> {
  /** Folder for results; by default `results` in the watched one. */
  readonly output?: string;
  /** A file must have kept its size for this long. Milliseconds. */
  readonly settleMs?: number;
  /** Look at the folder again and again, where the system does not tell of changes (network shares). */
  readonly poll?: boolean;
  /** Hears every status as it is written. */
  readonly hear?: (status: DropStatus) => void;
  readonly connect: () => Promise<Client>;
}

export interface Watch {
  /** Resolves when everything dropped so far has ended. */
  settled(): Promise<void>;
  /** Stops looking. Jobs go on. */
  close(): Promise<void>;
}

/** Statuses of one job are this far apart while it runs. Milliseconds. */
const statusGapMs = 500;
/** Jobs followed at once: a daemon has a limit. */
const mostUnderway = 200;
/** A daemon that went away is looked for again this often. */
const mostAttempts = 5;

/** Resolves once the files that lie there already are known. @throws CompanionError INPUT_MISSING, USAGE */
export async function watchFolder(folder: string, options: WatchOptions): Promise<Watch> {
  const rules = rulesOf(folder, options);
  const { settleMs = 2000, poll = false } = options;
  const crew = new Daemons(options.connect);
  const places = new Places(mostUnderway);
  const underway = new Map<string, Promise<void>>();
  let closed = false;
  const take = (file: string): void => {
    const name = path.basename(file);
    if (!isDrop(name) || closed) return;
    const before = underway.get(name) ?? Promise.resolve();
    const work = before
      .then(places.take)
      .then(() => (closed ? undefined : serveDrop(path.join(rules.folder, name), rules, crew, options)));
    const ended = work.catch((error: unknown) => {
      if (!closed) process.emitWarning(`${name}: ${(error as Error).message}`); // its status cannot be written
    });
    underway.set(name, ended);
    void work.then(places.give, places.give);
    void ended.then(() => underway.get(name) === ended && underway.delete(name));
  };
  const watcher = watchFiles(rules.folder, {
    depth: 0,
    followSymlinks: false,
    usePolling: poll,
    awaitWriteFinish: { stabilityThreshold: settleMs, pollInterval: Math.min(100, settleMs) },
    ignored: (file) => path.dirname(file) === rules.folder && !isDrop(path.basename(file)),
  });
  watcher.on('add', take).on('change', take);
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', reject);
  });
  return {
    settled: async () => {
      while (underway.size > 0) await Promise.all(underway.values());
    },
    close: async () => {
      closed = true;
      await watcher.close();
      crew.close();
    },
  };
}

function rulesOf(folder: string, { verb, params, output }: WatchOptions): DropRules {
  const entry = statSync(folder, { throwIfNoEntry: false });
  if (entry === undefined) throw new CompanionError('INPUT_MISSING', { path: path.resolve(folder) });
  if (!entry.isDirectory()) throw new CompanionError('USAGE', { reason: `${folder} is no folder. Give one to watch.` });
  const real = realpathSync(folder);
  const results = path.resolve(output ?? path.join(real, 'results'));
  try {
    mkdirSync(results, { recursive: true });
  } catch (cause) {
    throw new CompanionError('OUTPUT_UNWRITABLE', { path: results, reason: (cause as Error).message }, { cause });
  }
  if (realpathSync(results) === real)
    throw new CompanionError('USAGE', { reason: 'Results cannot go to the watched folder: each would become a job.' });
  return { folder: real, verb, params, results: realpathSync(results) };
}

/** So many at once; others wait for their turn. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];
  constructor(count: number) {
    this.#free = count;
  }
  take = async (): Promise<void> => {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  };
  give = (): void => {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  };
}

/** The daemon, found again when it went away: one that was started ends when nobody needs it. */
class Daemons {
  #connect: () => Promise<Client>;
  #client: Promise<Client> | undefined;
  closed = false;
  constructor(connect: () => Promise<Client>) {
    this.#connect = connect;
  }

  async use<T>(act: (client: Client) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.closed) throw new CompanionError('CANCELLED');
      this.#client ??= this.#connect();
      const mine = this.#client;
      try {
        return await act(await mine);
      } catch (error) {
        if (!(error instanceof CompanionError && error.code === 'DAEMON_UNREACHABLE') || attempt === mostAttempts)
          throw error;
        if (this.#client === mine) this.#let();
      }
    }
  }

  close(): void {
    this.closed = true;
    this.#let();
  }

  #let(): void {
    void this.#client?.then(
      (client) => client.close(),
      () => {},
    );
    this.#client = undefined;
  }
}

/** Asks for the job of a dropped file, or goes on with the one its status names, and tells its status until it has ended. */
async function serveDrop(file: string, rules: DropRules, crew: Daemons, { hear }: WatchOptions): Promise<void> {
  const entry = statSync(file, { throwIfNoEntry: false });
  if (!entry?.isFile() || readRecord(file)) return;
  const identity = { name: path.basename(file), bytes: entry.size, changedAt: Math.floor(entry.mtimeMs) };
  let id: string | null = null;
  let last = { at: 0, state: '' };
  const tell = (job: JobState): void => {
    if (crew.closed) return;
    const at = Date.now();
    if (job.state === last.state && at - last.at < statusGapMs) return;
    last = { at, state: job.state };
    const whole: DropStatus = { inbetween: 'status', version: 1, file: identity, id, at, job };
    writeWhole(file + statusEnding, JSON.stringify(whole, null, 2));
    hear?.(whole);
  };
  const before = readStatus(file + statusEnding);
  const same = before !== undefined && JSON.stringify(before.file) === JSON.stringify(identity);
  if (same && isSettled(before)) return;
  try {
    const known = same ? before.id : null;
    const first = await crew.use(async (client) => (known === null ? null : stillThere(client, known)));
    const view = first ?? (await crew.use((client) => client.call('submit', { body: jobOf(file, rules) })));
    id = view.id;
    let job = view.job;
    let { seq } = view;
    tell(job);
    while (!hasEnded(job))
      await crew.use((client) =>
        client
          .follow(view.id, seq, (event) => {
            seq = event.seq;
            job = event.job.job;
            tell(job);
          })
          .over.then(async () => {
            if (!hasEnded(job)) job = (await client.call('job', { path: { id: view.id } })).job;
          }),
      );
    tell(job);
  } catch (error) {
    if (crew.closed) return; // the job goes on, and its status with the next watch
    tell({ state: 'failed', error: withoutStack(failureOf(error)) });
  }
}

/** Whether a drop needs nothing more. One that was not taken because the daemon was not there, or had no room, is asked for again. */
const isSettled = ({ id, job }: DropStatus): boolean =>
  hasEnded(job) && !(id === null && job.state === 'failed' && [4, 5].includes(job.error.exit));

/** The job, as far as the daemon still knows it. */
async function stillThere(client: Client, id: string) {
  try {
    return await client.call('job', { path: { id } });
  } catch (error) {
    if (error instanceof CompanionError && error.code !== 'DAEMON_UNREACHABLE') return null;
    throw error;
  }
}

function readStatus(file: string): DropStatus | undefined {
  try {
    return status.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // none, or none of ours: the file counts as new
  }
}

/** A reader sees the whole of it or what was there before. */
function writeWhole(file: string, text: string): void {
  const next = path.join(path.dirname(file), `.${path.basename(file)}.next`);
  rmSync(next, { force: true });
  const open = openSync(next, 'wx', 0o644); // never through a link that somebody put there
  try {
    writeSync(open, `${text}\n`);
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
  renameSync(next, file);
}
