// Opens a finished output again and holds it against what it must be. Nothing is published that does not pass.

import type { PictureFormat } from '../../native/index.ts';
import { CompanionError } from '../api/errors.ts';
import { rangesOf } from './damage.ts';
import type { CodecName, Container } from './delivery.ts';
import type {
  AudioStream,
  Chapter,
  ColourTags,
  HdrMetadata,
  MasteringDisplay,
  MediaDescription,
  StartTimecode,
  VideoStream,
} from './description.ts';
import type { MediaTools } from './find.ts';
import { hear, type Part } from './part.ts';
import { demandVideo, probe } from './probe.ts';
import { complaints, fileArgument, guarded, quietly, runProcess } from './process.ts';
import { Rational } from './rational.ts';
import { readTiming } from './stamps.ts';
import { decodeStills, takeStock } from './stills.ts';
import { rawOf, rawsOf } from './streams.ts';
import type { Cue } from './words.ts';

export interface ExpectedAudio {
  readonly source: AudioStream;
  /** Copied packet by packet; else coded anew as `codec`. */
  readonly copied: boolean;
  readonly codec: string;
}

export interface ExpectedSubtitle {
  /** When it shows something, in milliseconds; null where it was not cut. */
  readonly cues: readonly Cue[] | null;
}

/** What an output must be. `openEncoder` states it, `verify` checks it. */
export interface Expectation {
  readonly codec: CodecName;
  readonly container: Container;
  /** Of a sequence's pictures. */
  readonly name: string;
  readonly extension: string;
  readonly frames: number;
  readonly rate: Rational;
  readonly picture: PictureFormat;
  /** ffmpeg's name of the stored pixel format. */
  readonly storedFormat: string;
  readonly sampleAspect: Rational;
  readonly colour: ColourTags;
  readonly rotation: number;
  readonly mirrored: boolean;
  readonly hdr: HdrMetadata;
  readonly timecode: StartTimecode | null;
  /** Seconds the picture starts after the earliest stream. */
  readonly start: Rational;
  /** The part of the source that sound and words were cut to; null when all of them were taken. */
  readonly part: Part | null;
  readonly audio: readonly ExpectedAudio[];
  readonly subtitles: readonly ExpectedSubtitle[];
  readonly chapters: readonly Chapter[];
  readonly title: string | null;
  readonly sourcePath: string;
  readonly sourceContainer: string;
}

export interface Check {
  /** `frames`, `rate`, `audio 1 packets` … */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of frames counted so far: it rises to `expectation.frames`. */
  readonly progress?: (frames: number) => void;
}

/** A millisecond: what Matroska's clock and a person's ear allow. */
const millisecond = new Rational(1, 1000);

/**
 * Checks a finished file or folder.
 * @throws CompanionError VERIFY_FAILED naming everything that differs; FFMPEG_FAILED; AbortError
 */
export async function verify(
  tools: MediaTools,
  path: string,
  expectation: Expectation,
  options: VerifyOptions = {},
): Promise<readonly Check[]> {
  const checks =
    expectation.container === 'sequence'
      ? await checkSequence(tools, path, expectation, options)
      : await checkFile(tools, path, expectation, options);
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    const differences = failed.map(({ what, expected, found }) => `${what} is ${found} instead of ${expected}`);
    throw new CompanionError('VERIFY_FAILED', { path, differences });
  }
  return checks;
}

async function checkFile(
  tools: MediaTools,
  path: string,
  expectation: Expectation,
  options: VerifyOptions,
): Promise<Check[]> {
  const description = await probe(tools, path, options);
  const stream = demandVideo(description);
  const timing = await readTiming(tools, description, stream, {
    signal: options.signal,
    progress: (packets) => options.progress?.(Math.min(packets, expectation.frames)), // a packet may be half a frame
  });
  const rate = timing.kind === 'constant' ? timing.rate.toString() : 'variable';
  const lead = await longestLead(tools, expectation, options);
  const start = expectation.start.add(lead);
  return [
    same('frames', expectation.frames, timing.frames),
    // One or two frames in a clock of milliseconds fit many rates: the container's word decides then.
    same('rate', expectation.rate, timing.frames < 3 ? (stream.nominalRate ?? rate) : rate),
    check(
      'picture start',
      seconds(start),
      seconds(timing.start),
      timing.start.sub(start).abs().compare(millisecond) < 0,
    ),
    ...checkPicture(stream, expectation),
    ...checkTags(stream, description, expectation),
    ...(await checkAudio(tools, description, expectation, lead, options)),
    same('subtitle streams', expectation.subtitles.length, description.subtitles.length),
    ...(await checkWords(tools, description, expectation, options)),
    ...checkChapters(description.chapters, expectation),
  ];
}

