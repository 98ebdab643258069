// The table of what can be delivered: codecs, their containers, encoders, pixel formats and what the quality words mean for each.

import { basename, dirname, extname, join } from 'node:path';
import type { PictureFormat } from '../../native/index.ts';
import { CompanionError } from '../api/errors.ts';
import type { VideoStream } from './description.ts';
import { encoderFormats, type MediaTools } from './find.ts';
import { pictureBytes, pixelFormatOf, planesOf } from './pixels.ts';

export const codecNames = ['prores', 'dnxhr', 'h264', 'hevc', 'av1', 'ffv1', 'png', 'tiff', 'exr'] as const;
export type CodecName = (typeof codecNames)[number];
export const qualities = ['draft', 'good', 'best', 'lossless'] as const;
export type Quality = (typeof qualities)[number];
export type Container = 'mov' | 'mp4' | 'mkv' | 'sequence';

/** What an encoder is given and what it stores. */
export interface Delivery {
  readonly codec: CodecName;
  readonly quality: Quality;
  readonly container: Container;
  /** Of the file, or of every picture of a sequence; with the dot. */
  readonly extension: string;
  /** ffmpeg's name of the encoder. */
  readonly encoder: string;
  /** Pixel format of the pictures given to the encoder, and of those it stores. */
  readonly givenFormat: string;
  readonly storedFormat: string;
  /** The stored picture. */
  readonly picture: PictureFormat;
  /** Whether full-range video becomes video range, and whether YUV becomes RGB or RGB becomes YUV. */
  readonly narrowsRange: boolean;
  readonly changesModel: boolean;
  readonly arguments: readonly string[];
  /** What the stored picture loses, in a person's words. */
  readonly notes: readonly string[];
}

interface Choice {
  /** Pixel formats that would do, the best first. */
  readonly formats: readonly string[];
  readonly arguments: readonly string[];
}

