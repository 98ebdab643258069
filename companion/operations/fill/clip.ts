// The clip of one slot: head, fill and tail encoded, and the pictures at its borders held against those that were given.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Engine, PictureFormat } from '../../../native/index.ts';
import type { FillPlan } from '../../../otio/fill/index.ts';
import { CompanionError } from '../../api/errors.ts';
import type { Check } from '../../media/check.ts';
import { codecs, type Quality } from '../../media/codecs.ts';
import type { Delivery } from '../../media/delivery.ts';
import type { MediaDescription, VideoStream } from '../../media/description.ts';
import type { MediaTools } from '../../media/find.ts';
import { type Form, openMedia, readFitted } from '../../media/fitted.ts';
import { encodeClip, planClip } from './encode.ts';
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
 * @throws CompanionError ENCODER_MISSING, DELIVERY_UNFIT (for a codec without the neighbours' alpha or turn too), DISK_FULL, FFMPEG_FAILED, VERIFY_FAILED; AbortError. Then nothing is left of it.
 */
export async function writeClip(request: ClipRequest): Promise<WrittenClip> {
  const { tools, form, beside, codec, quality, plan, file, job, pictures, signal, progress } = request;
  const { rate, start, renderFrames: frames } = plan;
  const output = await planClip({ tools, form, beside, codec, quality, rate, frames, start, file, signal });
  demandFit(form, output.delivery);
  const samples = new Map<number, Uint8Array>();
  const encoded = (index: number, picture: Uint8Array): void => {
    if (isBorder(index, plan)) samples.set(index, Uint8Array.from(picture));
    progress(index + 1);
  };
  const verified = await encodeClip(output, { file, job, pictures, signal, encoded });
  try {
    const checks = [...verified, await compare(request, samples)];
    const { size } = await stat(file);
    const { encoder, storedFormat } = output.delivery;
    return { bytes: size, sha256: await hashOf(file), checks, encoder, pixelFormat: storedFormat, notes: output.notes };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** A clip that is seen in place of what is missing must be as transparent as its neighbours, and the same way up. @throws CompanionError DELIVERY_UNFIT */
function demandFit({ picture, rotation, mirrored }: Form, { codec, container, picture: stored }: Delivery): void {
  if (picture.alpha && !stored.alpha)
    throw new CompanionError('DELIVERY_UNFIT', {
      what: `${codec} stores no alpha, which the clip beside it has`,
      advice: 'Choose --codec prores or ffv1.',
    });
  if ((rotation !== 0 || mirrored) && container === 'mkv')
    throw new CompanionError('DELIVERY_UNFIT', {
      what: `the clip beside it is turned by ${rotation} degrees, which ${codec} in an .mkv cannot say`,
      advice: 'Choose --codec prores or dnxhr.',
    });
}

/** The last of the head, the first, middle and last of the fill, the first of the tail. */
function isBorder(index: number, { head, frames }: FillPlan): boolean {
  const middle = head + (frames >> 1);
  return [head - 1, head, middle, head + frames - 1, head + frames].includes(index);
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
