// `inbetween repro RESULT`: the command that makes a result again, from the record that was kept of it.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { flagsOf } from './presets.ts';
import { data } from './terminal.ts';

/** What of a record says how to make the result again; it holds more. */
const record = z.looseObject({
  verb: z.string(),
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(z.union([z.string(), z.looseObject({ path: z.string() })])).min(1),
});
export type ResultRecord = z.output<typeof record>;

/** Where the record of a result lies: beside it, under its name with `.json` after. */
export const recordBeside = (result: string): string => `${result}.json`;

const plain = /^[\w@%+=:,./-]+$/;

/** One word of a command line, quoted where the shell of this system needs it. */
export function quoted(word: string, platform: NodeJS.Platform = process.platform): string {
  if (plain.test(word) || (platform === 'win32' && /^[\w@+=:,./\\-]+$/.test(word))) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words after `inbetween`. */
export function commandOf({ verb, inputs, params }: ResultRecord, output: string): string[] {
  const files = inputs.map((input) => (typeof input === 'string' ? input : input.path));
  return [verb, ...files.map((file) => (file.startsWith('-') ? `./${file}` : file)), ...flagsOf(params), '-o', output];
}

/**
 * Writes the command to stdout. `known`: what the daemon recorded of a result, where no record lies beside it.
 * @throws CompanionError INPUT_MISSING, INPUT_UNREADABLE
 */
export async function repro(
  result: string,
  json: boolean,
  known: (result: string) => Promise<unknown>,
): Promise<number> {
  const full = path.resolve(result);
  const beside = recordBeside(full);
  const told = existsSync(beside) ? parse(beside) : await known(existsSync(full) ? realpathSync(full) : full);
  if (told === undefined) {
    if (!existsSync(full)) throw new CompanionError('INPUT_MISSING', { path: full });
    const reason = `there is no record beside it (${path.basename(beside)}), and the daemon knows of none`;
    throw new CompanionError('INPUT_UNREADABLE', { path: full, reason });
  }
  const read = record.safeParse(told);
  if (!read.success) {
    const reason = `its record does not say how it was made (${read.error.issues[0]!.path.join('.')})`;
    throw new CompanionError('INPUT_UNREADABLE', { path: full, reason });
  }
  const words = commandOf(read.data, full);
  if (json) data(JSON.stringify({ command: ['inbetween', ...words], record: told }, null, 2));
  else data(['inbetween', ...words].map((word) => quoted(word)).join(' '));
  return 0;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message;
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason }, { cause });
  }
}
