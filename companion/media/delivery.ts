// How the pictures of a stream are stored: decided from the table of codecs, the output's name and the ffmpeg at hand.

import { basename, dirname, extname, join } from 'node:path';
import type { PictureFormat } from '../../native/index.ts';
import { CompanionError } from '../api/errors.ts';
import { type CodecName, type Container, codecs, full, type Quality } from './codecs.ts';
import type { VideoStream } from './description.ts';
import { encoderFormats, type MediaTools } from './find.ts';
import { pictureBytes, pixelFormatOf, planesOf } from './pixels.ts';

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

/** The extension a codec's output usually has, with the dot; empty for a sequence, which is a folder. */
export function usualExtension(codec: CodecName): string {
  const container = codecs[codec].containers[0]!;
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
  const row = codecs[codec];
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
  const { containers } = codecs[codec];
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
  const row = codecs[codec];
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
  return usual[extension] && codecs[usual[extension]].containers[0] === 'sequence'
    ? join(dirname(output), basename(output, extname(output)))
    : output;
}
