// Encodes a stream of planar pictures and muxes what the source carries, in one ffmpeg; bounded, cancellable, with everything a verifier must find.

import { dirname } from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { type Carried, decideCarried } from './carry.ts';
import { storedChapters } from './chapters.ts';
import { type Cut, partOf } from './cut.ts';
import { type Container, type Delivery, sequencePattern } from './delivery.ts';
import type { ColourTags, HdrMetadata, MediaDescription, StartTimecode, VideoStream } from './description.ts';
import type { Expectation } from './expectation.ts';
import { atLeast, type MediaTools } from './find.ts';
import { editMovie } from './mov.ts';
import { partFilter, partInput, startingAt } from './part.ts';
import { pictureBytes } from './pixels.ts';
import { complaints, demandLiving, fileArgument, guarded, quietly, startProcess } from './process.ts';
import { Rational } from './rational.ts';
import { advanceTimecode, carryTimecode, isTimecode } from './timecode.ts';
import type { Timing } from './timing.ts';

export interface EncoderOptions {
  readonly tools: MediaTools;
  readonly delivery: Delivery;
  /** The claimed file or folder to write to. */
  readonly path: string;
  /** Name of a sequence's pictures, before `.000001.png`. */
  readonly name: string;
  /** Frames per second of the output, and how many frames will be written. */
  readonly rate: Rational;
  readonly frames: number;
  /** Where the pictures come from: its sound, words, tags and timecode go along. */
  readonly source: {
    readonly description: MediaDescription;
    readonly stream: VideoStream;
    /** Of the whole stream. */
    readonly timing: Timing;
    /** First source frame and how many source frames are shown. */
    readonly from: number;
    readonly count: number;
    /** What `readCut` read of that part. */
    readonly cut: Cut | null;
  };
  /** Speed the output plays at; 1 is real time. */
  readonly speed: Rational;
  readonly signal?: AbortSignal | undefined;
}

export interface Encoder {
  /** What is left behind or changed, for the person. Known before the first picture. */
  readonly notes: readonly string[];
  /** Takes the next picture in `delivery.givenFormat`. Resolves when the bytes may be reused; waits while the encoder is busy. */
  write(picture: Uint8Array): Promise<void>;
  /** Ends the file after the last picture. Resolves to what `verify` must find in it. */
  finish(): Promise<Expectation>;
  /** Ends the encoder at once. What was written stays for `discard`. */
  abort(): Promise<void>;
}

/**
 * Starts the encoder.
 * Its calls reject with FFMPEG_FAILED, DISK_FULL or AbortError.
 */
export function openEncoder(options: EncoderOptions): Encoder {
  const plan = planEncoder(options);
  const { tools, delivery, frames, signal } = options;
  const child = startProcess(tools.ffmpeg.path, plan.arguments, { signal, feed: true, beside: plan.words });
  let reported = '';
  child.stdout.setEncoding('latin1').on('data', (report: string) => {
    const moved = report.match(/^(?:frame|total_size)=.*$/gm)?.join() ?? ''; // it reports while it hangs as well: only news is a sign of life
    if (moved !== reported) child.alive();
    reported = moved;
  });
  const size = pictureBytes(options.source.stream.picture);
  let written = 0;
  let over = false;
  let interrupt = (): void => {}; // one for the write in progress: a reaction to `ended` for each would pile up
  const end = (): void => {
    over = true;
    interrupt();
  };
  child.ended.then(end, end);

  async function failure(): Promise<never> {
    const exit = await child.watch(child.ended);
    demandLiving(tools.ffmpeg.path, exit, child.log, signal);
    const said = child.log.join('\n');
    if (/No space left on device|Disk quota exceeded/.test(said))
      throw new CompanionError('DISK_FULL', { folder: dirname(options.path) });
    const what = `could not write ${options.path} (${delivery.encoder})`;
    throw new CompanionError('FFMPEG_FAILED', { program: tools.ffmpeg.path, what, log: complaints(child.log) });
  }

  return {
    notes: plan.notes,
    async write(picture) {
      signal?.throwIfAborted();
      if (picture.length !== size)
        throw new RangeError(`A picture of ${picture.length} bytes where ${size} were agreed.`);
      if (over) await failure();
      const taken = new Promise<boolean>((done) => {
        interrupt = () => done(false);
        child.stdin.write(picture, (error) => done(!error));
      });
      if (!(await child.watch(taken))) await failure();
      written++;
    },
    async finish() {
      if (written !== frames) throw new RangeError(`${written} of ${frames} frames were written.`);
      child.stdin.end();
      const exit = await child.watch(child.ended);
      if (exit.why !== 'ended' || exit.code !== 0 || /No space left on device/.test(child.log.join('\n')))
        await failure();
      if (plan.movie) editMovie(options.path, plan.movie);
      return plan.expectation;
    },
    abort: () => child.stop(),
  };
}

