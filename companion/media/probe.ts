// Opens a file, describes what is in it, and says plainly why when it cannot be used.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CompanionError } from '../api/errors.ts';
import type { AudioStream, MediaDescription, OtherStream, SubtitleStream, VideoStream } from './description.ts';
import type { MediaTools } from './find.ts';
import { complaints, fileArgument, guarded, quietly, runProcess } from './process.ts';
import { Rational } from './rational.ts';
import { asStill, stillDemuxer, turnOf } from './still-file.ts';
import {
  audioOf,
  chapterOf,
  dynamicLayers,
  fractionOf,
  otherOf,
  type Raw,
  rawOf,
  rawsOf,
  subtitleOf,
  tagsOf,
  textOf,
  timecodeOf,
  videoOf,
} from './streams.ts';

/** Pictures are worked on from 16×16 to 8192×8192. */
export const leastSide = 16;
export const mostSide = 8192;

/** Frames decoded to learn field order and HDR metadata where the container is silent. */
const sampledFrames = 12;

export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Describes a media file. Streams with pictures beyond `leastSide` … `mostSide` are refused by `demandVideo`, not here, so that they can be shown.
 * @throws CompanionError INPUT_MISSING, INPUT_FOLDER, INPUT_EMPTY, INPUT_UNREADABLE, MEDIA_UNKNOWN, MEDIA_REFUSED, MEDIA_TRUNCATED, MEDIA_ENCRYPTED,
 * CODEC_UNSUPPORTED, PICTURE_UNSUPPORTED, PICTURE_TOO_LARGE, NO_FRAMES
 */
export async function probe(tools: MediaTools, file: string, options: ProbeOptions = {}): Promise<MediaDescription> {
  const path = resolve(file);
  const { bytes, still } = openInput(path);
  const { json, log } = await ask(tools, path, still, ['-show_format', '-show_streams', '-show_chapters'], options);
  const format = rawOf(json.format);
  const streams = rawsOf(json.streams);
  if (streams.length === 0) throw new CompanionError('NO_FRAMES', { path });
  const origin = fractionOf(format.start_time) ?? Rational.ZERO;

  const video: VideoStream[] = [];
  const audio: AudioStream[] = [];
  const subtitles: SubtitleStream[] = [];
  const other: OtherStream[] = [];
  const notes: string[] = [];
  for (const raw of streams) {
    const type = raw.codec_type;
    if (type === 'audio') audio.push(audioOf(raw, origin));
    else if (type === 'subtitle') subtitles.push(subtitleOf(raw, origin));
    else if (type === 'video' && isCover(raw)) other.push(otherOf(raw, 'cover', origin));
    else if (type === 'video') {
      const { stream, layers } = await describeVideo(tools, path, still, raw, log, origin, options);
      video.push(stream);
      notes.push(...layers);
      if (!stream.exactPlanes)
        notes.push(`Stream ${stream.index} is ${stream.pixelFormat}, which is brought to ${stream.pipeFormat}.`);
    } else
      other.push(
        otherOf(
          raw,
          raw.codec_tag_string === 'tmcd' ? 'timecode' : type === 'attachment' ? 'attachment' : 'data',
          origin,
        ),
      );
  }
  return {
    path,
    container: textOf(format.format_name) ?? 'unknown',
    bytes,
    origin,
    duration: fractionOf(format.duration),
    video,
    audio,
    subtitles,
    other,
    chapters: rawsOf(json.chapters).map((raw) => chapterOf(raw, origin)),
    metadata: tagsOf(format),
    timecode: timecodeOf(streams, format),
    notes,
  };
}

/**
 * The picture stream a verb works on: the default one, else the first.
 * @throws CompanionError NO_VIDEO, PICTURE_TOO_SMALL, PICTURE_TOO_LARGE
 */
export function demandVideo(description: MediaDescription): VideoStream {
  const { path } = description;
  const stream = description.video.find((candidate) => candidate.default) ?? description.video[0];
  if (!stream) {
    const found = [...description.audio, ...description.subtitles, ...description.other].map(({ kind }) =>
      kind === 'cover' ? 'a cover picture' : kind,
    );
    throw new CompanionError('NO_VIDEO', { path, found: [...new Set(found)].join(', ') || 'nothing' });
  }
  const { width, height } = stream;
  if (Math.min(width, height) < leastSide)
    throw new CompanionError('PICTURE_TOO_SMALL', { path, width, height, least: leastSide });
  if (Math.max(width, height) > mostSide)
    throw new CompanionError('PICTURE_TOO_LARGE', { path, width, height, most: mostSide });
  return stream;
}

const isCover = (raw: Raw): boolean => rawOf(raw.disposition).attached_pic === 1;

