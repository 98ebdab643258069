// Jobs, their order, their events: every question and every change the queue has for the database. What returns is on disk.
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { CompanionError } from '../../api/errors.ts';
import type { Failure, JobState } from '../../api/job.ts';
import type { JobList, JobOrder } from '../jobs.ts';
import { transact } from './database.ts';
import { type JobRow, type Moment, momentOf } from './rows.ts';
import { prepared } from './statements.ts';
import { type Change, changeState, endStates, heldStates, inSql, type StateName } from './transitions.ts';

/** More jobs than this do not wait at once. */
export const mostLiving = 50_000;
/** Ended jobs that are remembered. */
const mostEnded = 10_000;
/** Events of one answer. */
const mostEvents = 1000;

/** Numbers that may have been told and not kept before a crash are passed over. */
export const seqGap = 1000;

const groups: Readonly<Record<JobList['state'], readonly StateName[]>> = {
  waiting: ['queued', 'paused'],
  running: heldStates,
  ended: endStates,
  all: ['queued', 'paused', ...heldStates, ...endStates],
};
const living = inSql([...groups.waiting, ...groups.running]);

export interface NewJob {
  readonly id: string;
  readonly work: string;
  readonly ask: string;
  readonly order: JobOrder;
  readonly inputs: unknown;
  readonly now: number;
}

/** An event as it was kept. */
export interface Kept {
  readonly seq: number;
  readonly at: number;
  readonly moment: Moment;
}

export class Store {
  readonly #db: DatabaseSyncInstance;

  constructor(db: DatabaseSyncInstance) {
    this.#db = db;
  }

