// The clip of one slot: head, fill and tail encoded at the exact rate of the track, with its start timecode and its disclosure, reopened and compared.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Engine, PictureFormat } from '../../../native/index.ts';
import type { FillPlan } from '../../../otio/fill/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import { codecs, type Quality } from '../../media/codecs.ts';
import { resolveDelivery } from '../../media/delivery.ts';
import type { MediaDescription, VideoStream } from '../../media/description.ts';
import { type Output, planOutput } from '../../media/encode.ts';
import type { MediaTools } from '../../media/find.ts';
import { type Form, openMedia, readFitted } from '../../media/fitted.ts';
import { joinSegments } from '../../media/join.ts';
import { editMovie } from '../../media/mov.ts';
import { Rational } from '../../media/rational.ts';
import { openSegment, segmentForm } from '../../media/segment.ts';
import { formatTimecode, mayDropFrames, nominalRate } from '../../media/timecode.ts';
import type { ConstantTiming } from '../../media/timing.ts';
import { verify } from '../../media/verify.ts';
import { xmpOf } from './disclosure.ts';
import type { FillCodec } from './params.ts';

export interface ClipRequest {
  readonly tools: MediaTools;
  readonly engine: Engine;
  readonly plan: FillPlan;
  readonly form: Form;
  /** Media of the clip beside the slot: its tags, turn and pixel shape go along. */
  readonly beside: { readonly description: MediaDescription; readonly stream: VideoStream };
  readonly codec: FillCodec;
  readonly quality: Quality | undefined;
  /** What the work is: its id goes into the file. */
  readonly job: string;
  /** The finished file, with its extension; nothing lies there. */
  readonly file: string;
  /** head + N + tail pictures in order. Each may be used until the next is asked for. */
  readonly pictures: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Pictures encoded so far. */
  readonly progress: (pictures: number) => void;
}

export interface WrittenClip {
  readonly bytes: number;
  readonly sha256: string;
  readonly checks: readonly Check[];
  readonly encoder: string;
  readonly pixelFormat: string;
  readonly notes: readonly string[];
}

/** PSNR that the stored pictures must have against those that were given, dB, in the weakest plane: a good intra codec has far more. */
const leastLikeness = 28;

/**
 * Writes, reopens and compares the clip.
 * @throws CompanionError ENCODER_MISSING, DELIVERY_UNFIT, DISK_FULL, FFMPEG_FAILED, VERIFY_FAILED; AbortError. Then nothing is left of it.
 */
export async function writeClip(request: ClipRequest): Promise<WrittenClip> {
  const { tools, file, signal, progress, plan, job } = request;
  const output = await outputOf(request);
  const folder = path.dirname(file);
  const part = { name: `part${segmentForm(output.delivery).ending}`, first: 0 };
  const partFile = path.join(folder, part.name);
  const samples = new Map<number, Uint8Array>();
  try {
    const segment = openSegment(output, { path: partFile, first: 0, signal });
    let count = 0;
    try {
      for await (const picture of request.pictures) {
        await segment.write(picture);
        if (isBorder(count, plan)) samples.set(count, Uint8Array.from(picture));
        progress(++count);
      }
      await segment.finish();
    } catch (error) {
      await segment.abort();
      throw error;
    }
    await joinSegments(output, { folder, parts: [part], path: file, signal });
    if (output.delivery.container !== 'mkv') editMovie(file, { xmp: xmpOf(job) });
    const checks = [...(await verify(tools, file, output.expectation, { signal })), await compare(request, samples)];
    const { size } = await stat(file);
    const { encoder, storedFormat } = output.delivery;
    return { bytes: size, sha256: await hashOf(file), checks, encoder, pixelFormat: storedFormat, notes: output.notes };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await rm(partFile, { force: true });
    await rm(path.join(folder, 'parts.ffconcat'), { force: true });
  }
}

/** The last of the head, the first, middle and last of the fill, the first of the tail. */
function isBorder(index: number, { head, frames }: FillPlan): boolean {
  const middle = head + (frames >> 1);
  return [head - 1, head, middle, head + frames - 1, head + frames].includes(index);
}

async function outputOf({ tools, plan, form, beside, codec, quality, file, signal }: ClipRequest): Promise<Output> {
  const rate = new Rational(BigInt(plan.rate.num), BigInt(plan.rate.den));
  const { picture, pipeFormat, colour, sampleAspect, rotation, mirrored } = form;
  const stream: VideoStream = { ...beside.stream, picture, pipeFormat, colour, sampleAspect, rotation, mirrored };
  const delivery = await resolveDelivery({ tools, codec, quality, output: file, stream, signal });
  const timing: ConstantTiming = { kind: 'constant', rate, frames: plan.renderFrames, start: Rational.ZERO };
  const description: MediaDescription = {
    ...beside.description,
    ...{ video: [stream], audio: [], subtitles: [], other: [], chapters: [], metadata: {}, notes: [] },
    timecode: startTimecode(plan.start, rate),
  };
  return planOutput({
    tools,
    delivery,
    name: path.parse(file).name,
    rate,
    frames: plan.renderFrames,
    source: { description, stream, timing, from: 0, count: plan.renderFrames, cut: null },
    speed: Rational.ONE,
  });
}

/** The label of a frame number; counted round the clock. Null before 0: no label says that. */
function startTimecode(start: number, rate: Rational): MediaDescription['timecode'] {
  if (start < 0) return null;
  const dropFrame = mayDropFrames(rate);
  const perMinute = nominalRate(rate) * 60;
  const day = dropFrame ? 24 * 6 * (perMinute * 10 - (nominalRate(rate) / 15) * 9) : 24 * 60 * perMinute;
  return { text: formatTimecode(start % day, rate, dropFrame), dropFrame };
}

/** Holds the pictures at the borders of the fill, as they are in the file, against those that were given. @throws CompanionError VERIFY_FAILED */
async function compare(
  { tools, engine, form, file, signal }: ClipRequest,
  samples: ReadonlyMap<number, Uint8Array>,
): Promise<Check> {
  const media = await openMedia(tools, file, signal);
  let worst = Infinity;
  for (const [index, given] of samples) {
    const [stored] = await readFitted(tools, media, { from: index, count: 1, form, fit: 'stretch', signal });
    worst = Math.min(worst, ...(await psnrOf(engine, form.picture, given, stored!, signal)));
  }
  const found = worst === Infinity ? 'equal' : `${worst.toFixed(1)} dB`;
  if (worst < leastLikeness)
    throw new CompanionError('VERIFY_FAILED', {
      path: file,
      differences: [`a picture at a border of the fill is ${found} from the one that was given`],
    });
  return { what: 'pictures at its borders', expected: `≥ ${leastLikeness} dB`, found, passed: true };
}

async function psnrOf(engine: Engine, format: PictureFormat, a: Uint8Array, b: Uint8Array, signal: AbortSignal) {
  return (await engine.measure(format, a, b, { signal })).psnr;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(file)) hash.update(bytes as Uint8Array);
  return hash.digest('hex');
}

/** With its dot: `.mov`. */
export const extensionOf = (codec: FillCodec): string => `.${codecs[codec].containers[0]}`;
