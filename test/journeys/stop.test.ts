// Ctrl-C, kill and crashes at any moment: nothing unfinished stays, nobody works on, and what can go on goes on.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lattice } from '../fixtures/noise.ts';
import { endDaemon, homeFor } from '../support/home.ts';
import { allGone, type Journey, processesKnown, processesNaming, setOut, travel, treeOf } from '../support/journey.ts';
import { ffmpeg, findTools } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';

describe('journeys: stopped on the way', () => {
  withNpmTools();
  let folder: string;
  let marker: string;
  const clip = (): string => path.join(folder, 'clip.mov');

  before(async function () {
    if (!processesKnown) standAside(this, 'processes cannot be listed here');
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-stop-'));
    marker = path.basename(folder);
    const tools = await findTools();
    const sound = ['-f', 'lavfi', '-i', 'sine=d=2.5', '-c:a', 'aac'];
    await ffmpeg(tools, ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=24:d=2.5', ...sound, '-c:v', 'mpeg4', clip()]);
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));
  async function nothingLeft(): Promise<void> {
    await allGone(marker);
    // the daemon tidies up after a worker once it is gone
    for (const until = performance.now() + 10_000; treeOf(folder).length > 1 && performance.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(treeOf(folder), ['clip.mov']);
  }
  afterEach(nothingLeft);

  /** A job slow enough to be stopped in the middle: it takes more than five seconds. */
  const slow = { INBETWEEN_FAKE_MS: '25' };
  const start = (more: readonly string[] = []) => setOut(['interpolate', clip(), ...more], { env: slow });

  /** The job ended well, and its file is taken away. */
  async function done({ ended }: Journey): Promise<void> {
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${path.join(folder, 'clip.60fps.mov')}\n`);
    for (const name of treeOf(folder)) if (name !== 'clip.mov') rmSync(path.join(folder, name));
  }

  /** The process that does the work. */
  function workerOf(): number {
    const line = processesNaming(marker).find((each) => each.includes('fake-worker'));
    assert.ok(line, 'the worker runs');
    return Number.parseInt(line, 10);
  }

  it('Ctrl-C cancels, quickly', async () => {
    const journey = start();
    await journey.says('render ');
    const from = performance.now();
    journey.child.kill('SIGINT');
    const { code, stdout, stderr } = await journey.ended;
    const tookMs = performance.now() - from;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /Cancelled\. Nothing was left behind\.\n$/);
    assert.equal(stdout, '');
    console.log(`      cancelled within ${Math.round(tookMs)} ms`);
  });

  it('a second Ctrl-C ends at once', async () => {
    const journey = start();
    await journey.says('render ');
    journey.child.kill('SIGINT');
    journey.child.kill('SIGINT');
    assert.equal((await journey.ended).code, 130);
  });

  it('with --json a cancelled job says so', async () => {
    const journey = start(['--json']);
    await journey.says('render ');
    journey.child.kill('SIGTERM');
    const { code, stdout } = await journey.ended;
    assert.equal(code, 130);
    assert.deepEqual(JSON.parse(stdout).jobs, [{ inputs: [clip()], state: 'cancelled' }]);
  });

  it('kill -9 of the command takes the worker and ffmpeg along', async () => {
    const journey = start();
    await journey.says('render ');
    journey.child.kill('SIGKILL');
    assert.equal((await journey.ended).signal, 'SIGKILL');
  });

  it('Ctrl-C of one of two commands that want the same leaves the other its job', async () => {
    const [one, other] = [start(), start()];
    await Promise.all([one.says('render '), other.says('render ')]);
    one.child.kill('SIGINT');
    assert.equal((await one.ended).code, 130);
    await done(other);
  });

  it('kill -9 of the worker: the next one goes on', async () => {
    const journey = start();
    await journey.says(/render +[4-9]\d %/);
    process.kill(workerOf(), 'SIGKILL');
    await done(journey);
  });

  it('kill -9 of the daemon: the next one goes on', async () => {
    const journey = start();
    await journey.says(/render +[4-9]\d %/);
    endDaemon(homeFor(slow));
    await done(journey);
  });

  it('a crash of the engine is told too', async () => {
    const { code, stderr } = await travel(['interpolate', clip()], { env: { INBETWEEN_FAKE_CRASH: '20' } });
    assert.equal(code, 1);
    assert.match(stderr, /ended unexpectedly \(SIGSEGV\).*\(WORKER_CRASHED\)/);
  });

  const signals = ['SIGINT', 'SIGKILL'] as const;
  const seed = Date.now() % 2 ** 31;
  for (let round = 0; round < 6; round++) {
    it(`at any moment (${round + 1})`, async () => {
      const journey = start();
      const [signal, afterMs] = [signals[round % signals.length], lattice(round, 0, 0, seed) * 2500];
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      journey.child.kill(signal);
      await journey.ended;
      await nothingLeft().catch((cause) =>
        assert.fail(`seed ${seed}: ${signal} after ${Math.round(afterMs)} ms: ${cause.message}`),
      );
    });
  }
}).timeout(60_000);
