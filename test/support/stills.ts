// Hand-made pictures as files, whose every pixel is what a test says it is; and forms they are brought into, looked at sample by sample.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import type { ColourTags } from '../../companion/media/description.ts';
import { type Fit, type Form, openMedia, readFitted } from '../../companion/media/fitted.ts';
import { pixelFormatOf, planesIn, sampleBytes } from '../../companion/media/pixels.ts';
import { Rational } from '../../companion/media/rational.ts';
import type { Layout } from '../../native/index.ts';
import { folder, make, npmTools } from '../companion/media/footage.ts';

export type Colour =
  | readonly [red: number, green: number, blue: number]
  | readonly [red: number, green: number, blue: number, alpha: number];

export const black: Colour = [0, 0, 0];
export const white: Colour = [255, 255, 255];
export const red: Colour = [255, 0, 0];
export const green: Colour = [0, 255, 0];
export const blue: Colour = [0, 0, 255];

/** Writes a still, by its name's ending, of what `colourAt` says; with alpha where the first pixel has some. */
export async function makeStill(
  name: string,
  [width, height]: readonly [number, number],
  colourAt: (x: number, y: number) => Colour,
  ...options: string[]
): Promise<string> {
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels.push(...colourAt(x, y));
  const format = pixels.length === width * height * 4 ? 'rgba' : 'rgb24';
  const raw = `${folder}/${name}.raw`;
  writeFileSync(raw, Uint8Array.from(pixels));
  const input = ['-f', 'rawvideo', '-pixel_format', format, '-video_size', `${width}x${height}`, '-i', raw];
  const made = await make(name, ...input, ...options);
  rmSync(raw);
  return made;
}

/** An OpenEXR file (uncompressed scan lines of 32-bit floats) of one colour: the package's ffmpeg reads them, but writes none. */
export function exrOf(width: number, height: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const whole = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);
  const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
  const text = (name: string): Buffer => Buffer.from(`${name}\0`, 'latin1');
  const attribute = (name: string, type: string, value: Buffer): Buffer =>
    Buffer.concat([text(name), text(type), whole(value.length), value]);
  const channels = ['B', 'G', 'R'].map((name) => Buffer.concat([text(name), whole(2, 0, 1, 1)]));
  const window = whole(0, 0, width - 1, height - 1);
  const header = Buffer.concat([
    whole(20_000_630, 2),
    attribute('channels', 'chlist', Buffer.concat([...channels, Buffer.alloc(1)])),
    attribute('compression', 'compression', Buffer.alloc(1)),
    attribute('dataWindow', 'box2i', window),
    attribute('displayWindow', 'box2i', window),
    attribute('lineOrder', 'lineOrder', Buffer.alloc(1)),
    attribute('pixelAspectRatio', 'float', floats(1)),
    attribute('screenWindowCenter', 'v2f', floats(0, 0)),
    attribute('screenWindowWidth', 'float', floats(1)),
    Buffer.alloc(1),
  ]);
  const line = floats(...[blue, green, red].flatMap((value) => Array<number>(width).fill(value)));
  const places = Array.from({ length: height }, (_, y) => BigInt(header.length + 8 * height + y * (line.length + 8)));
  const lines = places.flatMap((_, y) => [whole(y, line.length), line]);
  return Buffer.concat([header, Buffer.from(BigInt64Array.from(places).buffer), ...lines]);
}

const bt709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'tv', chromaLocation: null } as const;

/** A form of square pixels: RGB, or YUV of BT.709 in video range. */
export function formOf(
  width: number,
  height: number,
  layout: Layout,
  depth: number,
  more: Partial<Form> & { alpha?: boolean } = {},
): Form {
  const { alpha = false, ...rest } = more;
  const picture = { width, height, layout, depth, alpha };
  const colour: ColourTags = layout === 'rgb' ? { ...bt709, matrix: 'gbr', range: 'pc' } : bt709;
  return {
    picture,
    pipeFormat: pixelFormatOf(picture),
    colour,
    sampleAspect: Rational.ONE,
    rotation: 0,
    mirrored: false,
    ...rest,
  };
}
/** A form of RGB in 8 bits. */
export const rgb = (width: number, height: number, more: Parameters<typeof formOf>[4] = {}): Form =>
  formOf(width, height, 'rgb', 8, more);

/** The only frame of a still in a form, or some of a clip, by the npm package's ffmpeg. */
export async function fitted(
  file: string,
  form: Form,
  fit: Fit = 'contain',
  from = 0,
  count = 1,
): Promise<Uint8Array[]> {
  const tools = await npmTools();
  return readFitted(tools, await openMedia(tools, file), { from, count, form, fit });
}

/** The samples of a picture at a place, in the order of its planes. */
export function samplesAt(data: Uint8Array, form: Form, x: number, y: number): number[] {
  const bytes = sampleBytes(form.picture);
  return planesIn(form.picture).map((plane) => {
    const [column, row] = [
      Math.floor((x * plane.width) / form.picture.width),
      Math.floor((y * plane.height) / form.picture.height),
    ];
    const at = plane.offset + (row * plane.width + column) * bytes;
    return bytes === 1 ? data[at]! : data[at]! + 256 * data[at + 1]!;
  });
}

/** Red, green, blue. */
export function colourAt(data: Uint8Array, form: Form, x: number, y: number): number[] {
  const [g, b, r, ...alpha] = samplesAt(data, form, x, y);
  return [r!, g!, b!, ...alpha];
}

/** Whether each number is the wanted one, give or take `by`. */
export const near = (found: readonly number[], wanted: readonly number[], by: number): void =>
  assert.ok(
    found.length === wanted.length && found.every((value, i) => Math.abs(value - wanted[i]!) <= by),
    `${found} for ${wanted}`,
  );

/** Four quarters, each of one colour. */
export const quarters =
  (width: number, height: number) =>
  (x: number, y: number): Colour =>
    y * 2 < height ? (x * 2 < width ? red : green) : x * 2 < width ? blue : white;
