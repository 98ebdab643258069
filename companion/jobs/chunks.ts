// A job's finished parts, on disk: each trusted only while its bytes have the hash it was listed with. A part is written as file → flush → rename → row.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { outputError } from '../media/publish.ts';
import type { KeptPart, Ledger } from '../operations/context.ts';
import { hashOf } from './hash.ts';

/** The list: one line for the key, then one for each part, each behind a digest of itself. The last line of a name counts. */
const listName = 'list';
const draftEnding = '.draft';

const head = z.strictObject({ key: z.string() });
const row = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/),
  /** As `hashOf` gives it; null: the part is its facts alone. */
  hash: z.string().nullable(),
  bytes: z.number(),
  facts: z.unknown(),
});
type Row = z.output<typeof row>;

/** Opens the ledger in a folder of its own, which is made where it is missing; it goes with the folder. @throws CompanionError DISK_FULL */
export function openChunks(folder: string): Ledger {
  makeFolder(folder);
  const list = path.join(folder, listName);
  let { key, rows } = readList(list);
  for (const { name, hash } of [...rows.values()])
    if (hash !== null && !existsSync(path.join(folder, name))) rows.delete(name);
  const bytesOf = (): number => [...rows.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  /** Leaves nothing in the folder but what `stays`. */
  const clear = (stays: (name: string) => boolean): void => {
    for (const name of readdirSync(folder))
      if (!stays(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
  };

  async function* takeOver(asked: string, signal: AbortSignal): AsyncGenerator<KeptPart, void, undefined> {
    if (key !== asked) {
      rows = new Map();
      clear(() => false);
      addLine(list, { key: asked });
      key = asked;
    }
    clear((name) => name === listName || rows.has(name));
    for (const { name, hash, facts } of [...rows.values()]) {
      signal.throwIfAborted();
      const part = path.join(folder, name);
      if (hash === null || (await hashOf(part, name, signal)) === hash) yield { name, facts };
      else {
        rows.delete(name);
        rmSync(part, { recursive: true, force: true });
      }
    }
  }

  return {
    folder,
    get bytes() {
      return bytesOf();
    },
    takeOver,
    draft: (name) => path.join(folder, name + draftEnding),
    async keep(name, facts, signal) {
      const [draft, part] = [path.join(folder, name + draftEnding), path.join(folder, name)];
      try {
        const bytes = existsSync(draft) ? await flush(draft) : null;
        const hash = bytes === null ? null : await hashOf(draft, name + draftEnding, signal);
        if (bytes !== null) {
          await rename(draft, part);
          await flushFolder(folder);
        }
        signal.throwIfAborted();
        const kept = { name, hash, bytes: bytes ?? 0, facts };
        addLine(list, kept);
        rows.set(name, kept);
      } catch (error) {
        signal.throwIfAborted();
        throw outputError(error, part);
      }
    },
  };
}

/** Whether a ledger's folder holds a finished part, which a job that is asked for again would go on with. A draft is none. */
export const hasParts = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => name !== listName && !name.endsWith(draftEnding));

/** @throws CompanionError DISK_FULL */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw outputError(error, folder);
  }
}

/** What the list holds; a line that a crash cut off, and whatever is behind it, is taken away. */
function readList(list: string): { key: string | null; rows: Map<string, Row> } {
  const rows = new Map<string, Row>();
  let key: string | null = null;
  if (!existsSync(list)) return { key, rows };
  const bytes = readFileSync(list);
  let sound = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, sound)) {
    const said = readLine(bytes.toString('utf8', sound, end));
    if (said === undefined) break;
    if (sound === 0) key = head.safeParse(said).data?.key ?? null;
    else {
      const kept = row.safeParse(said).data;
      if (!kept) break;
      rows.set(kept.name, kept);
    }
    sound = end + 1;
  }
  if (sound < bytes.length) {
    const file = openSync(list, 'r+');
    ftruncateSync(file, sound);
    closeSync(file);
  }
  return { key, rows };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function readLine(line: string): unknown {
  const [own, text] = [line.slice(0, 16), line.slice(17)];
  try {
    return digest(text) === own ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The line is on disk afterwards. @throws CompanionError DISK_FULL */
function addLine(list: string, said: unknown): void {
  try {
    append(list, said);
  } catch (error) {
    throw outputError(error, list);
  }
}

function append(list: string, said: unknown): void {
  const fresh = !existsSync(list);
  const text = JSON.stringify(said);
  const line = Buffer.from(`${digest(text)} ${text}\n`);
  const file = openSync(list, 'a', 0o600);
  try {
    for (let at = 0; at < line.length; ) at += writeSync(file, line, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (fresh && process.platform !== 'win32') {
    const folder = openSync(path.dirname(list), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

/** Flushes a file, or a folder and its files; gives their bytes. */
async function flush(part: string): Promise<number> {
  if (!(await stat(part)).isDirectory()) {
    await using file = await open(part, 'r+'); // Windows flushes only what may be written
    await file.sync();
    return (await file.stat()).size;
  }
  let bytes = 0;
  for (const name of await readdir(part)) bytes += await flush(path.join(part, name));
  await flushFolder(part);
  return bytes;
}

async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be flushed there
  await using file = await open(folder, 'r');
  await file.sync();
}
