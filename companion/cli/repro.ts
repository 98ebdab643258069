// `inbetween repro RESULT`: the command that makes a result again, from its record, and whether result and inputs are still what they were.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { jobId } from '../api/wire.ts';
import { readRecord, recordBeside } from '../jobs/beside.ts';
import { hashOf } from '../jobs/hash.ts';
import { markInput, ownVersion } from '../jobs/key.ts';
import { type ResultRecord, resultRecord } from '../jobs/record.ts';
import { data, say } from './terminal.ts';

/** How a file stands to what was recorded of it. Of inputs, size and samples of the content are compared; of a result, all of it. */
export type Standing = 'same' | 'changed' | 'gone' | 'unreadable';

/** What the daemon recorded: of the job that made a result, or of one by its id. Undefined: it knows of none. */
export interface KnownRecords {
  ofResult(result: string): Promise<unknown>;
  /** @throws CompanionError JOB_UNKNOWN, JOB_NOT_SO, DAEMON_UNREACHABLE */
  ofJob(id: string): Promise<unknown>;
}

const plain = /^[\w@%+=:,./-]+$/;

/** One word of a command line, quoted where the shell of this system needs it. */
export function quoted(word: string, platform: NodeJS.Platform = process.platform): string {
  if (plain.test(word) || (platform === 'win32' && /^[\w@+=:,./\\-]+$/.test(word))) return word;
  return platform === 'win32' ? `"${word.replaceAll('"', '\\"')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}

interface Found {
  readonly record: ResultRecord;
  /** File it was read from; null: the daemon had it. */
  readonly file: string | null;
  /** Where the result is looked for; null: the job made none. */
  readonly result: string | null;
}

/**
 * Writes the command to stdout, and what is not as it was to stderr. `named`: a result, its record, or the id of a job.
 * @throws CompanionError INPUT_MISSING, RECORD_MISSING, RECORD_UNREADABLE, and as `KnownRecords`
 */
export async function repro(named: string, json: boolean, known: KnownRecords): Promise<number> {
  const { record, file, result } = await findRecord(named, known);
  const inputs = record.inputs.map((input) => ({ path: input.path, standing: standingOf(input) }));
  const output = result === null ? null : { path: result, standing: await standingOfResult(result, record) };
  const { command } = record;
  if (json) {
    data(JSON.stringify({ command, result: output, inputs, recordFile: file, record }, null, 2));
    return 0;
  }
  for (const { path: input, standing } of inputs) say(`${input} ${inputWords[standing]}`);
  if (output) say(`${output.path} ${resultWords[output.standing]}`);
  if (output && record.output && record.output.path !== output.path)
    say(`It was made as ${record.output.path}, and the command makes it there.`);
  if (record.version !== ownVersion)
    say(`It was made by version ${record.version}, and this is ${ownVersion}, which may make other bytes.`);
  data(command.map((word) => quoted(word)).join(' '));
  return 0;
}

const inputWords: Readonly<Record<Standing, string>> = {
  same: 'is what it was.',
  changed: 'has changed since: the command will make something else of it.',
  gone: 'is not there any more: bring it back before the command can run.',
  unreadable: 'cannot be read: look at its permissions.',
};
const resultWords: Readonly<Record<Standing, string>> = {
  same: 'is as it was made.',
  changed: 'is not as it was made: it was changed since, or another took its place.',
  gone: 'is not there any more.',
  unreadable: 'cannot be read: look at its permissions.',
};

async function findRecord(named: string, known: KnownRecords): Promise<Found> {
  const full = path.resolve(named);
  if (!existsSync(full) && jobId.safeParse(named).success) {
    const record = demandRecord(await known.ofJob(named), named);
    return { record, file: null, result: record.output?.path ?? null };
  }
  const own = readRecord(full);
  if (own) return { record: own, file: full, result: resultOf(full, own) };
  const file = recordBeside(full);
  const real = existsSync(full) ? realpathSync(full) : full;
  for (const each of [file, recordBeside(real)]) {
    const record = readRecord(each);
    if (record) return { record, file: each, result: full };
  }
  const told = await known.ofResult(real);
  if (told !== undefined) return { record: demandRecord(told, full), file: null, result: full };
  for (const each of [file, full]) demandNoDamage(each);
  throw new CompanionError(existsSync(full) ? 'RECORD_MISSING' : 'INPUT_MISSING', { path: full, file });
}

/** The result that a record lies beside, else the place where it was made. */
function resultOf(file: string, { output }: ResultRecord): string | null {
  const beside = file.replace(/\.json$/i, '');
  return beside !== file && existsSync(beside) ? beside : (output?.path ?? null);
}

/** @throws CompanionError RECORD_UNREADABLE */
function demandRecord(told: unknown, of: string): ResultRecord {
  const read = resultRecord.safeParse(told);
  if (read.success) return read.data;
  const reason = `it does not say how the result was made (${read.error.issues[0]!.path.join('.')})`;
  throw new CompanionError('RECORD_UNREADABLE', { path: of, reason });
}

/** A file that ought to be a record, and is not. @throws CompanionError RECORD_UNREADABLE */
function demandNoDamage(file: string): void {
  if (!file.endsWith('.json') || !existsSync(file)) return;
  let told: unknown;
  try {
    told = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message;
    throw new CompanionError('RECORD_UNREADABLE', { path: file, reason }, { cause });
  }
  demandRecord(told, file);
}

function standingOf(input: ResultRecord['inputs'][number]): Standing {
  const now = markInput(input.path);
  if (now.bytes === null) return existsSync(input.path) ? 'unreadable' : 'gone';
  return now.bytes === input.bytes && now.sample === input.sample ? 'same' : 'changed';
}

async function standingOfResult(result: string, { output }: ResultRecord): Promise<Standing> {
  if (!existsSync(result)) return 'gone';
  try {
    return (await hashOf(result, path.basename(output?.path ?? result))) === output?.sha256 ? 'same' : 'changed';
  } catch {
    return 'unreadable';
  }
}
