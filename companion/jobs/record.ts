// The record of a result: from what, how and by what it was made, and the words of the command that makes it again.
import path from 'node:path';
import { z } from 'zod';
import type { EndState } from '../api/job.ts';
import { flagsOf, paramsOf } from '../api/operation.ts';
import type { AnyOperation } from '../operations/context.ts';
import { ownVersion } from './key.ts';
import { type JobRow, orderOf } from './store/rows.ts';

const inputMark = z.looseObject({
  path: z.string(),
  bytes: z.number().nullable(),
  changed: z.string().nullable(),
  sample: z.string().nullable(),
});

/** What makes JSON one of our records; it holds more. */
export const resultRecord = z.looseObject({
  inbetween: z.literal('record'),
  format: z.literal(1),
  /** Of the product. */
  version: z.string(),
  job: z.string(),
  /** Of the work, as `keysOf` gives it. */
  key: z.string(),
  verb: z.string(),
  /** All of them, those that nobody gave with their defaults. */
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(inputMark).min(1),
  /** Null: the job made no file. `sha256` as `hashOf` gives it. */
  output: z.looseObject({ path: z.string(), sha256: z.string().nullable() }).nullable(),
  /** What makes it again, as words: verb, inputs, the parameters that were given, the place that was asked for. */
  command: z.array(z.string()).min(2),
});
export type ResultRecord = z.output<typeof resultRecord>;

/** Of a job that is done. `operation`: its verb, where this version still has it. */
export function recordOf(
  row: JobRow,
  { outcome, notes }: Extract<EndState, { state: 'done' }>,
  operation: AnyOperation | undefined,
): ResultRecord {
  const { verb, params, force } = orderOf(row);
  const output = outcome.kind === 'file' ? { path: outcome.output.path, sha256: row.hash } : null;
  return {
    inbetween: 'record',
    format: 1,
    version: ownVersion,
    system: `${process.platform} ${process.arch}`,
    job: row.id,
    key: row.work,
    verb,
    params: { ...(operation && defaultsOf(operation)), ...params },
    inputs: JSON.parse(row.inputs) as ResultRecord['inputs'],
    place: { force },
    output,
    engine: row.engine === null ? null : JSON.parse(row.engine),
    result: outcome.record,
    notes,
    attempts: row.attempts,
    createdAt: row.created,
    startedAt: row.started,
    endedAt: row.ended,
    command: commandOf(row, output?.path ?? null),
  };
}

const defaultsOf = ({ params }: AnyOperation): Record<string, unknown> =>
  Object.fromEntries(
    paramsOf(params).flatMap((each) => (each.default === undefined ? [] : [[each.name, each.default]])),
  );

function commandOf(row: JobRow, result: string | null): string[] {
  const { verb, inputs, params, output } = orderOf(row);
  return [
    'inbetween',
    verb,
    ...inputs,
    ...flagsOf(params),
    ...(output === null ? [] : ['-o', placeOf(output, result)]),
  ];
}

/** The place that was asked for: a folder with its separator, so that it is not taken for the name of the result once it is gone. */
const placeOf = (output: string, result: string | null): string =>
  result !== null && path.resolve(output) === path.dirname(result) && !/[\\/]$/.test(output)
    ? output + path.sep
    : output;