interface EncoderPlan {
  readonly arguments: readonly string[];
  readonly notes: readonly string[];
  /** For `pipe:3`. */
  readonly words: Buffer | undefined;
  readonly movie: { rotation: number; mirrored: boolean; hdr: HdrMetadata; delay: Rational } | null;
  readonly expectation: Expectation;
}

/** Everything decided before ffmpeg starts: its command line, what must be edited after it, and what must be found in the end. */
export function planEncoder(options: EncoderOptions): EncoderPlan {
  const { tools, delivery, rate, source, speed } = options;
  const { description, stream, timing, from, count, cut } = source;
  const whole = from === 0 && count === timing.frames;
  const realTime = speed.equals(Rational.ONE);
  const { container } = delivery;
  if (!cut !== !partOf({ ...source, speed, container })) throw new RangeError('The cut is not that of the part.');
  const part = cut?.part ?? null;
  const carried = decideCarried({ description, container, cut, realTime });
  const delay = whole && realTime && container !== 'sequence' ? timing.start : Rational.ZERO;
  const isMovie = container === 'mov' || container === 'mp4';
  const colour = storedColour(delivery, stream);
  const { timecode, unfit } = startTimecode(container, description, timing, from, rate);
  const notes = [...delivery.notes, ...carried.notes];
  const turned = stream.rotation !== 0 || stream.mirrored;
  if (turned && !isMovie)
    notes.push(`Not carried: the turn of ${stream.rotation} degrees (a ${container} does not hold it).`);
  const hasHdr = stream.hdr.mastering !== null || stream.hdr.contentLight !== null;
  const hdrStored = hasHdr && (isMovie || delivery.encoder === 'libx265');
  if (hasHdr && !hdrStored)
    notes.push(`Not carried: HDR10 mastering metadata (${delivery.codec} in ${container} does not hold it).`);
  if (unfit) notes.push(`Not carried: the start timecode (${unfit}).`);

  const length = part && new Rational(options.frames).div(rate);
  const late = container === 'mkv' && delay.sign > 0;
  const apart = late && carried.chapters; // chapters must not move with the input that is moved back
  const args = [
    ...quietly,
    '-nostats',
    ...['-progress', 'pipe:1', '-stats_period', '2'].slice(0, atLeast(tools.ffmpeg, 58, 134) ? 4 : 2),
    ...pictureInput(options),
    ...sourceInput(description, carried, cut, late ? delay : Rational.ZERO),
    ...(apart ? [...guarded, '-vn', '-an', '-sn', '-dn', '-i', fileArgument(description.path)] : []),
    ...['-map', '0:v:0'],
    ...carried.audio.flatMap(({ source: { index } }) => ['-map', `1:${index}`]),
    ...carried.subtitles.flatMap(({ source: { index } }) => [
      '-map',
      cut ? `2:${cutNumber(cut, index)}` : `1:${index}`,
    ]),
    ...pictureOutput(options, colour, hdrStored),
    ...carried.audio.flatMap(({ arguments: encoder }, index) => audioArguments(encoder, index)),
    ...(part ? carried.audio.flatMap((_, index) => [`-filter:a:${index}`, partFilter(part)]) : []),
    ...carried.subtitles.flatMap(({ encoder }, index) => [`-c:s:${index}`, encoder]),
    ...(container === 'sequence' ? [] : tagArguments(options, carried, timecode, apart ? 2 : 1)),
    ...(length && carried.chapters ? ['-t', length.toFixed(6)] : []), // else chapters after a range make the file longer than its picture
    ...['-max_muxing_queue_size', '4096', '-fflags', '+bitexact'],
    ...(late ? ['-avoid_negative_ts', 'make_zero'] : []),
    ...outputArguments(options),
  ];
  return {
    arguments: args,
    notes,
    words: cut?.words ?? undefined,
    movie:
      isMovie && (turned || hasHdr || delay.sign > 0)
        ? { rotation: stream.rotation, mirrored: stream.mirrored, hdr: stream.hdr, delay }
        : null,
    expectation: {
      codec: delivery.codec,
      container,
      name: options.name,
      extension: delivery.extension,
      frames: options.frames,
      rate,
      picture: delivery.picture,
      storedFormat: delivery.storedFormat,
      sampleAspect: stream.sampleAspect,
      colour,
      rotation: isMovie ? stream.rotation : 0,
      mirrored: isMovie && stream.mirrored,
      hdr: hdrStored ? stream.hdr : { mastering: null, contentLight: null },
      timecode,
      start: delay,
      part,
      audio: carried.audio.map(({ source: stream, copied, codec }) => ({ source: stream, copied, codec })),
      subtitles: carried.subtitles.map(({ source: { index } }) => ({ cues: cut?.cues.get(index) ?? null })),
      chapters: carried.chapters
        ? storedChapters(description.chapters, container, { from: part?.from ?? Rational.ZERO, length })
        : [],
      title: (container !== 'sequence' && description.metadata.title) || null,
      sourcePath: description.path,
      sourceOrigin: description.origin,
      sourceContainer: description.container,
    },
  };
}

