// Bundles written: a timeline together with its media, as an archive or as a folder. The timeline given stays as it is.
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { type ReadStreamOptions, ZipFile } from 'yazl';
import type { AnyValue } from '../schema/value.ts';
import { writeStream } from '../write.ts';
import { type BundleOptions, type BundlePlan, planBundle } from './bundle-plan.ts';
import { CONTENT, makeFolder } from './bundle-read.ts';
import { bytesBetween, demandAbsent, fail, replaceFile, syncAt, writeAll, writeNew } from './files.ts';

const VERSION = '1.0.0';

/**
 * Writes an archive with the timeline and its media, which are stored as they are. `path` must not exist.
 * @throws OtioError BUNDLE_REFUSED for media that are not there, not allowed, or of one name; FILE_WRITE_FAILED; then nothing is left behind
 */
export async function writeOtioz(path: string, timeline: AnyValue, options: BundleOptions): Promise<void> {
  await demandAbsent(path);
  const plan = await planBundle(timeline, options);
  await replaceFile(path, async (file) => {
    const sources: Readable[] = [];
    try {
      await writeAll(file, await archived(plan, options, sources));
    } finally {
      for (const source of sources) source.destroy(); // yazl leaves them open when it stops early
    }
    await demandAbsent(path);
  });
}

/** The bytes of the archive; what it reads from is put into `sources`. */
async function archived({ root, files }: BundlePlan, options: BundleOptions, sources: Readable[]): Promise<Readable> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const stop = (error: unknown): void => void output.destroy(error as Error);
  const add = (bytes: AsyncIterable<Uint8Array>, name: string, how: Partial<ReadStreamOptions>): void => {
    const source = Readable.from(bytes, { objectMode: false }).on('error', stop);
    sources.push(source);
    zip.addReadStream(source, name, { mode: 0o100644, ...how });
  };
  zip.on('error', stop);
  zip.addBuffer(Buffer.from(VERSION), 'version.txt', { mode: 0o100644 });
  add(writeStream(root, options), CONTENT, {});
  for (const [name, realPath] of files) {
    const { size, mtime } = await fs.stat(realPath);
    const packed = options.contents?.(realPath) ?? { size, bytes: () => bytesOf(realPath, size) };
    add(packed.bytes(), `media/${name}`, { compress: false, size: packed.size, mtime });
  }
  zip.end();
  return output;
}

/** Opened when the first bytes are wanted. */
async function* bytesOf(path: string, size: number): AsyncGenerator<Buffer> {
  const file = await fs.open(path).catch((error) => fail('FILE_OPEN_FAILED', `${path} cannot be read`, error));
  try {
    yield* bytesBetween(file, 0, size);
  } finally {
    await file.close();
  }
}

/**
 * The same as a folder; `path` must not exist.
 * @throws OtioError BUNDLE_REFUSED, FILE_WRITE_FAILED; then nothing is left behind
 */
export async function writeOtiod(path: string, timeline: AnyValue, options: BundleOptions): Promise<void> {
  const target = resolve(path);
  await demandAbsent(target);
  const { root, files } = await planBundle(timeline, options);
  await makeFolder(target, async (folder) => {
    const media = join(folder, 'media');
    await fs.mkdir(media);
    for (const [name, realPath] of files) {
      const copy = join(media, name);
      const packed = options.contents?.(realPath);
      if (packed) {
        await writeNew(copy, packed.bytes());
        continue;
      }
      await fs.copyFile(realPath, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await fs.chmod(copy, 0o644); // a copy of a read-only file can still be replaced
    }
    await writeNew(join(folder, CONTENT), writeStream(root, options));
    await writeNew(join(folder, 'version.txt'), Readable.from([Buffer.from(VERSION)]));
    await syncAt(join(folder, CONTENT)); // the media, which may be many, still have their originals
  });
}
