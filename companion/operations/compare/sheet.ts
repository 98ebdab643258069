// A contact sheet of the frames that differ most: A, B and their difference, a row for each.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import { claimOutput, discard, publish } from '../../media/publish.ts';
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
  const { default: sharp } = await import('sharp'); // a fifth of a second, which commands without a sheet need not wait
  const claim = claimOutput({ output, inputs: spared, force, folder: false });
  announce(claim.partial);
  try {
    const { width, height } = format;
    const scale = Math.min(1, thumbnail / Math.max(width, height));
    const [cellWidth, cellHeight] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const cells = await Promise.all(
      frames.flatMap(({ a, b }, row) =>
        [toRgb(a, format, colour), toRgb(b, format, colour), difference(a, b, format)].map(async (rgb, column) => ({
          input: await sharp(rgb, { raw: { width, height, channels: 3 } })
            .resize(cellWidth, cellHeight)
            .png()
            .toBuffer(),
          left: gap + column * (cellWidth + gap),
          top: gap + row * (cellHeight + gap),
        })),
      ),
    );
    await sharp({
      create: {
        width: gap + 3 * (cellWidth + gap),
        height: gap + Math.max(1, frames.length) * (cellHeight + gap),
        channels: 3,
        background: '#202020',
      },
    })
      .composite(cells)
      .png()
      .toFile(claim.partial);
    publish(claim);
  } catch (error) {
    discard(claim);
    throw error;
  } finally {
    announce(null);
  }
}

/** Reads samples of a picture as 0 … 255, whatever its depth. */
function reader(picture: Uint8Array, { depth }: PictureFormat): (sample: number) => number {
  if (depth === 8) return (sample) => picture[sample]!;
  const words = new Uint16Array(picture.buffer, picture.byteOffset, picture.byteLength / 2);
  const scale = 255 / (2 ** depth - 1);
  return (sample) => words[sample]! * scale;
}

/** Kr and Kb of the matrices in use (ITU-T H.273); BT.709 where the file does not say. */
const lumaWeights: Readonly<Record<string, readonly [number, number]>> = {
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

/** For looking at, not for measuring: 8 bits, chroma repeated, transfer left as it is. */
export function toRgb(picture: Uint8Array, format: PictureFormat, colour: ColourTags): Uint8Array {
  const { width, height, layout } = format;
  const read = reader(picture, format);
  const rgb = new Uint8ClampedArray(width * height * 3);
  const plane = width * height;
  const full = colour.range === 'pc';
  const [kr, kb] = lumaWeights[colour.matrix ?? ''] ?? [0.2126, 0.0722];
  const kg = 1 - kr - kb;
  const halfX = layout === 'yuv420' || layout === 'yuv422' ? 1 : 0;
  const halfY = layout === 'yuv420' ? 1 : 0;
  const chromaWidth = (width + halfX) >> halfX;
  const chromaPlane = chromaWidth * ((height + halfY) >> halfY);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (layout === 'rgb') {
        rgb[at * 3] = read(2 * plane + at);
        rgb[at * 3 + 1] = read(at);
        rgb[at * 3 + 2] = read(plane + at);
        continue;
      }
      const luma = full ? read(at) : ((read(at) - 16) * 255) / 219;
      const chromaAt = plane + (y >> halfY) * chromaWidth + (x >> halfX);
      const range = full ? 1 : 255 / 224;
      const cb = layout === 'gray' ? 0 : (read(chromaAt) - 128) * range;
      const cr = layout === 'gray' ? 0 : (read(chromaAt + chromaPlane) - 128) * range;
      const red = luma + 2 * (1 - kr) * cr;
      const blue = luma + 2 * (1 - kb) * cb;
      rgb[at * 3] = red;
      rgb[at * 3 + 1] = (luma - kr * red - kb * blue) / kg;
      rgb[at * 3 + 2] = blue;
    }
  }
  return new Uint8Array(rgb.buffer);
}

function difference(a: Uint8Array, b: Uint8Array, format: PictureFormat): Uint8Array {
  const [left, right] = [reader(a, format), reader(b, format)];
  const rgb = new Uint8ClampedArray(format.width * format.height * 3);
  for (let at = 0; at < format.width * format.height; at++) {
    rgb.fill(Math.abs(left(at) - right(at)) * gain, at * 3, at * 3 + 3);
  }
  return new Uint8Array(rgb.buffer);
}
