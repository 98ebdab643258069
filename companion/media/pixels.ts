// ffmpeg's pixel format names and the planar pictures the engine works on: which planar format holds a packed one without loss.

import type { Layout, PictureFormat } from '../../native/index.ts';

/** How decoded pixels of one format are brought to the engine. */
export interface Planes {
  readonly layout: Layout;
  readonly depth: number;
  readonly alpha: boolean;
  /** The pixel format asked of ffmpeg: its rawvideo bytes are the engine's picture. */
  readonly pipeFormat: string;
  /** False where chroma has to be resampled, as no layout of the engine has its grid, or floats are brought to 16 bits. */
  readonly exact: boolean;
}

const chroma: Readonly<Record<string, Layout>> = { '420': 'yuv420', '422': 'yuv422', '444': 'yuv444' };

/** Packed and semi-planar formats, and the planar one that holds the same code values. */
const planarOf: Readonly<Record<string, string>> = {
  nv12: 'yuv420p',
  nv21: 'yuv420p',
  nv16: 'yuv422p',
  nv24: 'yuv444p',
  nv42: 'yuv444p',
  nv20: 'yuv422p10',
  p010: 'yuv420p10',
  p012: 'yuv420p12',
  p016: 'yuv420p16',
  p210: 'yuv422p10',
  p212: 'yuv422p12',
  p216: 'yuv422p16',
  p410: 'yuv444p10',
  p412: 'yuv444p12',
  p416: 'yuv444p16',
  yuyv422: 'yuv422p',
  yvyu422: 'yuv422p',
  uyvy422: 'yuv422p',
  y210: 'yuv422p10',
  y212: 'yuv422p12',
  y216: 'yuv422p16',
  vuya: 'yuva444p',
  vuyx: 'yuv444p',
  ayuv64: 'yuva444p16',
  xv30: 'yuv444p10',
  xv36: 'yuv444p12',
  xv48: 'yuv444p16',
  v30x: 'yuv444p10',
  rgb24: 'gbrp',
  bgr24: 'gbrp',
  '0rgb': 'gbrp',
  rgb0: 'gbrp',
  '0bgr': 'gbrp',
  bgr0: 'gbrp',
  rgb8: 'gbrp',
  bgr8: 'gbrp',
  rgb565: 'gbrp',
  bgr565: 'gbrp',
  rgb555: 'gbrp',
  bgr555: 'gbrp',
  rgb444: 'gbrp',
  bgr444: 'gbrp',
  rgba: 'gbrap',
  bgra: 'gbrap',
  argb: 'gbrap',
  abgr: 'gbrap',
  pal8: 'gbrap',
  rgb48: 'gbrp16',
  bgr48: 'gbrp16',
  rgba64: 'gbrap16',
  bgra64: 'gbrap16',
  x2rgb10: 'gbrp10',
  x2bgr10: 'gbrp10',
  ya8: 'gbrap',
  ya16: 'gbrap16',
  monow: 'gray',
  monob: 'gray',
};

/** Chroma grids the engine has not; the nearest that loses no resolution. */
const regridded: Readonly<Record<string, string>> = { '410': '420', '411': '422', '440': '444' };

/** Floating point RGB, as OpenEXR has it: values from 0 to 1 become 16 bits as they are, and linear light stays linear. */
const floats: Readonly<Record<string, Planes>> = {
  gbrpf32: { layout: 'rgb', depth: 16, alpha: false, pipeFormat: 'gbrp16le', exact: false },
  gbrapf32: { layout: 'rgb', depth: 16, alpha: true, pipeFormat: 'gbrap16le', exact: false },
};

const planar = /^(?:yuv(?<full>j)?(?<yuvAlpha>a)?(?<grid>\d{3})p|(?<gray>gray)|gbr(?<rgbAlpha>a)?p)(?<depth>\d+)?$/;

