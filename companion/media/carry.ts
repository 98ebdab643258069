// What of the source goes along with new pictures: which audio and subtitle streams are copied or coded anew, and what is left behind and said so.

import { movieKeeps } from './chapters.ts';
import type { Container } from './codecs.ts';
import type { Cut } from './cut.ts';
import type { AudioStream, MediaDescription, SubtitleStream } from './description.ts';
import { demandVideo } from './probe.ts';

export interface CarriedAudio {
  readonly source: AudioStream;
  readonly copied: boolean;
  /** Codec in the output, and ffmpeg's encoder arguments when coded anew. */
  readonly codec: string;
  readonly arguments: readonly string[];
}

export interface CarriedSubtitle {
  readonly source: SubtitleStream;
  /** Codec in the output; `copy` keeps it. */
  readonly encoder: string;
}

export interface Carried {
  readonly audio: readonly CarriedAudio[];
  readonly subtitles: readonly CarriedSubtitle[];
  readonly chapters: boolean;
  /** `Not carried: …` and `Audio … is coded anew …`, for the person. */
  readonly notes: readonly string[];
}

export interface CarryRequest {
  readonly description: MediaDescription;
  readonly container: Container;
  /** The part that is taken; null: all of the clip, from its first frame to its last. */
  readonly cut: Cut | null;
  /** Whether it plays at its own speed: sound and words fit no other. */
  readonly realTime: boolean;
}

/** Audio codecs a container takes as they are, in every version of ffmpeg we meet. Not Opus: before ffmpeg 7, copies of it start late by its lead-in. */
const copies: Readonly<Record<Exclude<Container, 'sequence'>, RegExp>> = {
  mov: /^(aac|alac|mp3|ac3|eac3|pcm_(s16|s24|s32|f32|f64)(le|be)|pcm_(u8|s8|alaw|mulaw))$/,
  mp4: /^(aac|alac|mp3|ac3|eac3)$/,
  mkv: /^(aac|alac|mp3|mp2|ac3|eac3|dts|truehd|flac|vorbis|pcm_(s16|s24|s32)(le|be)|pcm_(u8|f32le|f64le))$/,
};

/** Decides what is carried into the container. */
export function decideCarried({ description, container, cut, realTime }: CarryRequest): Carried {
  const whole = cut === null;
  const notes: string[] = [];
  const leave = (what: string, why: string) => notes.push(`Not carried: ${what} (${why}).`);
  const { audio, subtitles, other, chapters } = description;
  for (const stream of other)
    if (stream.kind !== 'timecode')
      leave(`${stream.kind} stream ${stream.index}`, 'only picture, sound, words and timecode are');
  const shown = demandVideo(description);
  for (const stream of description.video.filter(({ index }) => index !== shown.index))
    leave(`video stream ${stream.index}`, 'one picture is');
  const unfit = container === 'sequence' ? 'pictures hold none' : realTime ? null : 'it would not fit the new speed';
  if (unfit || container === 'sequence') {
    for (const stream of audio) leave(`audio stream ${stream.index}`, unfit ?? '');
    for (const stream of subtitles) leave(`subtitle stream ${stream.index}`, unfit ?? '');
    if (chapters.length > 0) leave('chapters', unfit ?? '');
    return { audio: [], subtitles: [], chapters: false, notes };
  }
  const empty = ({ index, kind }: AudioStream | SubtitleStream): boolean => {
    const silent = cut?.silent.has(index) ?? false;
    if (silent) leave(`${kind} stream ${index}`, 'the range has none of it');
    return silent;
  };
  const carriedAudio = audio.flatMap((source): CarriedAudio[] => {
    if (source.codec === 'none' || source.sampleRate === 0) {
      leave(`audio stream ${source.index}`, 'its codec is unknown');
      return [];
    }
    if (whole && copies[container].test(source.codec))
      return [{ source, copied: true, codec: source.codec, arguments: ['copy'] }];
    if (empty(source)) return [];
    const coded = codedAnew(source, container);
    const why = whole ? reasonNotCopied(source, container) : 'it is cut to the range, sample by sample';
    notes.push(`Audio stream ${source.index} is coded anew as ${coded.codec}: ${why}.`);
    return [{ source, copied: false, ...coded }];
  });
  const carriedSubtitles = subtitles.flatMap((source): CarriedSubtitle[] => {
    const encoder = subtitleEncoder(source, container);
    if (encoder && empty(source)) return [];
    if (encoder) return [{ source, encoder: whole ? encoder : container === 'mkv' ? 'copy' : 'mov_text' }]; // what is cut is fit for Matroska already
    leave(`subtitle stream ${source.index}`, `a .${container} does not hold ${source.codec}`);
    return [];
  });
  const kept = container === 'mkv' || movieKeeps(chapters);
  if (!kept) leave('chapters', `a .${container} holds them only where all have titles or none has`);
  return { audio: carriedAudio, subtitles: carriedSubtitles, chapters: kept && chapters.length > 0, notes };
}

const reasonNotCopied = ({ codec }: AudioStream, container: Container): string =>
  codec === 'opus' && container === 'mkv' ? 'copied, Opus would start late' : `a .${container} does not hold ${codec}`;

/** The codec that loses least: PCM in .mov, FLAC in .mkv, AAC in .mp4. */
function codedAnew(
  source: AudioStream,
  container: Exclude<Container, 'sequence'>,
): { codec: string; arguments: string[] } {
  if (container === 'mp4') {
    const codec = 'aac';
    return { codec, arguments: [codec, '-b:a', `${160 * Math.max(1, source.channels)}k`] };
  }
  const float = /^pcm_f/.test(source.codec);
  if (container === 'mkv' && !float && source.channels <= 8 && (source.bitDepth ?? 24) <= 24) {
    return { codec: 'flac', arguments: ['flac', '-sample_fmt', (source.bitDepth ?? 24) <= 16 ? 's16' : 's32'] };
  }
  const codec = float
    ? 'pcm_f32le'
    : (source.bitDepth ?? 24) > 24
      ? 'pcm_s32le'
      : (source.bitDepth ?? 24) <= 16
        ? 'pcm_s16le'
        : 'pcm_s24le';
  return { codec, arguments: [codec] };
}

/** How the container holds the stream: `copy`, an encoder, or not at all. */
export function subtitleEncoder(source: SubtitleStream, container: Exclude<Container, 'sequence'>): string | null {
  if (container !== 'mkv') return source.codec === 'mov_text' ? 'copy' : source.text ? 'mov_text' : null;
  if (source.codec === 'mov_text') return 'srt';
  return /^(subrip|ass|ssa|webvtt|dvd_subtitle|hdmv_pgs_subtitle|dvb_subtitle)$/.test(source.codec)
    ? 'copy'
    : source.text
      ? 'srt'
      : null;
}
