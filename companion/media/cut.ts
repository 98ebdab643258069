// What a part of a source holds beside its pictures, read before the output is planned: which streams have nothing in it, and the words cut to it.

import { subtitleEncoder } from './carry.ts';
import type { Container } from './codecs.ts';
import type { MediaDescription } from './description.ts';
import type { MediaTools } from './find.ts';
import { hear, type Part } from './part.ts';
import { Rational } from './rational.ts';
import { durationOf, sliceTiming, type Timing } from './timing.ts';
import { type Cue, cutWords } from './words.ts';

export interface Cut {
  readonly part: Part;
  /** Indexes of the streams of sound and words that have nothing in the part. */
  readonly silent: ReadonlySet<number>;
  /** The words of all streams that have some, in their order, for `pipe:3` of the encoder; null where none has. */
  readonly words: Buffer | null;
  /** When they show, in milliseconds of the part, by index of the stream. */
  readonly cues: ReadonlyMap<number, readonly Cue[]>;
}

export interface CutRequest {
  readonly description: MediaDescription;
  /** Of the whole stream. */
  readonly timing: Timing;
  /** First frame, and how many. */
  readonly from: number;
  readonly count: number;
  readonly speed: Rational;
  readonly container: Container;
}

/** The part to which sound and words are cut; null where all of them are taken, or none. */
export function partOf({ description, timing, from, count, speed, container }: CutRequest): Part | null {
  const whole = from === 0 && count === timing.frames;
  if (whole || container === 'sequence' || !speed.equals(Rational.ONE)) return null;
  const shown = sliceTiming(timing, from, count);
  return { from: shown.start, length: durationOf(shown), origin: description.origin };
}

/**
 * Reads it; null where nothing is cut.
 * @throws CompanionError FFMPEG_FAILED; AbortError
 */
export async function readCut(tools: MediaTools, request: CutRequest, signal?: AbortSignal): Promise<Cut | null> {
  const { description, container } = request;
  const part = partOf(request);
  if (!part || container === 'sequence') return null;
  const silent = new Set<number>();
  for (const stream of description.audio) {
    if (stream.codec === 'none' || stream.sampleRate === 0) continue;
    const { samples } = await hear(tools, description.path, stream, { part, briefly: true, signal });
    if (samples === 0) silent.add(stream.index);
  }
  const wordy = description.subtitles.flatMap((source) => {
    const encoder = subtitleEncoder(source, container) && subtitleEncoder(source, 'mkv');
    return encoder ? [{ index: source.index, encoder }] : [];
  });
  const found = wordy.length > 0 ? await cutWords(tools, description.path, wordy, part, signal) : null;
  const cues = new Map(wordy.map(({ index }, number) => [index, found!.streams[number]!]));
  for (const [index, shown] of cues) if (shown.length === 0) silent.add(index);
  return { part, silent, words: found && wordy.some(({ index }) => !silent.has(index)) ? found.file : null, cues };
}
