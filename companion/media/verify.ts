// Opens a finished output again and holds it against what it must be. Nothing is published that does not pass.

import { CompanionError } from '../api/errors.ts';
import { type Check, check, same, seconds, together, type VerifyOptions } from './check.ts';
import { rangesOf } from './damage.ts';
import type { Chapter, MasteringDisplay, MediaDescription, VideoStream } from './description.ts';
import type { Expectation } from './expectation.ts';
import type { MediaTools } from './find.ts';
import { demandVideo, probe } from './probe.ts';
import { fileArgument, guarded, quietly, runProcess } from './process.ts';
import { Rational } from './rational.ts';
import { checkSound, dueStarts } from './sound.ts';
import { readTiming } from './stamps.ts';
import { decodeStills, takeStock } from './stills.ts';
import { rawOf, rawsOf } from './streams.ts';
import type { Cue } from './words.ts';

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
  const { picture: start, sound } = await dueStarts(tools, expectation, options);
  return [
    same('frames', expectation.frames, timing.frames),
    // One or two frames in a clock of milliseconds fit many rates: the container's word decides then.
    same('rate', expectation.rate, timing.frames < 3 ? (stream.nominalRate ?? rate) : rate),
    check('picture start', seconds(start), seconds(timing.start), together(timing.start, start)),
    ...checkPicture(stream, expectation),
    ...checkTags(stream, description, expectation),
    ...(await checkSound(tools, description, expectation, sound, options)),
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

/** BT.709 and SMPTE 170M are one curve, and older versions of ffmpeg write a movie's SMPTE 170M as BT.709. */
const curveAs = (wanted: string | null, found: string | null): string | null =>
  wanted === 'smpte170m' && found === 'bt709' ? wanted : found;

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
      ? tag('colour transfer', colour.transfer, curveAs(colour.transfer, stream.colour.transfer))
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
