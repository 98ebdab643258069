// A job in work: its lease, how far it is, and how long its worker has been silent.
import type { JobState } from '../api/job.ts';
import type { JobRow } from './store/rows.ts';
import type { Store } from './store/store.ts';

/** A lease lasts this long and is renewed well before. Milliseconds. */
export const leaseMs = 30_000;
const renewMs = 10_000;
/** Progress is kept this often; told always. Milliseconds. */
const keepMs = 1000;
/** Rounds of the shop without a sign of life after which a worker is given up: 60 s. Rounds, not a clock: it may jump. */
const mostSilent = 12;

export type Underway = Extract<JobState, { state: 'running' | 'verifying' }>;

export const starting: Underway = {
  state: 'running',
  progress: { phase: 'probe', done: 0, total: 0, unit: 'files', fps: null, etaMs: null },
  notes: [],
};

export class Held {
  readonly owner: string;
  readonly #store: Store;
  readonly #abort = new AbortController();
  row: JobRow;
  job: Underway = starting;
  /** Number of the last event that was told. */
  seq: number;
  /** Whether it was given up for its silence. */
  silent = false;
  #silence: number | null = null;
  #keptAt: number;
  #renewedAt: number;

  constructor(store: Store, row: JobRow, owner: string, now: number) {
    this.#store = store;
    this.row = row;
    this.owner = owner;
    this.seq = row.seq;
    this.#keptAt = now;
    this.#renewedAt = now;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the work where it is. */
  stop(): void {
    this.#abort.abort();
  }

  /** A worker was started, which tells signs of life. */
  watch(): void {
    this.#silence = 0;
  }

  pulse(now: number): void {
    if (this.#silence !== null) this.#silence = 0;
    if (!isApart(now, this.#renewedAt, renewMs)) return;
    this.#renewedAt = now;
    if (!this.#store.renew(this.row.id, this.owner, now + leaseMs)) this.stop(); // another has it
  }

  /** A round has passed. Work without a worker (hashing, copying) is our own life. */
  round(now: number): void {
    if (this.#silence === null) this.pulse(now);
    else if (++this.#silence >= mostSilent) {
      this.silent = true;
      this.stop();
    }
  }

  /** Takes the next state of the work; false when there is nothing to tell. */
  advance(told: Underway, now: number): boolean {
    if (this.signal.aborted) return false;
    const job: Underway = this.row.state === 'verifying' ? { ...told, state: 'verifying' } : told;
    if (job.state === this.row.state) {
      this.#progress(job, now);
      return true;
    }
    const { owner, seq, row } = this;
    const changed = this.#store.change({ id: row.id, job, now, owner, until: now + leaseMs, told: seq });
    if (!changed) {
      this.stop();
      return false;
    }
    [this.row, this.job, this.seq] = [changed, job, changed.seq];
    this.#keptAt = now;
    return true;
  }

  #progress(job: Underway, now: number): void {
    this.job = job;
    this.seq++;
    if (!isApart(now, this.#keptAt, keepMs)) return;
    this.#keptAt = now;
    if (!this.#store.progress(this.row.id, this.owner, job, this.seq, now)) this.stop();
  }
}

/** Clocks jump both ways. */
const isApart = (a: number, b: number, ms: number): boolean => Math.abs(a - b) >= ms;
