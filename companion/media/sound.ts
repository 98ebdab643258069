// The sound of a finished output held against its source: the same packets, or the same samples coded anew, at the same instants.

import { CompanionError } from '../api/errors.ts';
import { type Check, check, same, seconds, together, type VerifyOptions } from './check.ts';
import type { AudioStream, MediaDescription } from './description.ts';
import type { Expectation } from './expectation.ts';
import type { MediaTools } from './find.ts';
import { hear, type Part } from './part.ts';
import { complaints, fileArgument, guarded, quietly, runProcess } from './process.ts';
import { Rational } from './rational.ts';
import { rawOf, rawsOf } from './streams.ts';

/** What a stream of sound must be in the output. */
export interface DueSound {
  /** Seconds to its first sample after the earliest stream; null where the source does not say. */
  readonly start: Rational | null;
  /** Samples a channel when coded anew; null when copied. */
  readonly samples: number | null;
}

export interface DueStarts {
  /** Seconds to the first picture after the earliest stream. */
  readonly picture: Rational;
  readonly sound: readonly DueSound[];
}

/**
 * Where picture and sound must start. The output's own zero is the earliest of what it carries: a stream left behind, or samples that a decoder drops
 * (the first ones of Opus), may have been the source's.
 * @throws CompanionError FFMPEG_FAILED; AbortError
 */
export async function dueStarts(
  tools: MediaTools,
  expectation: Expectation,
  options: VerifyOptions,
): Promise<DueStarts> {
  const lead = await longestLead(tools, expectation, options);
  const picture = expectation.start.add(lead);
  const sound: DueSound[] = [];
  for (const audio of expectation.audio) {
    const due = audio.copied
      ? {
          start: audio.source.start?.sub(await leadOf(tools, audio.source, expectation, options)) ?? null,
          samples: null,
        }
      : await dueAnew(tools, audio.source, audio.codec, expectation, options);
    sound.push({ ...due, start: due.start?.add(lead) ?? null });
  }
  const zero = sound.reduce((least, { start }) => (start ? smaller(least, start) : least), picture);
  return {
    picture: picture.sub(zero),
    sound: sound.map(({ start, samples }) => ({ start: start?.sub(zero) ?? null, samples })),
  };
}

/** Of sound that is decoded and coded anew: what is heard of the source, and what the codec puts before it. */
async function dueAnew(
  tools: MediaTools,
  source: AudioStream,
  codec: string,
  { part, sourcePath, sourceOrigin }: Expectation,
  { signal }: VerifyOptions,
): Promise<DueSound> {
  const heard = await hear(tools, sourcePath, source, { part, earlier: 20, signal }); // not from where the encoder read: it must not matter
  const start = part ? heard.start : (heard.start?.sub(sourceOrigin) ?? null);
  const primed = codec === 'aac' && start ? smaller(start, priming(source)) : Rational.ZERO;
  return {
    start: start?.sub(primed) ?? null,
    samples: heard.samples + Number(primed.mul(new Rational(source.sampleRate)).round()),
  };
}

/** Each stream of sound of the output against what it must be. */
export async function checkSound(
  tools: MediaTools,
  description: MediaDescription,
  expectation: Expectation,
  due: readonly DueSound[],
  options: VerifyOptions,
): Promise<Check[]> {
  const checks: Check[] = [same('audio streams', expectation.audio.length, description.audio.length)];
  for (const [number, { source, codec }] of expectation.audio.entries()) {
    const found = description.audio[number];
    if (!found) break;
    const { start, samples } = due[number]!;
    const name = `audio ${number + 1}`;
    checks.push(same(`${name} codec`, codec, found.codec));
    checks.push(same(`${name} sample rate`, source.sampleRate, found.sampleRate));
    checks.push(same(`${name} channels`, source.channels, found.channels));
    if (start && found.start) {
      const near = together(found.start, start);
      checks.push(check(`${name} start`, seconds(start), seconds(found.start), near));
    }
    if (samples === null) {
      const before = await packetHash(tools, expectation.sourcePath, source, options);
      const after = await packetHash(tools, description.path, found, options);
      checks.push(same(`${name} packets`, before, after));
    } else {
      const heard = await hear(tools, description.path, found, { part: null, signal: options.signal });
      const near = Math.abs(samples - heard.samples) <= tolerance(codec, source, expectation.part);
      checks.push(check(`${name} samples`, `${samples}`, `${heard.samples}`, near));
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

/** MD5 of the stream's packets as they lie in the file, whatever the packets' sizes; AAC without the headers that transport streams put before them. */
async function packetHash(
  tools: MediaTools,
  path: string,
  { index, codec }: AudioStream,
  options: VerifyOptions,
): Promise<string> {
  const bare = codec === 'aac' ? ['-bsf:a', 'aac_adtstoasc'] : [];
  const copy = ['-map', `0:${index}`, '-c', 'copy', ...bare, '-copypriorss', '1', '-copyts', '-f', 'md5', 'pipe:1'];
  const args = [...quietly, '-nostdin', ...guarded, '-i', fileArgument(path), ...copy];
  const { code, output, log } = await runProcess(tools.ffmpeg.path, args, { signal: options.signal, patience: 600 });
  const found = /MD5=([0-9a-f]{32})/.exec(output)?.[1];
  if (code === 0 && found) return found;
  const what = `could not read ${path}`;
  throw new CompanionError('FFMPEG_FAILED', { program: tools.ffmpeg.path, what, log: complaints(log) });
}