function pictureInput({ source: { stream }, delivery, rate }: EncoderOptions): string[] {
  const { width, height } = stream.picture;
  const format = [
    '-f',
    'rawvideo',
    '-pixel_format',
    delivery.givenFormat,
    '-video_size',
    `${width}x${height}`,
    '-framerate',
    rate.toString(),
  ];
  return ['-protocol_whitelist', 'file,pipe', '-thread_queue_size', '2', ...format, '-i', 'pipe:0'];
}

/** The source again, for everything but its pictures, and the words that were cut. A part starts at 0; a late picture moves it back by the delay. */
function sourceInput({ path, origin }: MediaDescription, carried: Carried, cut: Cut | null, late: Rational): string[] {
  const moved = cut ? partInput(cut.part) : startingAt(origin.add(late));
  const unread = carried.audio.length + carried.subtitles.length === 0 ? [] : ['-thread_queue_size', '512'];
  const words = cut?.words ? ['-protocol_whitelist', 'file,pipe', '-f', 'matroska', '-i', 'pipe:3'] : [];
  const without = ['-vn', '-dn', ...(cut ? ['-sn'] : [])];
  return [...guarded, ...moved, ...unread, ...without, '-i', fileArgument(path), ...words];
}

/** Number of a subtitle stream of the source among those that were cut. */
const cutNumber = ({ cues }: Cut, index: number): number => [...cues.keys()].indexOf(index);

/** Colour tags of the stored pictures: the source's, with what storing changes. */
function storedColour(delivery: Delivery, stream: VideoStream): ColourTags {
  if (delivery.container === 'sequence')
    return { primaries: null, transfer: null, matrix: null, range: null, chromaLocation: null };
  const { colour } = stream;
  const becomesRgb = delivery.picture.layout === 'rgb';
  const matrix = becomesRgb ? 'gbr' : delivery.changesModel || colour.matrix === 'gbr' ? 'bt709' : colour.matrix;
  const range = becomesRgb ? 'pc' : delivery.narrowsRange || delivery.changesModel ? 'tv' : colour.range;
  return { ...colour, matrix, range };
}

function pictureOutput(options: EncoderOptions, colour: ColourTags, hdrStored: boolean): string[] {
  const { tools, delivery, rate, source } = options;
  const { stream } = source;
  const tags = [
    ['-color_primaries', colour.primaries],
    ['-color_trc', transferWord(colour.transfer)],
    ['-colorspace', delivery.picture.layout === 'rgb' ? null : colour.matrix],
    ['-color_range', colour.range],
    ['-chroma_sample_location', colour.chromaLocation],
  ].flatMap(([option, value]) => (option && value ? [option, value] : []));
  return [
    ...['-vf', filters(delivery, stream, colour)],
    ...['-c:v', delivery.encoder, '-pix_fmt', delivery.storedFormat, ...delivery.arguments],
    ...(delivery.encoder === 'libx265'
      ? ['-x265-params', x265Parameters(delivery, hdrStored ? stream.hdr : null)]
      : []),
    ...tags,
    ...['-r', rate.toString(), ...(atLeast(tools.ffmpeg, 59, 37) ? ['-fps_mode:v:0', 'cfr'] : ['-vsync', '1'])],
  ];
}

