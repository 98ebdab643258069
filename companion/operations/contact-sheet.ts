// Sheets of pictures for looking at: pictures as RGB, laid out on one PNG with what is drawn around them.
import type { PictureFormat } from '../../native/index.ts';
import type { ColourTags } from '../media/description.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A picture on a sheet: R, G and B of each pixel, 8 bits each, and where it lies. */
export interface SheetPicture extends Size {
  readonly rgb: Uint8Array;
  readonly left: number;
  readonly top: number;
}

export interface ContactSheet extends Size {
  readonly pictures: readonly SheetPicture[];
  /** Elements of SVG, in pixels of the sheet, that are drawn over the pictures. Fonts are those of the machine. */
  readonly drawing?: string;
  /** An XMP packet about the sheet. */
  readonly xmp?: string;
}

const ground = '#202020';

/** Writes it as a PNG. Rejects with what the file system says. */
export async function writeContactSheet(
  file: string,
  { width, height, pictures, drawing, xmp }: ContactSheet,
): Promise<void> {
  const { default: sharp } = await loadSharp();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawing}</svg>`;
  const sheet = sharp({ create: { width, height, channels: 3, background: ground } }).composite([
    ...pictures.map(({ rgb, left, top, ...size }) => ({
      input: Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength),
      raw: { ...size, channels: 3 as const },
      left,
      top,
    })),
    ...(drawing === undefined ? [] : [{ input: Buffer.from(svg), left: 0, top: 0 }]),
  ]);
  await (xmp === undefined ? sheet : sheet.withXmp(xmp)).removeAlpha().png().toFile(file);
}

/** The picture at another size. */
export async function resized(rgb: Uint8Array, { width, height }: Size, to: Size): Promise<Uint8Array> {
  const { default: sharp } = await loadSharp();
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(to.width, to.height, { fit: 'fill' })
    .raw()
    .toBuffer();
}

/** A fifth of a second, which commands without a sheet need not wait. */
const loadSharp = () => import('sharp');

/** Reads samples of a picture as 0 … 255, whatever its depth. */
export function samplesOf(picture: Uint8Array, { depth }: PictureFormat): (sample: number) => number {
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
  const read = samplesOf(picture, format);
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
