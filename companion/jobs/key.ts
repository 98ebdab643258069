// What makes two jobs the same work: verb and code, parameters with their defaults, inputs by what they are, and what the output's name decides.
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
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

/** What makes the bytes of a result: other code may make others, though its version is the same (a developer's, a fork's). */
const makers = [
  ...['../media/', '../timeline/', '../operations/', '../../otio/'],
  ...['../../native/index.ts', '../../native/build/release/engine.node'],
];

/** SHA-256 of files and of all that folders hold, by name and content; what is not there counts as that. */
export function markCode(places: readonly URL[]): string {
  const hash = createHash('sha256');
  for (const place of places) {
    const top = fileURLToPath(place);
    const names = isFolder(top) ? (readdirSync(top, { recursive: true }) as string[]).sort() : [''];
    for (const name of names) {
      const file = path.join(top, name);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      hash
        .update(JSON.stringify(name.split(path.sep)))
        .update(createHash('sha256').update(readFileSync(file)).digest());
    }
    hash.update('|');
  }
  return hash.digest('hex');
}

let codeMark: string | undefined;
const ownMark = (): string => {
  codeMark ??= markCode(makers.map((place) => new URL(place, import.meta.url)));
  return codeMark;
};

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
    const found = statSync(path, { bigint: true });
    const { size, mtimeNs, ino } = found;
    return {
      ...{ path, bytes: Number(size), changed: String(mtimeNs), inode: String(ino) },
      sample: found.isFile() ? sampleOf(path, Number(size)) : null, // a pipe would hold whoever opens it
    };
  } catch {
    return { path, bytes: null, changed: null, inode: null, sample: null }; // the job will say what is wrong with it
  }
}

function sampleOf(file: string, bytes: number): string | null {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(sampleBytes);
  const last = Math.max(0, bytes - sampleBytes);
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
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
    code: ownMark(),
    params: parseParams(operation.params, order.params),
    inputs,
    as: namesFile(order.output) ? path.extname(order.output).toLowerCase() : null, // the extension may decide the codec
  });
  const { output, force, dryRun, spared } = order;
  const reach = operation.timelines ? { confined: order.confined } : {}; // decides which media of a timeline are found
  return { work, ask: digest({ work, output, force, dryRun, spared: [...spared].sort(), ...reach }) };
}

/** Whether an output is a file by name; else it is a folder, or beside the input, and the verb finds the name. */
export function namesFile(output: string | null): output is string {
  if (output === null || /[\\/]$/.test(output)) return false;
  return !isFolder(output);
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false; // not there, or below a file: the job will say what is wrong with it
  }
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
