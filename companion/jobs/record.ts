// The record of a result: from what, how and by what it was made, and the words of the command that makes it again.
import type { EndState } from '../api/job.ts';
import { type InputMark, ownVersion } from './key.ts';
import { type JobRow, orderOf } from './store/rows.ts';

/** Of a job that is done. */
export function recordOf(
  row: JobRow,
  { outcome, notes }: Extract<EndState, { state: 'done' }>,
): Record<string, unknown> {
  const { verb, params, force, spared } = orderOf(row);
  const output = outcome.kind === 'file' ? { path: outcome.output.path, sha256: row.hash } : null;
  return {
    inbetween: 'record',
    version: ownVersion,
    job: row.id,
    key: row.work,
    verb,
    params,
    inputs: JSON.parse(row.inputs) as InputMark[],
    place: { force, spared },
    output,
    engine: row.engine === null ? null : JSON.parse(row.engine),
    result: outcome.record,
    notes,
    attempts: row.attempts,
    createdAt: row.created,
    endedAt: row.ended,
    command: commandOf(row, output?.path ?? null),
  };
}

function commandOf(row: JobRow, output: string | null): string[] {
  const { verb, inputs, params } = orderOf(row);
  const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const flags = Object.entries(params).flatMap(([name, value]) =>
    value === false ? [] : value === true ? [flag(name)] : [flag(name), String(value)],
  );
  return ['inbetween', verb, ...inputs, ...flags, ...(output === null ? [] : ['-o', output])];
}
