// Jobs and events as a daemon shows them, for tests that need one and do not care for the rest.
import type { JobState } from '../../companion/api/job.ts';
import type { JobView, WireEvent } from '../../companion/api/wire.ts';

/** A job of interpolate. */
export const viewOf = (id: string, job: JobState = { state: 'queued' }, seq = 1): JobView => ({
  id,
  verb: 'interpolate',
  inputs: ['/clips/a.mov'],
  params: {},
  output: null,
  force: false,
  dryRun: false,
  priority: 0,
  place: job.state === 'queued' ? 0 : null,
  attempts: job.state === 'queued' ? 0 : 1,
  createdAt: 1_795_000_000_000,
  startedAt: null,
  endedAt: null,
  seq,
  job,
});

export const eventOf = (id: string, seq: number, job: JobState): WireEvent => ({
  id,
  seq,
  at: 1_795_000_000_000 + seq,
  job: viewOf(id, job, seq),
});
