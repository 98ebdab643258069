// Edits the index (moov) of a finished .mov or .mp4: display matrix, HDR10 boxes, a late start of the picture. Needs the index at the file's end.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { CompanionError } from '../api/errors.ts';
import type { HdrMetadata } from './description.ts';
import { outputError } from './publish.ts';
import { Rational } from './rational.ts';

export interface MovieEdit {
  /** Clockwise turn of the picture in degrees, and a mirror left to right before it. */
  readonly rotation?: number;
  readonly mirrored?: boolean;
  readonly hdr?: HdrMetadata;
  /** Seconds the picture starts after the movie does. */
  readonly delay?: Rational;
  /** An XMP packet about the movie. */
  readonly xmp?: string;
}

/** A box of the file: raw bytes, or children behind a fixed part. Sizes are made new when it is written. */
interface Box {
  readonly type: string;
  /** What precedes the children; the whole payload of a box without children. */
  bytes: Buffer;
  readonly children: Box[] | null;
}

const parents = new Set(['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl']);
/** Bytes of a picture's sample entry before its own boxes. */
const sampleEntryBytes = 78;

/**
 * Applies the edit to the first picture track.
 * @throws CompanionError FFMPEG_FAILED when the file is not laid out as ffmpeg writes it; DISK_FULL, OUTPUT_UNWRITABLE
 */
export function editMovie(path: string, edit: MovieEdit): void {
  const file = openSync(path, 'r+');
  try {
    const { position, size } = findIndex(file, path);
    const raw = Buffer.alloc(size);
    readSync(file, raw, 0, size, position);
    const moov = parse(raw)[0]!;
    const track = pictureTrack(moov);
    if (!track) throw misplaced(path, 'it has no picture track');
    if (edit.rotation || edit.mirrored) turn(track, edit.rotation ?? 0, edit.mirrored ?? false);
    if (edit.hdr) addHdr(track, edit.hdr);
    if (edit.delay && edit.delay.sign > 0) startLater(moov, track, edit.delay);
    if (edit.xmp !== undefined) disclose(moov, edit.xmp);
    const written = serialise(moov);
    try {
      for (let at = 0; at < written.length; ) at += writeSync(file, written, at, written.length - at, position + at);
      ftruncateSync(file, position + written.length);
    } catch (error) {
      throw outputError(error, path);
    }
  } finally {
    closeSync(file);
  }
}

/** XMP lies in the movie's user data, before what is there (XMP Specification Part 3, QuickTime). */
function disclose(moov: Box, packet: string): void {
  const box = serialise({ type: 'XMP_', bytes: Buffer.from(packet, 'utf8'), children: null });
  const there = moov.children!.find(({ type }) => type === 'udta');
  if (there) there.bytes = Buffer.concat([box, there.bytes]);
  else moov.children!.push({ type: 'udta', bytes: box, children: null });
}

function misplaced(path: string, reason: string): CompanionError {
  return new CompanionError('FFMPEG_FAILED', {
    program: 'ffmpeg',
    what: `wrote ${path} in an unexpected way`,
    log: [reason],
  });
}

function findIndex(file: number, path: string): { position: number; size: number } {
  const end = fstatSync(file).size;
  const head = Buffer.alloc(16);
  for (let position = 0; position + 8 <= end; ) {
    readSync(file, head, 0, 16, position);
    const short = head.readUInt32BE(0);
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? end - position : short;
    if (size < 8) break;
    if (head.toString('latin1', 4, 8) === 'moov') {
      if (position + size !== end) throw misplaced(path, 'its index is not at the end');
      return { position, size };
    }
    position += size;
  }
  throw misplaced(path, 'it has no index');
}

function parse(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) break;
    const type = bytes.toString('latin1', at + 4, at + 8);
    const payload = bytes.subarray(at + 8, at + size);
    if (parents.has(type)) boxes.push({ type, bytes: Buffer.alloc(0), children: parse(payload) });
    else if (type === 'stsd') boxes.push({ type, bytes: payload.subarray(0, 8), children: parse(payload.subarray(8)) });
    else boxes.push({ type, bytes: payload, children: null });
    at += size;
  }
  if (at < bytes.length) boxes.push({ type: '', bytes: bytes.subarray(at), children: null }); // QuickTime ends some lists with four zeros
  return boxes;
}

