// What an interpolation will do, decided before anything is written: rate, counts, names, encoder, memory, disk.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../../api/errors.ts';
import type { CodecName } from '../../media/codecs.ts';
import { readCut } from '../../media/cut.ts';
import { openDecoder } from '../../media/decode.ts';
import { codecOf, type Delivery, resolveDelivery, sequenceFolder, usualExtension } from '../../media/delivery.ts';
import type { MediaDescription, VideoStream } from '../../media/description.ts';
import { type Output, planOutput } from '../../media/encode.ts';
import type { Expectation } from '../../media/expectation.ts';
import { findTools, type MediaTools } from '../../media/find.ts';
import { type Conversion, frameCount, positions } from '../../media/law.ts';
import { demandVideo, probe } from '../../media/probe.ts';
import { checkOutput } from '../../media/publish.ts';
import { Rational } from '../../media/rational.ts';
import { readTiming } from '../../media/stamps.ts';
import { durationOf, sliceTiming, type Timing } from '../../media/timing.ts';
import type { OperationContext } from '../context.ts';
import type { InterpolateParams } from '../interpolate.ts';
import { timePair } from '../pair-time.ts';
import { aimOf, sourceRate } from './aim.ts';
import { type FrameRange, readRange } from './clip-range.ts';
import { type Room, roomFor } from './room.ts';

/** Beyond these a request is a slip of the finger: frames a second, and frames in all (46 hours at 60). */
const mostRate = new Rational(1000);
const mostFrames = new Rational(10_000_000);
/** Containers store rates as fractions of such numbers. */
const longestTerm = 2n ** 31n - 1n;
/** Bytes of a file's name on the file systems in use, so that that of its record (`.json` after it) still fits. */
const longestName = 255 - '.json'.length;

/** The plan as data. Rates are exact (`60000/1001`). */
export interface InterpolatePlan extends Room {
  readonly input: string;
  readonly output: string;
  /** Whether the output is there already. */
  readonly exists: boolean;
  readonly source: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly pixelFormat: string;
    readonly rate: string;
    readonly variable: boolean;
    readonly frames: number;
    /** Frames FROM to TO (not included), where part of the clip was asked for. */
    readonly range: string | null;
    readonly deinterlaced: boolean;
  };
  readonly result: {
    readonly rate: string;
    readonly speed: string;
    readonly frames: number;
    readonly kept: number;
    readonly created: number;
    readonly pairs: number;
    readonly codec: string;
    readonly encoder: string;
    readonly pixelFormat: string;
    readonly carried: readonly string[];
  };
  readonly engine: { readonly version: string; readonly level: string; readonly threads: number };
  /** Seconds the whole job should take; null where it was not measured. */
  readonly estimatedSeconds: number | null;
  readonly notes: readonly string[];
}

/** A plan and what was opened to make it. */
export interface Prepared {
  readonly plan: InterpolatePlan;
  readonly tools: MediaTools;
  readonly description: MediaDescription;
  readonly stream: VideoStream;
  /** Timing of the whole clip, the part of it that is asked for, and that part's own timing. */
  readonly whole: Timing;
  readonly range: FrameRange;
  readonly timing: Timing;
  readonly conversion: Conversion;
  readonly delivery: Delivery;
  readonly output: Output;
  readonly deinterlace: boolean;
}

/** Probes the clip and decides everything. Rejects with the reason when the job cannot be done as asked. */
export async function planClip(params: InterpolateParams, context: OperationContext): Promise<Prepared> {
  const { signal } = context;
  const input = context.inputs[0]!;
  context.progress({ phase: 'probe', done: 0, total: 1, unit: 'files' });
  const tools = await findTools({ signal });
  const description = await probe(tools, input, { signal });
  const stream = demandVideo(description);
  const deinterlace = decideDeinterlace(params, description, stream);
  context.progress({ phase: 'probe', done: 1, total: 1, unit: 'files' });

  const stated = stream.statedFrames ?? 0;
  const count = (done: number, total: number): void =>
    context.progress({ phase: 'stamps', done, total, unit: 'frames' });
  const whole = await readTiming(tools, description, stream, { signal, progress: (frames) => count(frames, stated) });
  count(whole.frames, whole.frames);
  const range =
    params.range === undefined
      ? { from: 0, count: whole.frames }
      : readRange(params.range, whole, description.timecode);
  if (range.count < 2) {
    throw new CompanionError('TOO_FEW_FRAMES', { path: input, frames: range.count, range: params.range });
  }
  const timing = sliceTiming(whole, range.from, range.count);
  const { conversion, word } = aimOf(params, sourceRate(whole, stream));
  demandSensible(params, conversion, timing);

  const { output, codec } = target(context, params, input, word);
  const delivery = await resolveDelivery({ tools, codec, quality: params.quality, output, stream, signal });
  checkOutput({ output, inputs: context.spared, force: true, folder: delivery.container === 'sequence' });
  const frames = frameCount(timing, conversion);
  const { container } = delivery;
  const part = { description, timing: whole, ...range };
  const cut = await readCut(tools, { ...part, speed: conversion.speed, container }, signal);
  const result = planOutput({
    tools,
    delivery,
    name: path.parse(output).name,
    rate: conversion.rate,
    frames,
    source: { ...part, stream, cut },
    speed: conversion.speed,
  });
  const notes = [...description.notes, ...result.notes];
  for (const note of notes) context.note(note);
  const room = await roomFor({
    params,
    context,
    picture: stream.picture,
    delivery,
    frames,
    folder: path.dirname(output),
  });
  const { created, pairs } = countCreated(timing, conversion);
  const { version, level, threads } = context.engine;
  const plan: InterpolatePlan = {
    input,
    output,
    exists: existsSync(output),
    source: {
      codec: stream.codec,
      width: stream.width,
      height: stream.height,
      pixelFormat: stream.pixelFormat,
      rate: sourceRate(whole, stream).toString(),
      variable: whole.kind === 'variable',
      frames: range.count,
      range: params.range === undefined ? null : `frames ${range.from} to ${range.from + range.count}`,
      deinterlaced: deinterlace,
    },
    result: {
      rate: conversion.rate.toString(),
      speed: conversion.speed.toString(),
      frames,
      kept: frames - created,
      created,
      pairs,
      codec: delivery.codec,
      encoder: delivery.encoder,
      pixelFormat: delivery.storedFormat,
      carried: carriedWords(result.expectation),
    },
    engine: { version, level, threads },
    ...room,
    estimatedSeconds: null,
    notes,
  };
  return { plan, tools, description, stream, whole, range, timing, conversion, delivery, deinterlace, output: result };
}

