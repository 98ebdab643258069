// One attempt at a job: what an earlier one left is cleared or finished, a known result is taken, else a worker makes it; its record comes beside it.
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EndState, JobRequest } from '../api/job.ts';
import { publish } from '../media/publish.ts';
import type { AnyOperation } from '../operations/context.ts';
import { keepRecord, readRecord, recordBeside } from './beside.ts';
import { copyArtifact, isWhole, outcomeAt, placeOf } from './cache.ts';
import type { EngineFacts } from './channel.ts';
import { demandInPlace } from './confined.ts';
import { failureOf } from './failure.ts';
import type { Underway } from './held.ts';
import { claimFor, endWorker, prepareFolder, removeUnfinished } from './job-folder.ts';
import type { JobOrder } from './jobs.ts';
import { engineClass, keysOf, markInput } from './key.ts';
import { recordOf } from './record.ts';
import { runJob } from './run.ts';
import { breakSeal, finishSealed, readSeal, writeSeal } from './seal.ts';
import type { Artifact, Artifacts } from './store/artifacts.ts';
import { type JobRow, orderOf } from './store/rows.ts';
import type { Store } from './store/store.ts';

export interface AttemptOptions {
  readonly row: JobRow;
  readonly operation: AnyOperation;
  /** Private folder of the job. */
  readonly folder: string;
  readonly store: Store;
  readonly artifacts: Artifacts;
  readonly worker: URL | undefined;
  /** What engine workers have now; null: none. */
  readonly engine: () => Promise<EngineFacts | null>;
  /** Stops it where it is. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onState: (job: Underway) => void;
  /** A worker was started: from now on signs of life come. */
  readonly onWorker: () => void;
  readonly onPulse: () => void;
}

export interface Attempted {
  readonly end: EndState;
  /** What is worth remembering of a result; null where there is no file. */
  readonly artifact: Artifact | null;
  readonly engine: EngineFacts | null;
}

const plain = (end: EndState): Attempted => ({ end, artifact: null, engine: null });

/** Rejects with an AbortError when it was stopped, and with what went wrong outside the worker. Nothing unfinished is left either way. */
export async function attempt(options: AttemptOptions): Promise<Attempted> {
  return withRecord(options, await resultOf(options));
}

async function resultOf(options: AttemptOptions): Promise<Attempted> {
  const { row, folder, signal } = options;
  const order = orderOf(row);
  await endWorker(folder);
  const before = await takeSealed(options);
  if (before) return before;
  breakSeal(folder);
  removeUnfinished(folder);
  if (order.confined) demandInPlace(order.inputs, order.output);
  const work = refreshKey(options, order);
  prepareFolder(folder);
  signal.throwIfAborted();
  const cached = order.dryRun || options.operation.cached === false ? null : await fromCache(options, order, work);
  signal.throwIfAborted();
  return cached ?? (await fromWorker(options, order, work));
}

/** Sets the record of a result down beside it. Where that cannot be, the result is no worse: a note says why, and the queue has the record. */
function withRecord({ row, operation, folder, store, now }: AttemptOptions, attempted: Attempted): Attempted {
  const { end, artifact, engine } = attempted;
  if (end.state !== 'done' || artifact === null) return attempted;
  const { hash } = artifact;
  const as = { hash, engine: engine && JSON.stringify(engine), ended: now() };
  const record = recordOf({ ...(store.find(row.id) ?? row), ...as }, end, operation);
  const output = { path: artifact.path, sha256: hash };
  const wasThere = readSeal(folder) === null; // what its maker set down stays
  if (wasThere && readRecord(recordBeside(artifact.path))?.output?.sha256 === hash) return attempted;
  const why = keepRecord({ ...record, output }, folder);
  if (why === null) return attempted;
  const note = `No record could be set down beside the result. ${why} "inbetween jobs show ${row.id} --record" has it.`;
  return { ...attempted, end: { ...end, notes: [...end.notes, note] } };
}

/** The result of an attempt that was cut off between the seal and its last word. */
async function takeSealed({ row, folder, signal }: AttemptOptions): Promise<Attempted | null> {
  const sealed = readSeal(folder);
  if (!sealed || !(await finishSealed(sealed, signal))) return null;
  removeUnfinished(folder);
  const { outcome, notes, engine, hash } = sealed;
  return finished({ state: 'done', outcome, notes }, hash, engine, row.work);
}

