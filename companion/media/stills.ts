// Looks at every picture of a finished sequence: that it is there, reaches its end, and decodes. One process reads them all.

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodecName } from './codecs.ts';
import { sequencePattern } from './delivery.ts';
import type { MediaTools } from './find.ts';
import { fileArgument, guardedStills, quietly, runProcess } from './process.ts';

/** Pictures `<folder>/<name>.000001<extension>` … */
export interface Stills {
  readonly folder: string;
  readonly name: string;
  readonly extension: string;
  readonly codec: CodecName;
  readonly frames: number;
}

export interface StillsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of pictures decoded so far. */
  readonly progress?: (pictures: number) => void;
}

/** How many files the folder holds, and the numbers of the pictures that are not there or end too early. Nothing is decoded. */
export async function takeStock(
  stills: Stills,
  options: StillsOptions = {},
): Promise<{ readonly files: number; readonly missing: readonly number[]; readonly cut: readonly number[] }> {
  const there = new Set(await readdir(stills.folder));
  const [missing, cut]: [number[], number[]] = [[], []];
  for (let number = 1; number <= stills.frames; number++) {
    options.signal?.throwIfAborted();
    const file = `${stills.name}.${String(number).padStart(6, '0')}${stills.extension}`;
    if (!there.has(file)) missing.push(number);
    else if (!(await isWhole(join(stills.folder, file), stills.codec))) cut.push(number);
  }
  return { files: there.size, missing, cut };
}

const listed = /showinfo.* pts: *(\d+) .*\bfmt:(\w+) .*\bs:(\d+x\d+)/;

/**
 * Decodes all pictures, none of which may be missing. Gives the numbers of those that do not decode, and every size and pixel format met: `64x48 rgb24`.
 * @throws CompanionError FFMPEG_FAILED when the decoder stalls; AbortError
 */
export async function decodeStills(
  tools: MediaTools,
  { folder, name, extension, frames }: Stills,
  { signal, progress }: StillsOptions = {},
): Promise<{ readonly unreadable: readonly number[]; readonly forms: readonly string[] }> {
  const given = new Set<number>();
  const forms = new Set<string>();
  const pattern = fileArgument(sequencePattern(folder, name, extension));
  const args = [
    ...[...quietly, '-nostdin', '-nostats', ...guardedStills],
    ...['-pattern_type', 'sequence', '-framerate', '1', '-start_number', '1', '-i', pattern],
    ...['-vf', 'showinfo=checksum=0', '-f', 'null', '-'],
  ];
  await runProcess(tools.ffmpeg.path, args, {
    signal,
    onLine: (line) => {
      const [, stamp, format, size] = listed.exec(line) ?? [];
      if (stamp === undefined) return;
      given.add(Number(stamp) + 1);
      forms.add(`${size} ${format}`);
      progress?.(given.size);
    },
  });
  const numbers = Array.from({ length: frames }, (_, index) => index + 1);
  return { unreadable: numbers.filter((number) => !given.has(number)), forms: [...forms] };
}

/** Bytes of a file from `at` on; fewer where it ends. */
type Read = (at: number, count: number) => Promise<Buffer>;

/** Whether a file of `bytes` holds all that it says it holds. ffmpeg fills up a cut EXR with black, and a PNG or TIFF does not need its last bytes. */
const wholes: Readonly<Partial<Record<CodecName, (read: Read, bytes: number) => Promise<boolean>>>> = {
  async png(read, bytes) {
    const end = await read(Math.max(0, bytes - 8), 8);
    return end.toString('latin1', 0, 4) === 'IEND';
  },
  /** The table of tags is what ffmpeg writes last: a count, 12 bytes for each, and 4 for the next table. */
  async tiff(read, bytes) {
    const table = (await read(4, 4)).readUInt32LE();
    return table + 2 + 12 * (await read(table, 2)).readUInt16LE() + 4 <= bytes;
  },
  /** Attributes (name, type, size, value), a table of where the blocks of rows lie, the blocks. */
  async exr(read, bytes) {
    const header = await read(0, 4096);
    const pastZero = (from: number): number => {
      const zero = header.indexOf(0, from);
      if (zero < 0) throw new RangeError('the header is cut');
      return zero + 1;
    };
    let at = 8;
    while (header.readUInt8(at) !== 0) {
      at = pastZero(pastZero(at));
      at += 4 + header.readUInt32LE(at);
    }
    const firstBlock = Number(header.readBigUInt64LE(at + 1));
    const lastBlock = Number((await read(firstBlock - 8, 8)).readBigUInt64LE());
    return lastBlock + 8 + (await read(lastBlock + 4, 4)).readUInt32LE() <= bytes;
  },
};

/** Whether a picture file is there and reaches its end. Rejects with other errors of the file system. */
export async function isWhole(path: string, codec: CodecName): Promise<boolean> {
  const opened = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!opened) return false;
  await using file = opened;
  const read: Read = async (at, count) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, at);
    return buffer.subarray(0, bytesRead);
  };
  try {
    return await wholes[codec]!(read, (await file.stat()).size);
  } catch (error) {
    if (error instanceof RangeError) return false; // a number was looked for where the file has ended
    throw error;
  }
}
