// Where jobs are worked on: takes those that wait, watches their workers and leases, and settles what becomes of each.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { CompanionError } from '../api/errors.ts';
import type { EndState, JobState } from '../api/job.ts';
import type { AnyOperation } from '../operations/context.ts';
import { type Attempted, attempt, failedBy } from './attempt.ts';
import type { EngineFacts } from './channel.ts';
import type { Clock } from './clock.ts';
import { Held, leaseMs, starting } from './held.ts';
import { foldersLeft, keepBackup, putBack, tidy } from './recover.ts';
import { hasRoom, type Room, readRoom, roomLacking } from './room.ts';
import { inspectEngine, verbNamed } from './run.ts';
import { Artifacts } from './store/artifacts.ts';
import type { Restoration } from './store/database.ts';
import { type JobRow, orderOf } from './store/rows.ts';
import { Store } from './store/store.ts';
import { heldStates, type StateName } from './store/transitions.ts';

/** Everything is looked after this often. Milliseconds. */
const roundMs = 5000;
/** Rounds between backups: an hour. */
const backupRounds = 720;
/** So often may the worker of a job die. */
const mostCrashes = 3;

export interface ShopOptions {
  readonly db: DatabaseSyncInstance;
  readonly restored: Restoration | null;
  /** Folder of data. */
  readonly data: string;
  readonly atOnce: number;
  readonly worker: URL | undefined;
  readonly clock: Clock;
  readonly verbs: readonly AnyOperation[];
}

export class Shop {
  readonly #options: ShopOptions;
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #artifacts: Artifacts;
  readonly #held = new Map<string, Held>();
  /** What is being done for each job: worked on, or tidied up after. */
  readonly #busy = new Map<string, Promise<void>>();
  /** Put back by a start, and their guests are not there again yet. */
  readonly #withoutGuest = new Set<string>();
  readonly #waitForRound: (() => void)[] = [];
  readonly #waitForIdle: (() => void)[] = [];
  #tell: (row: JobRow) => void = () => {};
  #stopRounds = (): void => {};
  #rounds = 0;
  #looking = false;
  #closed = false;
  #paused: boolean;
  #engine: Promise<EngineFacts | null> | undefined;

  constructor(options: ShopOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#store = new Store(options.db);
    this.#artifacts = new Artifacts(options.db);
    this.#paused = this.#store.setting('paused') === 'yes';
  }

