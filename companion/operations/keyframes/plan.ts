// What a clip of keyframes will be, decided before anything is written: times, size, form, encoder, what comes between the stills.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../../api/errors.ts';
import type { CodecName } from '../../media/codecs.ts';
import { type Delivery, resolveDelivery } from '../../media/delivery.ts';
import type { MediaDescription, StartTimecode, VideoStream } from '../../media/description.ts';
import { type Output, planOutput } from '../../media/encode.ts';
import { findTools, type MediaTools } from '../../media/find.ts';
import type { Form } from '../../media/fitted.ts';
import { checkOutput } from '../../media/publish.ts';
import { Rational } from '../../media/rational.ts';
import type { ConstantTiming } from '../../media/timing.ts';
import type { OperationContext } from '../context.ts';
import { demandSensible, target } from '../interpolate/plan.ts';
import { type Room, roomFor } from '../interpolate/room.ts';
import type { KeyframesParams } from '../keyframes.ts';
import { timePair } from '../pair-time.ts';
import { firstLabel, frameCount, framesBetween, type Key, keysOf, timesOf } from './schedule.ts';
import { decideSpans, type Span } from './spans.ts';
import { evenSize, FittedStills, formFor, notesOn, openStill, type Still } from './stills.ts';

/** A keyframe in a plan or a record. Frames of the clip, from 0. */
export interface PlannedKey extends Key {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: string;
}

/** What comes between two keyframes; `frames` of it are made. */
export interface PlannedSpan extends Span {
  readonly frames: number;
}

/** The plan as data. */
export interface KeyframesPlan extends Room {
  readonly output: string;
  /** Whether the output is there already. */
  readonly exists: boolean;
  readonly keys: readonly PlannedKey[];
  readonly spans: readonly PlannedSpan[];
  readonly result: {
    readonly rate: string;
    readonly frames: number;
    /** Frames that show a keyframe itself, and frames that were made. */
    readonly kept: number;
    readonly created: number;
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    readonly encoder: string;
    readonly pixelFormat: string;
    /** Label of the first frame, where times were given as timecode. */
    readonly timecode: string | null;
  };
  readonly engine: { readonly version: string; readonly level: string; readonly threads: number };
  readonly notes: readonly string[];
  /** Of the morphs, measured on the first; null where there is none, or before it was measured. */
  readonly estimatedSeconds: number | null;
}

/** A plan and what was opened to make it. */
export interface Prepared {
  readonly plan: KeyframesPlan;
  readonly tools: MediaTools;
  readonly stills: readonly Still[];
  readonly fitted: FittedStills;
  readonly form: Form;
  readonly keys: readonly Key[];
  readonly output: Output;
}

/** Opens the stills and decides everything. Rejects with the reason when the job cannot be done as asked; `force`: an output that is there is no reason. */
export async function planKeyframes(
  params: KeyframesParams,
  context: OperationContext,
  force: boolean,
): Promise<Prepared> {
  const { inputs, signal, engine } = context;
  const { fps: rate, every, fit, effort } = params;
  const times =
    params.times === undefined ? inputs.map((_, i) => i * every) : timesOf(params.times, rate, inputs.length);
  const keys = keysOf(times, each('hold', params.hold, inputs.length));
  const ways = inputs.length - 1;
  const eases = each('ease', params.ease, ways);
  const asked = each('manner', params.manner, ways).map((manner, i) => ({ manner, ease: eases[i]! }));
  const frames = frameCount(keys);
  const timing: ConstantTiming = { kind: 'constant', rate, frames, start: Rational.ZERO };
  demandSensible({ fps: rate }, { rate, speed: Rational.ONE }, timing);

  const tools = await findTools({ signal });
  const stills: Still[] = [];
  for (const [i, file] of inputs.entries()) {
    context.progress({ phase: 'probe', done: i, total: inputs.length, unit: 'files' });
    stills.push(await openStill(tools, file, signal));
  }
  context.progress({ phase: 'probe', done: inputs.length, total: inputs.length, unit: 'files' });

  const { output: file, codec } = target(context, params, inputs[0]!, 'keyframes');
  const form = formFor(codec, stills, params.size ?? evenSize(stills[0]!));
  const label = params.times === undefined ? null : firstLabel(params.times);
  const source = sourceOf(stills[0]!, form, timing, label);
  const delivery = await resolveDelivery({
    tools,
    codec,
    quality: params.quality,
    output: file,
    stream: source.stream,
    signal,
  });
  checkOutput({ output: file, inputs: context.spared, force, folder: delivery.container === 'sequence' });
  const output = planOutput({
    ...{ tools, delivery, rate, frames, source, speed: Rational.ONE },
    name: path.parse(file).name,
  });
  const notes = [...notesOn(stills, form, codec), ...output.notes];
  for (const note of notes) context.note(note);
  const room = await roomFor({
    params: { effort, cutThreshold: neverCut },
    ...{ context, picture: form.picture, delivery, frames, folder: path.dirname(file) },
  });

  const fitted = new FittedStills(tools, stills, { form, fit }, signal);
  const progress = (done: number): void => context.progress({ phase: 'analyse', done, total: ways, unit: 'steps' });
  const spans = await decideSpans({
    ...{ engine, picture: form.picture, stills: fitted, effort, asked, signal, progress },
  });
  const { version, level, threads } = engine;
  const plan: KeyframesPlan = {
    output: file,
    exists: existsSync(file),
    keys: stills.map(({ file: still, width, height, stream }, i) => ({
      ...{ path: still, width, height, pixelFormat: stream.pixelFormat, ...keys[i]! },
    })),
    spans: spans.map((span, i) => ({ ...span, frames: framesBetween(keys, i) })),
    result: resultOf(keys, spans, output, delivery, codec),
    engine: { version, level, threads },
    ...room,
    notes,
    estimatedSeconds: null,
  };
  return { plan, tools, stills, fitted, form, keys, output };
}

