// The table of codecs: their containers, encoders, pixel formats and what the quality words mean for each.

import type { PictureFormat } from '../../native/index.ts';
import { pixelFormatOf } from './pixels.ts';

export const codecNames = ['prores', 'dnxhr', 'h264', 'hevc', 'av1', 'ffv1', 'png', 'tiff', 'exr'] as const;
export type CodecName = (typeof codecNames)[number];
export const qualities = ['draft', 'good', 'best', 'lossless'] as const;
export type Quality = (typeof qualities)[number];
export type Container = 'mov' | 'mp4' | 'mkv' | 'sequence';

interface Choice {
  /** Pixel formats that would do, the best first. */
  readonly formats: readonly string[];
  readonly arguments: readonly string[];
}

/** A codec and how it is written. */
export interface Codec {
  readonly containers: readonly Container[];
  readonly extension?: string;
  /** Encoders that write it, the preferred first, and what brings one. */
  readonly encoders: readonly string[];
  readonly need: string;
  readonly qualities: readonly Quality[];
  /** Editors take it as video range whatever a tag says. */
  readonly videoRangeOnly?: boolean;
  readonly leastSize?: readonly [number, number];
  /** Sides must be even where chroma is subsampled along them. */
  readonly evenSides?: boolean;
  /** Bits a pixel of a demanding picture at `good`; `lossless` codecs: share of the raw size. */
  readonly weight: number;
  choose(picture: PictureFormat, quality: Quality, encoder: string): Choice;
}

const deep = (picture: PictureFormat): number => (picture.depth > 10 ? 12 : picture.depth > 8 ? 10 : 8);
/** Whether nothing of the picture may be thinned out: full colour or alpha. */
export const full = (picture: PictureFormat): boolean =>
  picture.layout === 'yuv444' || picture.layout === 'rgb' || picture.alpha;
const le = (depth: number): string => (depth > 8 ? `${depth}le` : '');
const grid = (picture: PictureFormat): string =>
  ({ gray: '420', rgb: '444', yuv420: '420', yuv422: '422', yuv444: '444' })[picture.layout];

/** Lossy YUV formats of a picture, from its own grid and depth down. */
function yuvFormats(picture: PictureFormat, most: number): string[] {
  const grids =
    grid(picture) === '420'
      ? ['420', '422', '444']
      : grid(picture) === '422'
        ? ['422', '444', '420']
        : ['444', '422', '420'];
  const depths = [12, 10, 8].filter((depth) => depth <= Math.min(most, deep(picture)));
  return depths.flatMap((depth) => grids.map((name) => `yuv${name}p${le(depth)}`));
}

/** Formats of a still picture file. */
function stillFormats(picture: PictureFormat, end: 'be' | 'le'): string[] {
  const wide = picture.depth > 8;
  if (picture.layout === 'gray' && !picture.alpha) return [wide ? `gray16${end}` : 'gray'];
  if (picture.alpha) return [wide ? `rgba64${end}` : 'rgba'];
  return [wide ? `rgb48${end}` : 'rgb24'];
}

/**
 * Whether FFV1 may cut the picture in 2×2 slices. Where the second slice of an odd side is even, the last sample of subsampled chroma belongs to none:
 * newer encoders refuse such slices, those of 2018 lose it.
 */
function fitsSlices({ width, height, layout }: PictureFormat): boolean {
  const fits = (side: number): boolean => side % 2 === 0 || Math.ceil(side / 2) % 2 === 1;
  return (fits(width) || !/^yuv42/.test(layout)) && (fits(height) || layout !== 'yuv420');
}

const crf = (table: Readonly<Record<Quality, string>>, quality: Quality): string => table[quality];

