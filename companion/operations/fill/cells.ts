// A picture as a small grid of means: what its colour, light and motion are measured on.
import type { PictureFormat } from '../../../native/index.ts';
import { gridOf, planesIn, sampleBytes } from '../../media/pixels.ts';

/** Cells of a grid at most, about: 320 × 180 of 720p as of 4K. A picture is read once, and everything after that is small. */
const mostCells = 60_000;
/** Lines of a cell that are read where it has more: the others say little new. */
const fewestLines = 3;

export interface Cells {
  readonly width: number;
  readonly height: number;
  /** Side of a cell in pixels of the picture; cells at the right and lower border may be cut. */
  readonly cell: number;
  readonly layout: PictureFormat['layout'];
  /** Means of the planes but alpha, [height × width] each, in 8-bit code values (sample / 2^(depth − 8)). */
  readonly planes: readonly Float32Array[];
}

/** The samples of a picture: bytes at depth 8, otherwise 16-bit words; a copy only where words lie at an odd byte. */
export function samplesOf(picture: Uint8Array, format: Pick<PictureFormat, 'depth'>): Uint8Array | Uint16Array {
  if (sampleBytes(format) === 1) return picture;
  const even = picture.byteOffset % 2 === 0 ? picture : picture.slice();
  return new Uint16Array(even.buffer, even.byteOffset, even.byteLength >> 1);
}

/** Means of code values over square cells (of some of their lines where they are large); a cell covers the same part of the picture in every plane. */
export function cellsOf(picture: Uint8Array, format: PictureFormat): Cells {
  const samples = samplesOf(picture, format);
  const [across, down] = gridOf(format);
  const side = Math.ceil(Math.sqrt((format.width * format.height) / mostCells));
  const cell = across === 1 ? side : side + (side % 2);
  const [width, height] = [Math.ceil(format.width / cell), Math.ceil(format.height / cell)];
  const unit = 2 ** (format.depth - 8);
  const planes = planesIn(format)
    .filter(({ part }) => part !== 'alpha')
    .map((plane) => {
      const [boxWidth, boxHeight] = plane.part === 'chroma' ? [cell / across, cell / down] : [cell, cell];
      const means = new Float32Array(width * height);
      const sums = new Float64Array(width);
      const begins = plane.offset / sampleBytes(format);
      const stride = Math.max(1, Math.floor(boxHeight / fewestLines));
      for (let row = 0; row < height; row++) {
        sums.fill(0);
        const last = Math.min(plane.height, (row + 1) * boxHeight);
        let lines = 0;
        for (let line = row * boxHeight; line < last; line += stride, lines++) {
          const end = begins + (line + 1) * plane.width;
          let at = end - plane.width;
          for (let column = 0; column < width; column++) {
            let sum = 0;
            for (const next = Math.min(end, at + boxWidth); at < next; at++) sum += samples[at]!;
            sums[column]! += sum;
          }
        }
        for (let column = 0; column < width; column++) {
          const columns = Math.min(boxWidth, plane.width - column * boxWidth);
          means[row * width + column] = sums[column]! / (lines * columns * unit);
        }
      }
      return means;
    });
  return { width, height, cell, layout: format.layout, planes };
}

/** Weights of G, B and R in luma where a picture has no luma plane (BT.709). */
export const lumaOfRgb = [0.7152, 0.0722, 0.2126] as const;

/** The luma of cells, 8-bit code values. */
export function lumaOf({ layout, planes }: Cells): Float32Array {
  if (layout !== 'rgb') return planes[0]!;
  const [green, blue, red] = planes;
  const [g, b, r] = lumaOfRgb;
  return green!.map((value, i) => g * value + b * blue![i]! + r * red![i]!);
}

export function meanOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
