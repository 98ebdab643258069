// What a media file holds, in the words the rest of the companion uses. Times are exact seconds from ffmpeg's zero of the file.

import type { PictureFormat } from '../../native/index.ts';
import type { Rational } from './rational.ts';

/** `tff`/`bff`: interlaced, top or bottom field first. `unknown`: the file does not say and its frames do not either. */
export type FieldOrder = 'progressive' | 'tff' | 'bff' | 'unknown';

/** Colour tags under ffmpeg's names (`bt709`, `smpte2084`, `bt2020nc` …); null where the file does not say. */
export interface ColourTags {
  readonly primaries: string | null;
  readonly transfer: string | null;
  readonly matrix: string | null;
  readonly range: 'tv' | 'pc' | null;
  readonly chromaLocation: string | null;
}

/** SMPTE ST 2086: chromaticities in CIE 1931 xy, luminance in cd/m². */
export interface MasteringDisplay {
  readonly red: readonly [Rational, Rational];
  readonly green: readonly [Rational, Rational];
  readonly blue: readonly [Rational, Rational];
  readonly white: readonly [Rational, Rational];
  readonly minLuminance: Rational;
  readonly maxLuminance: Rational;
}

/** CTA-861.3 content light levels in cd/m². */
export interface ContentLight {
  readonly maxContent: number;
  readonly maxAverage: number;
}

export interface HdrMetadata {
  readonly mastering: MasteringDisplay | null;
  readonly contentLight: ContentLight | null;
}

export interface StartTimecode {
  /** `HH:MM:SS:FF`, or `HH:MM:SS;FF` when drop-frame. */
  readonly text: string;
  readonly dropFrame: boolean;
}

interface StreamBase {
  /** Index among all streams of the file. */
  readonly index: number;
  readonly codec: string;
  readonly timeBase: Rational;
  /** Seconds; null where the file does not say. */
  readonly start: Rational | null;
  readonly duration: Rational | null;
  readonly language: string | null;
  readonly default: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface VideoStream extends StreamBase {
  readonly kind: 'video';
  readonly profile: string | null;
  readonly width: number;
  readonly height: number;
  /** Width of a pixel over its height; 1 where the file does not say. */
  readonly sampleAspect: Rational;
  /** ffmpeg's name of the decoded pixel format. */
  readonly pixelFormat: string;
  /** The planar format the engine gets it as. */
  readonly picture: PictureFormat;
  /** ffmpeg's pixel format whose rawvideo bytes are `picture`. */
  readonly pipeFormat: string;
  /** Whether `pipeFormat` holds every code value of `pixelFormat` unchanged. */
  readonly exactPlanes: boolean;
  readonly fieldOrder: FieldOrder;
  readonly colour: ColourTags;
  readonly hdr: HdrMetadata;
  /** Clockwise turn a player applies, in degrees 0 … 359, and whether the picture is mirrored left to right before it. */
  readonly rotation: number;
  readonly mirrored: boolean;
  /** Frames per second as the container states it, and counted over the duration; null where it does not say. */
  readonly nominalRate: Rational | null;
  readonly averageRate: Rational | null;
  /** Frames the container says it has; null where it does not. The truth is in the stamps. */
  readonly statedFrames: number | null;
  /** Bits a second; null where the file does not say. */
  readonly bitRate: number | null;
}

export interface AudioStream extends StreamBase {
  readonly kind: 'audio';
  readonly sampleRate: number;
  readonly channels: number;
  /** `stereo`, `5.1(side)` …; null where the file does not say. */
  readonly layout: string | null;
  /** Bits a sample of lossless codecs; null for lossy ones. */
  readonly bitDepth: number | null;
}

export interface SubtitleStream extends StreamBase {
  readonly kind: 'subtitle';
  /** Whether the codec is text (srt, mov_text, ass, webvtt) and can become another text format. */
  readonly text: boolean;
}

/** Timecode tracks, telemetry, cover pictures, attachments: not carried unless said otherwise. */
export interface OtherStream extends StreamBase {
  readonly kind: 'timecode' | 'cover' | 'attachment' | 'data';
}

export type Stream = VideoStream | AudioStream | SubtitleStream | OtherStream;

export interface Chapter {
  /** Seconds. */
  readonly start: Rational;
  readonly end: Rational;
  readonly title: string | null;
}

export interface MediaDescription {
  /** Absolute path. */
  readonly path: string;
  /** ffmpeg's demuxer names, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  readonly bytes: number;
  /** Stamp the file's earliest stream starts at, in seconds of the container's own clock; every other time here counts from it. */
  readonly origin: Rational;
  /** Seconds; null where the file does not say. */
  readonly duration: Rational | null;
  readonly video: readonly VideoStream[];
  readonly audio: readonly AudioStream[];
  readonly subtitles: readonly SubtitleStream[];
  readonly other: readonly OtherStream[];
  readonly chapters: readonly Chapter[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly timecode: StartTimecode | null;
  /** Things a person should know: dynamic HDR layers, resampled chroma, odd stamps. */
  readonly notes: readonly string[];
}
