// From a name a guest gave to a file within a folder, and no other: names are checked as text, then as what the disk makes of them, then as what was opened.
import { type BigIntStats, constants, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';

const refused = (given: string, reason: string): CompanionError =>
  new CompanionError('PATH_REFUSED', { path: given, reason });

/** One answer for both: whether something is there, out of the root, is not told. */
const leadsOut = 'it leads out of its root, or nowhere';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Devices of DOS, which Windows finds in every folder and with every extension. */
const device = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)\s*(?:\.|$)/i;

/** The names of a path within a root. @throws CompanionError PATH_REFUSED */
export function segmentsOf(given: string): string[] {
  if (/\p{Cc}/u.test(given)) throw refused(JSON.stringify(given), 'it has control characters');
  if (given.includes('\\')) throw refused(given, 'it has a backslash; names are parted by /');
  if (given.includes(':')) throw refused(given, 'it has a colon');
  const plain = given.endsWith('/') && given !== '/' ? given.slice(0, -1) : given;
  if (plain === '') return [];
  const names = plain.split('/');
  for (const name of names) {
    if (name === '') throw refused(given, 'it has an empty name');
    if (name === '.' || name === '..') throw refused(given, 'it goes through . or ..');
    if (/[. ]$/.test(name)) throw refused(given, 'a name ends in a dot or a space');
    if (device.test(name)) throw refused(given, `${name} is the name of a device`);
    if (Buffer.byteLength(name) > 255) throw refused(given, 'a name is too long');
  }
  return names;
}

/** Whether `file` is `folder` or lies in it. Both real paths. */
export function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/**
 * The real path of `names` below `folder`, itself a real path. What is not there yet is named below its deepest folder that is; a link is followed where the
 * whole path is there (`links`), and refused as the last name otherwise.
 * @throws CompanionError PATH_REFUSED
 */
export function resolveWithin(folder: string, names: readonly string[], given: string, links: boolean): string {
  if (realOf(folder) !== folder) throw refused(given, 'its root is no longer the folder that was opened');
  const full = path.join(folder, ...names);
  const last = lstatOf(full);
  if (last?.isSymbolicLink() && !links) throw refused(given, 'it is a link');
  let parent = full;
  let real = realOf(parent);
  while (real === undefined) {
    if (lstatOf(parent)?.isSymbolicLink()) throw refused(given, leadsOut);
    parent = path.dirname(parent);
    if (!isWithin(folder, parent)) throw refused(given, 'its root is gone');
    real = realOf(parent);
  }
  if (!isWithin(folder, real)) throw refused(given, leadsOut);
  return path.join(real, path.relative(parent, full));
}

/** undefined where nothing is. @throws CompanionError PATH_REFUSED for what cannot be told */
export function realOf(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw refused(file, `it cannot be resolved (${codeOf(error)})`);
  }
}

function lstatOf(file: string): ReturnType<typeof lstatSync> | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined; // not there, or behind what realOf complains about
  }
}

/** A file that is open and was found to be where its path says. */
export interface Opened {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
  /** A path to these very bytes for another process: by way of our handle where the system can (Linux). Good while the handle is open. */
  readonly path: string;
}

/**
 * Opens a regular file for reading. `file` is a real path within `folder`; what a link slipped in since then leads to is not read.
 * @throws CompanionError PATH_REFUSED, INPUT_MISSING, INPUT_UNREADABLE
 */
export async function openWithin(folder: string, file: string): Promise<Opened> {
  let handle: FileHandle;
  try {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    handle = await open(file, flags);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ELOOP') throw refused(file, 'it is a link');
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new CompanionError('INPUT_MISSING', { path: file }, { cause });
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason: code }, { cause });
  }
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isDirectory()) throw new CompanionError('INPUT_FOLDER', { path: file });
    if (!stats.isFile()) throw new CompanionError('INPUT_UNREADABLE', { path: file, reason: 'it is no regular file' });
    if (!(process.platform === 'linux' ? isHeldWithin(folder, handle) : isFoundWithin(folder, file, stats)))
      throw refused(file, 'it was exchanged while it was opened');
    return { handle, stats, path: process.platform === 'linux' ? `/proc/${process.pid}/fd/${handle.fd}` : file };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The system itself says where an open file lies. */
function isHeldWithin(folder: string, { fd }: FileHandle): boolean {
  return isWithin(folder, readlinkSync(`/proc/self/fd/${fd}`));
}

/** Where the system does not say it: the path still leads to the same file, three times over, so that an exchange to and fro would have to hit each time. */
function isFoundWithin(folder: string, file: string, { dev, ino }: BigIntStats): boolean {
  return [1, 2, 3].every(() => {
    const real = realOf(file);
    if (real === undefined || !isWithin(folder, real)) return false;
    const there = lstatSync(real, { bigint: true, throwIfNoEntry: false });
    return there?.ino === ino && there.dev === dev;
  });
}
