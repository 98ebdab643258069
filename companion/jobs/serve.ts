// The worker's side of a job: one request, its verb, its events; a daemon that is gone ends it cleanly.
import path from 'node:path';
import type { Engine } from '../../native/index.ts';
import { CompanionError } from '../api/errors.ts';
import type { JobRequest, JobState, Outcome, VerifiedOutput } from '../api/job.ts';
import { filesInWords, parseParams, takes } from '../api/operation.ts';
import type { AnyOperation, OperationContext, Step } from '../operations/context.ts';
import { operations } from '../operations/index.ts';
import type { EngineFacts, FromWorker, ToWorker } from './channel.ts';
import { openChunks } from './chunks.ts';
import { demandInPlace } from './confined.ts';
import { failureOf, isAbort } from './failure.ts';
import { findFolders } from './folders.ts';
import { hashOf } from './hash.ts';
import { claimFor, occupyFolder, scratchIn } from './job-folder.ts';
import type { Lock } from './lock.ts';
import { Meter } from './meter.ts';
import { startPulse } from './pulse.ts';
import { sealResult } from './seal.ts';
import { explained } from './went-away.ts';

/** Events of one phase are this far apart at least. */
const eventGapMs = 100;
/** Cleaning up after a cancel may take this long; then the process ends anyway. */
const cleanUpMs = 5000;

/** Serves one job of the process that forked this one, then exits. `openEngine` is called when a verb first needs it; tests bring their own verbs. */
export function serve(openEngine: () => Engine, verbs: readonly AnyOperation[] = operations): void {
  const abort = new AbortController();
  const giveUp = (): void => {
    if (abort.signal.aborted) return;
    abort.abort(new CompanionError('CANCELLED'));
    setTimeout(() => process.exit(1), cleanUpMs).unref();
  };
  process.on('disconnect', giveUp);
  process.on('SIGTERM', giveUp);
  process.on('SIGINT', () => {}); // a Ctrl-C is for the guest alone
  process.on('message', (message: ToWorker) => {
    if (message.type === 'inspect') void inspect(openEngine).then(leave);
    else void work(message, verbs, openEngine, abort.signal).then((job) => leave({ type: 'state', job }));
  });
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

/** Says the last word and ends once it is on its way. */
function leave(message: FromWorker): void {
  if (!process.connected || !process.send) process.exit(0);
  process.send(message, () => process.exit(0));
}

async function inspect(openEngine: () => Engine): Promise<FromWorker> {
  try {
    using engine = openEngine();
    return { type: 'engine', engine: factsOf(engine) };
  } catch (error) {
    return { type: 'state', job: { state: 'failed', error: failureOf(error) } };
  }
}

async function work(
  { request, folder, confined }: Extract<ToWorker, { type: 'job' }>,
  verbs: readonly AnyOperation[],
  openEngine: () => Engine,
  signal: AbortSignal,
): Promise<JobState> {
  const notes: string[] = [];
  let engine: Engine | undefined;
  let facts: EngineFacts | null = null;
  let inputs: readonly string[] = [];
  let claimed: string | null = null;
  try {
    takeFolder(folder);
    const operation = verbs.find((each) => each.name === request.verb);
    if (!operation) {
      throw new CompanionError('VERB_UNKNOWN', { name: request.verb, known: verbs.map(({ name }) => name) });
    }
    const absolute = (file: string): string => path.resolve(request.from, file);
    inputs = request.inputs.map(absolute);
    const context: OperationContext = {
      inputs,
      spared: [...inputs, ...request.place.spared.map(absolute)],
      output: request.place.output === undefined ? undefined : outputPath(request.from, request.place.output),
      force: request.place.force,
      confined,
      closed: confined ? Object.values(findFolders()) : [],
      from: request.from,
      get engine() {
        if (engine) return engine;
        engine = openEngine();
        facts = factsOf(engine);
        send({ type: 'engine', engine: facts });
        return engine;
      },
      ledger: openChunks(path.join(folder, 'parts')),
      scratch: scratchIn(folder),
      signal,
      progress: reporter(notes),
      note: (text) => void (notes.includes(text) || notes.push(text)),
      claim: (partial) => {
        claimed = partial ?? claimed;
        claimFor(folder, partial);
      },
      seal: (claim) => {
        const hash = hashOf(claim.partial, path.basename(claim.final), signal);
        hash.catch(() => {}); // told when it is asked for
        return async (record) => {
          if (confined) demandInPlace(inputs, claim.final);
          const outcome: Outcome = { kind: 'file', output: record.output, record };
          sealResult(folder, claim, { hash: await hash, engine: facts, outcome, notes });
        };
      },
    };
    const outcome = await perform(operation, request, context);
    if (confined) demandInPlace(inputs, null);
    return { state: 'done', outcome, notes };
  } catch (error) {
    if (isAbort(error) || signal.aborted) return { state: 'cancelled' };
    return { state: 'failed', error: failureOf(explained(error, inputs, claimed)) };
  } finally {
    engine?.dispose();
  }
}

const factsOf = ({ version, level, threads }: Engine): EngineFacts => ({ version, level, threads });

/** Held, not used: it tells a daemon of another life that this process is still here. */
let ownLock: Lock | null = null;

function takeFolder(folder: string): void {
  startPulse();
  ownLock = occupyFolder(folder);
  if (!ownLock) throw new CompanionError('INTERNAL', { reason: `another process works in ${folder}` });
}

/** Absolute, keeping a trailing separator: it says that a folder is meant. */
function outputPath(from: string, output: string): string {
  const absolute = path.resolve(from, output);
  return /[\\/]$/.test(output) && !absolute.endsWith(path.sep) ? absolute + path.sep : absolute;
}

async function perform(operation: AnyOperation, request: JobRequest, context: OperationContext): Promise<Outcome> {
  if (!takes(operation.inputs, context.inputs.length)) {
    const reason = `${operation.name} takes ${filesInWords(operation.inputs)} a job, but got ${context.inputs.length}.`;
    throw new CompanionError('USAGE', { reason });
  }
  const params = parseParams(operation.params, request.params);
  if (request.dryRun) {
    if (!operation.plan) throw new CompanionError('USAGE', { reason: `${operation.name} has no plan to show.` });
    return { kind: 'plan', record: await operation.plan(params, context) };
  }
  const record = await operation.run(params, context);
  return isFileRecord(record) ? { kind: 'file', output: record.output, record } : { kind: 'report', record };
}

const isFileRecord = (record: unknown): record is { output: VerifiedOutput } =>
  typeof record === 'object' && record !== null && 'output' in record;

function reporter(notes: readonly string[]): (step: Step) => void {
  const meter = new Meter();
  let last = { phase: '', at: 0 };
  return (step) => {
    const progress = meter.measure(step);
    const at = performance.now();
    if (step.phase === last.phase && at - last.at < eventGapMs && step.done !== step.total) return;
    last = { phase: step.phase, at };
    const state = step.phase === 'verify' || step.phase === 'publish' ? 'verifying' : 'running';
    send({ type: 'state', job: { state, progress, notes: [...notes] } });
  };
}