/** How long the morphs would take, measured on the first; null where there is none. Seconds. */
export async function estimateSeconds(
  { plan: { spans }, fitted, form }: Prepared,
  { effort }: KeyframesParams,
  { engine, signal }: OperationContext,
): Promise<number | null> {
  const first = spans.findIndex(({ manner }) => manner === 'morph');
  if (first < 0) return null;
  const pair = [await fitted.at(first), await fitted.at(first + 1)] as const;
  const { load, render } = await timePair(engine, form.picture, { effort, cutThreshold: neverCut }, pair, signal);
  const morphs = spans.filter(({ manner }) => manner === 'morph');
  return morphs.reduce((sum, { frames }) => sum + load + frames * render, 0) / 1000;
}

/** What is between two keyframes was asked for or judged: the engine sees no cuts. */
export const neverCut = 2;

/** One value for all, or one for each. @throws CompanionError PARAM_INVALID */
function each<Value>(name: string, values: readonly Value[], count: number): Value[] {
  if (values.length === 1) return Array<Value>(count).fill(values[0]!);
  if (values.length === count) return [...values];
  const expected = `one value for all, or a list of ${count}: ${name === 'hold' ? 'one for each still' : 'one from each still to the next'}`;
  throw new CompanionError('PARAM_INVALID', { name, expected, received: values.join(',') });
}

/** The clip of the fitted pictures, as if it had been read from a file: the first still without all that it holds beside its picture. */
function sourceOf(first: Still, form: Form, timing: ConstantTiming, label: string | null): Output['source'] {
  const { width, height } = form.picture;
  const stream: VideoStream = {
    ...first.stream,
    ...form,
    ...{ width, height, pixelFormat: form.pipeFormat, exactPlanes: true, fieldOrder: 'progressive' },
    ...{ hdr: { mastering: null, contentLight: null }, language: null, metadata: {} },
  };
  const timecode: StartTimecode | null =
    label === null ? null : { text: label.replace(/[.,](?=\d+$)/, ';'), dropFrame: !/:\d+$/.test(label) };
  const description: MediaDescription = {
    ...first.description,
    ...{
      origin: Rational.ZERO,
      video: [stream],
      audio: [],
      subtitles: [],
      other: [],
      chapters: [],
      metadata: {},
      notes: [],
    },
    timecode,
  };
  return { description, stream, timing, from: 0, count: timing.frames, cut: null };
}

function resultOf(
  keys: readonly Key[],
  spans: readonly Span[],
  { frames, rate, timecode, delivery: { picture } }: Output,
  { encoder, storedFormat }: Delivery,
  codec: CodecName,
): KeyframesPlan['result'] {
  const created = spans.reduce((sum, { manner }, i) => sum + (manner === 'cut' ? 0 : framesBetween(keys, i)), 0);
  return {
    ...{ rate: rate.toString(), frames, kept: frames - created, created },
    ...{ width: picture.width, height: picture.height, codec, encoder, pixelFormat: storedFormat },
    timecode: timecode?.text ?? null,
  };
}
