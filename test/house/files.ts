// What the house consists of: tracked files with their text, as git sees them or, outside a checkout, as they lie on disk.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Path relative to the root, with forward slashes → text. */
export type Files = ReadonlyMap<string, string>;

const IGNORED = new Set(['node_modules', 'build', 'demo-output', '.git']);

function listed(): string[] {
  try {
    const out = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.split('\0').filter((path) => path !== '');
  } catch {
    return walk('');
  }
}

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name) || entry.name.endsWith('.partial')) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** Every file of the checkout that is or would be tracked. */
export function houseFiles(): Files {
  const paths = [...new Set(listed())].filter((path) => existsSync(join(root, path))).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
