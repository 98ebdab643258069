// What ffprobe and ffmpeg, asked directly, say of a clip: the second opinion that finished files are held against.
import assert from 'node:assert/strict';
import { everyFrame, ffmpeg, ffprobe, type MediaTools } from './media.ts';

/** ffprobe's words, unchanged. Absent facts are empty strings. */
export interface Facts {
  /** Pictures that decode. */
  readonly frames: number;
  readonly rate: string;
  readonly codec: string;
  readonly pixelFormat: string;
  readonly size: string;
  readonly sampleAspect: string;
  /** primaries/transfer/matrix/range; a range that is not stated is tv. */
  readonly colour: string;
  /** Degrees clockwise, 0 to 359. */
  readonly rotation: number;
  readonly timecode: string;
  /** `aac 48000 1`, one for each stream. */
  readonly sound: readonly string[];
  readonly subtitles: readonly string[];
  /** `0.000-0.500 Opening`. */
  readonly chapters: readonly string[];
  /** Seconds from the first sample heard to the first picture; null without sound. */
  readonly pictureAfterSound: number | null;
}

interface RawStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly start_time?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
  readonly [entry: string]: unknown;
}

export async function factsOf(tools: MediaTools, path: string): Promise<Facts> {
  const found = (await ffprobe(
    tools,
    path,
    '-count_frames',
    '-show_streams',
    '-show_format',
    '-show_chapters',
  )) as unknown as {
    streams: RawStream[];
    format: { tags?: Record<string, string> };
    chapters: { start_time: string; end_time: string; tags?: { title?: string } }[];
  };
  const ofKind = (kind: string) => found.streams.filter(({ codec_type }) => codec_type === kind);
  const picture = ofKind('video')[0];
  assert.ok(picture, `${path} has a picture`);
  const [sound] = ofKind('audio');
  const words = (...names: string[]): string => names.map((name) => String(picture[name] ?? '')).join('/');
  const turned = picture.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  return {
    frames: Number(picture.nb_read_frames),
    rate: words('r_frame_rate'),
    codec: picture.codec_name,
    pixelFormat: words('pix_fmt'),
    size: `${words('width')}x${words('height')}`,
    sampleAspect: words('sample_aspect_ratio'),
    colour: words('color_primaries', 'color_transfer', 'color_space', 'color_range').replace(/\/(unknown)?$/, '/tv'),
    rotation: (360 - turned) % 360,
    timecode: found.streams.map(({ tags }) => tags?.timecode).find(Boolean) ?? found.format.tags?.timecode ?? '',
    sound: ofKind('audio').map((each) => `${each.codec_name} ${each.sample_rate} ${each.channels}`),
    subtitles: ofKind('subtitle').map(({ codec_name }) => codec_name),
    chapters: found.chapters.map(
      ({ start_time, end_time, tags }) =>
        `${Number(start_time).toFixed(3)}-${Number(end_time).toFixed(3)} ${tags?.title ?? ''}`,
    ),
    pictureAfterSound: sound ? Number(picture.start_time) - Number(sound.start_time) : null,
  };
}

/** MD5 of every picture as it decodes, or in a pixel format; none dropped, none repeated. */
export async function frameHashes(tools: MediaTools, path: string, pixelFormat?: string): Promise<string[]> {
  const format = pixelFormat === undefined ? [] : ['-pix_fmt', pixelFormat];
  const args = ['-noautorotate', '-i', path, '-map', '0:v:0', ...everyFrame(tools), ...format, '-f', 'framemd5'];
  const lines = (await ffmpeg(tools, [...args, 'pipe:1'])).toString().trim().split('\n');
  return lines.filter((line) => /^\d/.test(line)).map((line) => line.split(',').at(-1)!.trim());
}

/** MD5 of the packets of every sound stream as they lie in the file. */
export async function soundHashes(tools: MediaTools, path: string, streams: number): Promise<string[]> {
  const hashes: string[] = [];
  for (let stream = 0; stream < streams; stream++) {
    const copy = ['-map', `0:a:${stream}`, '-c', 'copy', '-copyts', '-copypriorss', '1', '-f', 'md5', 'pipe:1'];
    hashes.push((await ffmpeg(tools, ['-i', path, ...copy])).toString().trim());
  }
  return hashes;
}

/** Frames the output law makes of a clip at a whole `rate`, from the stamps that ffprobe lists. */
export async function lawfulCount(tools: MediaTools, path: string, rate: number): Promise<number> {
  const { times, last } = await pictureTimes(tools, path);
  return Math.ceil((times.at(-1)! + last - times[0]!) * rate - 1e-4); // ffprobe rounds to microseconds
}

/** Presentation times of the packets of the picture, rising, in seconds, and how long the last one lasts: as long as the one before where the file does not say. */
export async function pictureTimes(tools: MediaTools, path: string): Promise<{ times: number[]; last: number }> {
  const { packets } = (await ffprobe(
    tools,
    path,
    '-select_streams',
    'v:0',
    '-show_entries',
    'packet=pts_time,duration_time',
  )) as { packets: { pts_time: string; duration_time: string }[] };
  const shown = packets
    .map((packet) => ({ time: Number(packet.pts_time), lasts: Number(packet.duration_time) }))
    .sort((a, b) => a.time - b.time);
  const times = shown.map(({ time }) => time);
  const stated = shown.at(-1)!.lasts;
  return { times, last: Number.isNaN(stated) ? times.at(-1)! - times.at(-2)! : stated };
}
