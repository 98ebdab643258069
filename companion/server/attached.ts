// Jobs that end with their guest: who follows them, and when nobody does any more.
import type { Jobs } from '../jobs/jobs.ts';

export interface Patience {
  /** A guest that lost its socket may take this long to come back. Milliseconds. */
  readonly backMs: number;
  /** A guest may take this long from asking for a job to following it. Milliseconds. */
  readonly firstMs: number;
  /** A guest of an earlier life of the daemon, or whose token ran out, may take this long to come back. Milliseconds. */
  readonly startMs: number;
}

interface Attached {
  readonly job: string;
  /** Null: asked for in an earlier life of the daemon; whoever follows it has it. */
  readonly holder: string | null;
  /** Ids under which the queue knows those that asked for it. */
  readonly guests: Set<string>;
  timer: NodeJS.Timeout | undefined;
}

/** A job is kept by sockets of the same token that follow it, or all jobs. */
export class AttachedJobs {
  readonly #jobs: Pick<Jobs, 'guestGone' | 'guestBack'>;
  readonly #patience: Patience;
  readonly #attached = new Map<string, Attached>();
  /** Socket → its holder and what it follows. */
  readonly #followers = new Map<string, { readonly holder: string; readonly follows: ReadonlySet<string> }>();

  /** Those of an earlier life of the daemon wait for their guests as new ones do. */
  constructor(jobs: Pick<Jobs, 'guestGone' | 'guestBack' | 'attached'>, patience: Patience) {
    this.#jobs = jobs;
    this.#patience = patience;
    for (const { id, guests } of jobs.attached()) for (const guest of guests) this.attach(id, guest, null);
  }

  /** A job was asked for by `guest` with the token of `holder`. */
  attach(job: string, guest: string, holder: string | null): void {
    const key = `${job} ${holder}`;
    const attached = this.#attached.get(key) ?? { job, holder, guests: new Set<string>(), timer: undefined };
    attached.guests.add(guest);
    this.#attached.set(key, attached);
    clearTimeout(attached.timer);
    attached.timer = undefined;
    this.#look(attached, holder === null ? this.#patience.startMs : this.#patience.firstMs);
  }

  /** A socket follows these jobs now, or `all`. */
  follow(socket: string, holder: string, follows: ReadonlySet<string>): void {
    this.#followers.set(socket, { holder, follows });
    for (const attached of this.#attached.values()) this.#look(attached, this.#patience.backMs);
  }

  /** A socket is gone; `died`: by itself, as that of a guest that has ended. One that we let go has a living guest behind it, who comes back. */
  leave(socket: string, died: boolean): void {
    this.#followers.delete(socket);
    for (const attached of this.#attached.values())
      this.#look(attached, died ? this.#patience.backMs : this.#patience.startMs);
  }

  /** A guest has said itself that it stays no longer with the job. */
  forget(job: string, guest: string): void {
    for (const [key, attached] of this.#attached) {
      if (attached.job !== job || !attached.guests.delete(guest) || attached.guests.size > 0) continue;
      clearTimeout(attached.timer);
      this.#attached.delete(key);
    }
  }

  /** The job has ended by itself. */
  ended(job: string): void {
    for (const [key, attached] of this.#attached) {
      if (attached.job !== job) continue;
      clearTimeout(attached.timer);
      this.#attached.delete(key);
    }
  }

  close(): void {
    for (const { timer } of this.#attached.values()) clearTimeout(timer);
    this.#attached.clear();
  }

  #look(attached: Attached, waitMs: number): void {
    const kept = [...this.#followers.values()].some(({ holder, follows }) =>
      attached.holder === null
        ? follows.has(attached.job)
        : holder === attached.holder && (follows.has(attached.job) || follows.has('all')),
    );
    if (kept) {
      if (attached.holder === null) this.#jobs.guestBack(attached.job);
      clearTimeout(attached.timer);
      attached.timer = undefined;
    } else attached.timer ??= setTimeout(() => this.#giveUp(attached), waitMs).unref();
  }

  #giveUp(attached: Attached): void {
    this.#attached.delete(`${attached.job} ${attached.holder}`);
    for (const guest of attached.guests) this.#jobs.guestGone(attached.job, guest);
  }
}
