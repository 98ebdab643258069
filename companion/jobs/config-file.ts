// Small JSON files of the configuration: read with a schema, replaced whole and flushed, for the user alone.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { inHome } from './folders.ts';

/**
 * What the file holds; `empty` where there is none.
 * @throws CompanionError CONFIG_DAMAGED when it is there and is not what `schema` says
 */
export function readConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  empty: z.output<Schema>,
): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return empty;
    throw new CompanionError('CONFIG_DAMAGED', { path: file, reason: `it cannot be read (${code})` }, { cause });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CompanionError('CONFIG_DAMAGED', { path: file, reason: 'it is not what this version wrote' }, { cause });
  }
}

/** @throws CompanionError HOME_UNUSABLE */
export const writeConfig = (file: string, value: unknown): void =>
  inHome(path.dirname(file), () => writeWhole(file, `${JSON.stringify(value, null, 2)}\n`));

/** Replaces a file at one stroke: mode 0600, flushed before it takes its name. */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  if (process.platform === 'win32') return; // folders cannot be flushed there
  const folder = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
