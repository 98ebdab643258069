// A job's private folder: what its worker says there of itself, so that whoever comes after a crash knows what to end and what to remove.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { outputError } from '../media/publish.ts';
import { writeWhole } from './config-file.ts';
import { holdLock, type Lock } from './lock.ts';

const lockIn = (folder: string): string => path.join(folder, 'worker.lock');
const workerIn = (folder: string): string => path.join(folder, 'worker.pid');
const claimIn = (folder: string): string => path.join(folder, 'unfinished');
/** What the work needs while it lasts. */
export const scratchIn = (folder: string): string => path.join(folder, 'scratch');

/** How often is looked whether a worker that was killed is gone. Milliseconds. */
const lookMs = 20;

/** Makes the folder ready for a new worker. There must be none (`endWorker`). @throws CompanionError DISK_FULL */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw outputError(error, folder);
  }
  rmSync(workerIn(folder), { force: true }); // while the lock is held, the number in it is that of the holder
}

/** Sets down a file of the folder, flushed. @throws CompanionError DISK_FULL */
export function setDown(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    throw outputError(error, file);
  }
}

/** Says that this process works here; the lock goes with it. Null: another does. */
export function occupyFolder(folder: string): Lock | null {
  const lock = holdLock(lockIn(folder));
  if (lock) setDown(workerIn(folder), String(process.pid));
  return lock;
}

/** Sets down an unfinished file that must not outlive the work; null: there is none any more. */
export function claimFor(folder: string, partial: string | null): void {
  if (partial === null) rmSync(claimIn(folder), { force: true });
  else setDown(claimIn(folder), partial);
}

/** Ends a worker of another life that is still here. Resolves when it is gone. */
export async function endWorker(folder: string): Promise<void> {
  while (existsSync(lockIn(folder))) {
    const lock = holdLock(lockIn(folder));
    if (lock) {
      lock.release();
      break;
    }
    killGroup(Number(read(workerIn(folder)) ?? 0)); // before it has said its number it ends by itself: nobody hears it
    await pause(lookMs);
  }
}

/** Removes the file that was not finished and what was needed for it, when nobody works there any more. False where the system does not let us: the folder remembers it. */
export function removeUnfinished(folder: string): boolean {
  const partial = read(claimIn(folder));
  try {
    rmSync(scratchIn(folder), { recursive: true, force: true, maxRetries: 5 });
    if (partial === null) return true;
    rmSync(partial, { recursive: true, force: true, maxRetries: 5 });
    claimFor(folder, null);
    return true;
  } catch {
    return false; // a folder that lost its permissions, a disk that went away
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function killGroup(pid: number): void {
  if (!(pid > 1)) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // gone already
  }
}
