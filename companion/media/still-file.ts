// Files of a single picture: told by their first bytes, read by the demuxer of that kind whatever their name says, and turned as they say themselves.

import { closeSync, openSync, readSync } from 'node:fs';
import type { VideoStream } from './description.ts';

/** ffmpeg's demuxers of single pictures, by the bytes a file of each begins with, in hexadecimal. */
const beginnings: readonly (readonly [demuxer: string, RegExp])[] = [
  ['png_pipe', /^89504e470d0a1a0a/],
  ['jpeg_pipe', /^ffd8ff/],
  ['tiff_pipe', /^(?:49492[ab]00|4d4d002[ab])/],
  ['webp_pipe', /^52494646.{8}57454250/],
  ['exr_pipe', /^762f3101/],
  ['dpx_pipe', /^(?:53445058|58504453)/],
  ['bmp_pipe', /^424d.{24}(?:0c|28|34|38|40|6c|7c)000000/],
];
const demuxers = new Set(beginnings.map(([demuxer]) => demuxer));

/** Chunks, segments or tags of a file that are looked at. */
const mostParts = 1000;

/**
 * Input options that name the demuxer of a still. By itself ffmpeg takes large JPEGs and names such as `a%03d.png` for numbered sequences, which are not read.
 */
export const asStill = (container: string | null): string[] =>
  container !== null && demuxers.has(container) ? ['-f', container] : [];

/** ffmpeg's demuxer of a file that holds one picture; null for every other, animated PNGs too. Throws what the file system does. */
export const stillDemuxer = (path: string): string | null =>
  reading(path, (read) => {
    const head = read(0, 32).toString('hex');
    const found = beginnings.find(([, begins]) => begins.test(head))?.[0] ?? null;
    return found === 'png_pipe' && [...pngChunks(read)].some(({ type }) => type === 'acTL') ? null : found;
  });

type Turn = Pick<VideoStream, 'rotation' | 'mirrored'>;

/** Exif 2.32, tag 0x0112: how the stored picture is brought upright, by value 1 … 8. First mirrored, then turned clockwise. */
const turns: readonly Turn[] = [
  { rotation: 0, mirrored: false },
  { rotation: 0, mirrored: true },
  { rotation: 180, mirrored: false },
  { rotation: 180, mirrored: true },
  { rotation: 270, mirrored: true },
  { rotation: 90, mirrored: false },
  { rotation: 90, mirrored: true },
  { rotation: 270, mirrored: false },
];

/** The turn that the file itself asks for (Exif in JPEG, PNG and WebP; TIFF's own tag); none where it says nothing that can be read. */
export const turnOf = (path: string, demuxer: string): Turn =>
  reading(path, (read) => turns[(orientation[demuxer]?.(read) ?? 1) - 1] ?? turns[0]!);

/** Bytes of a file from `at` on; fewer where it ends. */
type Read = (at: number, count: number) => Buffer;

function reading<T>(path: string, work: (read: Read) => T): T {
  const file = openSync(path, 'r');
  try {
    return work((at, count) => {
      const buffer = Buffer.alloc(count);
      return buffer.subarray(0, readSync(file, buffer, 0, count, at));
    });
  } finally {
    closeSync(file);
  }
}

const orientation: Readonly<Record<string, (read: Read) => number | null>> = {
  jpeg_pipe(read) {
    for (let at = 2, i = 0; i < mostParts; i++) {
      const head = read(at, 10);
      if (head.length < 10 || head[0] !== 0xff || head[1] === 0xda) return null; // the picture itself begins
      if (head[1] === 0xe1 && head.toString('latin1', 4) === 'Exif\0\0') return orientationTag(read, at + 10);
      at += 2 + head.readUInt16BE(2);
    }
    return null;
  },
  png_pipe(read) {
    const exif = [...pngChunks(read)].find(({ type }) => type === 'eXIf');
    return exif ? orientationTag(read, exif.at) : null;
  },
  webp_pipe(read) {
    for (let at = 12, i = 0; i < mostParts; i++) {
      const head = read(at, 14);
      if (head.length < 14) return null;
      const prefixed = head.toString('latin1', 8) === 'Exif\0\0';
      if (head.toString('latin1', 0, 4) === 'EXIF') return orientationTag(read, at + (prefixed ? 14 : 8));
      const bytes = head.readUInt32LE(4);
      at += 8 + bytes + (bytes % 2);
    }
    return null;
  },
  tiff_pipe: (read) => orientationTag(read, 0),
};

/** Chunks of a PNG up to the first that holds pixels. */
function* pngChunks(read: Read): Generator<{ readonly type: string; readonly at: number }, void, undefined> {
  for (let at = 8, i = 0; i < mostParts; i++) {
    const head = read(at, 8);
    const type = head.toString('latin1', 4);
    if (head.length < 8 || type === 'IDAT') return;
    yield { type, at: at + 8 };
    at += 12 + head.readUInt32BE(0);
  }
}

/** The tag in the first directory of the TIFF that begins at `start` (TIFF 6.0, section 2); null where there is none. */
function orientationTag(read: Read, start: number): number | null {
  const head = read(start, 8);
  if (head.length < 8) return null;
  const little = head.toString('latin1', 0, 2) === 'II';
  const short = (bytes: Buffer, at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  if (short(head, 2) !== 42) return null;
  const directory = start + (little ? head.readUInt32LE(4) : head.readUInt32BE(4));
  const count = read(directory, 2);
  if (count.length < 2) return null;
  for (let i = 0; i < Math.min(mostParts, short(count, 0)); i++) {
    const entry = read(directory + 2 + 12 * i, 12);
    if (entry.length < 12) return null;
    if (short(entry, 0) === 0x0112) return short(entry, 8);
  }
  return null;
}
