// What a verified result is, on disk before the result gets its name: after a crash right there, the hash tells whether it has it.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { outcome } from '../api/job.ts';
import { type Claim, discard, publish, settleReplacement } from '../media/publish.ts';
import { hashOf } from './hash.ts';
import { setDown } from './job-folder.ts';

const seal = z.strictObject({
  claim: z.strictObject({ final: z.string(), partial: z.string(), folder: z.boolean(), force: z.boolean() }),
  /** Whether something of that name was there before. */
  replaces: z.boolean(),
  /** As `hashOf` gives it. */
  hash: z.string(),
  /** Engine that made it; null: none was needed. */
  engine: z.strictObject({ version: z.string(), level: z.string(), threads: z.number() }).nullable(),
  outcome,
  notes: z.array(z.string()),
});
export type Seal = z.output<typeof seal>;

const fileOf = (folder: string): string => path.join(folder, 'seal.json');

/** Seals a result that is about to get its name in the job's folder; it is on disk afterwards. */
export const sealResult = (folder: string, claim: Claim, rest: Omit<Seal, 'claim' | 'replaces'>): void =>
  writeSeal(folder, { claim: { ...claim }, replaces: existsSync(claim.final), ...rest });

/** Sets down a seal whose hash is known. */
export const writeSeal = (folder: string, sealed: Seal): void => setDown(fileOf(folder), JSON.stringify(sealed));

/** The seal in a job's folder; null when there is none, or none that can be believed. */
export function readSeal(folder: string): Seal | null {
  try {
    return seal.parse(JSON.parse(readFileSync(fileOf(folder), 'utf8')));
  } catch {
    return null;
  }
}

export const breakSeal = (folder: string): void => rmSync(fileOf(folder), { force: true });

/** What lies at the place of a sealed result, under its final name or (not yet named) its unfinished one. */
export async function findSealed({ claim, hash }: Seal, signal?: AbortSignal): Promise<'named' | 'unnamed' | 'gone'> {
  const name = path.basename(claim.final);
  if ((await hashOf(claim.final, name, signal).catch(absent)) === hash) return 'named';
  if ((await hashOf(claim.partial, name, signal).catch(absent)) === hash) return 'unnamed';
  return 'gone';
}

const absent = (error: unknown): null => {
  if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  return null;
};

/**
 * Finishes what a crash cut off between the seal and the end: the result has its name afterwards. False when it is not there any more.
 * @throws CompanionError of `publish`
 */
export async function finishSealed(sealed: Seal, signal?: AbortSignal): Promise<boolean> {
  const found = await findSealed(sealed, signal);
  if (found === 'unnamed') publish(sealed.claim);
  settleReplacement(sealed.claim);
  if (found === 'named') discard(sealed.claim); // named by a link whose other end was not taken away yet
  return found !== 'gone';
}

/** Takes a sealed result of a cancelled job away again. One that replaced what was there stays (false): the old one is gone, and nothing is worse. */
export async function undoSealed(sealed: Seal): Promise<boolean> {
  const found = await findSealed(sealed);
  settleReplacement(sealed.claim);
  discard(sealed.claim);
  if (found !== 'named') return true;
  if (!sealed.replaces) rmSync(sealed.claim.final, { recursive: true, force: true });
  return !sealed.replaces;
}
