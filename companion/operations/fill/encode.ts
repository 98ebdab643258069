// A clip without sound encoded at the exact rate of a track, with its start timecode and its disclosure, reopened and verified.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ExactRate } from '../../../otio/index.ts';
import type { Check } from '../../media/check.ts';
import type { CodecName, Quality } from '../../media/codecs.ts';
import { resolveDelivery } from '../../media/delivery.ts';
import type { MediaDescription, VideoStream } from '../../media/description.ts';
import { type Output, planOutput } from '../../media/encode.ts';
import type { MediaTools } from '../../media/find.ts';
import type { Form } from '../../media/fitted.ts';
import { joinSegments } from '../../media/join.ts';
import { editMovie } from '../../media/mov.ts';
import { Rational } from '../../media/rational.ts';
import { openSegment, segmentForm } from '../../media/segment.ts';
import { formatTimecode, mayDropFrames, nominalRate } from '../../media/timecode.ts';
import type { ConstantTiming } from '../../media/timing.ts';
import { verify } from '../../media/verify.ts';
import { xmpOf } from './disclosure.ts';

export interface SilentClip {
  readonly tools: MediaTools;
  /** Form of its pictures. */
  readonly form: Form;
  /** Media whose HDR metadata go along. */
  readonly beside: { readonly description: MediaDescription; readonly stream: VideoStream };
  readonly codec: CodecName;
  readonly quality: Quality | undefined;
  readonly rate: ExactRate;
  readonly frames: number;
  /** Number of its first frame: its start timecode. */
  readonly start: number;
  /** The finished file, with its extension. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Decides how it is stored. @throws CompanionError ENCODER_MISSING, DELIVERY_UNFIT */
export async function planClip(clip: SilentClip): Promise<Output> {
  const { tools, form, beside, codec, quality, frames, start, file, signal } = clip;
  const rate = new Rational(BigInt(clip.rate.num), BigInt(clip.rate.den));
  const { picture, pipeFormat, colour, sampleAspect, rotation, mirrored } = form;
  const stream: VideoStream = { ...beside.stream, picture, pipeFormat, colour, sampleAspect, rotation, mirrored };
  const delivery = await resolveDelivery({ tools, codec, quality, output: file, stream, signal });
  const timing: ConstantTiming = { kind: 'constant', rate, frames, start: Rational.ZERO };
  const description: MediaDescription = {
    ...beside.description,
    ...{ video: [stream], audio: [], subtitles: [], other: [], chapters: [], metadata: {}, notes: [] },
    timecode: startTimecode(start, rate),
  };
  return planOutput({
    ...{ tools, delivery, name: path.parse(file).name, rate, frames },
    source: { description, stream, timing, from: 0, count: frames, cut: null },
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

export interface ClipPictures {
  /** The finished file, as it was planned; nothing lies there. */
  readonly file: string;
  /** What the work is: its id goes into the file. */
  readonly job: string;
  /** All of them in order. Each may be used until the next is asked for. */
  readonly pictures: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Called after each picture with its number, from 0. */
  readonly encoded: (index: number, picture: Uint8Array) => void;
}

/**
 * Writes the clip, opens it again and verifies it.
 * @throws CompanionError DISK_FULL, FFMPEG_FAILED, VERIFY_FAILED; AbortError; what the pictures do. Then nothing is left of it.
 */
export async function encodeClip(
  output: Output,
  { file, job, pictures, signal, encoded }: ClipPictures,
): Promise<readonly Check[]> {
  const folder = path.dirname(file);
  const part = { name: `part${segmentForm(output.delivery).ending}`, first: 0 };
  const partFile = path.join(folder, part.name);
  try {
    const segment = openSegment(output, { path: partFile, first: 0, signal });
    try {
      let index = 0;
      for await (const picture of pictures) {
        await segment.write(picture);
        encoded(index++, picture);
      }
      await segment.finish();
    } catch (error) {
      await segment.abort();
      throw error;
    }
    await joinSegments(output, { folder, parts: [part], path: file, signal });
    if (output.delivery.container !== 'mkv') editMovie(file, { xmp: xmpOf(job) });
    return await verify(output.tools, file, output.expectation, { signal });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await rm(partFile, { force: true });
    await rm(path.join(folder, 'parts.ffconcat'), { force: true });
  }
}
