// A job that met a full disk waits until there is more room than there was.
import { statfsSync } from 'node:fs';
import { z } from 'zod';
import type { Failure } from '../api/job.ts';

const room = z.strictObject({ folder: z.string(), neededBytes: z.number() });
/** The job can go on when this much is free in the folder. */
export type Room = z.output<typeof room>;

/** What a failed job lacks, once its unfinished file is gone; null when it failed of something else. */
export function roomLacking({ code, facts }: Failure): Room | null {
  const folder = facts.folder;
  if (typeof folder !== 'string') return null;
  if (code === 'DISK_SHORT') return { folder, neededBytes: Number(facts.neededMiB) * 2 ** 20 };
  if (code !== 'DISK_FULL') return null;
  return { folder, neededBytes: (freeBytes(folder) ?? 0) * 1.1 + 65_536 }; // what was free was not enough
}

/** A folder that is gone counts as room: the job says what is wrong with it. */
export const hasRoom = ({ folder, neededBytes }: Room): boolean =>
  (freeBytes(folder) ?? Number.POSITIVE_INFINITY) >= neededBytes;

export const readRoom = (text: string): Room => room.parse(JSON.parse(text));

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
