// A contact sheet of the frames that differ most: A, B and their difference, a row for each.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import { claimOutput, discard, publish } from '../../media/publish.ts';
import { resized, samplesOf, toRgb, writeContactSheet } from '../contact-sheet.ts';
import type { OperationContext } from '../context.ts';
import { type FrameMeasure, worseFirst } from './summary.ts';

/** How much the difference is strengthened. */
const gain = 8;
/** Longest side of a picture on the sheet, and the space between pictures, in pixels. */
const thumbnail = 640;
const gap = 8;

interface WorstFrame {
  readonly measure: FrameMeasure;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
}

/** Keeps copies of the `count` worst frames offered. */
export class WorstFrames {
  readonly #count: number;
  #frames: WorstFrame[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get frames(): readonly WorstFrame[] {
    return this.#frames;
  }

  offer(measure: FrameMeasure, a: Uint8Array, b: Uint8Array): void {
    const last = this.#frames.at(-1);
    if (this.#count === 0) return;
    if (this.#frames.length === this.#count && last && worseFirst(measure, last.measure) >= 0) return;
    this.#frames.push({ measure, a: Uint8Array.from(a), b: Uint8Array.from(b) });
    this.#frames.sort((one, other) => worseFirst(one.measure, other.measure));
    this.#frames.length = Math.min(this.#frames.length, this.#count);
  }
}

/** Writes the sheet. Rejects with OUTPUT_EXISTS and its kin as every output does. */
export async function writeSheet(
  output: string,
  frames: readonly WorstFrame[],
  format: PictureFormat,
  colour: ColourTags,
  { spared, force, claim: announce }: OperationContext,
): Promise<void> {
  const claim = claimOutput({ output, inputs: spared, force, folder: false });
  announce(claim.partial);
  try {
    const { width, height } = format;
    const scale = Math.min(1, thumbnail / Math.max(width, height));
    const cell = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    const pictures = await Promise.all(
      frames.flatMap(({ a, b }, row) =>
        [toRgb(a, format, colour), toRgb(b, format, colour), difference(a, b, format)].map(async (rgb, column) => ({
          ...cell,
          rgb: await resized(rgb, format, cell),
          left: gap + column * (cell.width + gap),
          top: gap + row * (cell.height + gap),
        })),
      ),
    );
    await writeContactSheet(claim.partial, {
      width: gap + 3 * (cell.width + gap),
      height: gap + Math.max(1, frames.length) * (cell.height + gap),
      pictures,
    });
    publish(claim);
  } catch (error) {
    discard(claim);
    throw error;
  } finally {
    announce(null);
  }
}

function difference(a: Uint8Array, b: Uint8Array, format: PictureFormat): Uint8Array {
  const [left, right] = [samplesOf(a, format), samplesOf(b, format)];
  const rgb = new Uint8ClampedArray(format.width * format.height * 3);
  for (let at = 0; at < format.width * format.height; at++) {
    rgb.fill(Math.abs(left(at) - right(at)) * gain, at * 3, at * 3 + 3);
  }
  return new Uint8Array(rgb.buffer);
}
