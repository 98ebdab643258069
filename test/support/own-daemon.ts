// A daemon of the test's own: a process with folders of its own, started, asked, killed at will, and found again when somebody else has started the next.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, openClient } from '../../companion/api/client.ts';
import type { JobState } from '../../companion/api/job.ts';
import type { JobView, Submission } from '../../companion/api/wire.ts';
import { programFile } from './programs.ts';

/** Arguments of Node that start the `inbetween` command from its sources, as a person does. */
export const sourceFront: readonly string[] = [
  fileURLToPath(new URL('../../companion/cli/inbetween.mjs', import.meta.url)),
];

export interface OwnDaemonOptions {
  /** Arguments of Node that start the command; by default it is compiled. */
  readonly front?: readonly string[];
  /** Added to our environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class OwnDaemon {
  /** `INBETWEEN_HOME`. */
  readonly home: string;
  readonly #front: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #pid: number | undefined;
  #client: Client | undefined;

  constructor(home: string, { front = [programFile('inbetween')], env = {} }: OwnDaemonOptions = {}) {
    this.home = home;
    this.#front = front;
    this.#env = { ...process.env, ...env, INBETWEEN_HOME: home };
  }

  get client(): Client {
    if (!this.#client) throw new Error('The daemon was not started.');
    return this.#client;
  }

  get pid(): number {
    if (this.#pid === undefined) throw new Error('The daemon was not started.');
    return this.#pid;
  }

  /** A file below its folder of data. */
  data(...names: string[]): string {
    return path.join(this.home, 'data', ...names);
  }

  /** The end of its log. */
  lastWords(): string {
    const log = this.data('daemon.log');
    return existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
  }

  /** Program, arguments and environment of an `inbetween` command of this user. */
  command(args: readonly string[]): [program: string, args: string[], env: NodeJS.ProcessEnv] {
    return [process.execPath, [...this.#front, ...args], this.#env];
  }

  /** Starts it. @throws Error with its words when it cannot start */
  async start(): Promise<void> {
    const [program, args, env] = this.command(['serve', '--port', '0', '--json']);
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const said = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').once('data', resolve);
      child.once('close', (code, signal) => reject(new Error(`The daemon ended with ${code ?? signal}: ${words}`)));
    });
    const told = JSON.parse(said) as { url?: string; pid: number };
    if (told.url === undefined) throw new Error(`The daemon could not start: ${said}`);
    this.#meet({ url: told.url, pid: told.pid });
  }

  /** Finds the one that somebody else has started. */
  find(): void {
    this.#meet(JSON.parse(readFileSync(path.join(this.home, 'config', 'endpoint.json'), 'utf8')));
  }

  #meet({ url, pid }: { url: string; pid: number }): void {
    this.#client?.close();
    this.#pid = pid;
    this.#client = this.guest(url);
  }

  /** Another guest, with a socket of its own. */
  guest(url: string = this.client.url): Client {
    return openClient(url, readFileSync(path.join(this.home, 'config', 'token'), 'utf8').trim());
  }

  /** Ends it with a signal; resolves when it is gone. Does nothing when it never was there. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#client?.close();
    if (this.#pid === undefined) return;
    try {
      process.kill(this.#pid, signal);
    } catch {
      // it has ended by itself
    }
    while (isLiving(this.#pid)) await pause(10);
    this.#pid = undefined;
  }

  /** Process groups of the workers that say they are at work. */
  workers(): number[] {
    const jobs = this.data('jobs');
    return (existsSync(jobs) ? readdirSync(jobs) : []).flatMap((id) => {
      try {
        return [Number(readFileSync(path.join(jobs, id, 'worker.pid'), 'utf8'))].filter((pid) => pid > 1);
      } catch {
        return []; // it has ended meanwhile, or not begun
      }
    });
  }

  submit(body: Submission): Promise<JobView> {
    return this.client.call('submit', { body });
  }

  async job(id: string): Promise<JobView> {
    return this.client.call('job', { path: { id } });
  }

  /** Resolves with the job once it `fits`. @throws Error after `patienceMs` with what it is then */
  async until(id: string, fits: (job: JobState) => boolean, patienceMs = 60_000): Promise<JobView> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const view = await this.job(id);
      if (fits(view.job)) return view;
      if (performance.now() > deadline) throw new Error(`Job ${id} stays ${JSON.stringify(view.job)}`);
      await pause(15);
    }
  }

  /** Every job there is, newest first. */
  async jobs(): Promise<JobView[]> {
    const all: JobView[] = [];
    let after: string | undefined;
    do {
      const page = await this.client.call('jobs', { query: { limit: 500, ...(after !== undefined && { after }) } });
      all.push(...page.jobs);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return all;
  }
}

/** Whether a process is there and has not ended: one that nobody has collected yet is gone too. */
function isLiving(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!statSync('/proc/self', { throwIfNoEntry: false })) return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
