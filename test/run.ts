// Runs all tests, in three parts side by side, since they wait for programs most of the time. `--summary FILE` is given the counts of all; other words go to mocha.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { programsFolder } from './support/programs.ts';

const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const reporter = fileURLToPath(new URL('./support/reporter.ts', import.meta.url));
const pictures = ['media', 'operations', 'timeline'].map((room) => `test/companion/${room}/**`);
const parts = [
  ['test/journeys/**/*.test.ts'],
  ['test/companion/{media,operations,timeline}/**/*.test.ts'],
  ['test/**/*.test.ts', ...['test/journeys/**', ...pictures].flatMap((folder) => ['--ignore', folder])],
];

const words = process.argv.slice(2);
const at = words.indexOf('--summary');
const [, summary] = at < 0 ? [] : words.splice(at, 2);
const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-tests-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Runs one part, which ends with its last test whatever still runs in it; the counts it ended with, or null when it did not come to its end. */
function run(files: readonly string[], index: number): Promise<{ code: number; counts: [number, number] | null }> {
  const own = path.join(folder, String(index));
  const args = [mocha, ...files, '--exit', '--reporter', reporter, '--reporter-option', `summary=${own}`, ...words];
  const env = { ...process.env, INBETWEEN_PROGRAMS: programsFolder() };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code: code ?? 1, counts: read(own) }));
  });
}

function read(file: string): [number, number] | null {
  try {
    const [, passed, failed] = /^(\d+) passed, (\d+) failed/.exec(readFileSync(file, 'utf8'))!;
    return [Number(passed), Number(failed)];
  } catch {
    return null;
  }
}

const ended = await Promise.all(parts.map(run));
const whole = ended.every(({ counts }) => counts !== null);
const [passed, failed] = [0, 1].map((each) => ended.reduce((sum, { counts }) => sum + (counts?.[each] ?? 0), 0));
if (!whole) console.log('a part of the tests did not run to its end: see above');
const counts = `${passed} passed, ${whole ? failed : failed! + 1} failed`;
console.log(counts);
if (summary !== undefined) writeFileSync(summary, `${counts}\n`);
process.exitCode = ended.some(({ code }) => code !== 0) || !whole ? 1 : 0;
