// Turns whatever was thrown into the one form that travels to guests.
import { CompanionError, type ErrorCode } from '../api/errors.ts';
import type { Failure } from '../api/job.ts';

const codeOf = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/** Whether `error` is a signal's way of saying that work was given up. */
export const isAbort = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' || codeOf(error) === 'ABORT_ERR' || codeOf(error) === 'CANCELLED');

/** The error with a row in the table that says what `error` means. */
export function asCompanionError(error: unknown): CompanionError {
  if (error instanceof CompanionError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const row = (name: ErrorCode, facts: Record<string, unknown>): CompanionError =>
    new CompanionError(name, facts, { cause: error });
  if (isAbort(error)) return row('CANCELLED', {});
  if (code === 'ENGINE_MISSING' || code === 'ENGINE_OUT_OF_MEMORY') return row(code, { reason });
  if (code?.startsWith('ENGINE_')) return row('ENGINE_FAILED', { engineCode: code, reason });
  return row('INTERNAL', { reason });
}

/** `error` as data. */
export function failureOf(error: unknown): Failure {
  const known = asCompanionError(error);
  const { cause } = known;
  const stack = cause instanceof Error ? `${known.stack}\ncaused by ${cause.stack}` : known.stack;
  return {
    code: known.code,
    message: known.message,
    facts: { ...known.facts },
    exit: known.exitCode,
    ...(stack !== undefined && { stack }),
  };
}
