// A finished file from its finished parts: claimed, joined, verified, sealed, published. What is unfinished is removed on every way out.
import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import type { VerifiedOutput } from '../api/job.ts';
import type { Output } from '../media/encode.ts';
import { type Joined, joinSegments } from '../media/join.ts';
import { type Claim, claimOutput, publish } from '../media/publish.ts';
import { verify } from '../media/verify.ts';
import type { Ledger, OperationContext } from './context.ts';
import { unkept } from './interpolate/resume.ts';

/** Milliseconds. */
export type FinishTimes = Readonly<Record<'join' | 'verify' | 'publish', number>>;

/** All parts, in order, and what the verb tells of its work once the file is verified. */
export interface Parts<Made> {
  readonly parts: readonly Joined[];
  record(output: VerifiedOutput, timesMs: FinishTimes): Made;
}

export interface ProduceRequest {
  readonly output: Output;
  /** Absolute path of the file, or of the folder of stills. */
  readonly file: string;
  readonly context: OperationContext;
}

/**
 * Claims the file, has its parts made in the ledger, and finishes it. Rejects with a CompanionError, or with an AbortError; nothing unfinished stays but
 * what a ledger keeps.
 */
export async function produce<Made extends { readonly output: VerifiedOutput }>(
  { output, file, context }: ProduceRequest,
  make: (ledger: Ledger) => Promise<Parts<Made>>,
): Promise<Made> {
  const claim = claimOutput({
    output: file,
    inputs: context.spared,
    force: context.force,
    folder: output.delivery.container === 'sequence',
    roomy: !context.ledger,
  });
  const place = context.ledger ? claim.partial : path.dirname(claim.partial);
  context.claim(place);
  try {
    const ledger = context.ledger ?? unkept(place);
    const made = await finish({ output, claim, context, ledger, ...(await make(ledger)) });
    if (!context.ledger) rmSync(place, { recursive: true, force: true });
    context.claim(null);
    context.progress({ phase: 'publish', done: 1, total: 1, unit: 'files' });
    return made;
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    context.claim(null);
    if (context.ledger && error instanceof CompanionError && error.code === 'VERIFY_FAILED')
      await forget(context.ledger);
    throw onDiskOf(claim.final, place, error);
  }
}

interface Unfinished<Made> extends Parts<Made> {
  readonly output: Output;
  readonly claim: Claim;
  readonly context: OperationContext;
  readonly ledger: Ledger;
}

async function finish<Made extends { readonly output: VerifiedOutput }>(work: Unfinished<Made>): Promise<Made> {
  const { output, claim, context, parts } = work;
  const { signal } = context;
  const total = output.frames;
  const counted = (phase: 'join' | 'verify') => (done: number) =>
    context.progress({ phase, done: Math.min(done, total), total, unit: 'frames' });
  const clock = stopwatch();
  counted('join')(0);
  const { folder } = work.ledger;
  await joinSegments(output, { folder, parts, path: claim.partial, signal, progress: counted('join') });
  counted('join')(total);
  const join = clock();
  counted('verify')(0);
  const seal = context.seal(claim);
  const checks = await verify(output.tools, claim.partial, output.expectation, { signal, progress: counted('verify') });
  counted('verify')(total);
  const times = { join, verify: clock(), publish: 0 };
  const { size } = await stat(claim.partial);
  const verified: VerifiedOutput = {
    path: claim.final,
    bytes: size,
    checks: checks.map(({ what, found }) => ({ name: what, found })),
  };
  signal.throwIfAborted();
  await seal(work.record(verified, times));
  signal.throwIfAborted();
  context.progress({ phase: 'publish', done: 0, total: 1, unit: 'files' });
  publish(claim);
  return work.record(verified, { ...times, publish: clock() });
}

/** Parts of what did not pass are not taken over: another start makes all of them again. */
async function forget(ledger: Ledger): Promise<void> {
  for await (const { name } of ledger.takeOver('', new AbortController().signal))
    throw new RangeError(`${name} stayed.`);
}

/** A disk that filled up within the unfinished folder, which is gone, is told as that of the output. */
function onDiskOf(final: string, place: string, error: unknown): unknown {
  if (!(error instanceof CompanionError) || error.code !== 'DISK_FULL') return error;
  const within = `${error.facts.folder}${path.sep}`.startsWith(place + path.sep);
  return within ? new CompanionError('DISK_FULL', { folder: path.dirname(final) }, { cause: error }) : error;
}

/** Milliseconds since the last call. */
export function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    return passed;
  };
}
