// Where the daemon of a user keeps what it knows: configuration (who answers, tokens, presets, roots) and data (queue, jobs, cache).
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';

/** Absolute paths. */
export interface Folders {
  readonly config: string;
  readonly data: string;
}

/** `INBETWEEN_HOME` holds both; else they are where the platform has them. Nothing is made. */
export function findFolders(env: NodeJS.ProcessEnv = process.env): Folders {
  const home = env.INBETWEEN_HOME;
  if (home) return { config: path.resolve(home, 'config'), data: path.resolve(home, 'data') };
  const own = homedir();
  if (process.platform === 'win32') {
    const roaming = env.APPDATA ?? path.join(own, 'AppData', 'Roaming');
    const local = env.LOCALAPPDATA ?? path.join(own, 'AppData', 'Local');
    return { config: path.join(roaming, 'Inbetween'), data: path.join(local, 'Inbetween') };
  }
  if (process.platform === 'darwin') {
    const support = path.join(own, 'Library', 'Application Support', 'Inbetween');
    return { config: path.join(support, 'config'), data: path.join(support, 'data') };
  }
  return {
    config: path.join(absolute(env.XDG_CONFIG_HOME) ?? path.join(own, '.config'), 'inbetween'),
    data: path.join(absolute(env.XDG_DATA_HOME) ?? path.join(own, '.local', 'share'), 'inbetween'),
  };
}

/** A relative path in these variables is to be ignored, says their specification. */
const absolute = (folder: string | undefined): string | undefined =>
  folder !== undefined && path.isAbsolute(folder) ? folder : undefined;

/** Makes both folders, for the user alone. @throws CompanionError HOME_UNUSABLE */
export function makeFolders(folders: Folders): void {
  for (const folder of [folders.config, folders.data])
    inHome(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
}

const reasons: Readonly<Record<string, string>> = {
  ...{ EACCES: 'permission denied', EPERM: 'permission denied', EROFS: 'the disk is read-only' },
  ...{ ENOSPC: 'the disk is full', EDQUOT: 'the disk is full' },
  ...{ ENOTDIR: 'a file is in its place', EEXIST: 'a file is in its place' },
};
/** Result codes of SQLite that say the same: READONLY, IOERR, FULL, CANTOPEN. */
const storeReasons: Readonly<Record<number, string>> = {
  ...{ 8: 'it is read-only', 10: 'the disk fails', 13: 'the disk is full', 14: 'a file in it cannot be opened' },
};

/** What `act` gives, which needs one of the folders. @throws CompanionError HOME_UNUSABLE where the system or SQLite does not let us; what else `act` throws */
export function inHome<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const { code, errcode, syscall } = cause as NodeJS.ErrnoException & { errcode?: number };
    const reason =
      errcode !== undefined ? storeReasons[errcode & 0xff] : syscall && code ? (reasons[code] ?? code) : undefined;
    if (reason === undefined) throw cause;
    throw new CompanionError('HOME_UNUSABLE', { folder, reason }, { cause });
  }
}
