// What the daemon's door asks of the queue. `openJobs` (queue.ts) makes the real one; tests bring a fake.
import type { EventPage, JobAction, JobPage, JobView, QueueView, WireEvent } from '../api/wire.ts';

/** A submission whose files are absolute paths, as the door hands it on. */
export interface JobOrder {
  readonly verb: string;
  readonly inputs: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  /** Absolute; a trailing separator means a folder. Null: beside the input. */
  readonly output: string | null;
  readonly force: boolean;
  readonly spared: readonly string[];
  readonly priority: number;
  readonly dryRun: boolean;
  /** Id of the guest the job ends with; null: it outlives all guests. */
  readonly attachedTo: string | null;
}

export interface JobList {
  readonly state: 'waiting' | 'running' | 'ended' | 'all';
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

/**
 * The queue. What it acknowledges is on disk first. Calls throw CompanionError: JOB_UNKNOWN, JOB_NOT_SO (an action that the job's state does not allow),
 * VERB_UNKNOWN, PARAM_INVALID, PARAM_UNKNOWN, QUEUE_FULL, USAGE.
 */
export interface Jobs {
  submit(order: JobOrder): JobView;
  list(list: JobList): JobPage;
  get(id: string): JobView;
  events(id: string, since: number): EventPage;
  act(id: string, action: JobAction): JobView;
  /** Puts a waiting job before another, or last (null). */
  move(id: string, before: string | null): JobView;
  /** From what and how a finished job's result was made. */
  record(id: string): Record<string, unknown>;
  queue(): QueueView;
  setPaused(paused: boolean): QueueView;
  /** A guest is gone: jobs attached to it are cancelled. */
  guestGone(guest: string): void;
  /** Calls `hear` with every event from now on; returns what stops that. */
  onEvent(hear: (event: WireEvent) => void): () => void;
  /** Resolves when nothing waits (unless the queue is paused) and nothing runs. */
  idle(): Promise<void>;
  /** Stops workers where they are; what ran goes on at the next start. */
  close(): Promise<void>;
}
