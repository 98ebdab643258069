// Reads ffprobe's JSON into the types of description.ts.

import type {
  AudioStream,
  Chapter,
  ColourTags,
  ContentLight,
  FieldOrder,
  HdrMetadata,
  MasteringDisplay,
  OtherStream,
  StartTimecode,
  SubtitleStream,
  VideoStream,
} from './description.ts';
import { planesOf } from './pixels.ts';
import { Rational } from './rational.ts';

/** One object of ffprobe's JSON: everything may be missing. */
export type Raw = { readonly [key: string]: unknown };

export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value !== 'unknown' ? value : null;
export const rawOf = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
export const rawsOf = (value: unknown): readonly Raw[] => (Array.isArray(value) ? value.map(rawOf) : []);

const numberOf = (value: unknown): number | null => {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
};

/** `24000/1001`, `4:3`, `1.5`; null for `0/0`, `N/A` and the like. */
export function fractionOf(value: unknown): Rational | null {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  if (text === null || !/^-?\d+(?:[/:]0*[1-9]\d*|\.\d+)?$/.test(text)) return null;
  return Rational.parse(text, { as: 'number' });
}

const positive = (value: Rational | null): Rational | null => (value !== null && value.sign > 0 ? value : null);

export function tagsOf(raw: Raw): Record<string, string> {
  return Object.fromEntries(Object.entries(rawOf(raw.tags)).map(([key, value]) => [key, String(value)]));
}

/** Matroska states lengths as `HH:MM:SS.nnnnnnnnn` in a tag. */
function clockOf(text: string | undefined): Rational | null {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  if (!match) return null;
  return new Rational(Number(match[1]) * 3600 + Number(match[2]) * 60).add(Rational.parse(match[3]!, { as: 'number' }));
}

function base(raw: Raw, origin: Rational) {
  const timeBase = fractionOf(raw.time_base) ?? new Rational(1, 1000);
  const ticks = (name: string) => {
    const value = numberOf(raw[name]);
    return value === null || !Number.isSafeInteger(value) ? null : new Rational(value).mul(timeBase);
  };
  const metadata = tagsOf(raw);
  return {
    index: numberOf(raw.index) ?? 0,
    codec: textOf(raw.codec_name) ?? 'none',
    timeBase,
    start: ticks('start_pts')?.sub(origin) ?? null,
    duration: ticks('duration_ts') ?? clockOf(metadata.DURATION),
    language: metadata.language && metadata.language !== 'und' ? metadata.language : null,
    default: rawOf(raw.disposition).default === 1,
    metadata,
  };
}

/** A video stream; `frames` are the first decoded frames as ffprobe shows them. The reason when the engine cannot take its pixels. */
export function videoOf(
  raw: Raw,
  frames: readonly Raw[],
  origin: Rational,
): VideoStream | { readonly pixelFormat: string; readonly reason: string } {
  const first = frames[0] ?? {};
  const pixelFormat = textOf(raw.pix_fmt) ?? textOf(first.pix_fmt) ?? 'none';
  const planes = planesOf(pixelFormat);
  if ('reason' in planes) return { pixelFormat, reason: planes.reason };
  const width = numberOf(raw.width) ?? 0;
  const height = numberOf(raw.height) ?? 0;
  return {
    kind: 'video',
    ...base(raw, origin),
    profile: textOf(raw.profile),
    width,
    height,
    sampleAspect:
      positive(fractionOf(raw.sample_aspect_ratio)) ?? positive(fractionOf(first.sample_aspect_ratio)) ?? Rational.ONE,
    pixelFormat,
    picture: { width, height, layout: planes.layout, depth: planes.depth, alpha: planes.alpha },
    pipeFormat: planes.pipeFormat,
    exactPlanes: planes.exact,
    fieldOrder: fieldOrderOf(raw, frames),
    colour: colourOf(raw, first, pixelFormat),
    hdr: hdrOf([...rawsOf(raw.side_data_list), ...frames.flatMap((frame) => rawsOf(frame.side_data_list))]),
    ...orientationOf([...rawsOf(raw.side_data_list), ...rawsOf(first.side_data_list)]),
    nominalRate: positive(fractionOf(raw.r_frame_rate)),
    averageRate: positive(fractionOf(raw.avg_frame_rate)),
    statedFrames: numberOf(raw.nb_frames),
    bitRate: numberOf(raw.bit_rate),
  };
}

/** Codecs whose own frames say whether they are interlaced; for the others the container's word stands. */
const flagged = new Set([
  'h264',
  'hevc',
  'mpeg2video',
  'mpeg1video',
  'mpeg4',
  'vc1',
  'wmv3',
  'prores',
  'dvvideo',
  'vvc',
  'av1',
  'vp9',
  'vp8',
]);

function fieldOrderOf(raw: Raw, frames: readonly Raw[]): FieldOrder {
  const interlaced = frames.filter((frame) => frame.interlaced_frame === 1);
  if (interlaced.length * 2 > frames.length) {
    const topFirst = interlaced.filter((frame) => frame.top_field_first === 1).length;
    return topFirst * 2 >= interlaced.length ? 'tff' : 'bff';
  }
  if (frames.length > 0 && flagged.has(String(raw.codec_name))) return 'progressive';
  const stated = textOf(raw.field_order);
  const known: Readonly<Record<string, FieldOrder>> = {
    progressive: 'progressive',
    tt: 'tff',
    bt: 'tff',
    bb: 'bff',
    tb: 'bff',
  };
  return known[stated ?? ''] ?? (frames.length > 0 ? 'progressive' : 'unknown');
}

