// A part of an output's pictures, encoded by an ffmpeg of its own as the output will hold them; no sound, no tags. join.ts puts parts together.

import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CompanionError } from '../api/errors.ts';
import type { Delivery } from './delivery.ts';
import type { HdrMetadata, VideoStream } from './description.ts';
import { clockOf, type Output } from './encode.ts';
import { atLeast } from './find.ts';
import { pictureBytes } from './pixels.ts';
import { fileArgument, quietly } from './process.ts';
import { outputError } from './publish.ts';
import { Rational } from './rational.ts';
import { isWhole } from './stills.ts';
import { reporting, startWriter } from './writer.ts';

export interface SegmentOptions {
  /** The file to write; of a sequence the folder, which is made: its pictures are numbered as in the output. */
  readonly path: string;
  /** Number of its first picture in the output, from 0. */
  readonly first: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Segment {
  /** Takes the next picture in `delivery.givenFormat`. Resolves when the bytes may be reused; waits while the encoder is busy. */
  write(picture: Uint8Array): Promise<void>;
  /** Ends the part after its last picture. */
  finish(): Promise<void>;
  /** Ends the encoder at once. What was written stays. */
  abort(): Promise<void>;
}

/**
 * How parts are stored: as the output, so that nothing of it is lost on the way. But Matroska holds no order of decoding, so H.264 and HEVC for it go
 * through MP4. Parts in Matroska, which counts milliseconds, have the stamps of the whole output; movies have clocks that fit, and start at 0.
 */
export function segmentForm({ container, codec }: Delivery): { container: Delivery['container']; ending: string } {
  if (container === 'sequence') return { container, ending: '' };
  const movie = container === 'mkv' && (codec === 'h264' || codec === 'hevc') ? 'mp4' : container;
  return { container: movie, ending: `.${movie}` };
}

/**
 * Fewest pictures of a part that is not the only one. Of fewer, encoders that reorder pictures make a stream that begins later by some pictures
 * in the order of decoding.
 */
export const shortestPart = 12;

/** Lists of parts are written in microseconds: a finer clock needs all pictures in one part. */
const finestClock = 250_000n;

/** Whether parts of the output can be joined so that every picture keeps its exact place. */
export const mayJoin = ({ delivery, rate }: Pick<Output, 'delivery' | 'rate'>): boolean =>
  !/^mov|^mp4/.test(segmentForm(delivery).container) || clockOf(rate) <= finestClock;

/**
 * Starts the encoder of a part. Its calls reject with FFMPEG_FAILED, DISK_FULL or AbortError.
 * @throws CompanionError DISK_FULL, OUTPUT_FOLDER_MISSING, OUTPUT_UNWRITABLE where the folder of a sequence cannot be made
 */
export function openSegment(output: Output, { path, first, signal }: SegmentOptions): Segment {
  const stills = output.delivery.container === 'sequence';
  if (stills) makeFolder(path);
  const encoder = startWriter(output.tools, segmentArguments(output, path, first), { signal, feed: true, path });
  const size = pictureBytes(output.source.stream.picture);
  let written = 0;
  let over = false;
  let interrupt = (): void => {}; // one for the write in progress: a reaction to `ended` for each would pile up
  const end = (): void => {
    over = true;
    interrupt();
  };
  encoder.ended.then(end, end);
  return {
    async write(picture) {
      signal?.throwIfAborted();
      if (picture.length !== size)
        throw new RangeError(`A picture of ${picture.length} bytes where ${size} were agreed.`);
      if (over) await encoder.failure();
      const taken = new Promise<boolean>((done) => {
        interrupt = () => done(false);
        encoder.stdin.write(picture, (error) => done(!error));
      });
      if (!(await encoder.watch(taken))) await encoder.failure();
      written++;
    },
    async finish() {
      encoder.stdin.end();
      await encoder.done();
      if (stills) await demandWhole(output, path, first, written);
    },
    abort: () => encoder.stop(),
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    throw outputError(error, path);
  }
}

/** Versions of ffmpeg before 4 say nothing of a picture that found no room on the disk. @throws CompanionError DISK_FULL, FFMPEG_FAILED */
async function demandWhole(output: Output, folder: string, first: number, count: number): Promise<void> {
  const { tools, delivery, source } = output;
  for (let number = first + 1; number <= first + count; number++) {
    const still = join(folder, `${String(number).padStart(6, '0')}${delivery.extension}`);
    if (await isWhole(still, delivery.codec)) continue;
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < pictureBytes(source.stream.picture))
      throw new CompanionError('DISK_FULL', { folder: dirname(folder) });
    const what = `did not write all of ${still}`;
    throw new CompanionError('FFMPEG_FAILED', { program: tools.ffmpeg.path, what, log: [] });
  }
}

/** The command line of the part that begins with picture `first`. */
export function segmentArguments(output: Output, path: string, first: number): string[] {
  const { tools, delivery, rate } = output;
  const { picture } = output.source.stream;
  const { container } = segmentForm(delivery);
  const placed = container === 'mkv';
  const sync = placed ? 'passthrough' : 'cfr';
  const word = atLeast(tools.ffmpeg, 59, 37) ? '-fps_mode' : '-vsync';
  return [
    ...quietly,
    ...reporting(tools),
    ...['-protocol_whitelist', 'file,pipe', '-thread_queue_size', '2'],
    ...['-f', 'rawvideo', '-pixel_format', delivery.givenFormat, '-video_size', `${picture.width}x${picture.height}`],
    ...['-framerate', rate.toString(), '-i', 'pipe:0'],
    ...['-vf', [...filters(output), ...(placed ? [`setpts=PTS+${first}`] : [])].join(',')],
    ...pictureOptions(output),
    ...[word, sync, ...(placed ? [] : ['-r', rate.toString()])],
    ...(container === 'mov' || container === 'mp4' ? movieOptions(output) : []),
    ...['-max_muxing_queue_size', '4096', '-fflags', '+bitexact'],
    ...(container === 'sequence'
      ? ['-start_number', String(first + 1), '-f', 'image2', '-n', fileArgument(stillPattern(path, delivery))]
      : ['-f', container === 'mkv' ? 'matroska' : container, '-y', fileArgument(path)]),
  ];
}

