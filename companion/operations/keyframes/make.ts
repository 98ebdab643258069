// Makes the planned clip of keyframes: every frame in order into one part, and the file of it.
import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import type { Beyond, Interpolator } from '../../../native/index.ts';
import type { VerifiedOutput } from '../../api/job.ts';
import { pictureBytes } from '../../media/pixels.ts';
import { openSegment, segmentArguments, segmentForm } from '../../media/segment.ts';
import type { Ledger, OperationContext } from '../context.ts';
import { dissolve } from '../fill/dissolve.ts';
import type { KeyframesParams } from '../keyframes.ts';
import { type FinishTimes, produce, stopwatch } from '../produce.ts';
import { eased } from './ease.ts';
import { type KeyframesPlan, neverCut, type Prepared } from './plan.ts';
import { moments } from './schedule.ts';
import { fittingFacts } from './stills.ts';

/** What was made. */
export interface KeyframesRecord extends Pick<KeyframesPlan, 'keys' | 'spans' | 'engine'> {
  readonly output: VerifiedOutput;
  readonly frames: { readonly out: number; readonly kept: number; readonly created: number };
  /** Exact, `24000/1001`. */
  readonly rate: string;
  readonly encoder: string;
  readonly timesMs: FinishTimes & { readonly render: number };
}

/** Rejects with a CompanionError, or with an AbortError; nothing unfinished stays but what a ledger keeps. */
export async function makeKeyframes(
  prepared: Prepared,
  params: KeyframesParams,
  context: OperationContext,
): Promise<KeyframesRecord> {
  const { plan, output } = prepared;
  const { keys, spans, engine, result } = plan;
  const clock = stopwatch();
  return produce({ output, file: plan.output, context }, async (ledger) => {
    const name = `pictures${segmentForm(output.delivery).ending}`;
    if (!(await isThere(ledger, name, keyOf(prepared, params, context), context.signal)))
      await renderPart(prepared, params, context, ledger, name);
    const render = clock();
    return {
      parts: [{ name, first: 0 }],
      record: (verified, finished): KeyframesRecord => ({
        output: verified,
        ...{ keys, spans, engine, rate: result.rate, encoder: result.encoder },
        frames: { out: result.frames, kept: result.kept, created: result.created },
        timesMs: { render, ...finished },
      }),
    };
  });
}

/** Told from every other work: whatever decides about a byte of the pictures is in it. */
function keyOf(
  { plan, tools, stills, form, keys, output }: Prepared,
  params: KeyframesParams,
  { engine }: OperationContext,
): string {
  const { path: program, version } = tools.ffmpeg;
  const facts = {
    ...{ engine: engine.version, program, version, keys, spans: plan.spans, effort: params.effort },
    files: stills.map(({ file }) => {
      const { size, mtimeMs } = statSync(file);
      return [file, size, mtimeMs];
    }),
    fitting: fittingFacts(stills, form, params.fit),
    encode: segmentArguments(output, '/part', 0),
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

async function isThere(ledger: Ledger, part: string, key: string, signal: AbortSignal): Promise<boolean> {
  let there = false;
  for await (const { name } of ledger.takeOver(key, signal)) there ||= name === part;
  return there;
}

async function renderPart(
  prepared: Prepared,
  params: KeyframesParams,
  context: OperationContext,
  ledger: Ledger,
  name: string,
): Promise<void> {
  const { output, plan } = prepared;
  const { signal } = context;
  const total = plan.result.frames;
  const draft = ledger.draft(name);
  const segment = openSegment(output, { path: draft, first: 0, signal });
  let done = 0;
  const progress = (): void => context.progress({ phase: 'render', done, total, unit: 'frames' });
  try {
    progress();
    for await (const picture of pictures(prepared, params, context)) {
      await segment.write(picture);
      done++;
      progress();
    }
    await segment.finish();
    await ledger.keep(name, null, signal);
  } catch (error) {
    await segment.abort();
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Every picture of the clip in order; each may be used until the next is asked for. */
async function* pictures(
  { plan, fitted, form, keys }: Prepared,
  { effort }: KeyframesParams,
  { engine, signal }: OperationContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { picture } = form;
  using interpolator = engine.interpolator(picture, { effort, cutThreshold: neverCut });
  const out = new Uint8Array(pictureBytes(picture));
  let loaded = -1;
  for (const moment of moments(keys)) {
    signal.throwIfAborted();
    if ('key' in moment) {
      yield await fitted.at(moment.key);
      continue;
    }
    const { span, phase } = moment;
    const { manner, ease } = plan.spans[span]!;
    const a = await fitted.at(span);
    if (manner === 'cut') {
      yield a;
      continue;
    }
    const share = eased[ease](phase.toNumber());
    const b = await fitted.at(span + 1);
    if (manner === 'dissolve') dissolve(a, b, share, out, picture.depth);
    else {
      if (loaded !== span) await load(interpolator, span, a, b);
      loaded = span;
      await interpolator.render(share, out, { signal });
    }
    yield out;
  }

  async function load(into: Interpolator, span: number, a: Uint8Array, b: Uint8Array): Promise<void> {
    const [before, after] = [await beyond(span, span - 1), await beyond(span, span + 1)];
    await into.load(a, b, { before, after, signal });
  }

  /**
   * The keyframe beyond a span, over its neighbour: motion goes on through the keyframe between them where both are even morphs and it does not stand still.
   */
  async function beyond(span: number, neighbour: number): Promise<Beyond | undefined> {
    const [own, other] = [plan.spans[span]!, plan.spans[neighbour]];
    const between = keys[Math.max(span, neighbour)]!;
    const goesOn = [own, other].every((each) => each?.manner === 'morph' && each.ease === 'linear');
    if (!goesOn || between.first !== between.last) return undefined;
    const ratio = lengthOf(neighbour) / lengthOf(span);
    if (ratio > mostRatio) return undefined;
    return { picture: await fitted.at(neighbour < span ? neighbour : neighbour + 1), span: ratio };
  }

  function lengthOf(span: number): number {
    return keys[span + 1]!.first - keys[span]!.last;
  }
}

/** How much longer than its own a span's neighbour may be for its motion to say something. */
const mostRatio = 8;
