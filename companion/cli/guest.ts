// A verb as a guest of the daemon: the job is asked for, followed to its end, and cancelled with the command. The same shape as a job run without one.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Client } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import type { Following } from '../api/follow.ts';
import { type EndState, hasEnded, type JobEvent, type JobRequest, type JobState } from '../api/job.ts';
import { type Operation, paramsOf } from '../api/operation.ts';
import type { JobView, Submission, WireEvent } from '../api/wire.ts';
import { failureOf } from '../jobs/failure.ts';
import { verbs } from '../jobs/run.ts';
import { connectDaemon } from './daemon.ts';

/** What a submission holds at most. */
const mostSpared = 1000;
/** A command gives up when its daemon died so often without a word of its job between. */
const mostDeaths = 3;
/** A daemon that does not answer for so long has died. Milliseconds. */
const patienceMs = 1000;
/** A job that has not begun after this waits for others. Milliseconds. */
const waitMs = 500;

/** Why a job does not begin. */
export interface Waiting {
  /** Jobs that go before it. */
  readonly before: number;
  /** Nothing begins, because somebody has paused the queue. */
  readonly paused: boolean;
}

export interface GuestOptions {
  readonly onEvent?: (event: JobEvent) => void;
  /** Hears it when the job does not begin at once. */
  readonly onWait?: (waiting: Waiting) => void;
  /** The daemon; by default the one that is there, else one that is started. */
  readonly connect?: () => Promise<Client>;
  /** Larger goes first. */
  readonly priority?: number | undefined;
}

/** The daemon that is there, else one that is started. */
export const connected = async (): Promise<Client> => (await connectDaemon({ patienceMs })).client;

export interface GuestJob {
  /** How the job ended. Never rejects. */
  readonly ended: Promise<EndState>;
  /** Asks the job to stop and clean up; it ends as `cancelled`. */
  cancel(): void;
}

/**
 * Runs a job in the daemon. What goes wrong on the way is a failed job too. The job is attached: it ends with this process. It does not end with the daemon:
 * when that dies, the next one goes on with the job.
 */
export function guestJob(
  request: JobRequest,
  { onEvent, onWait, connect = connected, priority }: GuestOptions = {},
): GuestJob {
  const asked = Date.now();
  const guest = `g${randomBytes(16).toString('hex')}`;
  const submission = { ...submissionOf(request, priority), attachedTo: guest };
  let id: string | undefined;
  let client: Client | undefined;
  let cancelling: Promise<void> | undefined;
  const tell = (job: JobState, at: number): void =>
    onEvent?.({ atMs: Math.max(0, at - asked), verb: request.verb, inputs: request.inputs, job });
  let following: Following | undefined;
  let stopping = false;
  /** Resolves when what was unfinished is gone. */
  const cancel = async (): Promise<void> => {
    stopping = true;
    if (client === undefined || id === undefined) return;
    try {
      const { job } = await client.call('leave', { path: { id }, body: { guest } });
      if (!hasEnded(job)) following?.stop(); // others want it too
    } catch {
      // its daemon has ended: following it tells
    }
  };
  const follow = async (view: JobView): Promise<EndState> => {
    let [known, deaths] = [view.seq, 0];
    let end: EndState | undefined;
    const hear = ({ seq, job: { job }, at }: WireEvent): void => {
      [known, deaths] = [seq, 0];
      tell(job, at);
      if (hasEnded(job)) end = job;
    };
    for (;;) {
      try {
        following = client!.follow(view.id, known, hear);
        await following.over;
        if (stopping && !end) return { state: 'cancelled' };
        return end ?? jobEnd((await client!.call('job', { path: { id: view.id } })).job);
      } catch (error) {
        if (!isGone(error) || ++deaths > mostDeaths) throw error;
        client!.close();
        client = await connect();
        if (stopping) await cancel();
      }
    }
  };
  const tellWait = async (to: Client, job: string): Promise<void> => {
    try {
      const [{ paused, running }, view] = await Promise.all([to.call('queue'), to.call('job', { path: { id: job } })]);
      if (view.job.state === 'queued') onWait?.({ before: (view.place ?? 0) + running, paused });
    } catch {
      // following the job tells what is wrong
    }
  };
  const work = async (): Promise<EndState> => {
    const first = await submitted(submission, connect, (to) => {
      client = to;
    });
    id = first.view.id;
    client = first.client;
    if (stopping) cancelling = cancel();
    tell(first.view.job, Date.now());
    const patience = setTimeout(() => void tellWait(first.client, first.view.id), waitMs);
    try {
      const end = hasEnded(first.view.job) ? first.view.job : await follow(first.view);
      await cancelling;
      return end;
    } finally {
      clearTimeout(patience);
    }
  };
  const ended = work().catch((error): EndState => {
    const end: EndState = stopping ? { state: 'cancelled' } : { state: 'failed', error: failureOf(error) };
    tell(end, Date.now());
    return end;
  });
  return {
    ended: ended.finally(() => client?.close()),
    cancel: () => {
      cancelling ??= cancel();
    },
  };
}

const isGone = (error: unknown): boolean => error instanceof CompanionError && error.code === 'DAEMON_UNREACHABLE';

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
      if (!isGone(error) || attempt > 1) throw error;
    }
  }
}

/** The request with every path absolute: the daemon stands in another folder. */
export function submissionOf({ verb, inputs, from, params, place, dryRun }: JobRequest, priority = 0): Submission {
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
    priority,
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