  /** All of `act` or none of it. */
  transact<T>(act: () => T): T {
    return transact(this.#db, act);
  }

  /**
   * Puts a new job last among those of its priority; the living job of the same ask instead where there is one.
   * @throws CompanionError QUEUE_FULL, DISK_FULL
   */
  add({ id, work, ask, order, inputs, now }: NewJob): { row: JobRow; isNew: boolean } {
    return this.transact(() => {
      const same = this.#one(`SELECT * FROM job WHERE ask = ? AND state IN ${living}`, ask);
      if (same) return { row: this.#share(same, order.attachedTo), isNew: false };
      const waiting = this.count('waiting');
      if (waiting >= mostLiving) throw new CompanionError('QUEUE_FULL', { waiting });
      const attached = order.attachedTo === null ? null : JSON.stringify([order.attachedTo]);
      const row = this.#one(
        `INSERT INTO job (id, work, ask, asked, inputs, state, detail, seq, priority, place, attached, created)
         VALUES (?, ?, ?, ?, ?, 'queued', '{"state":"queued"}', 1, ?, ?, ?, ?) RETURNING *`,
        ...[id, work, ask, JSON.stringify(order), JSON.stringify(inputs), order.priority],
        ...[this.#after(order.priority), attached, now],
      )!;
      this.#keep(row, 'state', now);
      return { row, isNew: true };
    });
  }

  /** A job that several guests asked for ends with the last of them, or with none if one asked for it without staying. */
  #share(row: JobRow, guest: string | null): JobRow {
    if (row.attached === null) return row;
    const guests = JSON.parse(row.attached) as string[];
    if (guest !== null && guests.includes(guest)) return row;
    const attached = guest === null ? null : JSON.stringify([...guests, guest]);
    return this.#one('UPDATE job SET attached = ? WHERE id = ? RETURNING *', attached, row.id)!;
  }

  /** Whether the job, which lives, has lost its last guest by that. */
  leave(id: string, guest: string): boolean {
    return this.transact(() => {
      const row = this.#one(`SELECT * FROM job WHERE id = ? AND attached IS NOT NULL AND state IN ${living}`, id);
      const guests = row ? (JSON.parse(row.attached!) as string[]) : [];
      if (!guests.includes(guest)) return false;
      const left = guests.filter((each) => each !== guest);
      if (left.length > 0) this.#run('UPDATE job SET attached = ? WHERE id = ?', JSON.stringify(left), id);
      return left.length === 0;
    });
  }

  find(id: string): JobRow | undefined {
    return this.#one('SELECT * FROM job WHERE id = ?', id);
  }

  /** @throws CompanionError JOB_UNKNOWN */
  get(id: string): JobRow {
    const row = this.find(id);
    if (!row) throw new CompanionError('JOB_UNKNOWN', { id });
    return row;
  }

  count(state: JobList['state']): number {
    return (
      prepared(this.#db, `SELECT count(*) AS n FROM job WHERE state IN ${inSql(groups[state])}`).get() as { n: number }
    ).n;
  }

  /** Newest first; `after` is the number of the last job of the page before. */
  page(state: JobList['state'], limit: number, after: number | null): JobRow[] {
    const which = state === 'all' ? '' : `AND state IN ${inSql(groups[state])}`;
    return this.#all(
      `SELECT * FROM job WHERE num < ? ${which} ORDER BY num DESC LIMIT ?`,
      after ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
  }

  inStates(...states: StateName[]): JobRow[] {
    return this.#all(`SELECT * FROM job WHERE state IN ${inSql(states)} ORDER BY num`);
  }

  /** Ids of those that wait, in the order they will be taken. */
  waiting(): string[] {
    const rows = prepared(this.#db, `SELECT id FROM job WHERE state = 'queued' ORDER BY priority DESC, place`).all();
    return (rows as { id: string }[]).map(({ id }) => id);
  }

  hasWaiting(): boolean {
    return this.#one(`SELECT * FROM job WHERE state = 'queued' LIMIT 1`) !== undefined;
  }

  /** Living jobs that end with a guest. */
  attached(): JobRow[] {
    return this.#all(`SELECT * FROM job WHERE attached IS NOT NULL AND state IN ${living} ORDER BY num`);
  }

  /** How many of those that wait are taken before this one; null when it does not wait. */
  placeOf(row: JobRow): number | null {
    if (row.state !== 'queued') return null;
    const before = prepared(
      this.#db,
      `SELECT (SELECT count(*) FROM job WHERE state = 'queued' AND priority > :priority) +
                (SELECT count(*) FROM job WHERE state = 'queued' AND priority = :priority AND place < :place) AS n`,
    ).get({ priority: row.priority, place: row.place }) as { n: number };
    return before.n;
  }

  /** Makes a change of state and keeps its event; null where it is not legal or another has the job. */
  change(change: Change): JobRow | null {
    return this.transact(() => {
      const row = changeState(this.#db, change);
      if (row) this.#keep(row, 'state', change.now);
      if (row && endStates.includes(row.state)) this.#forget(row);
      return row;
    });
  }

  /** Gives the next job that waits and is not among `except` to an owner; null when there is none. */
  take(change: Omit<Change, 'id' | 'told'>, except: readonly string[]): JobRow | null {
    const next = this.#one(
      `SELECT * FROM job WHERE state = 'queued' AND id NOT IN (SELECT value FROM json_each(?))
       ORDER BY priority DESC, place LIMIT 1`,
      JSON.stringify(except),
    );
    return next ? this.change({ ...change, id: next.id, told: next.seq }) : null;
  }

  /** Keeps the progress of a job; false where the owner has it no more. */
  progress(id: string, owner: string, job: JobState, seq: number, now: number): boolean {
    return this.transact(() => {
      const row = this.#one(
        `UPDATE job SET detail = ?, seq = ? WHERE id = ? AND lease_owner = ? AND state = ? RETURNING *`,
        ...[JSON.stringify(job), seq, id, owner, job.state],
      );
      if (row) this.#keep(row, 'progress', now);
      return row !== undefined;
    });
  }

  /** Moves the end of a lease; false where the owner has it no more. */
  renew(id: string, owner: string, until: number): boolean {
    const sql = 'UPDATE job SET lease_until = ? WHERE id = ? AND lease_owner = ?';
    return this.transact(() => this.#run(sql, until, id, owner) === 1);
  }

  /** Sets down what is known of a job beside its state. */
  note(id: string, facts: Partial<Pick<JobRow, 'room' | 'engine' | 'hash' | 'crashes' | 'work' | 'inputs'>>): void {
    const names = Object.keys(facts);
    const sql = `UPDATE job SET ${names.map((name) => `${name} = :${name}`).join(', ')} WHERE id = :id`;
    this.transact(() => this.#run(sql, { ...facts, id }));
  }

  /** The living job of an ask. */
  livingOf(ask: string): JobRow | undefined {
    return this.#one(`SELECT * FROM job WHERE ask = ? AND state IN ${living}`, ask);
  }

  /** Puts a waiting job before another that waits, whose priority it gets, or last; null when it does not wait. */
  move(id: string, before: JobRow | null, now: number): JobRow | null {
    return this.transact(() => {
      const last = prepared(this.#db, `SELECT min(priority) AS priority FROM job WHERE state = 'queued'`).get();
      const { priority } = before ?? (last as { priority: number });
      const place = before?.place ?? this.#after(priority);
      const shift = `UPDATE job SET place = place + 1 WHERE state = 'queued' AND priority = ? AND place >= ?`;
      if (before) this.#run(shift, priority, place);
      return this.#set(id, { priority, place }, now);
    });
  }

  /** Puts a job that was just asked for again behind the others of its priority; its guests and crashes are forgotten. */
  moveBack(row: JobRow): JobRow {
    const sql = 'UPDATE job SET place = ?, attached = NULL, crashes = 0 WHERE id = ? RETURNING *';
    return this.#one(sql, this.#after(row.priority), row.id)!;
  }

  #set(id: string, { priority, place }: Pick<JobRow, 'priority' | 'place'>, now: number): JobRow | null {
    const sql = `UPDATE job SET priority = ?, place = ?, seq = seq + 1 WHERE id = ? AND state = 'queued' RETURNING *`;
    const row = this.#one(sql, priority, place, id);
    if (row) this.#keep(row, 'state', now);
    return row ?? null;
  }

  /** After a restoration nobody knows how far living jobs came: they have failed. */
  failLiving(error: Failure, now: number): void {
    this.transact(() => {
      for (const row of this.inStates(...groups.waiting, ...groups.running)) {
        const sql = `UPDATE job SET state = 'failed', detail = ?, seq = seq + ?, lease_owner = NULL, ended = ? WHERE id = ? RETURNING *`;
        const detail = JSON.stringify({ state: 'failed', error });
        this.#keep(this.#one(sql, detail, seqGap, now, row.id)!, 'state', now);
      }
    });
  }

  #after(priority: number): number {
    const last = prepared(this.#db, 'SELECT max(place) AS place FROM job WHERE priority = ?').get(priority);
    return ((last as { place: number | null }).place ?? 0) + 1;
  }

  /** Events after a number, oldest first. */
  events(row: JobRow, since: number): Kept[] {
    const rows = prepared(
      this.#db,
      'SELECT seq, at, detail FROM event WHERE job = ? AND seq > ? ORDER BY seq LIMIT ?',
    ).all(row.num, since, mostEvents) as { seq: number; at: number; detail: string }[];
    return rows.map(({ seq, at, detail }) => ({ seq, at, moment: JSON.parse(detail) as Moment }));
  }

  #keep(row: JobRow, kind: 'state' | 'progress', at: number): void {
    this.#run(
      'INSERT INTO event (job, seq, at, kind, detail) VALUES (?, ?, ?, ?, ?)',
      ...[row.num, row.seq, at, kind, JSON.stringify(momentOf(row))],
    );
  }

  /** How far an ended job had come at each second interests nobody; nor do the oldest of very many jobs. */
  #forget(row: JobRow): void {
    this.#run(`DELETE FROM event WHERE job = ? AND kind = 'progress'`, row.num);
    const many = this.count('ended') - mostEnded;
    if (many <= 0) return;
    this.#run(
      `DELETE FROM job WHERE num IN (SELECT num FROM job WHERE state IN ${inSql(endStates)} ORDER BY num LIMIT ?)`,
      many,
    );
  }

  setting(name: string): string | null {
    const row = prepared(this.#db, 'SELECT value FROM setting WHERE name = ?').get(name);
    return (row as { value: string } | undefined)?.value ?? null;
  }

  setSetting(name: string, value: string): void {
    const sql = 'INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value';
    this.transact(() => this.#run(sql, name, value));
  }

  #one(sql: string, ...values: unknown[]): JobRow | undefined {
    return prepared(this.#db, sql).get(...values) as JobRow | undefined;
  }

  #all(sql: string, ...values: unknown[]): JobRow[] {
    return prepared(this.#db, sql).all(...values) as JobRow[];
  }

  #run(sql: string, ...values: unknown[]): number {
    return prepared(this.#db, sql).run(...values).changes;
  }
}