/** How many there are, and the first that is not where it must be. The ends in a movie follow from the starts. */
function checkChapters(stored: readonly Chapter[], { chapters, container }: Expectation): Check[] {
  const [wanted, found] = [distinct(chapters), distinct(stored)];
  const count = same('chapters', wanted.length, found.length);
  for (const [index, { start, end }] of count.passed ? wanted.entries() : []) {
    const other = found[index]!;
    if (!apart(start, other.start) && (container !== 'mkv' || !apart(end, other.end))) continue;
    const span = (from: Rational, to: Rational) => `from ${seconds(from)} to ${seconds(to)}`;
    return [count, check(`chapter ${index + 1}`, span(start, end), span(other.start, other.end), false)];
  }
  return [count];
}

/** Movies count chapters in milliseconds, and ffmpeg cuts them at ticks of the source: less than this is no difference. */
const chapterSlack = new Rational(1, 500);
const apart = (a: Rational, b: Rational): boolean => a.sub(b).abs().compare(chapterSlack) >= 0;

/** Without slivers at the edges of a range, which may be there or not, and with one of those that start together: readers tell of one. */
function distinct(chapters: readonly Chapter[]): Chapter[] {
  return chapters
    .filter(({ start, end }) => apart(start, end))
    .filter(({ start }, index, all) => index === 0 || apart(start, all[index - 1]!.start));
}

function checkPicture({ picture, sampleAspect }: VideoStream, expectation: Expectation): Check[] {
  const wanted = expectation.picture;
  return [
    same('width', wanted.width, picture.width),
    same('height', wanted.height, picture.height),
    same('planes', wanted.layout, picture.layout),
    check('bit depth', `${wanted.depth}`, `${picture.depth}`, picture.depth >= wanted.depth), // decoders may state more than was stored
    same('alpha', wanted.alpha, picture.alpha),
    same('sample aspect', expectation.sampleAspect, sampleAspect),
  ];
}

function checkTags(stream: VideoStream, description: MediaDescription, expectation: Expectation): Check[] {
  const { colour, hdr } = expectation;
  const tag = (what: string, wanted: string | null, found: string | null) =>
    wanted === null ? [] : [same(what, wanted, found ?? 'not stated')];
  const stated = colour.primaries !== null && colour.transfer !== null && colour.matrix !== null;
  return [
    // A movie's colour box holds primaries, transfer and matrix together; a lone one of them may have no place.
    ...(stated || expectation.container === 'mkv'
      ? tag('colour primaries', colour.primaries, stream.colour.primaries)
      : []),
    ...(stated || expectation.container === 'mkv'
      ? tag('colour transfer', colour.transfer, stream.colour.transfer)
      : []),
    ...(stated && stream.picture.layout !== 'rgb' ? tag('colour matrix', colour.matrix, stream.colour.matrix) : []),
    ...(colour.range === 'pc' && stream.picture.layout !== 'rgb' ? tag('colour range', 'pc', stream.colour.range) : []),
    same(
      'rotation',
      `${expectation.rotation}${expectation.mirrored ? ' mirrored' : ''}`,
      `${stream.rotation}${stream.mirrored ? ' mirrored' : ''}`,
    ),
    ...tag('title', expectation.title, description.metadata.title ?? null),
    same('start timecode', expectation.timecode?.text ?? 'none', description.timecode?.text ?? 'none'),
    ...(hdr.mastering
      ? [same('mastering display', masteringText(hdr.mastering), masteringText(stream.hdr.mastering))]
      : []),
    ...(hdr.contentLight
      ? [same('content light', JSON.stringify(hdr.contentLight), JSON.stringify(stream.hdr.contentLight))]
      : []),
  ];
}

/** In the units the metadata is stored in: 1/50000 for colours, 1/10000 cd/m² for light. */
function masteringText(mastering: MasteringDisplay | null): string {
  if (!mastering) return 'none';
  const { red, green, blue, white, minLuminance, maxLuminance } = mastering;
  const colours = [red, green, blue, white].flat().map((value) => value.mul(new Rational(50000)).round());
  const lights = [minLuminance, maxLuminance].map((value) => value.mul(new Rational(10000)).round());
  return [...colours, ...lights].join(' ');
}

