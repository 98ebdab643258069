// The queue's file: opened safe, brought up to date after a backup, and where it is damaged replaced by the newest backup that is not.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { CompanionError } from '../../api/errors.ts';
import type { Clock } from '../clock.ts';
import { migrations } from './schema.ts';
import { askOnce } from './statements.ts';

/** A change waits this long for another connection (a backup tool, a person with a shell). Milliseconds. */
const patienceMs = 5000;
const backupsKept = 5;
/** Network file systems by the number Linux has for them: NFS, SMB, SMB2, CIFS, AFS, Coda. */
const networks = [0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x73757245];

/** What happened to a queue that could not be read. */
export interface Restoration {
  /** Where the damaged file was put. */
  readonly damaged: string;
  /** The backup in its place; null: there was no good one, and the queue is empty. */
  readonly from: string | null;
  /** When that backup was made, milliseconds since 1970. */
  readonly at: number | null;
}

export interface OpenDatabase {
  readonly db: DatabaseSyncInstance;
  readonly restored: Restoration | null;
}

const fileIn = (folder: string): string => path.join(folder, 'queue.db');
const backupsIn = (folder: string): string => path.join(folder, 'backups');

/**
 * Opens the queue in a folder of data. The caller holds the lock of the daemon.
 * @throws CompanionError QUEUE_NEWER, QUEUE_ON_NETWORK
 */
export function openDatabase(folder: string, clock: Clock, steps: readonly string[] = migrations): OpenDatabase {
  if (process.platform === 'linux' && networks.includes(statfsSync(folder).type))
    throw new CompanionError('QUEUE_ON_NETWORK', { folder });
  let restored: Restoration | null = null;
  let db = openOwn(folder);
  if (!db) {
    restored = restore(folder, clock);
    db = connect(fileIn(folder));
  }
  try {
    upgrade(db, folder, clock, steps);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, restored };
}

/** The queue if it is whole; null if it is damaged, or gone or empty where backups tell that there was one. */
function openOwn(folder: string): DatabaseSyncInstance | null {
  const db = openSound(fileIn(folder));
  if (!db || versionOf(db) > 0 || backups(folder).length === 0) return db;
  db.close();
  return null;
}

/** The database if it is whole; null if it is damaged. */
function openSound(file: string): DatabaseSyncInstance | null {
  let db: DatabaseSyncInstance | undefined;
  try {
    db = connect(file);
    if (isSound(db)) return db;
  } catch (error) {
    if (!isDamage(error)) {
      db?.close();
      throw error;
    }
  }
  db?.close();
  return null;
}

function connect(file: string): DatabaseSyncInstance {
  const db = new DatabaseSync(file, { timeout: patienceMs, enableForeignKeyConstraints: true });
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON',
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether SQLite finds nothing wrong, neither in the pages nor between the tables. */
export function isSound(db: DatabaseSyncInstance): boolean {
  const found = askOnce(db, 'integrity_check', 'pragma_integrity_check');
  return found[0] === 'ok' && askOnce(db, 'parent', 'pragma_foreign_key_check').length === 0;
}

/** Result codes of SQLite. */
export const full = 13;
const [busy, corrupt, notDatabase] = [5, 11, 26];

const isDamage = (error: unknown): boolean => [corrupt, notDatabase].includes(primaryCode(error));

/** SQLite's result code without its extension; 0 for other errors. */
export const primaryCode = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;

function versionOf(db: DatabaseSyncInstance): number {
  return Number(askOnce(db, 'user_version', 'pragma_user_version')[0]);
}

function upgrade(db: DatabaseSyncInstance, folder: string, clock: Clock, steps: readonly string[]): void {
  const found = versionOf(db);
  if (found > steps.length)
    throw new CompanionError('QUEUE_NEWER', { path: fileIn(folder), found, known: steps.length });
  if (found === steps.length) return;
  if (found > 0) backUp(db, folder, clock);
  transact(db, () => {
    for (const step of steps.slice(found)) db.exec(step);
    db.exec(`PRAGMA user_version = ${steps.length}`);
  });
}

/** All of `act` or none of it, also within another. @throws CompanionError DISK_FULL, QUEUE_BUSY; what `act` throws */
export function transact<T>(db: DatabaseSyncInstance, act: () => T): T {
  if (db.isTransaction) return act();
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = act();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    const file = db.location() ?? '';
    if (primaryCode(error) === full)
      throw new CompanionError('DISK_FULL', { folder: path.dirname(file) }, { cause: error });
    if (primaryCode(error) === busy) throw new CompanionError('QUEUE_BUSY', { path: file }, { cause: error });
    throw error;
  }
}

/** Writes a whole copy beside the others, of which the oldest go. Returns its path. */
export function backUp(db: DatabaseSyncInstance, folder: string, clock: Clock): string {
  mkdirSync(backupsIn(folder), { recursive: true, mode: 0o700 });
  const file = path.join(backupsIn(folder), `queue-${new Date(clock.now()).toISOString().replaceAll(':', '')}.db`);
  writeCopy(db, `${file}.new`);
  renameSync(`${file}.new`, file);
  for (const old of backups(folder).slice(backupsKept)) rmSync(old);
  return file;
}

/** Paths of the backups, newest first. */
export function backups(folder: string): string[] {
  if (!existsSync(backupsIn(folder))) return [];
  return readdirSync(backupsIn(folder))
    .filter((name) => /^queue-.*\.db$/.test(name))
    .sort()
    .reverse()
    .map((name) => path.join(backupsIn(folder), name));
}

/** Puts the damaged file aside and the newest good backup in its place. A crash in between leaves no queue, which is restored at the next start. */
function restore(folder: string, clock: Clock): Restoration {
  const file = fileIn(folder);
  const damaged = `${file}.damaged-${clock.now()}`;
  const from = backups(folder).find((backup) => copyOf(backup, `${file}.new`)) ?? null;
  for (const ending of ['', '-wal', '-shm']) if (existsSync(file + ending)) renameSync(file + ending, damaged + ending);
  if (from === null) return { damaged, from, at: null };
  renameSync(`${file}.new`, file);
  return { damaged, from, at: timeOf(from) };
}

/** Copies a backup, unless it is damaged itself. */
function copyOf(backup: string, fresh: string): boolean {
  const found = openSound(backup);
  if (!found) return false;
  writeCopy(found, fresh);
  found.close();
  return true;
}

function writeCopy(db: DatabaseSyncInstance, fresh: string): void {
  rmSync(fresh, { force: true });
  db.exec(`VACUUM INTO '${fresh.replaceAll("'", "''")}'`);
  const handle = openSync(fresh, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}

/** When a backup was made, as its name says. */
function timeOf(backup: string): number | null {
  const [, day, hour, minute, second] = /^queue-(.*)T(\d\d)(\d\d)(.*)\.db$/.exec(path.basename(backup)) ?? [];
  const at = Date.parse(`${day}T${hour}:${minute}:${second}`);
  return Number.isNaN(at) ? null : at;
}
