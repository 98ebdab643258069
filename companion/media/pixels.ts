// ffmpeg's pixel format names and the planar pictures the engine works on: which planar format holds a packed one without loss.

import type { Layout, PictureFormat } from '../../native/index.ts';

/** How decoded pixels of one format are brought to the engine. */
export interface Planes {
  readonly layout: Layout;
  readonly depth: number;
  readonly alpha: boolean;
  /** The pixel format asked of ffmpeg: its rawvideo bytes are the engine's picture. */
  readonly pipeFormat: string;
  /** False where chroma has to be resampled, as no layout of the engine has its grid. */
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

const planar = /^(?:yuv(?<full>j)?(?<yuvAlpha>a)?(?<grid>\d{3})p|(?<gray>gray)|gbr(?<rgbAlpha>a)?p)(?<depth>\d+)?$/;

/** The planes of a pixel format, or the reason why there are none. */
export function planesOf(pixelFormat: string): Planes | { readonly reason: string } {
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

/**
 * Bytes of one picture: planes one after another, rows tight, two bytes a sample above 8 bit. Counted here as well as in native/index.ts, because
 * the companion sees the engine's types alone and must start without it.
 */
export function pictureBytes({ width, height, layout, depth, alpha }: PictureFormat): number {
  const luma = width * height;
  const half = (size: number) => Math.ceil(size / 2);
  const colour = {
    gray: 0,
    yuv420: 2 * half(width) * half(height),
    yuv422: 2 * half(width) * height,
    yuv444: 2 * luma,
    rgb: 2 * luma,
  }[layout];
  return (luma + colour + (alpha ? luma : 0)) * (depth > 8 ? 2 : 1);
}