function serialise(box: Box): Buffer {
  if (box.type === '') return box.bytes;
  const body = [box.bytes, ...(box.children ?? []).map(serialise)];
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.reduce((sum, part) => sum + part.length, 0), 0);
  head.write(box.type, 4, 'latin1');
  return Buffer.concat([head, ...body]);
}

function inside(box: Box | undefined, ...types: string[]): Box | undefined {
  return types.reduce<Box | undefined>((found, type) => found?.children?.find((child) => child.type === type), box);
}

const tracks = (moov: Box): Box[] => (moov.children ?? []).filter(({ type }) => type === 'trak');

function pictureTrack(moov: Box): Box | undefined {
  return tracks(moov).find((track) => inside(track, 'mdia', 'hdlr')?.bytes.toString('latin1', 8, 12) === 'vide');
}

/** x' = a·x + c·y + tx, y' = b·x + d·y + ty, moved so that the turned picture starts at 0, 0. */
function turn(track: Box, rotation: number, mirrored: boolean): void {
  const header = inside(track, 'tkhd')!.bytes;
  const [matrixAt, sizeAt] = header[0] === 1 ? [52, 88] : [40, 76];
  const [width, height] = [header.readUInt32BE(sizeAt) / 65536, header.readUInt32BE(sizeAt + 4) / 65536];
  const angle = (rotation * Math.PI) / 180;
  const exact = (value: number) => (Math.abs(value - Math.round(value)) < 1e-12 ? Math.round(value) : value);
  const [cos, sin] = [exact(Math.cos(angle)), exact(Math.sin(angle))];
  const flip = mirrored ? -1 : 1;
  const [a, b, c, d] = [flip * cos, flip * sin, -sin, cos];
  const left = Math.min(0, a * width, c * height, a * width + c * height);
  const top = Math.min(0, b * width, d * height, b * width + d * height);
  const matrix = [a, b, 0, c, d, 0, -left, -top, 1];
  for (const [index, value] of matrix.entries()) {
    header.writeInt32BE(Math.round(value * (index % 3 === 2 ? 2 ** 30 : 65536)), matrixAt + 4 * index);
  }
}

function addHdr(track: Box, hdr: HdrMetadata): void {
  const entries = inside(track, 'mdia', 'minf', 'stbl', 'stsd')!.children!;
  const entry = entries[0]!;
  const own = parse(entry.bytes.subarray(sampleEntryBytes));
  const end = own.findIndex(({ type }) => type === '');
  const added: Box[] = [];
  if (hdr.mastering && !own.some(({ type }) => type === 'mdcv'))
    added.push({ type: 'mdcv', bytes: masteringBytes(hdr.mastering), children: null });
  if (hdr.contentLight && !own.some(({ type }) => type === 'clli')) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16BE(Math.min(65535, hdr.contentLight.maxContent), 0);
    bytes.writeUInt16BE(Math.min(65535, hdr.contentLight.maxAverage), 2);
    added.push({ type: 'clli', bytes, children: null });
  }
  own.splice(end < 0 ? own.length : end, 0, ...added);
  entry.bytes = Buffer.concat([entry.bytes.subarray(0, sampleEntryBytes), ...own.map(serialise)]);
}

/** ISO/IEC 14496-12 §12.1.7: green, blue, red, white in 1/50000; most and least luminance in 1/10000 cd/m². */
function masteringBytes(mastering: NonNullable<HdrMetadata['mastering']>): Buffer {
  const bytes = Buffer.alloc(24);
  const units = (value: Rational, scale: number) => Number(value.mul(new Rational(scale)).round());
  const points = [mastering.green, mastering.blue, mastering.red, mastering.white].flat();
  for (const [index, value] of points.entries()) bytes.writeUInt16BE(units(value, 50000), 2 * index);
  bytes.writeUInt32BE(units(mastering.maxLuminance, 10000), 16);
  bytes.writeUInt32BE(units(mastering.minLuminance, 10000), 20);
  return bytes;
}