  /** Goes on with what there is. `tell` hears of every row that changes from now on. */
  open(tell: (row: JobRow) => void): void {
    const { db, data, restored } = this.#options;
    this.#tell = tell;
    putBack(this.#store, restored, this.#clock.now());
    for (const { id } of this.#store.attached()) this.#withoutGuest.add(id);
    keepBackup(db, data, this.#clock);
    for (const id of foldersLeft(data)) if (this.#store.find(id)?.state !== 'queued') this.#tidy(id);
    this.#stopRounds = this.#clock.every(roundMs, () => this.#round());
    this.look();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** How far a job is that is in work. */
  liveOf(row: JobRow): { readonly job: JobState; readonly seq: number } | null {
    const held = this.#held.get(row.id);
    return held && held.owner === row.lease_owner ? held : null;
  }

  /** Changes the state of a job for a guest, and stops its work where it loses it; null where that is not legal. */
  change({ id }: JobRow, job: JobState, from?: readonly StateName[]): JobRow | null {
    const held = this.#held.get(id);
    const told = held?.seq ?? 0;
    const row = this.#store.change({ id, job, ...(from && { from }), now: this.#clock.now(), told });
    if (!row) return null;
    if (held) held.stop();
    else if (job.state === 'cancelled') this.#tidy(id);
    return row;
  }

  /** The guest of a job that was put back by a start is there. */
  release(id: string): void {
    if (this.#withoutGuest.delete(id)) this.look();
  }

  /** Resolves when nothing is done for the job any more. */
  async settled(id: string): Promise<void> {
    for (let work = this.#busy.get(id); work; work = this.#busy.get(id)) await work.catch(() => {});
  }

  setPaused(paused: boolean): void {
    this.#store.setSetting('paused', paused ? 'yes' : 'no');
    this.#paused = paused;
    if (paused) this.#releaseAll();
    this.look();
  }

  /** Looks for work soon. */
  look(): void {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      if (!this.#closed) this.#take();
    });
  }

  /** Resolves when nothing waits (unless paused) and nothing is in work. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitForIdle.push(resolve);
      this.look();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopRounds();
    this.#releaseAll();
    for (const go of this.#waitForRound.splice(0)) go();
    while (this.#busy.size > 0) await Promise.allSettled(this.#busy.values());
    for (const resolve of this.#waitForIdle.splice(0)) resolve();
  }

  /** Puts back what is in work. */
  #releaseAll(): void {
    for (const held of this.#held.values()) {
      const row = unlessStuck(() => this.change(held.row, { state: 'queued' }, heldStates));
      held.stop(); // where it could not be set down, the next start finds it
      if (row) this.#tell(row);
    }
  }

  #take(): void {
    unlessStuck(() => {
      while (!this.#paused && this.#held.size < this.#options.atOnce) {
        const owner = `${process.pid}-${randomBytes(6).toString('hex')}`;
        const now = this.#clock.now();
        const row = this.#store.take({ job: starting, now, owner, until: now + leaseMs }, [
          ...this.#busy.keys(),
          ...this.#withoutGuest,
        ]);
        if (!row) break;
        const held = new Held(this.#store, row, owner, now);
        this.#held.set(row.id, held);
        this.#keepBusy(row.id, this.#work(held));
        this.#tell(row);
      }
    });
    if (this.#busy.size > 0 || (!this.#paused && this.#store.hasWaiting())) return;
    for (const resolve of this.#waitForIdle.splice(0)) resolve();
  }

  #keepBusy(id: string, work: Promise<void>): void {
    const over = work.finally(() => {
      if (this.#busy.get(id) === over) this.#busy.delete(id);
      this.look();
    });
    this.#busy.set(id, over);
  }

  #tidy(id: string): void {
    const before = this.#busy.get(id) ?? Promise.resolve();
    this.#keepBusy(
      id,
      before.then(() => tidy(this.#options.data, id, () => this.#store.find(id))),
    );
  }

  async #work(held: Held): Promise<void> {
    const { id } = held.row;
    const { data, verbs, worker } = this.#options;
    await null; // what is told of its start comes first
    let attempted: Attempted | null = null;
    try {
      attempted = await attempt({
        row: held.row,
        operation: verbNamed(orderOf(held.row).verb, verbs),
        folder: path.join(data, 'jobs', id),
        store: this.#store,
        artifacts: this.#artifacts,
        worker,
        engine: () => this.#engineNow(),
        signal: held.signal,
        now: () => this.#clock.now(),
        onState: (job) => {
          if (unlessStuck(() => held.advance(job, this.#clock.now()))) this.#tell(held.row);
        },
        onWorker: () => held.watch(),
        onPulse: () => unlessStuck(() => held.pulse(this.#clock.now())),
      });
    } catch (error) {
      if (!held.signal.aborted) attempted = failedBy(error);
    }
    if (held.silent) attempted = failedBy(new CompanionError('WORKER_CRASHED', { how: 'no sign of life for 60 s' }));
    await this.#settle(held, attempted);
    this.#held.delete(id);
    await tidy(data, id, () => this.#store.find(id));
  }

  /** Sets down how an attempt ended, once there is room for that. */
  async #settle(held: Held, attempted: Attempted | null): Promise<void> {
    const lacking = attempted?.end.state === 'failed' ? roomLacking(attempted.end.error) : null; // now: room that is made meanwhile counts
    for (;;) {
      const settled = unlessStuck(() => {
        const row = this.#store.find(held.row.id);
        if (row?.lease_owner !== held.owner) return 'not ours'; // cancelled, paused or put back, or another has it
        const changed = this.#store.transact(() => this.#conclude(held, row, attempted, lacking));
        if (changed) this.#tell(changed);
        return 'done';
      });
      if (settled !== undefined || this.#closed) return;
      await new Promise<void>((go) => this.#waitForRound.push(go));
    }
  }

  #conclude(held: Held, row: JobRow, attempted: Attempted | null, lacking: Room | null): JobRow | null {
    const { id } = row;
    const change = (job: JobState): JobRow | null =>
      this.#store.change({ id, job, owner: held.owner, now: this.#clock.now(), told: held.seq });
    if (!attempted) return change({ state: 'queued' });
    const { artifact, engine } = attempted;
    // a worker that was ended by somebody else than us has crashed as well
    const end: EndState =
      attempted.end.state === 'cancelled'
        ? failedBy(new CompanionError('WORKER_CRASHED', { how: 'it was told to stop from outside' })).end
        : attempted.end;
    if (end.state === 'done') {
      this.#store.note(id, { hash: artifact?.hash ?? null, engine: engine && JSON.stringify(engine) });
      if (artifact) this.#artifacts.add(artifact, this.#clock.now());
      return change(end);
    }
    if (end.state !== 'failed') return null;
    if (end.error.code === 'WORKER_CRASHED') {
      const crashes = row.crashes + 1;
      this.#store.note(id, { crashes });
      if (crashes < mostCrashes) return change({ state: 'queued' });
    }
    const room = row.attached === null ? lacking : null; // a guest who stays is told at once
    if (!room) return change(end);
    const paused = change({ state: 'paused', why: 'DISK_FULL', notes: held.job.notes });
    this.#store.note(id, { room: JSON.stringify(room) });
    return paused;
  }

  #engineNow(): Promise<EngineFacts | null> {
    this.#engine ??= inspectEngine(this.#options.worker).catch(() => null);
    return this.#engine;
  }

  #round(): void {
    this.#rounds++;
    for (const held of this.#held.values()) unlessStuck(() => held.round(this.#clock.now()));
    for (const row of this.#store.inStates('paused')) {
      if (row.room === null || !hasRoom(readRoom(row.room))) continue;
      const changed = unlessStuck(() => this.change(row, { state: 'queued' }, ['paused']));
      if (changed) this.#tell(changed);
    }
    if (this.#rounds % backupRounds === 0) {
      keepBackup(this.#options.db, this.#options.data, this.#clock);
      for (const id of foldersLeft(this.#options.data)) if (!this.#store.find(id)) this.#tidy(id); // of jobs that were forgotten
    }
    for (const go of this.#waitForRound.splice(0)) go();
    this.look();
  }
}

/** What `act` gives; undefined where the queue cannot be written to now. Whoever calls tries again later. */
function unlessStuck<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof CompanionError && (error.code === 'DISK_FULL' || error.code === 'QUEUE_BUSY'))
      return undefined;
    throw error;
  }
}
