// A verb as a guest of the daemon: the job is asked for, followed to its end, and cancelled with the command. The same shape as a job run without one.
import path from 'node:path';
import type { Client } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import { type EndState, hasEnded, type JobEvent, type JobRequest, type JobState } from '../api/job.ts';
import { type Operation, paramsOf } from '../api/operation.ts';
import type { JobView, Submission, WireEvent } from '../api/wire.ts';
import { failureOf } from '../jobs/failure.ts';
import { type RunningJob, verbs } from '../jobs/run.ts';
import { connectDaemon } from './daemon.ts';
import { data, say } from './terminal.ts';
import { jobsFor, type VerbOptions } from './verb.ts';

/** What a submission holds at most. */
const mostSpared = 1000;

export interface GuestOptions {
  readonly onEvent?: (event: JobEvent) => void;
  /** The daemon; by default the one that is there, else one that is started. */
  readonly connect?: () => Promise<Client>;
}

const connected = async (): Promise<Client> => (await connectDaemon()).client;

/**
 * Runs a job in the daemon. Its end never rejects: what went wrong on the way is a failed job too. The job is attached: it ends with this process.
 */
export function guestJob(
  request: JobRequest,
  { onEvent, connect = connected }: GuestOptions = {},
): Omit<RunningJob, 'pid'> {
  const asked = Date.now();
  const submission = { ...submissionOf(request), attached: true };
  let id: string | undefined;
  let client: Client | undefined;
  let cancelled = false;
  const tell = (job: JobState, at: number): void =>
    onEvent?.({ atMs: Math.max(0, at - asked), verb: request.verb, inputs: request.inputs, job });
  const cancel = async (): Promise<void> => {
    cancelled = true;
    if (client === undefined || id === undefined) return;
    try {
      await client.call('act', { path: { id, action: 'cancel' } });
    } catch {
      // it has ended already, or its daemon has: following it tells which
    }
  };
  const work = async (): Promise<EndState> => {
    const first = await submitted(submission, connect, (to) => {
      client = to;
    });
    id = first.view.id;
    client = first.client;
    if (cancelled) await cancel();
    tell(first.view.job, Date.now());
    if (hasEnded(first.view.job)) return first.view.job;
    let end: EndState | undefined;
    const hear = ({ job: { job }, at }: WireEvent): void => {
      tell(job, at);
      if (hasEnded(job)) end = job;
    };
    await client.follow(id, first.view.seq, hear).over;
    return end ?? jobEnd((await client.call('job', { path: { id } })).job);
  };
  const ended = work().catch((error): EndState => {
    const end: EndState = cancelled ? { state: 'cancelled' } : { state: 'failed', error: failureOf(error) };
    tell(end, Date.now());
    return end;
  });
  return {
    ended: ended.finally(() => client?.close()),
    cancel: () => void cancel(),
    kill: () => void cancel(),
  };
}

function jobEnd(job: JobState): EndState {
  if (hasEnded(job)) return job;
  throw new CompanionError('INTERNAL', { reason: `a job that is ${job.state} was followed to its end` });
}

/** Submits; where the daemon ended just then for want of work, to the next one. */
async function submitted(
  body: Submission,
  connect: () => Promise<Client>,
  reached: (client: Client) => void,
): Promise<{ client: Client; view: JobView }> {
  for (let attempt = 1; ; attempt++) {
    const client = await connect();
    reached(client);
    try {
      return { client, view: await client.call('submit', { body }) };
    } catch (error) {
      client.close();
      const gone = error instanceof CompanionError && error.code === 'DAEMON_UNREACHABLE';
      if (!gone || attempt > 1) throw error;
    }
  }
}

/** The request with every path absolute: the daemon stands in another folder. */
export function submissionOf({ verb, inputs, from, params, place, dryRun }: JobRequest): Submission {
  const absolute = (file: string): string => keepingEnd(file, path.resolve(from, file));
  const declared = verbs.find(({ name }) => name === verb);
  return {
    verb,
    inputs: inputs.map(absolute),
    params: declared ? withAbsolutePaths(params, declared, absolute) : params,
    place: {
      ...(place.output !== undefined && { output: absolute(place.output) }),
      force: place.force,
      spared: inReach(place.spared, inputs).map(absolute),
    },
    dryRun,
  };
}

/** A trailing separator says that a folder is meant. */
const keepingEnd = (given: string, absolute: string): string =>
  /[\\/]$/.test(given) && !absolute.endsWith(path.sep) ? absolute + path.sep : absolute;

function withAbsolutePaths(
  params: Readonly<Record<string, unknown>>,
  { params: schema }: Pick<Operation, 'params'>,
  absolute: (file: string) => string,
): Record<string, unknown> {
  const files = new Set(paramsOf(schema).flatMap(({ name, format }) => (format === 'path' ? [name] : [])));
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      files.has(name) && typeof value === 'string' ? absolute(value) : value,
    ]),
  );
}

/** Of very many files, those that a result named for its input could be: they begin with the input's name. */
function inReach(spared: readonly string[], inputs: readonly string[]): readonly string[] {
  if (spared.length <= mostSpared) return spared;
  const stems = inputs.map((input) => path.parse(input).name);
  return spared.filter((file) => stems.some((stem) => path.basename(file).startsWith(stem))).slice(0, mostSpared);
}

/**
 * Asks for the jobs and leaves: their ids go to stdout.
 * @throws CompanionError as `jobsFor`, and what the daemon says of the first job it refuses
 */
export async function detach(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
  connect: () => Promise<Client> = connected,
): Promise<number> {
  const requests = jobsFor(verb, files, params, options);
  const client = await connect();
  try {
    const jobs: JobView[] = [];
    for (const request of requests) {
      const view = await client.call('submit', { body: submissionOf(request) });
      jobs.push(view);
      if (options.jsonLines) data(JSON.stringify(view));
      else if (!options.json) data(view.id);
    }
    if (options.json) data(JSON.stringify({ verb: verb.name, exit: 0, jobs }, null, 2));
    else if (!options.quiet && !options.jsonLines)
      say(`${jobs.length === 1 ? 'It goes' : 'They go'} on without this command; "inbetween jobs" says how far.`);
    return 0;
  } finally {
    client.close();
  }
}
