// Grain and sharpness of luma: what the eye compares on both sides of a seam beside colour and motion.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import { lumaOfRgb, samplesOf } from './cells.ts';

/** Side of a block in pixels, and about how many of them are looked at. */
const side = 16;
const mostBlocks = 1200;
/** Share of the blocks that count as flat, and as textured. */
const share = 0.25;
/** Blocks so near black or white in 8-bit codes are bars and clipped lights: they say nothing on grain. */
const margin = 2;

export interface Texture {
  /** Standard deviation of the noise, 8-bit code values. */
  readonly grain: number;
  /** Root mean square of the luma gradient where there is texture, 8-bit code values a pixel. */
  readonly sharpness: number;
}

/** Black and white of luma in 8-bit code values. */
export const lumaRange = ({ layout }: PictureFormat, { range }: ColourTags): readonly [black: number, white: number] =>
  layout === 'rgb' || range === 'pc' ? [0, 255] : [16, 235];

/** What is found in a block. */
interface Look {
  readonly mean: number;
  /** Variance of the means of its 4 × 4 parts: structure, free of grain. */
  readonly structure: number;
  readonly noise: number;
  /** Mean square of the gradient. */
  readonly gradient: number;
}

/**
 * Grain and sharpness of each picture, over the same blocks of all, so that they can be compared: grain is the median over the flattest quarter of blocks of the noise
 * there (J. Immerkær, "Fast noise variance estimation", 1996, equation 2: it sees what is finer than a few pixels), sharpness is taken over the most structured
 * quarter. Zeros for pictures smaller than 16 × 16, or all black or white.
 */
export function texturesOf(pictures: readonly Uint8Array[], format: PictureFormat, colour: ColourTags): Texture[] {
  const [black, white] = lumaRange(format, colour);
  const looks = pictures.map((picture) => looksOf(picture, format));
  const structures = looks[0]!.flatMap((_, block) => {
    const same = looks.map((of) => of[block]!);
    return same.some(({ mean }) => mean < black + margin || mean > white - margin)
      ? []
      : [{ block, structure: same.reduce((sum, { structure }) => sum + structure, 0) }];
  });
  const order = structures.sort((a, b) => a.structure - b.structure).map(({ block }) => block);
  const count = Math.ceil(order.length * share);
  return looks.map((of) => {
    if (count === 0) return { grain: 0, sharpness: 0 };
    const noises = order.slice(0, count).map((block) => of[block]!.noise);
    const energy = order.slice(-count).reduce((sum, block) => sum + of[block]!.gradient, 0);
    return { grain: noises.sort((a, b) => a - b)[count >> 1]!, sharpness: Math.sqrt(energy / count) };
  });
}

function looksOf(picture: Uint8Array, format: PictureFormat): Look[] {
  const { width, height } = format;
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  const stride = Math.max(1, Math.ceil(Math.sqrt((columns * rows) / mostBlocks)));
  const samples = samplesOf(picture, format);
  const block = new Float64Array(side * side);
  const looks: Look[] = [];
  for (let row = 0; row < rows; row += stride)
    for (let column = 0; column < columns; column += stride) {
      readLuma(samples, format, column * side, row * side, block);
      looks.push(look(block));
    }
  return looks;
}

function readLuma(
  samples: Uint8Array | Uint16Array,
  { width, height, layout, depth }: PictureFormat,
  x: number,
  y: number,
  block: Float64Array,
): void {
  const unit = 2 ** (8 - depth);
  const plane = width * height;
  const [g, b, r] = lumaOfRgb;
  for (let i = 0; i < block.length; i++) {
    const at = (y + Math.floor(i / side)) * width + x + (i % side);
    const code =
      layout === 'rgb' ? g * samples[at]! + b * samples[at + plane]! + r * samples[at + 2 * plane]! : samples[at]!;
    block[i] = code * unit;
  }
}

function look(block: Float64Array): Look {
  const parts = new Float64Array(16);
  let [high, gradient] = [0, 0];
  for (let i = 0; i < block.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    parts[(y >> 2) * 4 + (x >> 2)]! += block[i]! / 16;
    if (x === 0 || y === 0 || x === side - 1 || y === side - 1) continue;
    const corners = block[i - side - 1]! + block[i - side + 1]! + block[i + side - 1]! + block[i + side + 1]!;
    const edges = block[i - side]! + block[i + side]! + block[i - 1]! + block[i + 1]!;
    high += Math.abs(corners - 2 * edges + 4 * block[i]!);
    gradient += ((block[i + 1]! - block[i - 1]!) ** 2 + (block[i + side]! - block[i - side]!) ** 2) / 4;
  }
  const inner = (side - 2) ** 2;
  const mean = parts.reduce((sum, part) => sum + part, 0) / 16;
  return {
    mean,
    structure: parts.reduce((sum, part) => sum + (part - mean) ** 2, 0) / 16,
    noise: (Math.sqrt(Math.PI / 2) / 6) * (high / inner),
    gradient: gradient / inner,
  };
}
