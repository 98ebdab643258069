// What an output must be: the encoder states it, `verify` checks it.

import type { PictureFormat } from '../../native/index.ts';
import type { CodecName, Container } from './codecs.ts';
import type { AudioStream, Chapter, ColourTags, HdrMetadata, StartTimecode } from './description.ts';
import type { Part } from './part.ts';
import type { Rational } from './rational.ts';
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

/** What an output must be. `planOutput` states it, `verify` checks it. */
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
  /** Stamp of the source's earliest stream. */
  readonly sourceOrigin: Rational;
  readonly sourceContainer: string;
}