/** Names of the pictures in the folder of a part, as an ffmpeg pattern that is safe whatever the path holds. */
const stillPattern = (folder: string, { extension }: Delivery): string =>
  `${folder.replaceAll('%', '%%')}/%06d${extension}`;

/** What a movie must be told of its picture, in a part and in the whole alike. */
export const movieOptions = ({ delivery, rate }: Output, flags = ''): string[] => [
  ...['-video_track_timescale', String(clockOf(rate)), '-movflags', `+write_colr${flags}`],
  ...(delivery.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
];

function pictureOptions({ delivery, source, colour, hdrStored }: Output): string[] {
  const tags = [
    ['-color_primaries', colour.primaries],
    ['-color_trc', transferWord(colour.transfer)],
    ['-colorspace', delivery.picture.layout === 'rgb' ? null : colour.matrix],
    ['-color_range', colour.range],
    ['-chroma_sample_location', colour.chromaLocation],
  ].flatMap(([option, value]) => (option && value ? [option, value] : []));
  return [
    ...['-c:v', delivery.encoder, '-pix_fmt', delivery.storedFormat, ...delivery.arguments],
    ...(delivery.encoder === 'libx265'
      ? ['-x265-params', x265Parameters(delivery, hdrStored ? source.stream.hdr : null)]
      : []),
    ...tags,
  ];
}

/** The option names two transfers by their gamma, where everything else says bt470. */
const transferWord = (name: string | null): string | null =>
  ({ bt470m: 'gamma22', bt470bg: 'gamma28' })[name ?? ''] ?? name;

function filters({ delivery, source: { stream }, colour }: Output): string[] {
  const { num, den } = stream.sampleAspect;
  const given = stream.picture;
  const { picture } = delivery;
  const scale = ['flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp'];
  const matrix = scaleMatrix(stream);
  const from = stream.colour.range === 'pc' ? 'pc' : 'tv';
  if (given.layout === 'rgb' && picture.layout !== 'rgb') scale.push('out_color_matrix=bt709', 'out_range=tv');
  else if (given.layout !== 'rgb' && picture.layout === 'rgb')
    scale.push(`in_color_matrix=${matrix}`, `in_range=${from}`, 'out_range=pc');
  else if (delivery.narrowsRange) scale.push('in_range=pc', 'out_range=tv');
  else if (given.layout !== 'rgb') scale.push(`in_range=${from}`, `out_range=${from}`);
  const converts = delivery.givenFormat !== delivery.storedFormat;
  const tags = [
    ['color_primaries', colour.primaries],
    ['color_trc', colour.transfer],
    ['colorspace', colour.matrix],
    ['range', colour.range],
  ].flatMap(([name, value]) => (value ? [`${name}=${value}`] : []));
  return [
    ...(converts ? [`scale=${scale.join(':')}`, `format=${delivery.storedFormat}`] : []),
    ...(tags.length > 0 ? [`setparams=${tags.join(':')}`] : []), // some encoders believe the frames, not the options
    `setsar=${num}/${den}:max=${num > den ? num : den}`, // else terms above 100 are rounded
  ];
}

/** The scale filter's name of the stream's matrix; by picture height where the file does not say, as players do. */
export function scaleMatrix({ colour, picture }: Pick<VideoStream, 'colour' | 'picture'>): string {
  const names: Readonly<Record<string, string>> = {
    bt709: 'bt709',
    smpte170m: 'smpte170m',
    bt470bg: 'bt470bg',
    fcc: 'fcc',
    smpte240m: 'smpte240m',
    bt2020nc: 'bt2020',
    bt2020c: 'bt2020',
  };
  return names[colour.matrix ?? ''] ?? (picture.height >= 720 ? 'bt709' : 'smpte170m');
}

function x265Parameters(delivery: Delivery, hdr: HdrMetadata | null): string {
  const parameters = ['log-level=error'];
  if (delivery.quality === 'lossless') parameters.push('lossless=1');
  if (hdr?.mastering) {
    const { red, green, blue, white, maxLuminance, minLuminance } = hdr.mastering;
    const units = (value: Rational, scale: number) => value.mul(new Rational(scale)).round();
    const point = ([x, y]: readonly [Rational, Rational]) => `(${units(x, 50000)},${units(y, 50000)})`;
    const light = `(${units(maxLuminance, 10000)},${units(minLuminance, 10000)})`;
    parameters.push(`master-display=G${point(green)}B${point(blue)}R${point(red)}WP${point(white)}L${light}`);
  }
  if (hdr?.contentLight) parameters.push(`max-cll=${hdr.contentLight.maxContent},${hdr.contentLight.maxAverage}`);
  if (hdr?.mastering || hdr?.contentLight) parameters.push('hdr10=1');
  return parameters.join(':');
}
