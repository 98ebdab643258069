// Roots: the folders guests may use, kept in `roots.json`, and what a guest's name for a file stands for.
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type FileInfo, type FileRef, type Root, root } from '../api/wire.ts';
import { readConfig, writeConfig } from '../jobs/config-file.ts';
import { isWithin, type Opened, openWithin, realOf, resolveWithin, segmentsOf } from './paths.ts';
import { allows, type Holder } from './tokens.ts';

/** What a file is named for: an `input` is read, a `name` need not be there, an `output` is written. */
export type Purpose = 'input' | 'name' | 'output';

const rootFile = z.strictObject({ version: z.literal(1), roots: z.array(root) });
/** Entries of a folder that are shown. */
const mostEntries = 5000;
const most = 100;

export interface Roots {
  list(): Root[];
  /** @throws CompanionError PATH_REFUSED, USAGE */
  add(name: string, folder: string, write: boolean): Root;
  /** @throws CompanionError ROOT_UNKNOWN */
  remove(id: string): void;
  /** @throws CompanionError ROOT_UNKNOWN, PATH_REFUSED, INPUT_MISSING */
  files(id: string, given: string): FileInfo[];
  /**
   * The absolute path that `ref` stands for; a trailing separator (a folder is meant) stays.
   * @throws CompanionError PATH_REFUSED (absolute without the scope admin, out of its root, a root that is not for writing), ROOT_UNKNOWN
   */
  resolve(ref: FileRef, holder: Holder, purpose: Purpose): string;
  /** Opens a file to show it. @throws as `resolve`, and INPUT_MISSING, INPUT_FOLDER, INPUT_UNREADABLE */
  open(ref: FileRef, holder: Holder): Promise<Opened>;
  /** The root for writing that a real path lies in; undefined: in none. */
  writable(file: string): Root | undefined;
}

/** Roots of a folder of configuration. `secret` folders are in no root, even where one encloses them. @throws CompanionError CONFIG_DAMAGED */
export function openRoots(folder: string, secret: readonly string[]): Roots {
  const file = path.join(folder, 'roots.json');
  const hidden = secret.map((each) => realOf(each) ?? path.resolve(each));
  let roots: readonly Root[] = readConfig(file, rootFile, { version: 1, roots: [] }).roots;
  const keep = (next: readonly Root[]): void => {
    writeConfig(file, { version: 1, roots: next });
    roots = next;
  };
  const rootOf = (id: string): Root => {
    const found = roots.find((each) => each.id === id);
    if (!found) throw new CompanionError('ROOT_UNKNOWN', { id });
    return found;
  };
  const within = (id: string, given: string, purpose: Purpose): { root: Root; real: string } => {
    const found = rootOf(id);
    if (purpose === 'output' && !found.write)
      throw new CompanionError('PATH_REFUSED', { path: given, reason: `the root ${found.name} is for reading alone` });
    const real = resolveWithin(found.path, segmentsOf(given), given, purpose === 'input');
    if (hidden.some((each) => isWithin(each, real)))
      throw new CompanionError('PATH_REFUSED', { path: given, reason: 'it belongs to the daemon' });
    return { root: found, real };
  };
  const absolute = (given: string, holder: Holder): string => {
    if (!allows(holder.scope, 'admin'))
      throw new CompanionError('PATH_REFUSED', { path: given, reason: 'absolute paths need a token of scope admin' });
    if (given.includes('\0'))
      throw new CompanionError('PATH_REFUSED', { path: JSON.stringify(given), reason: 'it has a NUL' });
    if (!path.isAbsolute(given))
      throw new CompanionError('PATH_REFUSED', { path: given, reason: 'it is not absolute' });
    return path.resolve(given);
  };
  const withEnd = (given: string, full: string): string =>
    given.endsWith('/') || given.endsWith(path.sep) ? path.join(full, path.sep) : full;
  return {
    list: () => [...roots],
    add(name, given, write) {
      const real = path.isAbsolute(given) && !given.includes('\0') ? realOf(given) : undefined;
      if (real === undefined || !statSync(real).isDirectory())
        throw new CompanionError('PATH_REFUSED', { path: given, reason: 'it is not the absolute path of a folder' });
      if (hidden.some((each) => isWithin(each, real)))
        throw new CompanionError('PATH_REFUSED', { path: given, reason: 'it belongs to the daemon' });
      if (roots.length >= most) throw new CompanionError('USAGE', { reason: `There are ${most} roots already.` });
      const added = { id: `r${randomBytes(6).toString('hex')}`, name, path: real, write };
      keep([...roots, added]);
      return added;
    },
    remove(id) {
      rootOf(id);
      keep(roots.filter((each) => each.id !== id));
    },
    files(id, given) {
      const { real } = within(id, given, 'input');
      let names: string[];
      try {
        names = readdirSync(real).slice(0, mostEntries);
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR')
          throw new CompanionError('INPUT_MISSING', { path: given }, { cause });
        throw new CompanionError('INPUT_UNREADABLE', { path: given, reason: code ?? String(cause) }, { cause });
      }
      if (within(id, given, 'input').real !== real)
        throw new CompanionError('PATH_REFUSED', { path: given, reason: 'it was exchanged while it was read' });
      return names
        .sort()
        .flatMap((name) => infoOf(real, name, () => within(id, path.posix.join(given, name), 'input').real));
    },
    resolve(ref, holder, purpose) {
      if (typeof ref === 'string') return withEnd(ref, absolute(ref, holder));
      return withEnd(ref.path, within(ref.root, ref.path, purpose).real);
    },
    async open(ref, holder) {
      if (typeof ref !== 'string') {
        const { root: found, real } = within(ref.root, ref.path, 'input');
        return openWithin(found.path, real);
      }
      const given = absolute(ref, holder);
      const real = realOf(given);
      if (real === undefined) throw new CompanionError('INPUT_MISSING', { path: given });
      return openWithin(path.parse(real).root, real);
    },
    writable: (real) => roots.find((each) => each.write && isWithin(each.path, real)),
  };
}

/** An entry of a folder; none for what may not be used or is gone again. `resolve` is asked where it is a link or a folder, which alone can lead elsewhere or be hidden. */
function infoOf(folder: string, name: string, resolve: () => string): FileInfo[] {
  try {
    segmentsOf(name);
    const found = lstatSync(path.join(folder, name));
    const there = found.isFile() ? found : statSync(resolve());
    const isFolder = there.isDirectory();
    if (!isFolder && !there.isFile()) return [];
    return [{ name, folder: isFolder, bytes: isFolder ? null : there.size, changedAt: Math.round(there.mtimeMs) }];
  } catch {
    return [];
  }
}
