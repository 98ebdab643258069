// The C++ cases, each as a mocha test. ENGINE_ASAN=1 takes the build with address and undefined-behaviour sanitizers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { compiler, native } from './built.ts';

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  readonly ms: number;
}

const asan = process.env.ENGINE_ASAN === '1';
const program = native(
  'build',
  asan ? 'asan' : 'release',
  process.platform === 'win32' ? 'engine_cases.exe' : 'engine_cases',
);
const build = (): string => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [native('build.mjs'), '--tests', ...(asan ? ['--asan'] : [])],
    { encoding: 'utf8' },
  );
  return status === 0 ? '' : `the C++ cases do not build:\n${stdout}${stderr}`.slice(-6000);
};

/** Runs cases in one process; one that takes the process down is told by the last line it wrote, and the rest run in a new one. */
function runAll(names: readonly string[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  let left = [...names];
  while (left.length > 0) {
    const { stdout, stderr, signal, status } = spawnSync(program, ['--run', ...left], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
      const outcome = JSON.parse(line) as Outcome;
      outcomes.set(outcome.name, outcome);
    }
    left = left.filter((name) => !outcomes.has(name));
    const fallen = left.shift();
    if (fallen === undefined) break;
    const message = `took its process down (${signal ?? `exit code ${status}`})\n${stderr.slice(0, 4000)}`;
    outcomes.set(fallen, { name: fallen, ok: false, message, ms: 0 });
  }
  return outcomes;
}

describe(`native: C++ cases${asan ? ' under sanitizers' : ''}`, () => {
  const missing = compiler();
  if (missing !== undefined) {
    it(`stand aside: ${missing}`, function () {
      this.skip();
    });
    return;
  }
  const fault = build();
  if (fault !== '') {
    it('build', () => assert.fail(fault));
    return;
  }
  const names = spawnSync(program, ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  let outcomes = new Map<string, Outcome>();
  before(function () {
    this.timeout(asan ? 900_000 : 300_000);
    outcomes = runAll(names);
  });
  it('there are cases', () => assert.ok(names.length > 0));
  for (const name of names)
    it(name, () => {
      const outcome = outcomes.get(name);
      assert.ok(outcome?.ok, outcome?.message ?? 'did not run');
    });
});
