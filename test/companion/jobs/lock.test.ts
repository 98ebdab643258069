// One daemon of a user: the second is told who is there; a dead one is in nobody's way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../../../companion/jobs/folders.ts';
import { holdLock, takeOwnership } from '../../../companion/jobs/lock.ts';
import { type Bench, openBench } from '../../support/queue.ts';
import { typescriptLoader } from '../../support/typescript.ts';

describe('lock', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
    makeFolders(bench.folders);
  });
  afterEach(() => bench.clear());
  const refused = (facts: Record<string, unknown>): void =>
    assert.throws(
      () => bench.open(),
      (error: Error & { code?: string; facts?: Record<string, unknown> }) => {
        assert.equal(error.code, 'DAEMON_RUNNING');
        assert.deepEqual(error.facts, { folder: bench.folders.data, ...facts });
        return true;
      },
    );

  it('the second owner is told the process and the address of the first', async () => {
    const first = bench.open({ atOnce: 0 });
    const told = {
      url: 'http://127.0.0.1:5123',
      pid: 4711,
      startedAt: 1,
      protocol: { major: 1, minor: 0 },
      tokenHash: 'a',
    };
    writeFileSync(path.join(bench.folders.config, 'endpoint.json'), JSON.stringify(told));
    refused({ pid: 4711, url: 'http://127.0.0.1:5123' });
    await first.close();
    await bench.open({ atOnce: 0 }).close();
  });
  it('or that it has not said yet', () => {
    bench.open({ atOnce: 0 });
    refused({ pid: null, url: null });
    writeFileSync(path.join(bench.folders.config, 'endpoint.json'), 'rubbish');
    refused({ pid: null, url: null });
  });
  it('is let go when opening fails', () => {
    writeFileSync(path.join(bench.folders.data, 'queue.db'), '');
    assert.throws(() => bench.open({ clock: { now: () => assert.fail('broken'), every: () => () => {} } }), /broken/);
    takeOwnership(bench.folders).release();
  });
  it('goes with a process that is killed', async () => {
    const file = path.join(bench.home, 'a.lock');
    const module = new URL('../../../companion/jobs/lock.ts', import.meta.url).href;
    const hold = `import(${JSON.stringify(module)}).then(({ holdLock }) => {
      globalThis.lock = holdLock(${JSON.stringify(file)});
      console.log('held');
      setInterval(() => {}, 1000);
    });`;
    const child = spawn(process.execPath, ['--import', typescriptLoader, '-e', hold], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.equal(holdLock(file), null);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const lock = holdLock(file);
    assert.notEqual(lock, null);
    lock?.release();
  });
}).timeout(30_000);
