// Programs that use the engine in a process of their own, so that a crash is a failed test and not the end of all tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { typescriptLoader } from '../support/typescript.ts';
import { native } from './built.ts';

/** Where a module of this folder lies, for programs given to `alone`. */
export const here = (name: string): string => new URL(name, import.meta.url).href;

/** URL of the module whose `register` lets a worker thread load TypeScript; threads do not inherit the loader. */
export const typescriptApi = import.meta.resolve('tsx/esm/api');

/** glibc only: freed memory is overwritten, and freed planes go back to the system at once, so that resident bytes show what is held. */
const MEMORY = { MALLOC_PERTURB_: '165', MALLOC_MMAP_THRESHOLD_: String(1 << 20) };

/**
 * Runs a program (the text of an ES module; `openEngine` and `pictureBytes` are there) in a Node of its own. It must end by itself within 50 s
 * and without a word on stderr. Gives what it wrote.
 */
export function alone(program: string, nodeFlags: readonly string[] = []): string {
  const text = `import { openEngine, pictureBytes } from ${JSON.stringify(pathToFileURL(native('index.ts')).href)};\n${program}`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeFlags, '--import', typescriptLoader, '--input-type=module', '--eval', text],
    { encoding: 'utf8', timeout: 50_000, env: { ...process.env, ...MEMORY } },
  );
  assert.equal(signal, null, `ended by ${signal}\n${stderr}`);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.trim();
}
