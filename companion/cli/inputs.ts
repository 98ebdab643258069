// What a person names as inputs becomes files: folders stand for the media in them, patterns for what they match where the shell did not see to it.
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isClipName } from '../timeline/clip-name.ts';

const byName = new Intl.Collator('en', { numeric: true }).compare;

export interface InputOptions {
  /** Whether a folder also stands for the folders in it. */
  readonly recursive?: boolean;
  /** Whether folders stand for their media, and a file named twice for one clip; else words stay as they are. */
  readonly folders: boolean;
}

/**
 * Files in the order of the words; those of a folder or pattern by name, with numbers as numbers. A word that stands for no file stays as it
 * is: the job that opens it says what is wrong, and the others go on. Where results are named with their records (`*`), the records are left out.
 */
export function expandInputs(words: readonly string[], { recursive = false, folders }: InputOptions): string[] {
  const files = words.flatMap((word) => {
    if (!existsSync(word)) return isPattern(word) ? otherwise(matching(word), word) : [word];
    return folders && statSync(word).isDirectory() ? otherwise(mediaIn(word, recursive), word) : [word];
  });
  if (!folders) return files;
  const all = new Set(files);
  return [...all].filter((file) => !(file.endsWith('.json') && all.has(file.slice(0, -'.json'.length))));
}

const otherwise = (found: readonly string[], word: string): readonly string[] => (found.length > 0 ? found : [word]);

const mediaIn = (folder: string, recursive: boolean): string[] =>
  walk(folder, recursive ? ['**', '*'] : ['*']).filter((file) => isClipName(path.basename(file)));

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** `*`, `?`, `[a-z]`, `{a,b}`. */
const isPattern = (word: string): boolean => /[*?[{]/.test(word);

/** Files that match a pattern. `**` as a whole name stands for any number of folders; a leading dot must be written. */
function matching(pattern: string): string[] {
  const separators = process.platform === 'win32' ? /[\\/]+/ : /\/+/;
  const { root } = path.parse(pattern);
  const names = pattern
    .slice(root.length)
    .split(separators)
    .filter((name) => name !== '');
  return [...new Set(walk(root, names))];
}

function walk(folder: string, [name, ...rest]: readonly string[]): string[] {
  if (name === undefined) return [];
  if (name === '**') {
    const below = entriesIn(folder).flatMap((each) =>
      each.isDirectory() && !each.name.startsWith('.') ? [each.name] : [],
    );
    return [...walk(folder, rest), ...below.flatMap((entry) => walk(path.join(folder, entry), [name, ...rest]))];
  }
  const found = isPattern(name)
    ? entriesIn(folder)
        .map((each) => each.name)
        .filter(matcher(name))
    : [name];
  return found.flatMap((entry) => {
    const file = path.join(folder, entry);
    if (rest.length > 0) return walk(file, rest);
    return isFile(file) ? [file] : [];
  });
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder || '.', { withFileTypes: true }).sort((a, b) => byName(a.name, b.name));
  } catch {
    return []; // no folder, or none that may be read: nothing in it matches
  }
}

/** A name's pattern as a test. */
function matcher(pattern: string): (name: string) => boolean {
  let depth = 0;
  const source = pattern.replace(
    /\[(!|\^)?([^\]]+)\]|[\s\S]/g,
    (piece, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\[\]^]/g, '\\$&')}]`;
      if (piece === '*') return '[^/]*';
      if (piece === '?') return '[^/]';
      if (piece === '{') {
        depth++;
        return '(?:';
      }
      if (piece === '}' && depth > 0) {
        depth--;
        return ')';
      }
      if (piece === ',' && depth > 0) return '|';
      return piece.replace(/[.+^$()|\\[\]{}/]/, '\\$&');
    },
  );
  const shown = (name: string): boolean => pattern.startsWith('.') || !name.startsWith('.');
  try {
    const whole = new RegExp(`^${source}${')'.repeat(depth)}$`, process.platform === 'win32' ? 'iu' : 'u');
    return (name) => shown(name) && whole.test(name);
  } catch {
    return () => false; // a range that runs backwards, [z-a]
  }
}
