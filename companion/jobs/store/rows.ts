// Jobs as they lie in the database, and as guests see them.
import type { JobState } from '../../api/job.ts';
import type { JobView } from '../../api/wire.ts';
import type { JobOrder } from '../jobs.ts';
import type { StateName } from './transitions.ts';

/** A row of the table `job` (schema.ts says what each column holds). */
export interface JobRow {
  readonly num: number;
  readonly id: string;
  readonly work: string;
  readonly ask: string;
  readonly asked: string;
  readonly inputs: string;
  readonly state: StateName;
  readonly detail: string;
  readonly seq: number;
  readonly priority: number;
  readonly place: number;
  readonly attached: string | null;
  readonly attempts: number;
  readonly crashes: number;
  readonly lease_owner: string | null;
  readonly lease_until: number | null;
  readonly room: string | null;
  readonly engine: string | null;
  readonly hash: string | null;
  readonly created: number;
  readonly started: number | null;
  readonly ended: number | null;
}

export const orderOf = (row: JobRow): JobOrder => JSON.parse(row.asked) as JobOrder;

/** What an event keeps: the part of a view that changes. */
export interface Moment {
  readonly job: JobState;
  readonly attempts: number;
  readonly priority: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export const momentOf = (row: JobRow, job = JSON.parse(row.detail) as JobState): Moment => ({
  job,
  attempts: row.attempts,
  priority: row.priority,
  startedAt: row.started,
  endedAt: row.ended,
});

/** `place`: among those that wait; null when it does not wait or that is not known any more. */
export function viewOf(row: JobRow, moment: Moment, seq: number, place: number | null): JobView {
  const { verb, inputs, params, output, force, dryRun } = orderOf(row);
  return {
    id: row.id,
    verb,
    inputs: [...inputs],
    params: { ...params },
    output,
    force,
    dryRun,
    priority: moment.priority,
    place,
    attempts: moment.attempts,
    createdAt: row.created,
    startedAt: moment.startedAt,
    endedAt: moment.endedAt,
    seq,
    job: moment.job,
  };
}
