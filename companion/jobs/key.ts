// What makes two jobs the same work: verb and version, parameters with their defaults, inputs by what they are, and what the output's name decides.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseParams } from '../api/operation.ts';
import type { AnyOperation } from '../operations/context.ts';
import type { EngineFacts } from './channel.ts';
import type { JobOrder } from './jobs.ts';

/** Bytes of a sample, and how many of them are taken evenly from first to last byte. */
const sampleBytes = 65_536;
const samples = 8;

/** Version of this product: another one may make other bytes. */
export const ownVersion: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** An input as it was found. Null figures: it was not there, or could not be read. */
export interface InputMark {
  readonly path: string;
  readonly bytes: number | null;
  /** Time of change in nanoseconds since 1970, as text. */
  readonly changed: string | null;
  readonly inode: string | null;
  /** SHA-256 of samples of the content. */
  readonly sample: string | null;
}

export function markInput(file: string): InputMark {
  const path = file;
  try {
    const { size, mtimeNs, ino } = statSync(path, { bigint: true });
    return {
      ...{ path, bytes: Number(size), changed: String(mtimeNs), inode: String(ino) },
      sample: sampleOf(path, Number(size)),
    };
  } catch {
    return { path, bytes: null, changed: null, inode: null, sample: null }; // the job will say what is wrong with it
  }
}

function sampleOf(file: string, bytes: number): string | null {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(sampleBytes);
  const last = Math.max(0, bytes - sampleBytes);
  const handle = openSync(file, 'r');
  try {
    for (let i = 0; i < samples; i++) {
      const at = Math.floor((last * i) / (samples - 1));
      hash.update(buffer.subarray(0, readSync(handle, buffer, 0, sampleBytes, at)));
      if (last === 0) break;
    }
  } catch {
    return null; // a folder
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}

export interface Keys {
  /** Of what is made: the key of the cache. */
  readonly work: string;
  /** Of what is made and where it goes: while living, the same is the same job. */
  readonly ask: string;
}

/** @throws CompanionError PARAM_INVALID, PARAM_UNKNOWN */
export function keysOf(order: JobOrder, operation: AnyOperation, inputs: readonly InputMark[]): Keys {
  const work = digest({
    verb: order.verb,
    version: ownVersion,
    params: parseParams(operation.params, order.params),
    inputs,
    as: namesFile(order.output) ? path.extname(order.output).toLowerCase() : null, // the extension may decide the codec
  });
  const { output, force, dryRun, spared } = order;
  return { work, ask: digest({ work, output, force, dryRun, spared: [...spared].sort() }) };
}

/** Whether an output is a file by name; else it is a folder, or beside the input, and the verb finds the name. */
export function namesFile(output: string | null): output is string {
  if (output === null || /[\\/]$/.test(output)) return false;
  return !statSync(output, { throwIfNoEntry: false })?.isDirectory();
}

/** Engines of one class make the same bytes: all levels of the processor do. */
export const engineClass = ({ version, level }: EngineFacts): string =>
  `${version} ${['avx512', 'avx2', 'neon', 'scalar'].includes(level) ? 'cpu' : level}`;

const digest = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

/** JSON with names in order and nothing undefined; values of our own classes (rates) as their text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