/** Refuses rates and lengths nobody means. @throws CompanionError PARAM_INVALID */
export function demandSensible(
  params: Pick<InterpolateParams, 'fps' | 'factor' | 'slow'>,
  { rate, speed }: Conversion,
  timing: Timing,
): void {
  const [name, given] = params.slow
    ? ['slow', params.slow]
    : params.factor
      ? ['factor', params.factor]
      : ['fps', params.fps ?? rate];
  const refuse = (expected: string): never => {
    throw new CompanionError('PARAM_INVALID', { name, expected, received: given.toString() });
  };
  if (rate.compare(mostRate) > 0)
    refuse(`such that the result has at most ${mostRate} frames a second (not ${rate.toFixed(0)})`);
  if (rate.num > longestTerm || rate.den > longestTerm)
    refuse(`such that the rate is a fraction of numbers up to ${longestTerm} (not ${rate})`);
  if (durationOf(timing).mul(rate).div(speed).compare(mostFrames) > 0)
    refuse(`such that the result has at most ${mostFrames} frames`);
}

/** Decodes the clip's first pair, makes one frame of it, and says how long all of them would take, in seconds. */
export async function estimateSeconds(
  prepared: Prepared,
  params: InterpolateParams,
  context: OperationContext,
): Promise<number> {
  const { stream, plan } = prepared;
  const decoder = openDecoder({ ...decoderParts(prepared), count: 2, signal: context.signal });
  const pair: Uint8Array[] = [];
  const from = performance.now();
  let decodedMs = 0;
  try {
    for await (const frame of decoder) {
      pair.push(Uint8Array.from(frame.data));
      frame.release();
      decodedMs = performance.now() - from;
    }
  } finally {
    await decoder.close();
  }
  const time = await timePair(context.engine, stream.picture, params, pair as [Uint8Array, Uint8Array], context.signal);
  const totalMs = decodedMs + plan.result.pairs * time.load + plan.result.created * time.render;
  return totalMs / 1000;
}

/** What the decoder of a prepared clip is opened with. */
export const decoderParts = ({ tools, description, stream, whole, range, deinterlace }: Prepared) => ({
  tools,
  description,
  stream,
  timing: whole,
  from: range.from,
  count: range.count,
  deinterlace,
});

function decideDeinterlace(params: InterpolateParams, { path: file }: MediaDescription, stream: VideoStream): boolean {
  if (params.deinterlace === 'on') return true;
  const interlaced = stream.fieldOrder === 'tff' || stream.fieldOrder === 'bff';
  if (interlaced && params.deinterlace === 'off') {
    const order = stream.fieldOrder === 'tff' ? 'top field first' : 'bottom field first';
    throw new CompanionError('INTERLACED', { path: file, order });
  }
  return interlaced;
}

/** What is written, and the file (or folder of stills) it goes to: where the guest says, else beside the input under a name that says what was done. */
export function target(
  { output }: OperationContext,
  params: Pick<InterpolateParams, 'codec'>,
  input: string,
  word: string,
): { output: string; codec: CodecName } {
  const inFolder = (folder: string): { output: string; codec: CodecName } => {
    const codec = params.codec ?? codecOf(undefined);
    return { codec, output: path.join(folder, nameOf(input, `.${word}${usualExtension(codec)}`)) };
  };
  if (output === undefined) return inFolder(path.dirname(input));
  if (/[\\/]$/.test(output) || (existsSync(output) && statSync(output).isDirectory())) return inFolder(output);
  return { output: sequenceFolder(output), codec: params.codec ?? codecOf(output) };
}

/** The input's name with another ending, cut where a file system would not take it. */
function nameOf(input: string, ending: string): string {
  let { name } = path.parse(input);
  while (Buffer.byteLength(name + ending) > longestName) name = [...name].slice(0, -1).join('');
  return name + ending;
}

function countCreated(timing: Timing, conversion: Conversion): { created: number; pairs: number } {
  let [created, pairs, last] = [0, 0, -1];
  for (const { index, phase } of positions(timing, conversion)) {
    if (phase.sign === 0) continue;
    created++;
    if (index !== last) pairs++;
    last = index;
  }
  return { created, pairs };
}

/** What the output holds beside pictures, in words. */
export function carriedWords({ audio, subtitles, timecode }: Expectation): string[] {
  return [
    ...audio.map(({ codec, copied }) => `${codec} audio${copied ? '' : ' (coded anew)'}`),
    ...(subtitles.length > 0 ? [`${subtitles.length} subtitles`] : []),
    ...(timecode ? [`timecode ${timecode.text}`] : []),
  ];
}
