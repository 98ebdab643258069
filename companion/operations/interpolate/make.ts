// Makes the planned clip: finds repeats, has its pictures made in chunks, joins, verifies, publishes. What is unfinished is removed on every way out.
import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Likeness, Relation } from '../../../native/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { VerifiedOutput } from '../../api/job.ts';
import { openDecoder } from '../../media/decode.ts';
import { joinSegments } from '../../media/join.ts';
import { claimOutput, publish } from '../../media/publish.ts';
import { stampOf, type Timing } from '../../media/timing.ts';
import { verify } from '../../media/verify.ts';
import type { Ledger, OperationContext } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import { type Cycle, findRepeats, retime } from './cadence.ts';
import { type Chunk, sumOf } from './chunk.ts';
import { makePictures, partName } from './pictures.ts';
import { decoderParts, type Prepared } from './plan.ts';
import type { LentFrame, Waited } from './render.ts';
import { keyOf, unkept } from './resume.ts';

/** What an interpolation did. Rates are exact (`60000/1001`); frames of the output count from 0. */
export interface InterpolateRecord {
  readonly input: string;
  readonly output: VerifiedOutput;
  readonly frames: { readonly in: number; readonly out: number; readonly kept: number; readonly created: number };
  readonly rate: string;
  readonly speed: string;
  readonly pairs: Readonly<Record<Relation, number>>;
  /** First source frame after each cut, and when it is shown, in seconds from the first frame. */
  readonly cuts: readonly { readonly frame: number; readonly seconds: number }[];
  /** Null where repeats were not looked for. */
  readonly dedup: { readonly removed: number; readonly held: number; readonly cycles: readonly Cycle[] } | null;
  readonly engine: { readonly version: string; readonly level: string; readonly threads: number };
  readonly encoder: string;
  readonly timesMs: Readonly<Record<'analyse' | 'render' | 'join' | 'verify' | 'publish', number>>;
  /** Milliseconds of `render` spent waiting for each part. */
  readonly waitedMs: Waited;
  /** Output frames a second while rendering; frames that were there from an earlier start do not count. */
  readonly fps: number;
}

/** The frames that are shown, and when. */
export interface Shown {
  readonly timing: Timing;
  /** Indices into the asked range; null: all of them. */
  readonly kept: Int32Array | null;
  readonly dedup: InterpolateRecord['dedup'];
}