async function checkAudio(
  tools: MediaTools,
  description: MediaDescription,
  expectation: Expectation,
  lead: Rational,
  options: VerifyOptions,
): Promise<Check[]> {
  const checks: Check[] = [same('audio streams', expectation.audio.length, description.audio.length)];
  for (const [number, { source, copied, codec }] of expectation.audio.entries()) {
    const found = description.audio[number];
    if (!found) break;
    const name = `audio ${number + 1}`;
    checks.push(same(`${name} codec`, codec, found.codec));
    checks.push(same(`${name} sample rate`, source.sampleRate, found.sampleRate));
    checks.push(same(`${name} channels`, source.channels, found.channels));
    const startsAt = (start: Rational | null) => {
      if (!start || !found.start) return;
      const near = found.start.sub(start).abs().compare(millisecond) < 0;
      checks.push(check(`${name} start`, seconds(start), seconds(found.start), near));
    };
    if (copied) {
      const own = await leadOf(tools, source, expectation, options);
      startsAt(source.start?.add(lead).sub(own) ?? null);
      const [before, after] = [
        await packetHash(tools, expectation.sourcePath, source.index, options),
        await packetHash(tools, description.path, found.index, options),
      ];
      checks.push(same(`${name} packets`, before, after));
    } else {
      const { part, sourcePath } = expectation;
      const { signal } = options;
      const given = await hear(tools, sourcePath, source, { part, earlier: 20, signal }); // not from where the encoder read: it must not matter
      const { samples } = await hear(tools, description.path, found, { part: null, signal });
      const start = part ? given.start : source.start;
      const primed = codec === 'aac' && start ? smaller(start, priming(found)) : Rational.ZERO;
      startsAt(start?.sub(primed).add(lead) ?? null);
      const expected = given.samples + Number(primed.mul(new Rational(found.sampleRate)).round());
      const near = Math.abs(expected - samples) <= tolerance(codec, source, part);
      checks.push(check(`${name} samples`, `${expected}`, `${samples}`, near));
    }
  }
  return checks;
}

/** A cut lands between two samples, and where the source's clock is coarse, two readings of it agree to one tick; AAC ends in whole frames of 1024. */
function tolerance(codec: string, { timeBase, sampleRate }: AudioStream, part: Part | null): number {
  if (codec === 'aac') return 1024;
  return part ? Number(timeBase.mul(new Rational(sampleRate)).ceil()) : 0;
}

/** ffmpeg's AAC begins with 1024 samples of silence. Before the file's start they are hidden; sound that starts later is preceded by them. */
const priming = ({ sampleRate }: AudioStream): Rational => new Rational(1024, sampleRate);
const smaller = (a: Rational, b: Rational): Rational => (a.compare(b) < 0 ? a : b);

/** Milliseconds by which a cue may be off: containers and ASS count in other units. */
const cueSlack = 10;

/** Whether words that were cut show when they must: all of them in Matroska; a movie's lie one after another, without those that are blank. */
async function checkWords(
  tools: MediaTools,
  { path, subtitles }: MediaDescription,
  { subtitles: expected, container }: Expectation,
  options: VerifyOptions,
): Promise<Check[]> {
  const movie = container !== 'mkv';
  const checks: Check[] = [];
  for (const [number, { cues }] of expected.entries()) {
    const stream = subtitles[number];
    if (!cues || !stream) continue;
    const found = (await packetsOf(tools, path, stream.index, options)).filter(({ bytes }) => !movie || bytes > 2);
    const close = (a: number, b: number) => Math.abs(a - b) <= cueSlack;
    const last = Math.max(...cues.map(({ end }) => end));
    const fits = ({ start, end }: Cue, index: number) =>
      movie
        ? cues.some((cue) => close(cue.start, start)) && end <= last + cueSlack
        : close(cues[index]!.start, start) && close(cues[index]!.end, end);
    const counted = movie ? found.length > 0 && found.length <= cues.length : found.length === cues.length;
    const name = `subtitle ${number + 1}`;
    checks.push(check(`${name} cues`, `${cues.length}`, `${found.length}`, counted));
    const wrong = counted ? found.find((cue, index) => !fits(cue, index)) : undefined;
    const shown = wrong ? `${wrong.start} to ${wrong.end} ms` : 'right';
    checks.push(check(`${name} times`, 'right', shown, !wrong));
  }
  return checks;
}

