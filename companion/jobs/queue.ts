// The queue of the daemon: what guests ask of it is on disk before it is answered; what waits is taken in order and kept alive to its end.
import { randomBytes } from 'node:crypto';
import { CompanionError } from '../api/errors.ts';
import type { JobState } from '../api/job.ts';
import { filesInWords, parseParams, takes } from '../api/operation.ts';
import type { EventPage, JobAction, JobPage, JobView, QueueView, WireEvent } from '../api/wire.ts';
import type { AnyOperation } from '../operations/context.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Folders, inHome, makeFolders } from './folders.ts';
import type { JobList, JobOrder, Jobs } from './jobs.ts';
import { keysOf, markInput } from './key.ts';
import { takeOwnership } from './lock.ts';
import { recordOf } from './record.ts';
import { verbs as ownVerbs, verbNamed } from './run.ts';
import { Shop } from './shop.ts';
import { openDatabase, type Restoration } from './store/database.ts';
import { type JobRow, momentOf, orderOf, viewOf } from './store/rows.ts';
import { closeWhole } from './store/statements.ts';
import { Store } from './store/store.ts';
import type { StateName } from './store/transitions.ts';

export interface JobsOptions {
  readonly folders: Folders;
  /** Jobs that run at the same time. */
  readonly atOnce?: number;
  /** The worker's module; tests bring their own. */
  readonly worker?: URL;
  readonly clock?: Clock;
  readonly verbs?: readonly AnyOperation[];
  /** Hears of a list of jobs that was damaged and replaced. */
  readonly onRestored?: (how: Restoration) => void;
}

/**
 * Opens the queue of a user and goes on with what it holds. Only one process can.
 * @throws CompanionError DAEMON_RUNNING, HOME_UNUSABLE, QUEUE_NEWER, QUEUE_ON_NETWORK
 */
export function openJobs({
  folders,
  atOnce = 1,
  worker,
  clock = systemClock,
  verbs = ownVerbs,
  onRestored,
}: JobsOptions): Jobs {
  makeFolders(folders);
  const lock = inHome(folders.data, () => takeOwnership(folders));
  try {
    const { db, restored } = inHome(folders.data, () => openDatabase(folders.data, clock));
    if (restored) onRestored?.(restored);
    const shop = new Shop({ db, restored, data: folders.data, atOnce, worker, clock, verbs });
    const close = async (): Promise<void> => {
      await shop.close();
      closeWhole(db);
      lock.release();
    };
    return new Queue(new Store(db), shop, clock, verbs, close);
  } catch (error) {
    lock.release();
    throw error;
  }
}

const newId = (): string => `j${randomBytes(10).toString('hex')}`;

class Queue implements Jobs {
  readonly #store: Store;
  readonly #shop: Shop;
  readonly #clock: Clock;
  readonly #verbs: readonly AnyOperation[];
  readonly #close: () => Promise<void>;
  readonly #listeners = new Set<(event: WireEvent) => void>();
  #closing: Promise<void> | undefined;

