// Bundles read and unpacked. Reading loads the timeline alone; unpacking writes nothing outside its folder, and all or nothing.
import * as fs from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { OtioError } from '../errors.ts';
import { LONGEST_TEXT } from '../json/index.ts';
import { urlFromFilepath } from '../media-urls.ts';
import type { ReadResult } from '../read.ts';
import { ExternalReference, ImageSequenceReference } from '../schema/media.ts';
import { type Archive, type ArchiveEntry, withArchive } from './archive.ts';
import {
  demandAbsent,
  fail,
  type ReadFileOptions,
  readFile,
  readNamed,
  syncAt,
  syncFolder,
  temporaryBeside,
  writeFile,
  writeNew,
} from './files.ts';
import { resolveMedia } from './resolve.ts';

/** The timeline inside a bundle. */
export const CONTENT = 'content.otio';

/**
 * The timeline of a bundle: of an `.otiod` folder or an `.otioz` archive, whatever it is called. Its media are found with `resolveMedia(root,
 * {file: '<folder>/content.otio', inBundle: true})`; those of an archive must be unpacked before.
 * @throws OtioError FILE_OPEN_FAILED, BUNDLE_REFUSED, LIMIT_EXCEEDED and those of `read`
 */
export async function readBundle(path: string, options: ReadFileOptions = {}): Promise<ReadResult> {
  const stats = await fs.stat(path).catch((error) => fail('FILE_OPEN_FAILED', `${path} cannot be read`, error));
  if (stats.isDirectory()) return readFile(join(path, CONTENT), options);
  return withArchive(path, async (archive) =>
    readNamed(join(path, CONTENT), await textOf(archive, path, options), options),
  );
}

async function textOf(archive: Archive, path: string, { maxBytes = LONGEST_TEXT }: ReadFileOptions): Promise<Buffer> {
  const entry = contentOf(archive, path);
  const allowance = { left: Math.min(maxBytes, LONGEST_TEXT) };
  if (entry.size > allowance.left)
    throw new OtioError(
      'LIMIT_EXCEEDED',
      `The timeline in ${path} has ${entry.size} bytes, more than the ${allowance.left} that may be read.`,
    );
  const chunks: Buffer[] = [];
  for await (const chunk of archive.bytes(entry, allowance)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function contentOf(archive: Archive, path: string): ArchiveEntry {
  const entry = archive.entries.find(({ name }) => name === CONTENT);
  if (entry === undefined) throw new OtioError('BUNDLE_REFUSED', `${path} is no bundle: it holds no ${CONTENT}.`);
  return entry;
}

export interface ExtractOptions {
  /** Bytes that may be written in all; what the archive declares and what it really holds are both held against it. */
  readonly maxBytes: number;
  /** Media in the bundle get absolute URLs in the unpacked timeline, which then may be moved away from them. */
  readonly absoluteMedia?: boolean;
}

/**
 * Unpacks an archive into a folder that must not exist, and gives the path of the timeline in it. The folder appears when all is there.
 * @throws OtioError FILE_OPEN_FAILED, FILE_WRITE_FAILED, BUNDLE_REFUSED, LIMIT_EXCEEDED; then nothing is left behind
 */
export async function extractOtioz(
  path: string,
  folder: string,
  { maxBytes, absoluteMedia = false }: ExtractOptions,
): Promise<string> {
  const target = resolve(folder);
  await withArchive(path, async (archive) => {
    contentOf(archive, path);
    const declared = archive.entries.reduce((sum, { size }) => sum + size, 0);
    if (declared > maxBytes)
      throw new OtioError(
        'LIMIT_EXCEEDED',
        `${path} unpacks to ${declared} bytes, more than the ${maxBytes} that are allowed.`,
      );
    await makeFolder(target, async (temporary) => {
      await unpack(archive, temporary, maxBytes);
      if (absoluteMedia) await makeAbsolute(temporary, target);
      await syncAt(join(temporary, CONTENT)); // the media, which may be many, are still in the archive
    });
  });
  return join(target, CONTENT);
}

/** Fills a temporary folder beside `target`, then gives it that name; nothing is left when it fails. */
export async function makeFolder(target: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await demandAbsent(target);
  const temporary = temporaryBeside(target);
  try {
    await fs.mkdir(temporary);
    await fill(temporary);
    await demandAbsent(target);
    await fs.rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    return fail('FILE_WRITE_FAILED', `${target} cannot be made`, error);
  }
}

async function unpack(archive: Archive, folder: string, maxBytes: number): Promise<void> {
  const allowance = { left: maxBytes };
  for (const entry of archive.entries) {
    const path = join(folder, entry.name);
    await fs.mkdir(entry.name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (entry.name.endsWith('/')) continue;
    await writeNew(path, archive.bytes(entry, allowance)); // never over another entry, also where A and a are one name
  }
}

/** Rewrites the timeline in `folder`, which will be called `target`. */
async function makeAbsolute(folder: string, target: string): Promise<void> {
  const file = join(folder, CONTENT);
  const { root } = await readFile(file);
  const base = await fs.realpath(folder);
  for (const { reference, ...place } of await resolveMedia(root, { file, inBundle: true })) {
    if (!place.found) continue;
    const url = urlFromFilepath(join(target, relative(base, place.realPath)));
    if (reference instanceof ExternalReference) reference.targetUrl = url;
    else if (reference instanceof ImageSequenceReference) {
      reference.targetUrlBase = `${url}/`;
      reference.namePrefix = urlFromFilepath(place.imagePrefix!); // part of the URL now
    }
  }
  await writeFile(file, root);
}