/** The option names two transfers by their gamma, where everything else says bt470. */
const transferWord = (name: string | null): string | null =>
  ({ bt470m: 'gamma22', bt470bg: 'gamma28' })[name ?? ''] ?? name;

function filters(delivery: Delivery, stream: VideoStream, colour: ColourTags): string {
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
    `setsar=${num}/${den}`,
  ].join(',');
}

/** The scale filter's name of the stream's matrix; by picture height where the file does not say, as players do. */
function scaleMatrix(stream: VideoStream): string {
  const names: Readonly<Record<string, string>> = {
    bt709: 'bt709',
    smpte170m: 'smpte170m',
    bt470bg: 'bt470bg',
    fcc: 'fcc',
    smpte240m: 'smpte240m',
    bt2020nc: 'bt2020',
    bt2020c: 'bt2020',
  };
  return names[stream.colour.matrix ?? ''] ?? (stream.height >= 720 ? 'bt709' : 'smpte170m');
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

function audioArguments(encoder: readonly string[], index: number): string[] {
  const [codec, ...rest] = encoder;
  return [
    `-c:a:${index}`,
    codec!,
    ...rest.map((word) => (word.startsWith('-') ? `${word.replace(/:a$/, '')}:a:${index}` : word)),
  ];
}

/** The label of the first frame shown, at the output's rate; `unfit` says why a source's timecode cannot be carried. */
function startTimecode(
  container: Container,
  { timecode: start }: MediaDescription,
  timing: Timing,
  from: number,
  rate: Rational,
): { timecode: StartTimecode | null; unfit: string | null } {
  const left = (unfit: string | null) => ({ timecode: null, unfit });
  if (!start) return left(null);
  if (container === 'sequence') return left('pictures hold none');
  const variable = timing.kind === 'variable';
  if (variable && from > 0) return left('a variable rate does not say what it is in the middle');
  const [label, counted] = variable ? [start.text.replace(';', ':'), rate] : [start.text, timing.rate];
  if (!isTimecode(label, counted)) return left(`there is no ${label} at ${counted} frames a second`);
  if (variable) return { timecode: carryTimecode(start, rate, rate), unfit: null };
  return { timecode: carryTimecode(advanceTimecode(start, timing.rate, from), timing.rate, rate), unfit: null };
}

function tagArguments(
  { delivery, source, rate }: EncoderOptions,
  carried: Carried,
  timecode: StartTimecode | null,
  chapters: number,
): string[] {
  const { stream, description } = source;
  const isMovie = delivery.container !== 'mkv';
  const title = stream.metadata.title;
  const clock = rate.num * BigInt(Math.ceil(10000 / Number(rate.num)));
  const appleTags = Object.keys(description.metadata).some((key) => key.startsWith('com.'));
  return [
    ...['-map_metadata', '1', '-map_chapters', carried.chapters ? String(chapters) : '-1'],
    ...['-metadata', `timecode=${timecode?.text ?? ''}`],
    ...(stream.language ? ['-metadata:s:v:0', `language=${stream.language}`] : []),
    ...(title ? ['-metadata:s:v:0', `title=${title}`] : []),
    ...['-disposition:v:0', 'default'],
    ...(isMovie
      ? ['-video_track_timescale', String(clock), '-movflags', `+write_colr${appleTags ? '+use_metadata_tags' : ''}`]
      : []),
    ...(isMovie && appleTags
      ? ['major_brand', 'minor_version', 'compatible_brands'].flatMap((key) => ['-metadata', `${key}=`])
      : []),
    ...(isMovie && delivery.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
  ];
}

function outputArguments({ delivery, path, name }: EncoderOptions): string[] {
  if (delivery.container !== 'sequence') {
    const muxer = { mov: 'mov', mp4: 'mp4', mkv: 'matroska' }[delivery.container];
    return ['-f', muxer, '-y', fileArgument(path)]; // the file is our own claimed partial
  }
  return ['-start_number', '1', '-f', 'image2', '-n', fileArgument(sequencePattern(path, name, delivery.extension))];
}
