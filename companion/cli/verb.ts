// Runs a verb for the files named on the command line, one job after the other, and reports in the form that was asked for.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import type { EndState, Failure, JobEvent, JobRequest } from '../api/job.ts';
import type { Operation } from '../api/operation.ts';
import { type RunningJob, runJob } from '../jobs/run.ts';
import { flagOf } from './flags.ts';
import { progressView } from './progress.ts';
import { data, painter, say } from './terminal.ts';

export interface VerbOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly jsonLines?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Exit codes that follow from several jobs; a single one has its error's own. */
const partlyDone = 3;
const interrupted = 130;

/** Returns the exit code. `worker`: the worker's module, where it is not ours. */
export async function runVerb(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
  worker?: URL,
): Promise<number> {
  const requests = jobsFor(verb, files, params, options);
  const terminal = process.stderr.isTTY === true;
  const view = progressView(process.stderr, terminal);
  const onEvent = (event: JobEvent): void => {
    if (options.jsonLines) data(JSON.stringify(event, options.verbose ? undefined : hideStack));
    if (!options.quiet && !options.jsonLines) view.show(event);
  };
  const ends: { request: JobRequest; end: EndState }[] = [];
  let running: Omit<RunningJob, 'pid'> | undefined;
  let stopped = false;
  const ignore = onInterrupt((times) => {
    stopped = true;
    if (times === 1) running?.cancel();
    else running?.kill();
    if (times === 1 && terminal && !options.quiet) {
      view.clear();
      say('Cancelling. Press Ctrl-C again to stop at once.');
    }
  });
  try {
    for (const request of requests) {
      if (requests.length > 1 && !options.quiet && !options.jsonLines) say(request.inputs.join(' '));
      running = runJob(request, { onEvent, ...(worker && { worker }) });
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

/** Splits the files into jobs. @throws CompanionError USAGE */
export function jobsFor(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
): JobRequest[] {
  const { inputs } = verb;
  if (files.length === 0 || files.length % inputs !== 0) {
    const reason = `${verb.name} takes ${inputs === 1 ? 'one file or more' : `${inputs} files`}, but got ${files.length}.`;
    throw new CompanionError('USAGE', { reason });
  }
  const from = process.cwd();
  const count = files.length / inputs;
  if (count > 1 && options.output !== undefined && !isFolder(options.output)) {
    throw new CompanionError('USAGE', {
      reason: `-o must be an existing folder when there are several files, but was ${options.output}.`,
    });
  }
  if (count > 1 && verb.output !== undefined) demandOwnNames(files, options.output);
  return Array.from({ length: count }, (_, i) => ({
    verb: verb.name,
    inputs: files.slice(i * inputs, (i + 1) * inputs),
    from,
    params,
    place: {
      ...(options.output !== undefined && { output: options.output }),
      force: options.force === true,
      spared: count > 1 ? [...files] : [],
    },
    dryRun: options.dryRun === true,
  }));
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Results are named for their inputs: two of one name would write one file. @throws CompanionError USAGE */
function demandOwnNames(files: readonly string[], output: string | undefined): void {
  const seen = new Map<string, string>();
  for (const file of files) {
    const { dir, name } = path.parse(path.resolve(file));
    const target = path.join(output === undefined ? dir : path.resolve(output), name);
    const other = seen.get(target);
    if (other !== undefined) {
      throw new CompanionError('USAGE', {
        reason: `${other} and ${file} would write the same file. Give them one by one with -o.`,
      });
    }
    seen.set(target, file);
  }
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
