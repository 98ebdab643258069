// What passes between the daemon and the worker of a job.
import type { JobRequest, JobState } from '../api/job.ts';

export interface EngineFacts {
  readonly version: string;
  readonly level: string;
  readonly threads: number;
}

/** To the worker. A job has a private folder, which its worker locks while it lives; `confined` as in `JobOrder`; `inspect` asks what engine it has. A closed channel means cancel. */
export type ToWorker = { type: 'job'; request: JobRequest; folder: string; confined: boolean } | { type: 'inspect' };

/** From the worker. `engine` is told when it is opened. */
export type FromWorker = { type: 'state'; job: JobState } | { type: 'engine'; engine: EngineFacts };
