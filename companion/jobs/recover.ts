// After a crash, and after every job: what was in work goes back, what nobody needs goes away, and a copy of the queue is kept.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { CompanionError } from '../api/errors.ts';
import { dropRecord } from './beside.ts';
import { hasParts } from './chunks.ts';
import type { Clock } from './clock.ts';
import { failureOf } from './failure.ts';
import { endWorker, removeUnfinished } from './job-folder.ts';
import { readSeal, undoSealed } from './seal.ts';
import { backUp, backups, full, primaryCode, type Restoration } from './store/database.ts';
import type { JobRow } from './store/rows.ts';
import { type Store, seqGap } from './store/store.ts';
import { heldStates } from './store/transitions.ts';

const backupMs = 3_600_000;

/** Every lease is that of a dead process: who has the lock of the daemon is alone. */
export function putBack(store: Store, restored: Restoration | null, now: number): void {
  if (restored?.from) {
    const from = restored.at === null ? 'earlier' : new Date(restored.at).toISOString();
    store.failLiving(failureOf(new CompanionError('QUEUE_RESTORED', { from })), now);
  }
  for (const { id, seq } of store.inStates(...heldStates))
    store.change({ id, job: { state: 'queued' }, from: heldStates, now, told: seq + seqGap });
}

/** Ids of jobs that have a folder. */
export function foldersLeft(data: string): string[] {
  const all = path.join(data, 'jobs');
  return existsSync(all) ? readdirSync(all).filter((name) => /^j[0-9a-z]{16,32}$/.test(name)) : [];
}

/**
 * Removes what a job that is not in work any more does not need: of a cancelled one everything, its result and record too; of one that is done, that nobody
 * knows, or that failed with nothing finished, its folder; of one that may go on only its unfinished file. What cannot be removed now is tried again at the
 * next start.
 */
export async function tidy(data: string, id: string, find: () => JobRow | undefined): Promise<void> {
  const folder = path.join(data, 'jobs', id);
  if (!existsSync(folder) || find()?.lease_owner) return;
  await endWorker(folder);
  const gone = removeUnfinished(folder) && (find()?.state !== 'cancelled' || (await undo(folder)));
  const state = find()?.state;
  const over =
    state === undefined ||
    state === 'done' ||
    state === 'cancelled' ||
    (state === 'failed' && !hasParts(path.join(folder, 'parts')));
  if (!gone || !over) return;
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error; // else the system does not let us
  }
}

/** False where the system does not let us. */
async function undo(folder: string): Promise<boolean> {
  const sealed = readSeal(folder);
  if (!sealed) return true;
  try {
    if (await undoSealed(sealed)) dropRecord(sealed.claim.final, path.basename(folder), folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** Makes a backup unless there is one of this hour. A disk without room for it does not stop the queue. */
export function keepBackup(db: DatabaseSyncInstance, data: string, clock: Clock): void {
  const [newest] = backups(data);
  if (newest !== undefined && Math.abs(clock.now() - statSync(newest).mtimeMs) < backupMs) return;
  try {
    backUp(db, data, clock);
  } catch (error) {
    if (primaryCode(error) !== full && (error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
