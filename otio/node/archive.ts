// A ZIP archive opened with suspicion: every name is checked before anything is read, no size it declares is believed.
import * as fs from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';
import { OtioError } from '../errors.ts';
import { bytesBetween, demandFile, fail } from './files.ts';

/** Bytes that may still be unpacked. */
export interface Allowance {
  left: number;
}

/** More entries than an image sequence of eleven hours. */
const MOST_ENTRIES = 1_000_000;

export interface ArchiveEntry {
  /** Relative, with `/`, without `..`; ends with `/` for a folder. */
  readonly name: string;
  readonly stored: boolean;
  /** As the archive declares it, in bytes. */
  readonly size: number;
}

/** What an archive holds, and the way to it. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** Unpacks an entry; takes its real size off the allowance. @throws OtioError BUNDLE_REFUSED, LIMIT_EXCEEDED */
  bytes(entry: ArchiveEntry, allowance: Allowance): AsyncGenerator<Buffer>;
}

/**
 * Opens an archive for as long as `use` takes.
 * @throws OtioError FILE_OPEN_FAILED, BUNDLE_REFUSED for what is no sound archive or has an entry that could do harm, LIMIT_EXCEEDED
 */
export async function withArchive<T>(path: string, use: (archive: Archive) => Promise<T>): Promise<T> {
  await demandFile(path);
  const file = await fs.open(path).catch((error) => fail('FILE_OPEN_FAILED', `${path} cannot be read`, error));
  try {
    const { size: length } = await file.stat();
    const zip = await opened(file, length).catch((error) => {
      throw unsound(path, error);
    });
    zip.on('error', () => undefined); // each call reports its own
    const raw = new Map<ArchiveEntry, Entry>();
    for (const entry of await entriesOf(zip, path)) {
      const { fileName: name, compressionMethod, uncompressedSize: size } = entry;
      raw.set({ name, stored: compressionMethod === 0, size }, entry);
    }
    return await use({
      entries: [...raw.keys()],
      bytes: (entry, allowance) => bytesOf(file, length, raw.get(entry)!, path, allowance),
    });
  } finally {
    await file.close();
  }
}

const refused = (path: string, why: string, cause?: unknown): OtioError =>
  new OtioError('BUNDLE_REFUSED', `${path} is refused: ${why}.`, cause === undefined ? {} : { cause });

const unsound = (path: string, error: unknown): OtioError =>
  error instanceof OtioError ? error : refused(path, `it is no sound archive (${(error as Error).message})`, error);

/** Gives yauzl the bytes of a file that stays ours to close. */
class HandleReader extends RandomAccessReader {
  readonly #file: fs.FileHandle;
  constructor(file: fs.FileHandle) {
    super();
    this.#file = file;
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#file.read(buffer, offset, length, position).then(({ bytesRead }) => callback(null, bytesRead), callback);
  }
}

const opened = (file: fs.FileHandle, length: number): Promise<ZipFile> =>
  new Promise((accept, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true };
    fromRandomAccessReader(new HandleReader(file), length, options, (error, zip) =>
      error ? reject(error) : accept(zip),
    );
  });

function entriesOf(zip: ZipFile, path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  const names = new Set<string>();
  return new Promise((accept, reject) => {
    zip.once('error', (error) => reject(unsound(path, error)));
    zip.once('end', () => accept(entries));
    zip.on('entry', (entry: Entry) => {
      const fault = faultOf(entry) ?? (names.has(entry.fileName) ? `'${entry.fileName}' is there twice` : null);
      if (fault !== null) return reject(refused(path, fault));
      if (entries.length === MOST_ENTRIES)
        return reject(
          new OtioError('LIMIT_EXCEEDED', `${path} has more than ${MOST_ENTRIES} entries; it is not unpacked.`),
        );
      names.add(entry.fileName);
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

// the type of a file in the mode of Unix
const TYPE = 0o170000;
const FOLDER = 0o040000;
const FILE = 0o100000;

function faultOf(entry: Entry): string | null {
  const name = JSON.stringify(entry.fileName.slice(0, 200));
  const nameFault = entryNameFault(entry.fileName.replace(/\/$/, ''));
  if (nameFault !== null) return `the name ${name} ${nameFault}`;
  const type = (entry.externalFileAttributes >>> 16) & TYPE;
  if (type !== 0 && type !== FILE && type !== FOLDER) return `${name} is a link or a device`;
  if (entry.isEncrypted()) return `${name} is encrypted`;
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `${name} is packed by a method (${entry.compressionMethod}) that bundles do not have`;
  return null;
}

/** What makes a name unfit for an entry that any system can unpack into a folder without leaving it; null when nothing does. */
export function entryNameFault(name: string): string | null {
  if (name.includes('\\')) return 'has a backslash';
  if (/\p{Cc}/u.test(name)) return 'has a control character';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'is absolute';
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'leaves its folder or has empty parts';
  if (
    process.platform === 'win32' &&
    parts.some((part) => /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part))
  )
    return 'cannot be a name on Windows';
  return null;
}

async function* bytesOf(
  file: fs.FileHandle,
  length: number,
  entry: Entry,
  path: string,
  allowance: Allowance,
): AsyncGenerator<Buffer> {
  const name = `'${entry.fileName}'`;
  let left = entry.uncompressedSize;
  let sum = 0;
  try {
    for await (const chunk of unpacked(file, length, entry)) {
      left -= chunk.length;
      if (left < 0) throw refused(path, `${name} holds more than the ${entry.uncompressedSize} bytes it declares`);
      allowance.left -= chunk.length;
      if (allowance.left < 0)
        throw new OtioError(
          'LIMIT_EXCEEDED',
          `${path} unpacks to more than is allowed; it is not unpacked any further.`,
        );
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw unsound(path, error);
  }
  if (left > 0) throw refused(path, `${name} holds less than the ${entry.uncompressedSize} bytes it declares`);
  if (sum !== entry.crc32) throw refused(path, `${name} is damaged: its checksum does not fit`);
}

const LOCAL_HEADER = { length: 30, signature: 0x04034b50, nameLengthAt: 26, extraLengthAt: 28 };

/** Read by hand: the streams of yauzl 3.2 do not end as `for await` expects, which then waits forever. */
async function* unpacked(file: fs.FileHandle, length: number, entry: Entry): AsyncGenerator<Buffer> {
  const { relativeOffsetOfLocalHeader: at, compressedSize } = entry;
  const header = Buffer.alloc(LOCAL_HEADER.length);
  await file.read(header, 0, header.length, at);
  if (header.readUInt32LE(0) !== LOCAL_HEADER.signature) throw new Error('an entry does not start where it should');
  const { nameLengthAt, extraLengthAt } = LOCAL_HEADER;
  const start = at + header.length + header.readUInt16LE(nameLengthAt) + header.readUInt16LE(extraLengthAt);
  if (start + compressedSize > length) throw new Error('an entry goes beyond the end of the file');
  const packed = bytesBetween(file, start, start + compressedSize);
  if (!entry.isCompressed()) return yield* packed;
  yield* pipeline(Readable.from(packed), createInflateRaw(), () => undefined);
}