/** The packets of a subtitle stream, in milliseconds. A movie fills gaps with packets of two bytes. */
async function packetsOf(
  tools: MediaTools,
  path: string,
  stream: number,
  options: VerifyOptions,
): Promise<(Cue & { readonly bytes: number })[]> {
  const entries = ['-select_streams', String(stream), '-show_entries', 'packet=pts_time,duration_time,size'];
  const args = [...quietly, ...guarded, ...entries, '-of', 'json', '-i', fileArgument(path)];
  const { output } = await runProcess(tools.ffprobe.path, args, { signal: options.signal, patience: 600 });
  return rawsOf(rawOf(JSON.parse(output)).packets).map((packet) => {
    const start = Math.round(Number(packet.pts_time) * 1000);
    return { start, end: start + Math.round(Number(packet.duration_time ?? 0) * 1000), bytes: Number(packet.size) };
  });
}

/**
 * Seconds of samples before the first that is heard, which a movie's edit list hides. Matroska as ffmpeg writes it hides nothing: there the whole
 * file starts that much earlier, and every other stream that much later in it.
 */
async function leadOf(
  tools: MediaTools,
  source: AudioStream,
  expectation: Expectation,
  options: VerifyOptions,
): Promise<Rational> {
  if (expectation.container !== 'mkv' || !source.start || /matroska/.test(expectation.sourceContainer))
    return Rational.ZERO;
  const first = [
    '-select_streams',
    String(source.index),
    '-show_entries',
    'packet=pts:stream=start_pts',
    '-read_intervals',
    '%+#1',
    '-of',
    'json',
  ];
  const args = [...quietly, ...guarded, ...first, '-i', fileArgument(expectation.sourcePath)];
  const json = rawOf(JSON.parse((await runProcess(tools.ffprobe.path, args, options)).output));
  const [packet, stream] = [rawsOf(json.packets)[0]?.pts, rawsOf(json.streams)[0]?.start_pts];
  if (typeof packet !== 'number' || typeof stream !== 'number' || packet >= stream) return Rational.ZERO;
  return new Rational(stream - packet).mul(source.timeBase);
}

async function longestLead(tools: MediaTools, expectation: Expectation, options: VerifyOptions): Promise<Rational> {
  let longest = Rational.ZERO;
  for (const { source, copied } of expectation.audio) {
    const lead = copied
      ? (await leadOf(tools, source, expectation, options)).sub(source.start ?? Rational.ZERO)
      : Rational.ZERO;
    if (lead.compare(longest) > 0) longest = lead;
  }
  return longest;
}

/** MD5 of the stream's packets as they lie in the file, whatever the packets' sizes. */
export async function packetHash(
  tools: MediaTools,
  path: string,
  stream: number,
  options: VerifyOptions = {},
): Promise<string> {
  const copy = ['-map', `0:${stream}`, '-c', 'copy', '-copypriorss', '1', '-copyts', '-f', 'md5', 'pipe:1'];
  return hash(tools, [...guarded, '-i', fileArgument(path), ...copy], path, options);
}

async function hash(tools: MediaTools, args: readonly string[], path: string, options: VerifyOptions): Promise<string> {
  const { code, output, log } = await runProcess(tools.ffmpeg.path, [...quietly, '-nostdin', ...args], {
    signal: options.signal,
    patience: 600,
  });
  const found = /MD5=([0-9a-f]{32})/.exec(output)?.[1];
  if (code === 0 && found) return found;
  throw new CompanionError('FFMPEG_FAILED', {
    program: tools.ffmpeg.path,
    what: `could not read ${path}`,
    log: complaints(log),
  });
}

async function checkSequence(
  tools: MediaTools,
  folder: string,
  expectation: Expectation,
  options: VerifyOptions,
): Promise<Check[]> {
  const { frames, picture, storedFormat } = expectation;
  const stills = { ...expectation, folder };
  const none = (what: string, numbers: readonly number[]) => same(what, 'none', rangesOf(numbers) || 'none');
  const { files, missing, cut } = await takeStock(stills, options);
  const stock = [same('files', frames, files), none('missing picture', missing), none('picture cut short', cut)];
  if (missing.length + cut.length > 0) return stock; // the decoder would stop there
  const { unreadable, forms } = await decodeStills(tools, stills, options);
  return [
    ...stock,
    none('unreadable picture', unreadable),
    same('pictures', `${picture.width}x${picture.height} ${storedFormat}`, forms.join(' and ') || 'nothing'),
  ];
}

type Fact = string | number | boolean | Rational;

function same(what: string, expected: Fact, found: Fact): Check {
  return check(what, String(expected), String(found), String(expected) === String(found));
}

function check(what: string, expected: string, found: string, passed: boolean): Check {
  return { what, expected, found, passed };
}

const seconds = (value: Rational): string => `${value.toFixed(6)} s`;
