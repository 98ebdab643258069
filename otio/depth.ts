// Trees that stand deeper than a machine can follow: an error of the library in place of the machine's own.
import { OtioError } from './errors.ts';

/**
 * What to throw on when a walk down a tree failed: LIMIT_EXCEEDED where the stack of the machine was used up, else the error itself. Files stay far below
 * that (reading stops at 512); trees built by hand, and those that hold themselves, may not.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !/call stack|recursion/i.test(error.message) || error instanceof OtioError)
    return error;
  const sentence = 'The tree stands deeper than this machine can follow, or holds itself: make it flatter.';
  return new OtioError('LIMIT_EXCEEDED', sentence, { cause: error });
}