  constructor(store: Store, shop: Shop, clock: Clock, verbs: readonly AnyOperation[], close: () => Promise<void>) {
    this.#store = store;
    this.#shop = shop;
    this.#clock = clock;
    this.#verbs = verbs;
    this.#close = close;
    shop.open((row) => this.#tell(row));
  }

  submit(order: JobOrder): JobView {
    const operation = verbNamed(order.verb, this.#verbs);
    demandFit(operation, order);
    const inputs = order.inputs.map(markInput);
    const now = this.#clock.now();
    const { row, isNew } = this.#store.add({ id: newId(), ...keysOf(order, operation, inputs), order, inputs, now });
    if (isNew) this.#tell(row);
    else this.#shop.release(row.id);
    this.#shop.look();
    return this.#view(row);
  }

  list({ state, limit, after }: JobList): JobPage {
    if (after !== undefined && !/^\d{1,15}$/.test(after))
      throw new CompanionError('PARAM_INVALID', {
        name: 'after',
        expected: 'what a page gave as next',
        received: after,
      });
    const rows = this.#store.page(state, limit + 1, after === undefined ? null : Number(after));
    const page = rows.slice(0, limit);
    const waits = page.some((row) => row.state === 'queued');
    const places = new Map(waits ? this.#store.waiting().map((id, place) => [id, place]) : []);
    return {
      jobs: page.map((row) => this.#viewAt(row, places.get(row.id) ?? null)),
      next: rows.length > limit ? String(page.at(-1)!.num) : null,
      total: this.#store.count(state),
    };
  }

  get(id: string): JobView {
    return this.#view(this.#store.get(id));
  }

  events(id: string, since: number): EventPage {
    const row = this.#store.get(id);
    const events = this.#store
      .events(row, since)
      .map(({ seq, at, moment }) => ({ id, seq, at, job: viewOf(row, moment, seq, null) }));
    return { events, job: this.#view(row) };
  }

  act(id: string, action: JobAction): JobView {
    const row = this.#store.get(id);
    if (action === 'duplicate') return this.submit({ ...orderOf(row), attachedTo: null });
    const changed =
      action === 'retry' ? this.#retry(row) : this.#shop.change(row, ...states[action](this.#shop.liveOf(row)?.job));
    if (!changed) throw notSo(row, action);
    this.#tell(changed);
    this.#shop.look();
    return this.#view(changed);
  }

  #retry(row: JobRow): JobRow | null {
    if (row.state !== 'failed' && row.state !== 'cancelled') return null;
    const other = this.#store.livingOf(row.ask);
    if (other) throw notSo(row, 'retry', `${row.state}, and the same work is under way as ${other.id}`);
    return this.#store.transact(() => {
      const back = this.#store.moveBack(row);
      return this.#shop.change(back, { state: 'queued' });
    });
  }

  move(id: string, before: string | null): JobView {
    const row = this.#store.get(id);
    const other = before === null ? null : this.#store.get(before);
    if (other && other.state !== 'queued') throw notSo(other, 'move before it');
    const moved = id === before ? row : this.#store.move(id, other, this.#clock.now());
    if (moved?.state !== 'queued') throw notSo(row, 'move');
    if (moved !== row) this.#tell(moved);
    return this.#view(moved);
  }

  record(id: string): Record<string, unknown> {
    const row = this.#store.get(id);
    const job = JSON.parse(row.detail) as JobState;
    if (job.state !== 'done') throw notSo(row, 'record');
    const { verb } = orderOf(row);
    return recordOf(
      row,
      job,
      this.#verbs.find(({ name }) => name === verb),
    );
  }

  queue(): QueueView {
    return {
      paused: this.#shop.paused,
      waiting: this.#store.count('waiting'),
      running: this.#store.count('running'),
    };
  }

  setPaused(paused: boolean): QueueView {
    this.#shop.setPaused(paused);
    return this.queue();
  }

  guestGone(id: string, guest: string): void {
    if (!this.#store.leave(id, guest)) return;
    const row = this.#shop.change(this.#store.get(id), { state: 'cancelled' });
    if (row) this.#tell(row);
    this.#shop.look();
  }

  attached(): { id: string; guests: string[] }[] {
    return this.#store.attached().map(({ id, attached }) => ({ id, guests: JSON.parse(attached!) as string[] }));
  }

  guestBack(id: string): void {
    this.#shop.release(id);
  }

  settled(id: string): Promise<void> {
    return this.#shop.settled(id);
  }

  onEvent(hear: (event: WireEvent) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  idle(): Promise<void> {
    return this.#shop.idle();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #tell(row: JobRow): void {
    if (this.#listeners.size === 0) return;
    const job = this.#view(row);
    const event = { id: row.id, seq: job.seq, at: this.#clock.now(), job };
    for (const hear of this.#listeners) hear(event);
  }

  #view(row: JobRow): JobView {
    return this.#viewAt(row, this.#store.placeOf(row));
  }

  /** As it is now: what runs is further than what was kept of it. */
  #viewAt(row: JobRow, place: number | null): JobView {
    const live = this.#shop.liveOf(row);
    return viewOf(row, momentOf(row, live?.job), live?.seq ?? row.seq, place);
  }
}

const states: Readonly<
  Record<'cancel' | 'pause' | 'resume', (live?: JobState) => [to: JobState, from?: readonly StateName[]]>
> = {
  cancel: () => [{ state: 'cancelled' }],
  pause: (live) => [{ state: 'paused', why: 'asked', notes: live && 'notes' in live ? live.notes : [] }],
  resume: () => [{ state: 'queued' }, ['paused']],
};

const notSo = (row: JobRow, action: string, state: string = row.state): CompanionError =>
  new CompanionError('JOB_NOT_SO', { id: row.id, state, action });

/** @throws CompanionError USAGE, PARAM_INVALID, PARAM_UNKNOWN */
function demandFit({ name, inputs, params, plan }: AnyOperation, order: JobOrder): void {
  if (!takes(inputs, order.inputs.length)) {
    const reason = `${name} takes ${filesInWords(inputs)} a job, but got ${order.inputs.length}.`;
    throw new CompanionError('USAGE', { reason });
  }
  if (order.dryRun && !plan) throw new CompanionError('USAGE', { reason: `${name} has no plan to show.` });
  parseParams(params, order.params);
}