async function describeVideo(
  tools: MediaTools,
  path: string,
  still: string | null,
  raw: Raw,
  log: readonly string[],
  origin: Rational,
  options: ProbeOptions,
) {
  const codec = textOf(raw.codec_name) ?? 'none';
  const tag = String(raw.codec_tag_string ?? '');
  if (/^(encv|drmi|enca)$/.test(tag)) throw new CompanionError('MEDIA_ENCRYPTED', { path, codec: tag });
  const [width, height] = [Number(raw.width ?? 0), Number(raw.height ?? 0)];
  if (Math.max(width, height) > mostSide)
    throw new CompanionError('PICTURE_TOO_LARGE', { path, width, height, most: mostSide });
  const refused = /Picture size (\d+)x(\d+) is invalid/.exec(log.join('\n')); // ffmpeg then states 0x0
  if (refused && width * height === 0)
    throw new CompanionError('PICTURE_TOO_LARGE', { path, width: refused[1], height: refused[2], most: mostSide });
  if (!tools.ffmpeg.decodes.has(codec)) {
    const named = codec === 'none' ? `an unknown codec (${tag})` : codec;
    throw new CompanionError('CODEC_UNSUPPORTED', {
      path,
      codec: named,
      program: tools.ffmpeg.path,
      version: tools.ffmpeg.version,
    });
  }
  const { json: sample } = await ask(
    tools,
    path,
    still,
    ['-select_streams', String(raw.index), '-show_frames', '-show_packets', '-read_intervals', `%+#${sampledFrames}`],
    options,
  );
  const entries = rawsOf(sample.packets_and_frames);
  if (entries.length === 0) throw new CompanionError('NO_FRAMES', { path });
  const frames = entries.filter((entry) => entry.type === 'frame' || 'pict_type' in entry);
  const stream = videoOf(raw, frames, origin);
  if ('reason' in stream) {
    if (stream.pixelFormat === 'none')
      throw new CompanionError('MEDIA_DAMAGED', { path, what: 'none of its first frames can be decoded', log: [] });
    throw new CompanionError('PICTURE_UNSUPPORTED', { path, ...stream });
  }
  return { stream: still === null ? stream : asPhotograph(stream, path, still), layers: dynamicLayers(raw, frames) };
}

/** What older decoders do not tell of a still: its turn, that gray is full range, and that its YUV is that of JFIF (BT.601). */
function asPhotograph(stream: VideoStream, path: string, still: string): VideoStream {
  const { colour, picture } = stream;
  const matrix = colour.matrix ?? (picture.layout.startsWith('yuv') ? 'bt470bg' : null);
  const range = colour.range ?? (picture.layout === 'gray' ? 'pc' : null);
  return { ...stream, ...turnOf(path, still), colour: { ...colour, matrix, range } };
}

async function ask(
  tools: MediaTools,
  path: string,
  still: string | null,
  what: readonly string[],
  options: ProbeOptions,
): Promise<{ readonly json: Raw; readonly log: readonly string[] }> {
  const args = [...quietly, ...guarded, ...asStill(still), ...what, '-of', 'json', '-i', fileArgument(path)];
  const { code, output, log } = await runProcess(tools.ffprobe.path, args, { signal: options.signal });
  if (code !== 0) throw refusal(path, log);
  return { json: rawOf(JSON.parse(output)), log };
}

/** The size in bytes of a file that can be opened and is not obviously something else; of a single picture its demuxer. */
function openInput(path: string): { readonly bytes: number; readonly still: string | null } {
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw new CompanionError('INPUT_FOLDER', { path });
    if (!found.isFile()) throw new CompanionError('INPUT_UNREADABLE', { path, reason: 'it is not a regular file' });
    if (found.size === 0) throw new CompanionError('INPUT_EMPTY', { path });
    if (isPlaylist(path)) throw new CompanionError('MEDIA_REFUSED', { path, log: [] });
    return { bytes: found.size, still: stillDemuxer(path) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof CompanionError) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG')
      throw new CompanionError('INPUT_MISSING', { path }, { cause: error });
    throw new CompanionError('INPUT_UNREADABLE', { path, reason: code ?? String(error) }, { cause: error });
  }
}

/** Text that ffmpeg would follow to other files: HLS, DASH, ffconcat, SDP, playlists. */
function isPlaylist(path: string): boolean {
  const head = Buffer.alloc(512);
  const file = openSync(path, 'r');
  try {
    const text = head
      .toString('latin1', 0, readSync(file, head, 0, head.length, 0))
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart();
    return /^(#EXTM3U|ffconcat version|\[playlist\]|v=0\r?\n|<\?xml[\s\S]*<MPD|<MPD|<smil)/i.test(text);
  } finally {
    closeSync(file);
  }
}

function refusal(path: string, log: readonly string[]): CompanionError {
  const said = log.join('\n');
  const facts = { path, log: complaints(log).map((line) => line.replaceAll(fileArgument(path), 'it')) };
  if (/\[image2.* not on whitelist/.test(said)) return new CompanionError('MEDIA_UNKNOWN', { path, log: [] }); // a still by its name alone
  if (/not on whitelist/.test(said)) return new CompanionError('MEDIA_REFUSED', facts);
  if (/No space left/.test(said)) return new CompanionError('DISK_FULL', { folder: path });
  if (/moov atom not found/.test(said) && !/low score/.test(said)) return new CompanionError('MEDIA_TRUNCATED', facts);
  const size = /Picture size (\d+)x(\d+) is invalid/.exec(said);
  if (size) return new CompanionError('PICTURE_TOO_LARGE', { path, width: size[1], height: size[2], most: mostSide });
  return new CompanionError('MEDIA_UNKNOWN', facts);
}
