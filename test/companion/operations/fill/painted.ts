// Pictures of any format painted from a formula, for seams.
import type { ColourTags } from '../../../../companion/media/description.ts';
import { gridOf, pictureBytes, planesIn } from '../../../../companion/media/pixels.ts';
import type { Layout, PictureFormat } from '../../../../native/index.ts';

export const layouts: readonly Layout[] = ['gray', 'yuv420', 'yuv422', 'yuv444', 'rgb'];

export const formatOf = (
  layout: Layout,
  depth = 8,
  { width = 192, height = 128, alpha = false } = {},
): PictureFormat => ({ width, height, layout, depth, alpha });

export const tags = (tag: Partial<ColourTags> = {}): ColourTags => ({
  ...{ primaries: null, transfer: null, matrix: null, range: null, chromaLocation: null },
  ...tag,
});

/** 8-bit code value (may be broken) of a plane at a pixel of the full picture. */
export type Code = (plane: number, x: number, y: number) => number;

/** Rounds and clips to the depth. Alpha is 77 everywhere. */
export function paint(format: PictureFormat, code: Code): Uint8Array {
  const picture = new Uint8Array(pictureBytes(format));
  const samples = format.depth === 8 ? picture : new Uint16Array(picture.buffer);
  const [across, down] = gridOf(format);
  const unit = 2 ** (format.depth - 8);
  let at = 0;
  planesIn(format).forEach(({ part, width, height }, plane) => {
    const [dx, dy] = part === 'chroma' ? [across, down] : [1, 1];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = part === 'alpha' ? 77 : code(plane, x * dx, y * dy);
        samples[at++] = Math.min(2 ** format.depth - 1, Math.max(0, Math.round(value * unit)));
      }
  });
  return picture;
}

/** A texture without sharp edges, moved by a number of pixels; chroma has some of its own. */
export const texture =
  (right = 0, downward = 0): Code =>
  (plane, x, y) => {
    const [u, v] = [x - right, y - downward];
    const wave = Math.sin(u / 7) * Math.cos(v / 9) + Math.sin(u / 19 + v / 5) * Math.cos(u / 11 - v / 31);
    return 125 + (plane === 0 ? 30 : 8) * wave;
  };

/** Adds normal noise of a deviation in 8-bit code values to the first plane (of RGB to all, alike). */
export function grainy(code: Code, deviation: number, seed: number, alike = false): Code {
  let state = seed;
  const noise = new Map<number, number>();
  const even = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const at = (x: number, y: number): number => {
    const place = y * 65536 + x;
    let value = noise.get(place);
    if (value === undefined) {
      value = Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even());
      noise.set(place, value);
    }
    return value;
  };
  return (plane, x, y) => code(plane, x, y) + (plane === 0 || alike ? deviation * at(x, y) : 0);
}

/** Mean of each plane but alpha, 8-bit code values. */
export function means(picture: Uint8Array, format: PictureFormat): number[] {
  const samples =
    format.depth === 8 ? picture : new Uint16Array(picture.buffer, picture.byteOffset, picture.byteLength / 2);
  let at = 0;
  return planesIn(format)
    .filter(({ part }) => part !== 'alpha')
    .map(({ width, height }) => {
      let sum = 0;
      for (const end = at + width * height; at < end; at++) sum += samples[at]!;
      return sum / (width * height) / 2 ** (format.depth - 8);
    });
}
