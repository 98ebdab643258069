// The record of a result as a file beside it, so that it goes where the result goes. What bears that name and is none of our records is never touched.
import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { outputError, publish } from '../media/publish.ts';
import { claimFor, removeUnfinished } from './job-folder.ts';
import { type ResultRecord, resultRecord } from './record.ts';

/** A larger file is no record. Bytes. */
const mostBytes = 1 << 26;

/** Where the record of a result lies; that of a folder of stills beside the folder. */
export const recordBeside = (result: string): string => `${result.replace(/[\\/]+$/, '')}.json`;

/** The record in a file; null where there is none, or something else. */
export function readRecord(file: string): ResultRecord | null {
  try {
    const entry = lstatSync(file);
    if (!entry.isFile() || entry.size > mostBytes) return null;
    return resultRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Sets a record down beside the result it is of, in place of an earlier record. `folder`: that of the job, where is noted what a crash would leave.
 * Null when it lies there, flushed; else why it does not, as a sentence.
 */
export function keepRecord(
  record: ResultRecord & { readonly output: { readonly path: string } },
  folder: string,
): string | null {
  const place = recordBeside(record.output.path);
  try {
    inDen(place, folder, (den) => {
      const fresh = path.join(den, 'new');
      writeFileSync(fresh, `${JSON.stringify(record, null, 2)}\n`, { flag: 'wx' });
      takeAway(place, den, () => true);
      publish({ final: place, partial: fresh, folder: false, force: false });
    });
    return null;
  } catch (error) {
    const told = outputError(error, place);
    if (!(told instanceof CompanionError)) throw error;
    return told.code === 'OUTPUT_EXISTS' ? `${place} is there and is none of ours, so it stays.` : told.message;
  }
}

/** Takes the record of a job that was cancelled away from beside its result. Throws the error of the file system. */
export function dropRecord(result: string, job: string, folder: string): void {
  const place = recordBeside(result);
  if (readRecord(place)?.job === job)
    inDen(place, folder, (den) => takeAway(place, den, (record) => record.job === job));
}

/** Acts with a folder of our own on the disk of `place`, which goes with all that is in it, after a crash too. */
function inDen(place: string, folder: string, act: (den: string) => void): void {
  const den = path.join(path.dirname(place), `.inbetween-${randomBytes(6).toString('hex')}.partial`);
  if (!removeUnfinished(folder))
    throw new CompanionError('OUTPUT_UNWRITABLE', { path: place, reason: 'permission denied' });
  claimFor(folder, den);
  try {
    mkdirSync(den);
    act(den);
  } finally {
    removeUnfinished(folder);
  }
}

/**
 * Moves the record at `place` into the den. Who may lie there is looked at before, and again when nobody can change it any more: what does not fit goes back.
 * @throws CompanionError OUTPUT_EXISTS
 */
function takeAway(place: string, den: string, fits: (record: ResultRecord) => boolean): void {
  if (!lstatSync(place, { throwIfNoEntry: false })) return;
  const isFit = (file: string): boolean => {
    const record = readRecord(file);
    return record !== null && fits(record);
  };
  if (!isFit(place)) throw new CompanionError('OUTPUT_EXISTS', { path: place });
  const old = path.join(den, 'old');
  renameSync(place, old);
  if (isFit(old)) return;
  putBack(old, place);
  throw new CompanionError('OUTPUT_EXISTS', { path: place });
}

/** Gives its name back to what was moved; where that is taken once more, the next that is free. */
function putBack(old: string, place: string): void {
  for (let n = 1; ; n++) {
    const name = n === 1 ? place : `${place}.${n}`;
    try {
      linkSync(old, name);
      unlinkSync(old);
      return;
    } catch {
      if (lstatSync(name, { throwIfNoEntry: false })) continue;
      renameSync(old, name); // a folder, or a file system without hard links
      return;
    }
  }
}
