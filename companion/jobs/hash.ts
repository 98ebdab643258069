// SHA-256 of files, and of folders of files.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * Hexadecimal. Of a folder: over the files in it by name, where `name` in front of a file's name does not count (`shot.000001.png` in `shot`), so that
 * a copy under another name has the same hash. Rejects with the error of the file system.
 */
export async function hashOf(place: string, name = path.basename(place), signal?: AbortSignal): Promise<string> {
  if (!(await stat(place)).isDirectory()) return hashFile(place, signal);
  const all = createHash('sha256');
  const entries = (await filesIn(place)).map((entry) => ({ entry, bare: bareName(entry, name) }));
  entries.sort((a, b) => (a.bare < b.bare ? -1 : 1));
  for (const { entry, bare } of entries) all.update(`${bare}\0${await hashFile(path.join(place, entry), signal)}\n`);
  return all.digest('hex');
}

/** The files of a folder and of those in it, by their way from it, with `/` between. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

/** The name of a sequence's picture without that of the sequence. */
export const bareName = (entry: string, name: string): string =>
  entry.startsWith(`${name}.`) ? entry.slice(name.length) : entry;

async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}