/** The planes of a pixel format, or the reason why there are none. */
export function planesOf(pixelFormat: string): Planes | { readonly reason: string } {
  const float = floats[pixelFormat.replace(/(?:le|be)$/, '')];
  if (float) return float;
  if (/f(16|32)?(le|be)?$/.test(pixelFormat) && /f(16|32)/.test(pixelFormat))
    return { reason: 'its samples are floating point' };
  const bare = pixelFormat.replace(/(?:le|be)$/, '');
  const name = planarOf[bare] ?? bare;
  const parts = planar.exec(name)?.groups;
  const depth = Number(parts?.depth ?? 8);
  if (!parts || depth < 8 || depth > 16) return { reason: 'no planar format of 8 to 16 bit holds it' };
  const alpha = parts.yuvAlpha !== undefined || parts.rgbAlpha !== undefined;
  const suffix = depth > 8 ? 'le' : '';
  const grid = parts.grid;
  if (grid === undefined) {
    return { layout: parts.gray ? 'gray' : 'rgb', depth, alpha, pipeFormat: `${name}${suffix}`, exact: true };
  }
  const shown = chroma[grid] ? grid : regridded[grid];
  const layout = chroma[shown ?? ''];
  if (!layout) return { reason: `the engine has no 4:${grid.slice(1).split('').join(':')} chroma grid` };
  const pipeFormat = `${name.replace(grid, shown!)}${suffix}`;
  return { layout, depth, alpha, pipeFormat, exact: shown === grid };
}

/** ffmpeg's name of a picture format: `yuv422p10le`, `gbrap`, `gray12le`. */
export function pixelFormatOf(picture: Pick<PictureFormat, 'layout' | 'depth' | 'alpha'>): string {
  const depth = picture.depth > 8 ? `${picture.depth}le` : '';
  if (picture.layout === 'gray') return `gray${depth}`;
  if (picture.layout === 'rgb') return `gbr${picture.alpha ? 'a' : ''}p${depth}`;
  return `yuv${picture.alpha ? 'a' : ''}${picture.layout.slice(3)}p${depth}`;
}

/** A plane of a picture: which of its parts, its size in samples, and the byte it begins with. */
export interface Plane {
  readonly part: 'luma' | 'chroma' | 'colour' | 'alpha';
  readonly width: number;
  readonly height: number;
  readonly offset: number;
}

/** Samples of luma that one of chroma stands for, across and down. */
export const gridOf = ({ layout }: Pick<PictureFormat, 'layout'>): readonly [across: number, down: number] => [
  layout === 'yuv420' || layout === 'yuv422' ? 2 : 1,
  layout === 'yuv420' ? 2 : 1,
];

/** Bytes of a sample. */
export const sampleBytes = ({ depth }: Pick<PictureFormat, 'depth'>): number => (depth > 8 ? 2 : 1);

/**
 * The planes of a picture, one after another, rows tight. Known here as well as in native/index.ts, because the companion sees the engine's types alone
 * and must start without it.
 */
export function planesIn(format: PictureFormat): Plane[] {
  const { width, height, layout, alpha } = format;
  const [across, down] = gridOf(format);
  const chroma = { part: 'chroma', width: Math.ceil(width / across), height: Math.ceil(height / down) } as const;
  const whole = { width, height };
  const colour = { ...whole, part: 'colour' } as const;
  const planes: Omit<Plane, 'offset'>[] = layout === 'rgb' ? [colour, colour, colour] : [{ ...whole, part: 'luma' }];
  if (layout.startsWith('yuv')) planes.push(chroma, chroma);
  if (alpha) planes.push({ ...whole, part: 'alpha' });
  let offset = 0;
  return planes.map((plane) => {
    const begins = offset;
    offset += plane.width * plane.height * sampleBytes(format);
    return { ...plane, offset: begins };
  });
}

/** Bytes of one picture. */
export function pictureBytes(format: PictureFormat): number {
  const last = planesIn(format).at(-1)!;
  return last.offset + last.width * last.height * sampleBytes(format);
}