function colourOf(raw: Raw, frame: Raw, pixelFormat: string): ColourTags {
  const tag = (name: string) => {
    const value = textOf(raw[name]) ?? textOf(frame[name]);
    return value === 'unspecified' || value === 'reserved' ? null : value;
  };
  const range = tag('color_range');
  return {
    primaries: tag('color_primaries'),
    transfer: tag('color_transfer'),
    matrix: tag('color_space'),
    range: range === 'tv' || range === 'pc' ? range : pixelFormat.startsWith('yuvj') ? 'pc' : null,
    chromaLocation: tag('chroma_location'),
  };
}

function sideData(list: readonly Raw[], type: string): Raw | undefined {
  return list.find((entry) => String(entry.side_data_type).startsWith(type));
}

function hdrOf(list: readonly Raw[]): HdrMetadata {
  return {
    mastering: masteringOf(sideData(list, 'Mastering display metadata')),
    contentLight: contentLightOf(sideData(list, 'Content light level metadata')),
  };
}

function masteringOf(raw: Raw | undefined): MasteringDisplay | null {
  if (!raw) return null;
  const value = (name: string) => fractionOf(raw[name]);
  const pair = (x: string, y: string): readonly [Rational, Rational] | null => {
    const [a, b] = [value(x), value(y)];
    return a && b ? [a, b] : null;
  };
  const red = pair('red_x', 'red_y');
  const green = pair('green_x', 'green_y');
  const blue = pair('blue_x', 'blue_y');
  const white = pair('white_point_x', 'white_point_y');
  const minLuminance = value('min_luminance');
  const maxLuminance = value('max_luminance');
  if (!red || !green || !blue || !white || !minLuminance || !maxLuminance) return null;
  return { red, green, blue, white, minLuminance, maxLuminance };
}

function contentLightOf(raw: Raw | undefined): ContentLight | null {
  const maxContent = numberOf(raw?.max_content);
  const maxAverage = numberOf(raw?.max_average);
  return maxContent === null || maxAverage === null ? null : { maxContent, maxAverage };
}

/** The turn and mirror of a display matrix: x' = a·x + c·y, y' = b·x + d·y in 16.16 fixed point. */
function orientationOf(list: readonly Raw[]): { readonly rotation: number; readonly mirrored: boolean } {
  const rows = String(sideData(list, 'Display Matrix')?.displaymatrix ?? '')
    .trim()
    .split('\n');
  const [[a, b] = [], [c, d] = []] = rows.map((row) =>
    row
      .replace(/^[0-9a-f]+:/i, '')
      .trim()
      .split(/\s+/)
      .map(Number),
  );
  if (a === undefined || b === undefined || c === undefined || d === undefined || !Number.isFinite(a + b + c + d)) {
    return { rotation: 0, mirrored: false };
  }
  const degrees = Math.round((Math.atan2(-c, d) * 180) / Math.PI);
  return { rotation: (degrees + 360) % 360, mirrored: a * d - b * c < 0 };
}

/** What the first frames and the stream carry beyond what is carried over. */
export function dynamicLayers(raw: Raw, frames: readonly Raw[]): string[] {
  const types = [...rawsOf(raw.side_data_list), ...frames.flatMap((frame) => rawsOf(frame.side_data_list))].map(
    (entry) => String(entry.side_data_type),
  );
  const notes: string[] = [];
  if (types.some((type) => /2094-40|HDR10\+/.test(type)))
    notes.push('HDR10+ dynamic metadata is present; it is not carried.');
  if (types.some((type) => /DOVI|Dolby Vision/i.test(type)))
    notes.push('A Dolby Vision layer is present; it is not carried.');
  return notes;
}

export function audioOf(raw: Raw, origin: Rational): AudioStream {
  const depth = numberOf(raw.bits_per_raw_sample) || numberOf(raw.bits_per_sample);
  return {
    kind: 'audio',
    ...base(raw, origin),
    sampleRate: numberOf(raw.sample_rate) ?? 0,
    channels: numberOf(raw.channels) ?? 0,
    layout: textOf(raw.channel_layout),
    bitDepth: depth || null,
  };
}

const textSubtitles = new Set(['subrip', 'srt', 'mov_text', 'ass', 'ssa', 'webvtt', 'text']);

export function subtitleOf(raw: Raw, origin: Rational): SubtitleStream {
  const stream = base(raw, origin);
  return { kind: 'subtitle', ...stream, text: textSubtitles.has(stream.codec) };
}

export function otherOf(raw: Raw, kind: OtherStream['kind'], origin: Rational): OtherStream {
  return { kind, ...base(raw, origin) };
}

export function chapterOf(raw: Raw, origin: Rational): Chapter {
  const timeBase = fractionOf(raw.time_base) ?? Rational.ONE;
  const at = (name: string) => new Rational(numberOf(raw[name]) ?? 0).mul(timeBase).sub(origin);
  return { start: at('start'), end: at('end'), title: tagsOf(raw).title ?? null };
}

/** The first timecode of a video stream, a timecode track or the file, in this order. */
export function timecodeOf(streams: readonly Raw[], format: Raw): StartTimecode | null {
  const rank = (raw: Raw) => (raw.codec_type === 'video' ? 0 : raw.codec_tag_string === 'tmcd' ? 1 : 2);
  const sources = [...streams].sort((a, b) => rank(a) - rank(b));
  for (const raw of [...sources, format]) {
    const text = Object.entries(tagsOf(raw)).find(([name]) => name.toLowerCase() === 'timecode')?.[1];
    if (text && /^\d\d:\d\d:\d\d[:;.,]\d{2,3}$/.test(text))
      return { text: text.replace(/[.,](?=\d+$)/, ';'), dropFrame: !/:\d+$/.test(text) };
  }
  return null;
}
