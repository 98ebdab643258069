// What reading takes of the machine: never more than five times the text, whatever is wrong with it. In a process of its own each time, by its peak.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { write } from '../../otio/index.ts';
import { longTimeline } from '../fixtures/long-timeline.ts';
import { memoryKnown } from '../support/process-memory.ts';
import { standAside } from '../support/stand-aside.ts';

const CHILD = `
import { readFileSync } from 'node:fs';
import { read } from ${JSON.stringify(new URL('../../otio/index.ts', import.meta.url).href)};
import { peakResidentBytes } from ${JSON.stringify(new URL('../support/process-memory.ts', import.meta.url).href)};
read('[]');
globalThis.gc();
const before = process.memoryUsage.rss();
const bytes = readFileSync(process.argv[1]);
let outcome;
try {
  outcome = read(bytes).problems.length;
} catch (error) {
  outcome = error.code ?? String(error);
}
console.log(JSON.stringify([outcome, peakResidentBytes(process.pid) - before]));
`;

describe('otio: memory', function () {
  this.timeout(60_000);
  before(function () {
    if (!memoryKnown) standAside(this, 'this system has no /proc to read memory from');
  });
  const folder = mkdtempSync(join(tmpdir(), 'otio-memory-'));
  const whole = write(longTimeline(10_000)); // 31 MB: far more than the machine takes for its own young objects, some 50 MB
  after(() => rmSync(folder, { recursive: true }));

  const check = (text: string, expected: (outcome: unknown) => boolean): void => {
    const path = join(folder, 'a.otio');
    writeFileSync(path, text);
    const heap = Math.floor((4 * Buffer.byteLength(text)) / 2 ** 20); // the text itself is outside of it; a collector that lacks nothing waits longer
    const args = [
      `--max-old-space-size=${heap}`,
      '--import',
      'tsx',
      '--expose-gc',
      '--input-type=module',
      '-e',
      CHILD,
      path,
    ];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.notEqual(stdout, '', stderr);
    const [outcome, peak] = JSON.parse(stdout) as [unknown, number];
    assert.ok(expected(outcome), String(outcome));
    const times = peak / Buffer.byteLength(text);
    assert.ok(times < 5, `${times.toFixed(1)} times the text`);
  };
  const manyProblems = (outcome: unknown): boolean => typeof outcome === 'number' && outcome > 5000;

  it('a text cut off near its end', () =>
    check(whole.slice(0, whole.length * 0.99), (outcome) => outcome === 'JSON_PARSE_ERROR'));
  it('no range has a start', () => check(whole.replaceAll('"start_time"', '"begin"'), manyProblems));
});
