// The sound of a part of a file, cut by its stamps: the same wherever the reader lands when it seeks.

import { CompanionError } from '../api/errors.ts';
import type { AudioStream } from './description.ts';
import type { MediaTools } from './find.ts';
import { complaints, fileArgument, guarded, quietly, runProcess } from './process.ts';
import { Rational } from './rational.ts';

/** A part of a source. */
export interface Part {
  /** Seconds after the source's earliest stream. */
  readonly from: Rational;
  readonly length: Rational;
  /** Stamp of the source's earliest stream, as in `MediaDescription`. */
  readonly origin: Rational;
}

/** Less than any tick of sound. */
const microsecond = new Rational(1, 1_000_000);

/** Input options that make an instant of the file's own clock 0. Exactly its origin is taken for a wish to start with the first stream that is read. */
export const startingAt = (instant: Rational): string[] => [
  ...['-copyts', '-itsoffset', instant.sub(microsecond).negate().toFixed(6)],
];

/**
 * Input options that make the part's first instant 0. The reader is sent `earlier` seconds before it: where it lands depends on the picture's key
 * frames, on how the streams are interleaved and on its version, and a decoder is sure of what it says only after some packets.
 */
export function partInput({ from, origin }: Part, earlier = 5): string[] {
  const seek = from.sub(new Rational(earlier));
  return [...startingAt(from.add(origin)), ...(seek.sign > 0 ? ['-noaccurate_seek', '-ss', seek.toFixed(6)] : [])];
}

/** The filter that cuts sound to the part, behind `partInput`. */
export const partFilter = ({ length }: Part): string => `atrim=start=0:end=${length.toFixed(6)}`;

export interface Heard {
  /** Seconds to the first sample from the start of the part; of a whole file its stamp, on the file's own clock. Null where there is none. */
  readonly start: Rational | null;
  /** Samples a channel. */
  readonly samples: number;
}

export interface HearOptions {
  readonly part: Part | null;
  /** Seconds before the part at which reading starts. */
  readonly earlier?: number;
  /** Whether to stop after the first samples. */
  readonly briefly?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What decodes out of a stream, or out of a part of it.
 * @throws CompanionError FFMPEG_FAILED; AbortError
 */
export async function hear(
  { ffmpeg }: MediaTools,
  path: string,
  { index, sampleRate }: AudioStream,
  { part, earlier, briefly, signal }: HearOptions,
): Promise<Heard> {
  const args = [
    ...[...quietly, '-nostdin', ...guarded, ...(part ? partInput(part, earlier) : ['-copyts']), '-vn', '-sn', '-dn'],
    ...['-i', fileArgument(path), '-map', `0:${index}`, ...(part ? ['-af', partFilter(part)] : [])],
    ...['-c:a', 'pcm_u8', '-ac', '1', '-ar', String(sampleRate), ...(briefly ? ['-frames:a', '1'] : [])],
    ...['-f', 'framecrc', 'pipe:1'],
  ];
  const { code, output, log } = await runProcess(ffmpeg.path, args, { signal, patience: 600 });
  if (code !== 0) {
    const what = `could not decode the sound of ${path}`;
    throw new CompanionError('FFMPEG_FAILED', { program: ffmpeg.path, what, log: complaints(log) });
  }
  // stream, dts, pts, duration, bytes, checksum: one byte is one sample, stamps count samples
  const rows = [...output.matchAll(/^0,\s*-?\d+,\s*(-?\d+),\s*\d+,\s*(\d+)/gm)];
  return {
    start: rows[0] ? new Rational(BigInt(rows[0][1]!), sampleRate) : null,
    samples: rows.reduce((sum, row) => sum + Number(row[2]), 0),
  };
}