export const codecs: Readonly<Record<CodecName, Codec>> = {
  prores: {
    containers: ['mov', 'mkv'],
    encoders: ['prores_ks'],
    need: 'ProRes encoder (prores_ks)',
    qualities: ['draft', 'good', 'best'],
    videoRangeOnly: true,
    weight: 9,
    choose(picture, quality) {
      // A fixed quantiser: ffmpeg's search for one that meets a rate takes six times as long and gives less at the same size.
      const quantiser = quality === 'draft' ? '10' : quality === 'best' ? '4' : '6';
      const profile = full(picture) ? (quality === 'best' ? '5' : '4') : quality === 'draft' ? '1' : '3';
      const formats = picture.alpha ? ['yuva444p10le'] : full(picture) ? ['yuv444p10le'] : ['yuv422p10le'];
      return {
        formats,
        arguments: [
          '-profile:v',
          profile,
          '-q:v',
          quantiser,
          '-vendor',
          'apl0',
          ...(picture.alpha ? ['-alpha_bits', '16'] : []),
        ],
      };
    },
  },
  dnxhr: {
    containers: ['mov', 'mkv'],
    encoders: ['dnxhd'],
    need: 'DNxHR encoder (dnxhd)',
    qualities: ['draft', 'good', 'best'],
    videoRangeOnly: true,
    leastSize: [256, 120],
    weight: 5.3,
    choose(picture, quality) {
      if (quality === 'draft') return { formats: ['yuv422p'], arguments: ['-profile:v', 'dnxhr_sq'] };
      if (picture.layout === 'rgb')
        return { formats: ['gbrp10le', 'yuv444p10le'], arguments: ['-profile:v', 'dnxhr_444'] };
      if (picture.layout === 'yuv444') return { formats: ['yuv444p10le'], arguments: ['-profile:v', 'dnxhr_444'] };
      const wide = picture.depth > 8 || quality === 'best';
      return {
        formats: [wide ? 'yuv422p10le' : 'yuv422p'],
        arguments: ['-profile:v', wide ? 'dnxhr_hqx' : 'dnxhr_hq'],
      };
    },
  },
  h264: {
    containers: ['mp4', 'mov', 'mkv'],
    encoders: ['libx264'],
    need: 'H.264 encoder (libx264)',
    qualities: [...qualities],
    evenSides: true,
    weight: 1.2,
    choose(picture, quality) {
      const effort = { draft: 'veryfast', good: 'medium', best: 'slow', lossless: 'medium' }[quality];
      const rate =
        quality === 'lossless'
          ? ['-qp', '0']
          : ['-crf', crf({ draft: '24', good: '17', best: '13', lossless: '0' }, quality)];
      return { formats: yuvFormats(picture, 10), arguments: ['-preset', effort, ...rate] };
    },
  },
  hevc: {
    containers: ['mp4', 'mov', 'mkv'],
    encoders: ['libx265'],
    need: 'HEVC encoder (libx265)',
    qualities: [...qualities],
    evenSides: true,
    weight: 0.9,
    choose(picture, quality) {
      const effort = { draft: 'veryfast', good: 'medium', best: 'slow', lossless: 'medium' }[quality];
      const native =
        picture.layout === 'gray'
          ? [`gray${le(deep(picture))}`]
          : picture.layout === 'rgb'
            ? [`gbrp${le(deep(picture))}`]
            : [];
      const rate =
        quality === 'lossless' ? [] : ['-crf', crf({ draft: '27', good: '19', best: '15', lossless: '0' }, quality)];
      return { formats: [...native, ...yuvFormats(picture, 12)], arguments: ['-preset', effort, ...rate] };
    },
  },
  av1: {
    containers: ['mp4', 'mkv'],
    encoders: ['libsvtav1', 'libaom-av1'],
    need: 'AV1 encoder (libsvtav1 or libaom-av1)',
    qualities: ['draft', 'good', 'best'],
    weight: 0.8,
    choose(picture, quality, encoder) {
      const level = crf({ draft: '40', good: '24', best: '16', lossless: '0' }, quality);
      const speed = { draft: '10', good: '7', best: '5', lossless: '5' }[quality];
      const formats = yuvFormats(picture, encoder === 'libsvtav1' ? 10 : 12);
      if (encoder === 'libsvtav1') return { formats, arguments: ['-preset', speed, '-crf', level] };
      const pace = quality === 'best' ? '4' : '6';
      return { formats, arguments: ['-cpu-used', pace, '-crf', level, '-b:v', '0', '-strict', 'experimental'] };
    },
  },
  ffv1: {
    containers: ['mkv'],
    encoders: ['ffv1'],
    need: 'FFV1 encoder (ffv1)',
    qualities: ['lossless'],
    weight: 0.7,
    choose(picture) {
      const { layout, alpha } = picture;
      const sliced = ['-level', '3', '-slices', '4', '-slicecrc', '1'];
      const deeper = [9, 10, 12, 14, 16].filter((depth) => depth >= picture.depth && picture.depth > 8);
      const formats = (picture.depth > 8 ? deeper : [8]).map((depth) => pixelFormatOf({ layout, alpha, depth }));
      const packed = layout === 'rgb' && picture.depth === 8 ? [alpha ? 'bgra' : 'bgr0'] : [];
      return {
        formats: [...formats, ...packed],
        arguments: [...(fitsSlices(picture) ? sliced : ['-level', '1']), '-g', '1', '-coder', '1'],
      };
    },
  },
  png: {
    containers: ['sequence'],
    extension: '.png',
    encoders: ['png'],
    need: 'PNG encoder',
    qualities: ['lossless'],
    weight: 1,
    choose: (picture) => ({ formats: stillFormats(picture, 'be'), arguments: ['-compression_level', '4'] }),
  },
  tiff: {
    containers: ['sequence'],
    extension: '.tif',
    encoders: ['tiff'],
    need: 'TIFF encoder',
    qualities: ['lossless'],
    weight: 1,
    choose: (picture) => ({ formats: stillFormats(picture, 'le'), arguments: ['-compression_algo', 'lzw'] }),
  },
  exr: {
    containers: ['sequence'],
    extension: '.exr',
    encoders: ['exr'],
    need: 'OpenEXR encoder (exr)',
    qualities: ['lossless'],
    weight: 4,
    choose: (picture) => ({
      formats: [picture.alpha ? 'gbrapf32le' : 'gbrpf32le'],
      arguments: ['-compression', 'zip16', '-format', 'float'],
    }),
  },
};

/** ffmpeg's encoders that write a codec, the preferred first. */
export const encodersOf = (codec: CodecName): readonly string[] => codecs[codec].encoders;
