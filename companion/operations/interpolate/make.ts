// Makes the planned clip: decodes, finds repeats, renders, encodes, verifies, publishes. What is unfinished is removed on every way out.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Likeness, Relation } from '../../../native/index.ts';
import type { VerifiedOutput } from '../../api/job.ts';
import { type Decoder, openDecoder } from '../../media/decode.ts';
import { openEncoder } from '../../media/encode.ts';
import { frameCount, positions } from '../../media/law.ts';
import { type Claim, claimOutput, discard, publish } from '../../media/publish.ts';
import { stampOf, type Timing } from '../../media/timing.ts';
import { verify } from '../../media/verify.ts';
import type { OperationContext } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import { type Cycle, findRepeats, retime } from './cadence.ts';
import { decoderParts, type Prepared } from './plan.ts';
import { type LentFrame, type Rendered, render } from './render.ts';

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
  readonly timesMs: Readonly<Record<'analyse' | 'render' | 'verify' | 'publish', number>>;
  /** Milliseconds of `render` spent waiting for each part. */
  readonly waitedMs: Rendered['waitedMs'];
  /** Output frames a second while rendering. */
  readonly fps: number;
}

/** The frames that are shown, and when. */
interface Shown {
  readonly timing: Timing;
  /** Indices into the asked range; null: all of them. */
  readonly kept: Int32Array | null;
  readonly dedup: InterpolateRecord['dedup'];
}

/** Rejects with a CompanionError, or with an AbortError; nothing unfinished stays. */
export async function makeClip(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
): Promise<InterpolateRecord> {
  const { plan, delivery } = prepared;
  const { signal } = context;
  const clock = stopwatch();
  const claim = claimOutput({
    output: plan.output,
    inputs: context.spared,
    force: context.force,
    folder: delivery.container === 'sequence',
  });
  context.claim(claim.partial);
  try {
    const shown = params.dedup
      ? await findShown(prepared, params, context)
      : { timing: prepared.timing, kept: null, dedup: null };
    const analyse = clock();
    const { rendered, expectation } = await renderClip(prepared, params, context, shown, claim);
    const rendering = clock();
    const total = plan.result.frames;
    const counted = (done: number) => context.progress({ phase: 'verify', done, total, unit: 'frames' });
    counted(0);
    const checks = await verify(prepared.tools, claim.partial, expectation, { signal, progress: counted });
    counted(total);
    const verifying = clock();
    signal.throwIfAborted();
    context.progress({ phase: 'publish', done: 0, total: 1, unit: 'files' });
    publish(claim);
    context.claim(null);
    context.progress({ phase: 'publish', done: 1, total: 1, unit: 'files' });
    const { size } = await stat(claim.final);
    return {
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
      timesMs: { analyse, render: rendering, verify: verifying, publish: clock() },
      waitedMs: rendered.waitedMs,
      fps: (total * 1000) / rendering,
    };
  } catch (error) {
    discard(claim);
    context.claim(null);
    throw error;
  }
}

/** Compares every frame with the one before and retimes the clip without repeats. */
async function findShown(prepared: Prepared, params: InterpolateParams, context: OperationContext): Promise<Shown> {
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
  const { kept, timing, cycles, heldFrames } = retime(prepared.timing, findRepeats(likeness));
  return { kept, timing, dedup: { removed: total - kept.length, held: heldFrames, cycles } };
}

async function renderClip(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
  shown: Shown,
  claim: Claim,
) {
  const { tools, description, stream, whole, range, cut, conversion, delivery } = prepared;
  const { signal } = context;
  const total = frameCount(shown.timing, conversion);
  using interpolator = context.engine.interpolator(stream.picture, params);
  const encoder = openEncoder({
    tools,
    delivery,
    path: claim.partial,
    name: path.parse(claim.final).name,
    rate: conversion.rate,
    frames: total,
    source: { description, stream, timing: whole, ...range, cut },
    speed: conversion.speed,
    signal,
  });
  let decoder: Decoder | undefined;
  try {
    decoder = openDecoder({ ...decoderParts(prepared), signal });
    const rendered = await render({
      frames: shown.kept ? only(decoder, shown.kept) : decoder,
      timing: shown.timing,
      positions: positions(shown.timing, conversion),
      interpolator,
      write: (picture) => encoder.write(picture),
      signal,
      progress: (done) => context.progress({ phase: 'render', done, total, unit: 'frames' }),
    });
    return { rendered, expectation: await encoder.finish() };
  } catch (error) {
    await encoder.abort();
    throw error;
  } finally {
    await decoder?.close();
  }
}

/** The frames at the given positions of the stream; the others go straight back. */
async function* only(frames: AsyncIterable<LentFrame>, kept: Int32Array): AsyncGenerator<LentFrame, void, undefined> {
  let [position, next] = [0, 0];
  for await (const frame of frames) {
    if (position++ === kept[next]) {
      next++;
      yield frame;
    } else frame.release();
    if (next === kept.length) return;
  }
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
