// Makes the planned clip: finds repeats, has its pictures made in chunks, and the file of them.
import type { Likeness, Relation } from '../../../native/index.ts';
import type { VerifiedOutput } from '../../api/job.ts';
import { openDecoder } from '../../media/decode.ts';
import { stampOf, type Timing } from '../../media/timing.ts';
import type { Ledger, OperationContext } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import { produce, stopwatch } from '../produce.ts';
import { type Cycle, findRepeats, retime } from './cadence.ts';
import { type Chunk, sumOf } from './chunk.ts';
import { makePictures, partName } from './pictures.ts';
import { decoderParts, type Prepared } from './plan.ts';
import type { LentFrame, Waited } from './render.ts';
import { keyOf } from './resume.ts';

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
  const { plan, output } = prepared;
  const clock = stopwatch();
  return produce({ output, file: plan.output, context }, async (ledger) => {
    const there = await takeOver(prepared, params, context, ledger);
    const shown = params.dedup
      ? await findShown(prepared, params, context, ledger, there.repeats)
      : { timing: prepared.timing, kept: null, dedup: null };
    const analyse = clock();
    const pictures = await makePictures({ prepared, params, context, output, shown, ledger, there: there.chunks });
    const rendering = clock();
    const rendered = sumOf(pictures.chunks);
    return {
      parts: pictures.chunks.map((chunk) => ({ name: partName(chunk, output), first: chunk.first })),
      record: (verified, timesMs): InterpolateRecord => ({
        input: plan.input,
        output: verified,
        frames: {
          in: plan.source.frames,
          out: plan.result.frames,
          kept: rendered.kept,
          created: rendered.created,
        },
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
        timesMs: { analyse, render: rendering, ...timesMs },
        waitedMs: pictures.waitedMs,
        fps: (pictures.made * 1000) / rendering,
      }),
    };
  });
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
