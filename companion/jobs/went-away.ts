// What an error of a job really comes from, where a file or folder went away under its hands: the first to notice (ffmpeg, a look at a file) seldom says it.
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { outputError } from '../media/publish.ts';

/** Errors that say what somebody met, not why. */
const surfaces: readonly string[] = [
  ...['FFMPEG_FAILED', 'VERIFY_FAILED', 'INPUT_MISSING', 'INPUT_UNREADABLE', 'OUTPUT_UNWRITABLE'],
  ...['MEDIA_UNKNOWN', 'MEDIA_TRUNCATED', 'MEDIA_DAMAGED', 'NO_FRAMES'],
];

/**
 * INPUT_MISSING, OUTPUT_FOLDER_MISSING or OUTPUT_UNWRITABLE where that is so now and explains the error; else the error itself. `partial`: the unfinished file or
 * folder that was announced, if any.
 */
export function explained(error: unknown, inputs: readonly string[], partial: string | null): unknown {
  if (error instanceof CompanionError && !surfaces.includes(error.code)) return error;
  const input = inputs.find((file) => !existsSync(file));
  if (input !== undefined) return new CompanionError('INPUT_MISSING', { path: input }, { cause: error });
  if (partial === null) return error;
  const folder = path.dirname(partial);
  if (!existsSync(folder)) return new CompanionError('OUTPUT_FOLDER_MISSING', { folder }, { cause: error });
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return error;
  } catch (denied) {
    return outputError(denied, partial);
  }
}
