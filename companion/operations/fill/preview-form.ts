// Pictures of a preview: upright, with square pixels, of a size that fits; before and after put side by side, or wiped over each other.
import type { PictureFormat } from '../../../native/index.ts';
import type { Form } from '../../media/fitted.ts';
import { planesIn } from '../../media/pixels.ts';
import { Rational } from '../../media/rational.ts';
import type { Size } from '../contact-sheet.ts';

export const previewManners = ['side', 'wipe'] as const;
export type PreviewManner = (typeof previewManners)[number];

/** Most that the picture of each manner may take, so that players keep up with it. Side by side that is each half. */
const most: Readonly<Record<PreviewManner, Size>> = {
  side: { width: 960, height: 1920 },
  wipe: { width: 3840, height: 3840 },
};

/** Width of the line between before and after, pixels: chroma stays whole. */
const line = 2;
/** Luma of white in 8-bit video range. */
const white = 235;

/** Form of the pictures that `before and after` are read in: 8-bit 4:2:0 in video range, which every player shows; other tags as they are. */
export function previewForm(form: Form, manner: PreviewManner): Form {
  const shape = uprightShape(form);
  const { width, height } = most[manner];
  const scale = Math.min(1, width / shape.width.toNumber(), height / shape.height);
  const { matrix } = form.colour;
  return upright(form, shape, evenSize(shape, scale), {
    ...{ layout: 'yuv420', depth: 8, pipeFormat: 'yuv420p' },
    colour: { ...form.colour, matrix: matrix === 'gbr' ? 'bt709' : matrix, range: 'tv' },
  });
}

/** Form of pictures for looking at: 8-bit RGB, as large as fits the box. */
export function thumbnailForm(form: Form, box: Size): Form {
  const shape = uprightShape(form);
  const [wide, high] = [shape.width.toNumber(), shape.height];
  const scale = Math.min(box.width / wide, box.height / high);
  const size = { width: Math.max(1, Math.round(wide * scale)), height: Math.max(1, Math.round(high * scale)) };
  return upright(form, shape, size, {
    ...{ layout: 'rgb', depth: 8, pipeFormat: 'gbrp' },
    colour: { ...form.colour, matrix: 'gbr', range: 'pc' },
  });
}

/** As the picture is seen, in square pixels. */
interface Shape {
  readonly width: Rational;
  readonly height: number;
}

function uprightShape({ picture, sampleAspect, rotation }: Form): Shape {
  const sideways = Math.abs(rotation % 180) === 90;
  const { width, height } = picture;
  return sideways
    ? { width: new Rational(height).div(sampleAspect), height: width }
    : { width: new Rational(width).mul(sampleAspect), height };
}

const evenSize = ({ width, height }: Shape, scale: number): Size => {
  const even = (length: number): number => Math.max(2, 2 * Math.round((length * scale) / 2));
  return { width: even(width.toNumber()), height: even(height) };
};

/** Pixels are square but for what was rounded off the size: so the whole picture is filled, and no bar of a pixel comes about. */
function upright(
  form: Form,
  { width, height }: Shape,
  size: Size,
  { layout, depth, pipeFormat, colour }: Pick<PictureFormat, 'layout' | 'depth'> & Pick<Form, 'pipeFormat' | 'colour'>,
): Form {
  return {
    ...form,
    picture: { ...size, layout, depth, alpha: false },
    ...{ pipeFormat, colour, rotation: 0, mirrored: false },
    sampleAspect: width.div(new Rational(height)).mul(new Rational(size.height, size.width)),
  };
}

/** The picture that is encoded of two of a form. */
export const shownSize = ({ width, height }: Size, manner: PreviewManner): Size => ({
  width: manner === 'side' ? width * 2 : width,
  height,
});

/** Two pictures of an 8-bit format beside each other. */
export function sideBySide(before: Uint8Array, after: Uint8Array, format: PictureFormat): Uint8Array {
  const both = new Uint8Array(before.length + after.length);
  for (const { width, height, offset } of planesIn(format)) {
    for (let row = 0; row < height; row++) {
      const from = offset + row * width;
      const to = offset * 2 + row * width * 2;
      both.set(before.subarray(from, from + width), to);
      both.set(after.subarray(from, from + width), to + width);
    }
  }
  return both;
}

/** Where the line's left edge is at step `index` of `count`: it passes over the picture once, from left to right; even, so that chroma stays whole. */
export function lineAt(index: number, count: number, width: number): number {
  const at = 2 * Math.round((((index + 0.5) / count) * width - line / 2) / 2);
  return Math.max(0, Math.min(width - line, at));
}

/** Left of the line before, right of it after; both of 8-bit 4:2:0. */
export function wiped(before: Uint8Array, after: Uint8Array, format: PictureFormat, at: number): Uint8Array {
  const picture = Uint8Array.from(after);
  for (const { part, width, height, offset } of planesIn(format)) {
    const [edge, thick] = part === 'chroma' ? [at / 2, line / 2] : [at, line];
    for (let row = 0; row < height; row++) {
      const from = offset + row * width;
      picture.set(before.subarray(from, from + edge), from);
      picture.fill(part === 'chroma' ? 128 : white, from + edge, from + edge + thick);
    }
  }
  return picture;
}
