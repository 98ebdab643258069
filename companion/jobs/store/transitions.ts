// The states of a job and the ways between them. A change is one SQL statement that finds the job only where the change is legal.
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { JobState } from '../../api/job.ts';
import type { JobRow } from './rows.ts';
import { prepared } from './statements.ts';

export type StateName = JobState['state'];

/** Where a job may go from each state. What does not stand here cannot happen. */
export const transitions: Readonly<Record<StateName, readonly StateName[]>> = {
  queued: ['running', 'paused', 'cancelled'],
  running: ['queued', 'verifying', 'paused', 'done', 'failed', 'cancelled'],
  verifying: ['queued', 'paused', 'done', 'failed', 'cancelled'],
  paused: ['queued', 'cancelled'],
  failed: ['queued'],
  cancelled: ['queued'],
  done: [],
};

export const stateNames = Object.keys(transitions) as StateName[];
/** States in which a worker has the job. */
export const heldStates: readonly StateName[] = ['running', 'verifying'];
export const endStates: readonly StateName[] = ['done', 'failed', 'cancelled'];

export const inSql = (states: readonly StateName[]): string => `(${states.map((state) => `'${state}'`).join(', ')})`;
const sources = (to: StateName, among: readonly StateName[]): string =>
  inSql(among.filter((from) => transitions[from].includes(to)));

const released = 'lease_owner = NULL, lease_until = NULL';
/** What else changes with the state. */
const effects: Readonly<Record<StateName, string>> = {
  queued: `${released}, room = NULL, ended = NULL`,
  running: 'lease_owner = :owner, lease_until = :until, attempts = attempts + 1, started = :now',
  verifying: 'lease_until = :until',
  paused: released,
  done: `${released}, ended = :now`,
  failed: `${released}, ended = :now`,
  cancelled: `${released}, ended = :now`,
};

export interface Change {
  readonly id: string;
  /** The new state whole. */
  readonly job: JobState;
  /** Only from these states; else from all it may come from. */
  readonly from?: readonly StateName[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** For `running`: who takes it. Else, where given: only if that one has it. */
  readonly owner?: string;
  /** For `running` and `verifying`: end of the lease. */
  readonly until?: number;
  /** Number of the last event that was told, kept or not. */
  readonly told: number;
}

/** Makes the change; the row afterwards, or null where it is not legal or the owner is another. */
export function changeState(
  db: DatabaseSyncInstance,
  { id, job, from = stateNames, now, owner, until, told }: Change,
): JobRow | null {
  const to = job.state;
  const given: Record<string, string | number | null> = { id, told, state: to, detail: JSON.stringify(job) };
  const takes = to === 'running';
  const effect = effects[to];
  if (effect.includes(':now')) given.now = now;
  if (effect.includes(':until')) given.until = until ?? now;
  if (owner !== undefined) given.owner = owner;
  const held = takes || owner === undefined ? '' : 'AND lease_owner = :owner';
  const rows = prepared(
    db,
    `UPDATE job SET state = :state, detail = :detail, seq = max(seq, :told) + 1, ${effect}
       WHERE id = :id AND state IN ${sources(to, from)} ${held} RETURNING *`,
  ).all(given) as JobRow[];
  return rows.length === 1 ? rows[0]! : null;
}