/** Inputs that changed since the job was asked for make it another work: what was finished of the old one is worth nothing. */
function refreshKey({ row, operation, folder, store }: AttemptOptions, order: JobOrder): string {
  const inputs = order.inputs.map(markInput);
  const { work } = keysOf(order, operation, inputs);
  if (work === row.work || inputs.some(({ bytes }) => bytes === null)) return row.work;
  rmSync(folder, { recursive: true, force: true });
  store.note(row.id, { work, inputs: JSON.stringify(inputs) });
  return work;
}

/** `notes`: those of the work itself. */
function finished(
  end: Extract<EndState, { state: 'done' }>,
  hash: string,
  engine: EngineFacts | null,
  work: string,
  notes: readonly string[] = end.notes,
): Attempted {
  const { outcome } = end;
  if (outcome.kind !== 'file') return plain(end);
  const made = engine === null ? null : engineClass(engine);
  return { end, engine, artifact: { work, path: outcome.output.path, hash, engine: made, outcome, notes } };
}

async function fromCache(options: AttemptOptions, order: JobOrder, work: string): Promise<Attempted | null> {
  const { artifacts, folder: own, signal, onState } = options;
  for (const artifact of artifacts.of(work)) {
    const engine = artifact.engine === null ? null : await options.engine();
    if (artifact.engine !== null && (engine === null || engineClass(engine) !== artifact.engine)) continue;
    const folder = statSync(artifact.path, { throwIfNoEntry: false })?.isDirectory();
    const place = folder === undefined ? '' : placeOf(order, artifact, folder);
    onState({ state: 'running', progress: checking, notes: [] });
    if (folder === undefined) {
      artifacts.drop(artifact);
    } else if (path.resolve(place) === path.resolve(artifact.path)) {
      if (await isWhole(artifact, signal)) {
        const notes = [...artifact.notes, 'The result was there already and is as it was made.'];
        return finished(
          { state: 'done', outcome: artifact.outcome, notes },
          artifact.hash,
          engine,
          work,
          artifact.notes,
        );
      }
      artifacts.drop(artifact);
    } else {
      const claim = await copyArtifact(artifact, place, order, folder, (partial) => claimFor(own, partial), signal);
      if (claim) {
        const outcome = outcomeAt(claim.final, artifact.outcome);
        const notes = [...artifact.notes, `The same was made before: it is a copy of ${artifact.path}.`];
        writeSeal(own, {
          ...{ claim: { ...claim }, replaces: statSync(place, { throwIfNoEntry: false }) !== undefined },
          ...{ hash: artifact.hash, engine, outcome, notes },
        });
        signal.throwIfAborted();
        publish(claim);
        claimFor(own, null);
        return finished({ state: 'done', outcome, notes }, artifact.hash, engine, work, artifact.notes);
      }
      claimFor(own, null);
      artifacts.drop(artifact);
    }
  }
  return null;
}

const checking = { phase: 'verify', done: 0, total: 1, unit: 'files', fps: null, etaMs: null } as const;

async function fromWorker(options: AttemptOptions, order: JobOrder, work: string): Promise<Attempted> {
  const { folder, signal, worker, onState, onPulse } = options;
  let engine: EngineFacts | null = null;
  const job = runJob(requestOf(order), {
    ...(worker && { worker }),
    folder,
    onPulse,
    confined: order.confined,
    onEngine: (facts) => {
      engine = facts;
    },
    onEvent: ({ job: state }) => {
      if (state.state === 'running' || state.state === 'verifying') onState(state);
    },
  });
  options.onWorker();
  const stop = (): void => job.kill();
  signal.addEventListener('abort', stop, { once: true });
  const end = await job.ended;
  signal.removeEventListener('abort', stop);
  await endWorker(folder);
  // its last word was lost, but not its work
  const sealed = end.state === 'done' || signal.aborted ? null : await takeSealed(options);
  if (sealed) return sealed;
  removeUnfinished(folder);
  signal.throwIfAborted();
  const hash = readSeal(folder)?.hash;
  if (end.state === 'done' && hash !== undefined) return finished(end, hash, engine, work);
  return { ...plain(end), engine };
}

const requestOf = ({ verb, inputs, params, output, force, spared, dryRun }: JobOrder): JobRequest => ({
  verb,
  inputs: [...inputs],
  from: path.dirname(inputs[0]!),
  params: { ...params },
  place: { ...(output !== null && { output }), force, spared: [...spared] },
  dryRun,
});

/** How a job ends that met an error outside its worker. */
export const failedBy = (error: unknown): Attempted => plain({ state: 'failed', error: failureOf(error) });