/** Puts an empty edit before the picture. The movie's clock is made finer first: ffmpeg's counts milliseconds. */
function startLater(moov: Box, track: Box, delay: Rational): void {
  const header = inside(moov, 'mvhd')!;
  const timescale = header.bytes.readUInt32BE(header.bytes[0] === 1 ? 20 : 12);
  const longest = Math.max(
    ...tracks(moov).map((each) => readDuration(inside(each, 'tkhd')!, 'tkhd')),
    readDuration(header, 'mvhd'),
  );
  const factor = [240, 48, 10, 1].find((candidate) => longest * candidate * 1.01 < 2 ** 31) ?? 1;
  header.bytes.writeUInt32BE(timescale * factor, header.bytes[0] === 1 ? 20 : 12);
  writeDuration(header, 'mvhd', readDuration(header, 'mvhd') * factor);
  for (const each of tracks(moov)) {
    const head = inside(each, 'tkhd')!;
    writeDuration(head, 'tkhd', readDuration(head, 'tkhd') * factor);
    const list = inside(each, 'edts', 'elst');
    if (list)
      list.bytes = editListBytes(readEdits(list.bytes).map((entry) => ({ ...entry, length: entry.length * factor })));
  }
  const empty = Number(delay.mul(new Rational(timescale * factor)).round());
  const head = inside(track, 'tkhd')!;
  const length = readDuration(head, 'tkhd');
  const list = inside(track, 'edts', 'elst');
  const edits = [{ length: empty, from: -1 }, ...(list ? readEdits(list.bytes) : [{ length, from: 0 }])];
  if (list) list.bytes = editListBytes(edits);
  else {
    const box: Box = {
      type: 'edts',
      bytes: Buffer.alloc(0),
      children: [{ type: 'elst', bytes: editListBytes(edits), children: null }],
    };
    track.children!.splice(track.children!.indexOf(head) + 1, 0, box);
  }
  writeDuration(head, 'tkhd', length + empty);
  writeDuration(header, 'mvhd', Math.max(readDuration(header, 'mvhd'), length + empty));
}

/** Byte offset of the duration in version 0 and in version 1. */
const durationAt = { mvhd: [16, 24], tkhd: [20, 28] } as const;

function readDuration({ bytes }: Box, kind: 'mvhd' | 'tkhd'): number {
  return bytes[0] === 1 ? Number(bytes.readBigUInt64BE(durationAt[kind][1])) : bytes.readUInt32BE(durationAt[kind][0]);
}

function writeDuration({ bytes }: Box, kind: 'mvhd' | 'tkhd', value: number): void {
  if (bytes[0] === 1) bytes.writeBigUInt64BE(BigInt(value), durationAt[kind][1]);
  else bytes.writeUInt32BE(value, durationAt[kind][0]);
}

/** One edit: its length in the movie's ticks, and the media tick it starts from; −1 shows nothing. */
interface Edit {
  readonly length: number;
  readonly from: number;
}

function readEdits(bytes: Buffer): Edit[] {
  const wide = bytes[0] === 1;
  return Array.from({ length: bytes.readUInt32BE(4) }, (_, index) => {
    const at = 8 + index * (wide ? 20 : 12);
    return wide
      ? { length: Number(bytes.readBigUInt64BE(at)), from: Number(bytes.readBigInt64BE(at + 8)) }
      : { length: bytes.readUInt32BE(at), from: bytes.readInt32BE(at + 4) };
  });
}

/** An edit list of version 1, each edit at normal speed. */
function editListBytes(edits: readonly Edit[]): Buffer {
  const bytes = Buffer.alloc(8 + 20 * edits.length);
  bytes[0] = 1;
  bytes.writeUInt32BE(edits.length, 4);
  for (const [index, { length, from }] of edits.entries()) {
    bytes.writeBigUInt64BE(BigInt(length), 8 + 20 * index);
    bytes.writeBigInt64BE(BigInt(from), 16 + 20 * index);
    bytes.writeUInt32BE(0x00010000, 24 + 20 * index);
  }
  return bytes;
}