interface Row {
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
const full = (picture: PictureFormat): boolean =>
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

const rows: Readonly<Record<CodecName, Row>> = {
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

const extensions: Readonly<Record<string, Container>> = { '.mov': 'mov', '.mp4': 'mp4', '.m4v': 'mp4', '.mkv': 'mkv' };
const usual: Readonly<Partial<Record<string, CodecName>>> = {
  '.mp4': 'h264',
  '.m4v': 'h264',
  '.mkv': 'ffv1',
  '.png': 'png',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.exr': 'exr',
};

/** The codec to write when only the output's name is known: `.mp4` is H.264, `.mkv` FFV1, everything else ProRes. */
export function codecOf(output: string | undefined): CodecName {
  return (output === undefined ? undefined : usual[extname(output).toLowerCase()]) ?? 'prores';
}

/** ffmpeg's encoders that write a codec, the preferred first. */
export const encodersOf = (codec: CodecName): readonly string[] => rows[codec].encoders;

/** The extension a codec's output usually has, with the dot; empty for a sequence, which is a folder. */
export function usualExtension(codec: CodecName): string {
  const container = rows[codec].containers[0]!;
  return container === 'sequence' ? '' : `.${container}`;
}

export interface DeliveryRequest {
  readonly tools: MediaTools;
  readonly codec: CodecName;
  readonly quality?: Quality | undefined;
  /** The output's path: its extension names the container. */
  readonly output: string;
  readonly stream: VideoStream;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decides how the pictures of a stream are stored.
 * @throws CompanionError ENCODER_MISSING, DELIVERY_UNFIT
 */
export async function resolveDelivery(request: DeliveryRequest): Promise<Delivery> {
  const { tools, codec, stream, output } = request;
  const row = rows[codec];
  const picture = stream.picture;
  const container = containerOf(codec, output);
  const quality = request.quality ?? (row.qualities.includes('good') ? 'good' : 'lossless');
  if (!row.qualities.includes(quality) && !(row.qualities.length === 1 && row.qualities[0] === 'lossless')) {
    const advice =
      quality === 'lossless' ? 'Choose ffv1, or h264 or hevc with lossless.' : `Choose ${row.qualities.join(', ')}.`;
    throw new CompanionError('DELIVERY_UNFIT', { what: `${codec} has no quality "${quality}"`, advice });
  }
  if (row.leastSize && (picture.width < row.leastSize[0] || picture.height < row.leastSize[1])) {
    const what = `${codec} takes pictures from ${row.leastSize.join('x')}, and this one is ${picture.width}x${picture.height}`;
    throw new CompanionError('DELIVERY_UNFIT', { what, advice: 'Choose prores or ffv1.' });
  }
  const encoder = row.encoders.find((name) => tools.ffmpeg.encoders.has(name));
  const { path: program, version } = tools.ffmpeg;
  if (!encoder) {
    const advice = `Install an ffmpeg built with ${row.encoders.join(' or ')}, or choose prores, ffv1 or png.`;
    throw new CompanionError('ENCODER_MISSING', { codec, program, version, need: row.need, advice });
  }
  const choice = row.choose(picture, quality, encoder);
  const known = await encoderFormats(tools.ffmpeg, encoder, request.signal);
  const storedFormat = choice.formats.find((format) => known.size === 0 || known.has(format));
  if (!storedFormat) {
    const need = `${encoder} for ${choice.formats[0]}`;
    throw new CompanionError('ENCODER_MISSING', {
      codec,
      program,
      version,
      need,
      advice: 'Choose another codec, such as prores.',
    });
  }
  const stored = storedPicture(picture, storedFormat);
  const { width, height } = picture;
  const uneven = (width % 2 === 1 && /^yuv42/.test(stored.layout)) || (height % 2 === 1 && stored.layout === 'yuv420');
  if (row.evenSides && uneven) {
    const what = `${codec} takes pictures with even sides, and this one is ${width}x${height}`;
    throw new CompanionError('DELIVERY_UNFIT', { what, advice: 'Choose prores or ffv1.' });
  }
  const narrowsRange = row.videoRangeOnly === true && stream.colour.range === 'pc' && picture.layout !== 'rgb';
  return {
    codec,
    quality,
    container,
    extension: row.extension ?? extname(output),
    encoder,
    givenFormat: pixelFormatOf(picture),
    storedFormat,
    picture: stored,
    narrowsRange,
    changesModel: (picture.layout === 'rgb') !== (stored.layout === 'rgb') && stored.layout !== 'gray',
    arguments: choice.arguments,
    notes: losses(picture, stored, codec, narrowsRange),
  };
}

function containerOf(codec: CodecName, output: string): Container {
  const { containers } = rows[codec];
  const named = extensions[extname(output).toLowerCase()];
  if (containers[0] === 'sequence') {
    if (!named) return 'sequence';
    const what = `${codec} writes a folder of stills, and ${basename(output)} is the name of a clip`;
    throw new CompanionError('DELIVERY_UNFIT', { what, advice: 'Give the name of a folder.' });
  }
  if (!named)
    throw new CompanionError('DELIVERY_UNFIT', {
      what: `${basename(output)} does not say what kind of file it is to be`,
      advice: `Its name must end in ${[...new Set(Object.values(extensions))].map((name) => `.${name}`).join(', ')}, or be that of a folder for stills (--codec png, tiff or exr).`,
    });
  if (containers.includes(named)) return named;
  const what = `${basename(output)} is no name for ${codec}`;
  throw new CompanionError('DELIVERY_UNFIT', {
    what,
    advice: `Its name must end in ${containers.map((name) => `.${name}`).join(', ')}.`,
  });
}

function storedPicture(picture: PictureFormat, storedFormat: string): PictureFormat {
  const { width, height } = picture;
  if (/f32/.test(storedFormat)) return { width, height, layout: 'rgb', depth: 16, alpha: storedFormat.includes('a') };
  const planes = planesOf(storedFormat);
  if ('reason' in planes) throw new RangeError(`${storedFormat} in the table of codecs: ${planes.reason}`);
  return { width, height, layout: planes.layout, depth: planes.depth, alpha: planes.alpha };
}

function losses(given: PictureFormat, stored: PictureFormat, codec: CodecName, narrowsRange: boolean): string[] {
  const notes: string[] = [];
  if (stored.depth < given.depth) notes.push(`${codec} stores ${stored.depth} of ${given.depth} bits here.`);
  if (given.alpha && !stored.alpha) notes.push(`${codec} stores no alpha: transparency is not carried.`);
  const fineness = { gray: 0, yuv420: 1, yuv422: 2, yuv444: 3, rgb: 3 };
  if (stored.layout !== 'gray' && fineness[stored.layout] < fineness[given.layout])
    notes.push(`${codec} stores ${stored.layout} of ${given.layout}.`);
  if (given.layout !== 'gray' && (given.layout === 'rgb') !== (stored.layout === 'rgb'))
    notes.push(
      `${codec} stores ${given.layout === 'rgb' ? 'RGB as YUV' : 'YUV as RGB'} here: colours are rounded, in lossless quality too.`,
    );
  if (narrowsRange)
    notes.push(`${codec} is read as video range by editors: full-range values are brought to video range.`);
  if (codec === 'exr') notes.push('The EXR values are those of the clip, 0 to 1, not linear light.');
  return notes;
}

/** Rough upper estimate of the output's video in bytes. */
export function estimateBytes(delivery: Delivery, frames: number): number {
  const { codec, quality, picture } = delivery;
  const row = rows[codec];
  const raw = pictureBytes(picture) * frames;
  if (row.qualities.includes('lossless') && quality === 'lossless')
    return Math.ceil(raw * Math.max(0.7, row.weight < 2 ? 0.9 : row.weight));
  const factor = { draft: 0.6, good: 1, best: 1.6, lossless: 1 }[quality] * (full(picture) ? 1.6 : 1);
  return Math.ceil((picture.width * picture.height * row.weight * factor * frames) / 8);
}

/** Name of a sequence's picture of a number as text: `shot.000001.png`. */
export const stillName = (name: string, number: string, extension: string): string => `${name}.${number}${extension}`;

/** Names of a sequence's pictures: `<folder>/<name>.000001.png`, as an ffmpeg pattern that is safe whatever the path holds. */
export function sequencePattern(folder: string, name: string, extension: string): string {
  return `${join(folder, name).replaceAll('%', '%%')}.%06d${extension}`;
}

/** Folder a sequence goes to: the output's path without a picture's extension. */
export function sequenceFolder(output: string): string {
  const extension = extname(output).toLowerCase();
  return usual[extension] && rows[usual[extension]].containers[0] === 'sequence'
    ? join(dirname(output), basename(output, extname(output)))
    : output;
}
