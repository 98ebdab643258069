// Answers a job with a result that is there already: as it lies, or copied to where it is wanted. Only bytes that still have their hash count.
import { constants } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { Outcome } from '../api/job.ts';
import { sequenceFolder } from '../media/delivery.ts';
import { type Claim, claimOutput, discard, outputError } from '../media/publish.ts';
import { bareName, filesIn, hashOf } from './hash.ts';
import type { JobOrder } from './jobs.ts';
import { namesFile } from './key.ts';
import type { Artifact } from './store/artifacts.ts';

export type FileOutcome = Extract<Outcome, { kind: 'file' }>;

/** Where the result of an order would lie, if it is that artifact. */
export function placeOf({ output, inputs }: JobOrder, artifact: Artifact, folder: boolean): string {
  if (namesFile(output)) return folder ? sequenceFolder(output) : output;
  return path.join(output ?? path.dirname(inputs[0]!), path.basename(artifact.path));
}

/** Whether the artifact lies where it was, as it was. */
export async function isWhole(artifact: Artifact, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hashOf(artifact.path, path.basename(artifact.path), signal)) === artifact.hash;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

/**
 * Copies the artifact beside `place` and compares the copy with its hash; the claim is ready to be published, or null if it is not the artifact
 * any more. `claimed` is called before anything is written.
 * @throws CompanionError as `claimOutput`; AbortError
 */
export async function copyArtifact(
  artifact: Artifact,
  place: string,
  { force, spared, inputs }: JobOrder,
  folder: boolean,
  claimed: (partial: string) => void,
  signal: AbortSignal,
): Promise<Claim | null> {
  const claim = claimOutput({ output: place, inputs: [...inputs, ...spared], force, folder });
  claimed(claim.partial);
  try {
    if (folder) await copyFolder(artifact.path, claim, signal);
    else await copyBytes(artifact.path, claim.partial, signal);
    if ((await hashOf(claim.partial, path.basename(claim.final), signal)) === artifact.hash) return claim;
  } catch (error) {
    discard(claim);
    if (signal.aborted) throw error;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw outputError(error, claim.final);
    return null; // gone meanwhile
  }
  discard(claim);
  return null;
}

async function copyFolder(from: string, { partial, final }: Claim, signal: AbortSignal): Promise<void> {
  const [old, fresh] = [path.basename(from), path.basename(final)];
  for (const entry of await filesIn(from)) {
    signal.throwIfAborted();
    const bare = bareName(entry, old);
    const name = bare === entry ? entry : fresh + bare;
    await mkdir(path.dirname(path.join(partial, name)), { recursive: true });
    await copyBytes(path.join(from, entry), path.join(partial, name), signal);
  }
}

/** Bytes between two looks at the signal. */
const stride = 1 << 20;

/** Shares the bytes where the disk can; else copies them, and stops soon when it is told to: a result may have many gigabytes. */
async function copyBytes(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return;
  } catch {
    // it cannot; what else is wrong shows again
  }
  await using source = await open(from, 'r');
  await using target = await open(to, 'w');
  const buffer = Buffer.allocUnsafe(stride);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, stride);
    if (bytesRead === 0) return;
    for (let at = 0; at < bytesRead; ) at += (await target.write(buffer, at, bytesRead - at)).bytesWritten;
  }
}

/** The outcome of the artifact at another place. */
export function outcomeAt(place: string, { kind, output, record }: FileOutcome): FileOutcome {
  const moved = { ...output, path: place };
  return { kind, output: moved, record: isRecord(record) ? { ...record, output: moved } : record };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
