// `inbetween jobs …`: what waits, runs and has ended, and what can be done to it.
import type { Client } from '../api/client.ts';
import { hasEnded, type JobState } from '../api/job.ts';
import type { JobAction, JobPage, JobView, QueueView, WireEvent } from '../api/wire.ts';
import { measures, progressView } from './progress.ts';
import { data, say } from './terminal.ts';
import { exitOf, sayFailure } from './verb.ts';

export interface ListOptions {
  readonly state?: 'waiting' | 'running' | 'ended' | 'all';
  readonly limit?: number;
  readonly after?: string;
  readonly json?: boolean;
}

const text = (json: unknown): string => JSON.stringify(json, null, 2);

/** How a job stands, in a few words. */
export function standing({ job, place }: Pick<JobView, 'job' | 'place'>): string {
  if (job.state === 'queued')
    return place === null ? 'queued' : `waits, ${place === 0 ? 'is next' : `${place} before it`}`;
  if (job.state === 'running' || job.state === 'verifying')
    return `${job.progress.phase} ${measures(job.progress).trim().replace(/ {2,}/g, ', ')}`;
  if (job.state === 'paused') return job.why === 'DISK_FULL' ? 'paused: the disk is full' : 'paused';
  if (job.state === 'failed') return `failed: ${job.error.code}`;
  return job.state;
}

/** The place of the result, where there is one. */
const resultOf = (job: JobState): string | null =>
  job.state === 'done' && job.outcome.kind === 'file' ? job.outcome.output.path : null;

export async function listJobs(
  client: Client,
  { json, state = 'all', limit = 100, after }: ListOptions,
): Promise<number> {
  const page: JobPage = await client.call('jobs', { query: { state, limit, after } });
  if (json) {
    data(text(page));
    return 0;
  }
  for (const view of page.jobs)
    data(`${view.id}  ${view.verb.padEnd(11)} ${standing(view).padEnd(28)} ${view.inputs.join(' ')}`);
  if (page.next !== null) say(`${page.jobs.length} of ${page.total}; more: --after ${page.next}`);
  else if (page.total === 0) say('There is no job.');
  return 0;
}

export async function showJob(client: Client, id: string, json: boolean): Promise<number> {
  const view = await client.call('job', { path: { id } });
  if (json) {
    data(text(view));
    return 0;
  }
  const time = (at: number | null): string => (at === null ? '' : new Date(at).toLocaleString('sv'));
  const lines: [string, string][] = [
    ['job', `${view.id}, ${view.verb}${view.dryRun ? ', only planned' : ''}`],
    ['state', standing(view)],
    ...view.inputs.map((input): [string, string] => ['input', input]),
    ['output', resultOf(view.job) ?? view.output ?? 'beside the input'],
    ['parameters', JSON.stringify(view.params)],
    ['asked', time(view.createdAt)],
    ['started', `${time(view.startedAt)}${view.attempts > 1 ? `, ${view.attempts} times` : ''}`],
    ['ended', time(view.endedAt)],
    ...notesOf(view.job).map((note): [string, string] => ['note', note]),
    ...(view.job.state === 'failed' ? [['error', view.job.error.message] as [string, string]] : []),
  ];
  for (const [name, value] of lines) if (value !== '') data(`${name.padEnd(11)} ${value}`);
  return 0;
}

const notesOf = (job: JobState): readonly string[] => ('notes' in job ? job.notes : []);

/** From what and how the result of a job was made. */
export async function showRecord(client: Client, id: string): Promise<number> {
  data(text(await client.call('record', { path: { id } })));
  return 0;
}

/** Events after number `since`. */
export async function listEvents(client: Client, id: string, since: number, json: boolean): Promise<number> {
  const page = await client.call('events', { path: { id }, query: { since } });
  if (json) data(text(page));
  else
    for (const { seq, at, job } of page.events)
      data(`${String(seq).padStart(6)}  ${new Date(at).toLocaleString('sv')}  ${standing(job)}`);
  return 0;
}

/** Does the same to every job named. @throws the first error, after those before it were done */
export async function actOn(client: Client, ids: readonly string[], action: JobAction, json: boolean): Promise<number> {
  const views: JobView[] = [];
  for (const id of ids) {
    const view = await client.call('act', { path: { id, action } });
    views.push(view);
    if (!json) data(`${view.id}  ${standing(view)}`);
  }
  if (json) data(text(views));
  return 0;
}

/** `before` null: last. */
export async function moveJob(client: Client, id: string, before: string | null, json: boolean): Promise<number> {
  const view = await client.call('move', { path: { id }, body: { before } });
  data(json ? text(view) : `${view.id}  ${standing(view)}`);
  return 0;
}

export const tellQueue = ({ paused, waiting, running }: QueueView): string =>
  `${waiting} waiting, ${running} running${paused ? '; the queue is paused: "inbetween jobs resume" goes on' : ''}`;

export async function setQueuePaused(client: Client, paused: boolean, json: boolean): Promise<number> {
  const view = await client.call(paused ? 'pauseQueue' : 'resumeQueue');
  data(json ? text(view) : tellQueue(view));
  return 0;
}

export interface FollowOptions {
  readonly json?: boolean;
  readonly jsonLines?: boolean;
  readonly quiet?: boolean;
}

/** Follows jobs to their ends. The exit code is theirs. Ctrl-C ends the following, not the jobs. */
export async function followJobs(client: Client, ids: readonly string[], options: FollowOptions): Promise<number> {
  const view = progressView(process.stderr, process.stderr.isTTY === true);
  const ends = new Map<string, JobView>();
  const hear = (event: WireEvent): void => {
    if (options.jsonLines) data(JSON.stringify(event));
    else if (!options.quiet) view.show({ atMs: 0, verb: event.job.verb, inputs: event.job.inputs, job: event.job.job });
  };
  for (const id of ids) {
    await client.follow(id, 0, hear).over;
    const end = await client.call('job', { path: { id } });
    ends.set(id, end);
    view.clear();
    if (options.json || options.jsonLines) continue;
    const result = resultOf(end.job);
    if (result !== null) data(result);
    else if (end.job.state === 'failed') sayFailure(end.job.error, false);
    else say(`${end.id}  ${standing(end)}`);
  }
  const jobs = [...ends.values()];
  const exit = exitOf(jobs.map(({ job }) => job).filter(hasEnded));
  if (options.json) data(text({ exit, jobs }));
  return exit;
}
