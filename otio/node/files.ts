// Timelines in files: read with one clear error for whatever is wrong, written so that a crash leaves the old file or the new one.
import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OtioError, type OtioErrorCode } from '../errors.ts';
import { LONGEST_TEXT } from '../json/index.ts';
import { type ReadOptions, type ReadResult, read } from '../read.ts';
import type { AnyValue } from '../schema/value.ts';
import { type WriteOptions, writeStream } from '../write.ts';

export interface ReadFileOptions extends ReadOptions {
  /** A larger file is refused before it is read; 512 MiB by default and at most. */
  readonly maxBytes?: number;
}

/**
 * Reads a timeline. Every error names the file, and the place in it.
 * @throws OtioError FILE_OPEN_FAILED, LIMIT_EXCEEDED and those of `read`
 */
export async function readFile(path: string, options: ReadFileOptions = {}): Promise<ReadResult> {
  const stats = await demandFile(path);
  const most = Math.min(options.maxBytes ?? LONGEST_TEXT, LONGEST_TEXT);
  if (stats.size > most)
    throw new OtioError(
      'LIMIT_EXCEEDED',
      `${path} has ${stats.size} bytes, more than the ${most} that may be read: it is no timeline, or must be split.`,
    );
  const bytes = await fs.readFile(path).catch((error) => fail('FILE_OPEN_FAILED', `${path} cannot be read`, error));
  return readNamed(path, bytes, options);
}

/** What the system says of a file. A pipe would have to be waited for, and a device may never end. @throws OtioError FILE_OPEN_FAILED for what is none */
export async function demandFile(path: string): Promise<Stats> {
  const stats = await fs.stat(path).catch((error) => fail('FILE_OPEN_FAILED', `${path} cannot be read`, error));
  if (stats.isFile()) return stats;
  throw new OtioError(
    'FILE_OPEN_FAILED',
    stats.isDirectory()
      ? `${path} is a folder, not a file: name a file, or read a bundle with readBundle.`
      : `${path} is no ordinary file, so it is not opened.`,
  );
}

/** Reads a text that came from a place with a name; the errors say it. */
export function readNamed(name: string, bytes: Uint8Array, options: ReadOptions): ReadResult {
  if (bytes.length === 0)
    throw new OtioError('JSON_PARSE_ERROR', `${name} is empty: it holds no timeline.`, { path: '', line: 1 });
  try {
    return read(bytes, options);
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    const { code, details, path = '', line } = error;
    throw new OtioError(code, `${name}: ${details}`, { path, ...(line === undefined ? {} : { line }), cause: error });
  }
}

export interface WriteFileOptions extends WriteOptions {
  /** What was there before stays as `<path>.bak`, in place of an earlier one. */
  readonly backup?: boolean;
}

/**
 * Writes a timeline: all of it or nothing. The file keeps its permissions; a link is followed.
 * @throws OtioError FILE_WRITE_FAILED and those of `write`; then the file is as it was, and nothing is left beside it
 */
export async function writeFile(path: string, root: AnyValue, options: WriteFileOptions = {}): Promise<void> {
  await replaceFile(path, (file) => writeAll(file, writeStream(root, options)), options);
}

/** Fills a temporary file in the same folder, then puts it in the place of `path` in one step. */
export async function replaceFile(
  path: string,
  fill: (file: fs.FileHandle) => Promise<void>,
  { backup = false }: { readonly backup?: boolean } = {},
): Promise<void> {
  const target = await fs.realpath(path).catch(() => path);
  const old = await fs.stat(target).catch(() => null);
  if (old !== null) await demandReplaceable(target, old);
  const temporary = temporaryBeside(target);
  const kept = `${temporary}.bak`;
  try {
    const file = await fs.open(temporary, 'wx');
    try {
      if (old !== null) await file.chmod(old.mode & 0o777);
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    if (backup && old !== null) {
      await fs.copyFile(target, kept, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await syncAt(kept);
      await fs.rename(kept, `${target}.bak`);
    }
    await fs.rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await Promise.all([fs.rm(temporary, { force: true }), fs.rm(kept, { force: true })]).catch(() => undefined);
    return fail('FILE_WRITE_FAILED', `${path} cannot be written`, error);
  }
}

async function demandReplaceable(target: string, old: Stats): Promise<void> {
  if (!old.isFile())
    throw new OtioError(
      'FILE_WRITE_FAILED',
      `${target} cannot be written: it is ${old.isDirectory() ? 'a folder' : 'no ordinary file'}.`,
    );
  await fs
    .access(target, constants.W_OK)
    .catch((error) => fail('FILE_WRITE_FAILED', `${target} cannot be written`, error));
}

/** Writes bytes as they come. */
export async function writeAll(file: fs.FileHandle, chunks: AsyncIterable<Uint8Array | string>): Promise<void> {
  for await (const chunk of chunks) await file.appendFile(chunk);
}

/** Writes a file that must not exist. */
export async function writeNew(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await fs.open(path, 'wx');
  await writeAll(file, chunks).finally(() => file.close());
}

const PIECE = 256 * 1024;

/** The bytes of an open file from `start` to `end`, in pieces. */
export async function* bytesBetween(file: fs.FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, end - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** A name beside `target` that nothing has yet, hidden from most listings. */
export const temporaryBeside = (target: string): string =>
  join(dirname(target), `.${basename(target).slice(0, 40)}.${randomUUID()}.tmp`);

/** Brings a file's bytes to the disk. */
export async function syncAt(path: string): Promise<void> {
  const file = await fs.open(path, 'r+');
  await file.sync().finally(() => file.close());
}

/** Brings a folder's list of names to the disk. Windows does so by itself; some network disks cannot. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error;
  } finally {
    await handle.close();
  }
}

/** @throws OtioError FILE_WRITE_FAILED when there is something at `path` */
export async function demandAbsent(path: string): Promise<void> {
  const there = await fs.lstat(path).then(
    () => true,
    (error) => codeOf(error) !== 'ENOENT' && fail('FILE_WRITE_FAILED', `${path} cannot be written`, error),
  );
  if (there)
    throw new OtioError(
      'FILE_WRITE_FAILED',
      `${path} exists already and is not overwritten: remove it, or choose another name.`,
    );
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

const REASONS: { readonly [code: string]: string } = {
  EACCES: 'access is not allowed',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'access is not allowed',
  EROFS: 'the disk is read-only',
};

/** Throws an error of the library as it is, and one of the system as a sentence. */
export function fail(code: OtioErrorCode, what: string, error: unknown): never {
  if (error instanceof OtioError) throw error;
  const reason = REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
  throw new OtioError(code, `${what}: ${reason}.`, { cause: error });
}
