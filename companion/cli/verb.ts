// Runs a verb for the files named on the command line, one job after the other, and reports in the form that was asked for.
import { CompanionError } from '../api/errors.ts';
import type { EndState, Failure, JobEvent, JobRequest } from '../api/job.ts';
import { flagOf, type Operation } from '../api/operation.ts';
import { type GuestJob, guestJob, type Waiting } from './guest.ts';
import { progressView } from './progress.ts';
import { jobsFor, type VerbOptions } from './requests.ts';
import { data, painter, say } from './terminal.ts';

/** Exit codes that follow from several jobs; a single one has its error's own. */
const partlyDone = 3;
const interrupted = 130;

/** Returns the exit code. */
export async function runVerb(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
): Promise<number> {
  const requests = jobsFor(verb, files, params, options);
  const terminal = process.stderr.isTTY === true;
  const view = progressView(process.stderr, terminal);
  const onEvent = (event: JobEvent): void => {
    if (options.jsonLines) data(JSON.stringify(event, options.verbose ? undefined : hideStack));
    if (!options.quiet && !options.jsonLines) view.show(event);
  };
  const onWait = ({ before, paused }: Waiting): void => {
    if (options.quiet || options.jsonLines) return;
    const others =
      before === 0 ? '' : ` Before this job go ${before} other${before === 1 ? '' : 's'}: "inbetween jobs" lists them.`;
    if (paused) say(`The queue is paused: "inbetween jobs resume" lets it go on.${others}`);
    else if (others !== '') say(others.trim());
  };
  const ends: { request: JobRequest; end: EndState }[] = [];
  let running: GuestJob | undefined;
  let stopped = false;
  const ignore = onInterrupt((times) => {
    stopped = true;
    running?.cancel();
    if (times === 1 && terminal && !options.quiet) {
      view.clear();
      say('Cancelling. Press Ctrl-C again to stop at once.');
    }
  });
  try {
    for (const request of requests) {
      if (requests.length > 1 && !options.quiet && !options.jsonLines) say(request.inputs.join(' '));
      running = guestJob(request, { onEvent, onWait, priority: options.priority });
      const end = await running.ended;
      view.clear();
      ends.push({ request, end });
      if (!options.json && !options.jsonLines) tell(verb, end, options);
      if (stopped || end.state === 'cancelled') break;
    }
  } finally {
    ignore();
  }
  const exit = stopped ? interrupted : exitOf(ends.map(({ end }) => end));
  if (options.json)
    data(JSON.stringify({ verb: verb.name, exit, jobs: ends.map(({ request, end }) => entry(request, end)) }, null, 2));
  if (exit === partlyDone && !options.quiet) {
    const done = ends.filter(({ end }) => end.state === 'done').length;
    say(`${done} of ${requests.length} done.`);
  }
  return exit;
}

function tell(verb: Operation, end: EndState, options: VerbOptions): void {
  if (end.state === 'failed') sayFailure(inFlags(end.error), options.verbose === true);
  else if (end.state === 'cancelled') say(new CompanionError('CANCELLED').message);
  else tellDone(verb, end, options);
}

function tellDone(
  verb: Operation,
  { outcome, notes }: Extract<EndState, { state: 'done' }>,
  options: VerbOptions,
): void {
  // the verb that made a record is the one that can tell it
  const lines = outcome.kind === 'plan' ? (verb.tellPlan?.(outcome.record) ?? []) : verb.tell(outcome.record);
  if (!options.quiet) {
    if (outcome.kind === 'file') for (const line of lines) say(line);
    if (outcome.kind !== 'plan') for (const note of notes) say(`note: ${note}`);
  }
  if (outcome.kind === 'file') data(outcome.output.path);
  else for (const line of lines) data(line);
}

/** A parameter that was found wrong once the clip was known, named as the person wrote it. */
function inFlags(error: Failure): Failure {
  if (error.code !== 'PARAM_INVALID') return error;
  const { message } = new CompanionError(error.code, { ...error.facts, name: flagOf(String(error.facts.name)) });
  return { ...error, message };
}

/** An error as a person reads it: its sentence, its code, and with `verbose` where it came from. */
export function sayFailure(error: Failure, verbose: boolean): void {
  const paint = painter(process.stderr);
  say(`${paint('red', 'error:')} ${error.message} ${paint('dim', `(${error.code})`)}`);
  if (verbose && error.stack) say(error.stack);
}

/** An error as a program reads it. */
export const withoutStack = ({ stack: _, ...error }: Failure): Omit<Failure, 'stack'> => error;
const hideStack = (key: string, value: unknown): unknown => (key === 'stack' ? undefined : value);

function entry({ inputs }: JobRequest, end: EndState): Record<string, unknown> {
  if (end.state === 'failed') {
    return { inputs, state: end.state, error: withoutStack(end.error) };
  }
  if (end.state === 'cancelled') return { inputs, state: end.state };
  const { outcome, notes } = end;
  return { inputs, state: end.state, [outcome.kind === 'plan' ? 'plan' : 'record']: outcome.record, notes };
}

/** The exit code that follows from how jobs ended. */
export function exitOf(ends: readonly EndState[]): number {
  if (ends.some((end) => end.state === 'cancelled')) return interrupted;
  const failures = ends.flatMap((end) => (end.state === 'failed' ? [end.error.exit] : []));
  if (failures.length > 0 && failures.length < ends.length) return partlyDone;
  return failures[0] ?? 0;
}

/** Counts what asks us to stop. A second one ends the process at once. Returns what stops the counting. */
function onInterrupt(act: (times: number) => void): () => void {
  let times = 0;
  const heard = (): void => {
    act(++times);
    if (times > 1) process.exit(interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, heard);
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
}
