// The daemon's side of a job at work: events in order, one end, and a worker that dies in any way.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EndState, JobEvent, JobRequest } from '../../../companion/api/job.ts';
import { inspectEngine, runJob } from '../../../companion/jobs/run.ts';
import { standAside } from '../../support/stand-aside.ts';

describe('runJob', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-run-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const request: JobRequest = {
    verb: 'any',
    inputs: ['a.mov'],
    from: '/',
    params: {},
    place: { force: false, spared: [] },
    dryRun: false,
  };

  /** A worker made of a few lines; what it imports of ours is TypeScript, so it is too. */
  function worker(lines: string): URL {
    const ending = lines.includes('import(') ? 'ts' : 'mjs';
    const file = path.join(folder, `${Math.random().toString(36).slice(2)}.${ending}`);
    writeFileSync(
      file,
      `const state = (job, then = () => {}) => process.send({ type: 'state', job }, then);
       const running = { state: 'running', notes: [], progress: { phase: 'render', done: 1, total: 2, unit: 'frames', fps: null, etaMs: null } };
       process.on('message', (message) => { ${lines} });`,
    );
    return pathToFileURL(file);
  }

  async function check(
    lines: string,
    expected: { end: EndState['state']; code?: string; events?: string[] },
    act?: (job: ReturnType<typeof runJob>, event: JobEvent) => void,
  ) {
    const events: JobEvent[] = [];
    const job = runJob(request, {
      folder,
      worker: worker(lines),
      onEvent: (event) => {
        events.push(event);
        if (event.job.state === 'running') act?.(job, event);
      },
    });
    const end = await job.ended;
    assert.equal(end.state, expected.end);
    if (expected.code) assert.equal(end.state === 'failed' && end.error.code, expected.code);
    if (expected.events)
      assert.deepEqual(
        events.map((event) => event.job.state),
        expected.events,
      );
    assert.deepEqual(events.at(-1)!.job, end, 'the last event is the end');
    return end;
  }
  const done = `{ state: 'done', outcome: { kind: 'report', record: {} }, notes: [] }`;

  it('tells every state once, in order', () =>
    check(`state(running); state(${done}, () => process.exit(0));`, {
      end: 'done',
      events: ['queued', 'running', 'done'],
    }));

  it('a worker that exits without a word has crashed', () =>
    check('setTimeout(() => process.exit(7), 50);', { end: 'failed', code: 'WORKER_CRASHED' }));

  it('a worker killed by a signal has crashed', async () => {
    const end = await check(`setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`, {
      end: 'failed',
      code: 'WORKER_CRASHED',
    });
    assert.match(end.state === 'failed' ? end.error.message : '', /SIGKILL/);
  });

  it('what a worker started goes with it', async function () {
    if (process.platform === 'win32') standAside(this, 'Windows has no process groups to end');
    const pidFile = path.join(folder, 'child.pid');
    const room = new URL('../../../companion/media/process.ts', import.meta.url).href;
    const script = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`;
    await check(
      `import(${JSON.stringify(room)}).then(async ({ startProcess }) => {
        const { existsSync } = await import('node:fs');
        startProcess(process.execPath, ['-e', ${JSON.stringify(script)}]);
        while (!existsSync(${JSON.stringify(pidFile)})) await new Promise((done) => setTimeout(done, 20));
        process.kill(process.pid, 'SIGKILL');
      });`,
      { end: 'failed', code: 'WORKER_CRASHED' },
    );
    const child = Number(readFileSync(pidFile, 'utf8'));
    const gone = (): boolean => {
      try {
        process.kill(child, 0);
        return process.platform === 'linux' && /^State:\s*Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
      } catch {
        return true;
      }
    };
    for (let tries = 0; !gone() && tries < 40; tries++) await new Promise((done) => setTimeout(done, 50));
    if (gone()) return;
    process.kill(child, 'SIGKILL');
    assert.fail('a child outlived its worker');
  });

  it('keeps the last words of a worker that threw', async () => {
    const end = await check(`setTimeout(() => { throw new Error('out of cheese'); }, 50);`, {
      end: 'failed',
      code: 'WORKER_CRASHED',
    });
    assert.match(end.state === 'failed' ? String(end.error.stack) : '', /out of cheese/);
  });

  it('a module that does not load is a crash too', () =>
    check(`process.exit(1)`, { end: 'failed', code: 'WORKER_CRASHED' }));

  it('kill ends at once', () =>
    check(`state(running); setInterval(() => {}, 1000);`, { end: 'cancelled' }, (job) => job.kill()));

  it('inspectEngine gives what the worker says', async () => {
    const facts = { version: '1', level: 'avx2', threads: 2 };
    const module = worker(`process.send({ type: 'engine', engine: ${JSON.stringify(facts)} }, () => process.exit(0));`);
    assert.deepEqual(await inspectEngine(module), facts);
  });

  it('inspectEngine rejects when the worker has none', async () => {
    const module = worker(
      `state({ state: 'failed', error: { code: 'ENGINE_MISSING', message: 'm', facts: { reason: 'no compiler' }, exit: 4 } }, () => process.exit(0));`,
    );
    await assert.rejects(inspectEngine(module), /no compiler/);
  });
});