/** Rejects with a CompanionError, or with an AbortError; nothing unfinished stays but what a ledger keeps. */
export async function makeClip(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
): Promise<InterpolateRecord> {
  const { plan, delivery, output } = prepared;
  const { signal } = context;
  const clock = stopwatch();
  const claim = claimOutput({
    output: plan.output,
    inputs: context.spared,
    force: context.force,
    folder: delivery.container === 'sequence',
    roomy: !context.ledger,
  });
  const place = context.ledger ? claim.partial : path.dirname(claim.partial);
  context.claim(place);
  try {
    const ledger = context.ledger ?? unkept(place);
    const there = await takeOver(prepared, params, context, ledger);
    const shown = params.dedup
      ? await findShown(prepared, params, context, ledger, there.repeats)
      : { timing: prepared.timing, kept: null, dedup: null };
    const analyse = clock();
    const pictures = await makePictures({ prepared, params, context, output, shown, ledger, there: there.chunks });
    const rendering = clock();
    const total = plan.result.frames;
    const counted = (phase: 'join' | 'verify') => (done: number) =>
      context.progress({ phase, done: Math.min(done, total), total, unit: 'frames' });
    const parts = pictures.chunks.map((chunk) => ({ name: partName(chunk, output), first: chunk.first }));
    const { folder } = ledger;
    counted('join')(0);
    await joinSegments(output, { folder, parts, path: claim.partial, signal, progress: counted('join') });
    counted('join')(total);
    const join = clock();
    counted('verify')(0);
    const seal = context.seal(claim);
    const checks = await verify(prepared.tools, claim.partial, output.expectation, {
      signal,
      progress: counted('verify'),
    });
    counted('verify')(total);
    const verifying = clock();
    const rendered = sumOf(pictures.chunks);
    const { size } = await stat(claim.partial);
    const record: InterpolateRecord = {
      input: plan.input,
      output: { path: claim.final, bytes: size, checks: checks.map(({ what, found }) => ({ name: what, found })) },
      frames: { in: plan.source.frames, out: total, kept: rendered.kept, created: rendered.created },
      rate: plan.result.rate,
      speed: plan.result.speed,
      pairs: rendered.pairs,
      cuts: rendered.cuts.map((index) => ({
        frame: prepared.range.from + (shown.kept?.[index] ?? index),
        seconds: stampOf(shown.timing, index).toNumber(),
      })),
      dedup: shown.dedup,
      engine: plan.engine,
      encoder: plan.result.encoder,
      timesMs: { analyse, render: rendering, join, verify: verifying, publish: 0 },
      waitedMs: pictures.waitedMs,
      fps: (pictures.made * 1000) / rendering,
    };
    signal.throwIfAborted();
    await seal(record);
    signal.throwIfAborted();
    context.progress({ phase: 'publish', done: 0, total: 1, unit: 'files' });
    publish(claim);
    if (!context.ledger) rmSync(place, { recursive: true, force: true });
    context.claim(null);
    context.progress({ phase: 'publish', done: 1, total: 1, unit: 'files' });
    return { ...record, timesMs: { ...record.timesMs, publish: clock() } };
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    context.claim(null);
    if (context.ledger && error instanceof CompanionError && error.code === 'VERIFY_FAILED')
      await forget(context.ledger);
    throw onDiskOf(claim.final, place, error);
  }
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

/** Name of the part that says which frames repeat the one before: `0` and `1`, one for each frame. */
const repeatsName = 'repeats';

/** What the ledger has of this very job. */
async function takeOver(
  prepared: Prepared,
  params: InterpolateParams,
  { engine, signal, progress }: OperationContext,
  ledger: Ledger,
): Promise<{ chunks: readonly Chunk[]; repeats: string | null }> {
  const chunks: Chunk[] = [];
  let repeats: string | null = null;
  let done = 0;
  for await (const { name, facts } of ledger.takeOver(keyOf(prepared, params, engine), signal)) {
    if (name === repeatsName) repeats = facts as string;
    else {
      const chunk = facts as Chunk;
      chunks.push(chunk);
      done += chunk.end - chunk.first;
      progress({ phase: 'render', done, total: prepared.plan.result.frames, unit: 'frames' });
    }
  }
  return { chunks, repeats };
}

/** Compares every frame with the one before and retimes the clip without repeats. */
async function findShown(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
  ledger: Ledger,
  known: string | null,
): Promise<Shown> {
  const repeats = known ? [...known].map((digit) => digit === '1') : await lookForRepeats(prepared, params, context);
  if (!known) await ledger.keep(repeatsName, repeats.map(Number).join(''), context.signal);
  const { kept, timing, cycles, heldFrames } = retime(prepared.timing, repeats);
  return { kept, timing, dedup: { removed: prepared.range.count - kept.length, held: heldFrames, cycles } };
}

async function lookForRepeats(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
): Promise<boolean[]> {
  const { signal } = context;
  const total = prepared.range.count;
  using interpolator = context.engine.interpolator(prepared.stream.picture, params);
  const decoder = openDecoder({ ...decoderParts(prepared), signal });
  const likeness: Likeness[] = [];
  let before: LentFrame | undefined;
  try {
    for await (const frame of decoder) {
      if (before) likeness.push(await interpolator.compare(before.data, frame.data, { signal }));
      before?.release();
      before = frame;
      context.progress({ phase: 'analyse', done: likeness.length + 1, total, unit: 'frames' });
    }
  } finally {
    before?.release();
    await decoder.close();
  }
  return findRepeats(likeness);
}

/** Milliseconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    return passed;
  };
}
