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
  /** Asked for by a guest that knows folders by their roots alone: the paths are real ones and must stay so. */
  readonly confined: boolean;
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
  /** A guest stays no longer with a job, which is cancelled when it was the last one it was attached to. */
  guestGone(id: string, guest: string): void;
  /** Living jobs that end with their guests, and those guests. After a start they are not taken until `guestBack`. */
  attached(): { readonly id: string; readonly guests: readonly string[] }[];
  /** A guest of an earlier daemon's life is there again for its job. */
  guestBack(id: string): void;
  /** Resolves when nothing works on the job any more, and nothing is left to tidy up after it. */
  settled(id: string): Promise<void>;
  /** Calls `hear` with every event from now on; returns what stops that. */
  onEvent(hear: (event: WireEvent) => void): () => void;
  /** Resolves when nothing waits (unless the queue is paused) and nothing runs. */
  idle(): Promise<void>;
  /** Stops workers where they are; what ran goes on at the next start. */
  close(): Promise<void>;
}
