// What passes between a guest's process and the worker it started.
import type { JobRequest, JobState } from '../api/job.ts';

export interface EngineFacts {
  readonly version: string;
  readonly level: string;
  readonly threads: number;
}

/** To the worker. A job of the queue has a private folder, which its worker locks while it lives; `inspect` asks what engine it has. A closed channel means cancel. */
export type ToWorker = { type: 'job'; request: JobRequest; folder?: string } | { type: 'inspect' } | { type: 'cancel' };

/** From the worker. `claim` names the unfinished file that must go if the worker dies; null: none. `engine` is told when it is opened. */
export type FromWorker =
  | { type: 'state'; job: JobState }
  | { type: 'claim'; partial: string | null }
  | { type: 'engine'; engine: EngineFacts };
