// One holder at a time: an exclusive SQLite lock on a file, which the system lets go with the process, however it ends.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { CompanionError } from '../api/errors.ts';
import { endpoint } from '../api/wire.ts';
import type { Folders } from './folders.ts';

export interface Lock {
  release(): void;
}

const busy = 5; // SQLITE_BUSY

/** Takes the lock on a file, which is made where it is missing; null when another holds it. */
export function holdLock(file: string): Lock | null {
  const held = new DatabaseSync(file, { timeout: 0 });
  try {
    held.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    held.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === busy) return null;
    throw error;
  }
  return { release: () => held.close() };
}

/**
 * Makes this process the one daemon of its user.
 * @throws CompanionError DAEMON_RUNNING, with what `endpoint.json` says of the one that is there
 */
export function takeOwnership(folders: Folders): Lock {
  const lock = holdLock(path.join(folders.data, 'daemon.lock'));
  if (lock) return lock;
  throw new CompanionError('DAEMON_RUNNING', { folder: folders.data, ...whoHolds(folders.config) });
}

function whoHolds(config: string): { pid: number | null; url: string | null } {
  try {
    const { pid, url } = endpoint.parse(JSON.parse(readFileSync(path.join(config, 'endpoint.json'), 'utf8')));
    return { pid, url };
  } catch {
    return { pid: null, url: null }; // it is starting, and has not said yet
  }
}
