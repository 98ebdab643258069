// Does the same for each of several files; one that fails does not stop the others.
import type { Failure } from '../../api/job.ts';
import { failureOf } from '../../jobs/failure.ts';
import { sayFailure } from '../verb.ts';
import type { OpenOptions } from './open.ts';

export interface FailedFile {
  readonly file: string;
  readonly error: Failure;
}

const partlyDone = 3;

/** Calls `look` for each file, and gives what it found with those that failed, in order. Failures are said at once, unless `quiet`. */
export async function eachFile<T>(
  files: readonly string[],
  options: OpenOptions,
  look: (file: string) => Promise<T>,
): Promise<(T | FailedFile)[]> {
  const all: (T | FailedFile)[] = [];
  for (const file of files) {
    try {
      all.push(await look(file));
    } catch (error) {
      const failure = failureOf(error);
      all.push({ file, error: failure });
      sayFailure(failure, options.verbose === true);
    }
  }
  return all;
}

export const isFailed = (one: unknown): one is FailedFile => typeof one === 'object' && one !== null && 'error' in one;

/** 0 when none failed, the first one's own when all did, 3 else. */
export function exitOf(all: readonly unknown[]): number {
  const failed = all.filter(isFailed);
  if (failed.length === 0) return 0;
  return failed.length < all.length ? partlyDone : failed[0]!.error.exit;
}

/** A failed file for JSON. */
export const failedEntry = ({ file, error: { code, message, facts, exit } }: FailedFile): Record<string, unknown> => ({
  file,
  error: { code, message, facts, exit },
});
