// A job is cancelled in a real daemon at every point of its life: the disk is as before, names, bytes and times, and nobody works on.
import assert from 'node:assert/strict';
import { readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phase } from '../../companion/api/job.ts';
import type { Submission } from '../../companion/api/wire.ts';
import { HeldDaemon, stateOf } from '../support/held-daemon.ts';
import { processesKnown, processesNaming } from '../support/journey.ts';
import { withNpmTools } from '../support/npm-tools.ts';

describe('journeys: cancelled in the daemon', () => {
  withNpmTools();
  let held: HeldDaemon;
  let clip: string;
  let out: string;
  before(async () => {
    held = new HeldDaemon();
    ({ clip, out } = await held.begin());
  });
  after(() => held.clear());
  afterEach(() => held.letGo());

  /** The output's folder, the input's, and those of the jobs. */
  const state = () => ({ out: stateOf(out), clips: stateOf(held.clips), jobs: held.jobFolders() });
  type State = ReturnType<typeof state>;

  /** At once: the daemon answers a cancellation when all is tidy. */
  function isAsBefore(before: State): void {
    assert.deepEqual(state(), before);
    if (processesKnown) assert.deepEqual(processesNaming(out), []);
  }

  const at = (name: string, phase: Phase, done: number, more: Partial<Submission> = {}, output = 'result.mov') =>
    it(name, async () => {
      const before = state();
      held.holdAt(phase, done);
      const { id } = await held.ask(clip, path.join(out, output), more);
      await held.held();
      const { job } = await held.daemon.job(id);
      assert.ok('progress' in job, JSON.stringify(job));
      assert.equal(job.progress.phase, phase);
      if (phase !== 'probe' && phase !== 'stamps') assert.notDeepEqual(state(), before, 'there is something to remove');
      assert.equal((await held.cancel(id)).state, 'cancelled');
      isAsBefore(before);
      assert.equal((await held.daemon.job(id)).job.state, 'cancelled');
    });
  at('in probe', 'probe', 0);
  at('in stamps', 'stamps', 1);
  at('in analyse', 'analyse', 10, { params: { dedup: true } });
  at('at the first frame', 'render', 1);
  at('with finished parts', 'render', 70);
  at('in join', 'join', 0);
  at('in verify', 'verify', 0);
  at('verified, before its seal', 'verify', 120);
  at('sealed, before its name', 'publish', 0);
  at('with its name, before its last word', 'publish', 1);
  at('a sequence of stills, half way', 'render', 40, { params: { codec: 'png' } }, 'stills');
  at('a sequence of stills with its name', 'publish', 1, { params: { codec: 'png' } }, 'stills');

  it('while it waits', async () => {
    const before = state();
    held.holdAt('probe');
    const first = await held.ask(clip, path.join(out, 'first.mov'));
    await held.held();
    const second = await held.ask(clip, path.join(out, 'second.mov'));
    assert.equal(second.job.state, 'queued');
    assert.equal((await held.cancel(second.id)).state, 'cancelled');
    assert.equal((await held.cancel(first.id)).state, 'cancelled');
    isAsBefore(before);
  });

  it('paused with finished parts', async () => {
    const before = state();
    held.holdAt('render', 70);
    const { id } = await held.ask(clip, path.join(out, 'result.mov'));
    await held.held();
    await held.daemon.client.call('act', { path: { id, action: 'pause' } });
    assert.equal((await held.daemon.job(id)).job.state, 'paused');
    assert.equal((await held.cancel(id)).state, 'cancelled');
    isAsBefore(before);
  });

  it('before it would replace a file: that one stays', async () => {
    const output = path.join(held.clips, 'made.mov');
    assert.equal((await held.end((await held.ask(clip, output)).id)).state, 'done');
    const before = state();
    held.holdAt('publish', 0);
    const params = { slow: '0.5' };
    const { id } = await held.ask(clip, output, { params, place: { output, force: true } });
    await held.held();
    assert.equal((await held.cancel(id)).state, 'cancelled');
    isAsBefore(before);
  });

  it('while a known result is copied', async () => {
    const known = path.join(held.clips, 'known.mkv');
    const params = { codec: 'ffv1', slow: '0.8' };
    const ask = (output: string) => held.ask(clip, output, { params });
    assert.equal((await held.end((await ask(known)).id)).state, 'done');
    truncateSync(known, 1 << 30); // not what it was: that shows when it has been copied, which takes a while
    const before = state();
    held.holdAt('probe'); // should it have come so far, it is seen and not finished
    const { id } = await ask(path.join(out, 'copy.mkv'));
    const unfinished = (): number => Number(/^(\d+) bytes/.exec(stateOf(out)['copy.mkv.partial'] ?? '')?.[1] ?? 0);
    while (unfinished() === 0) await pause(1);
    const { job } = await held.daemon.job(id);
    assert.ok('progress' in job && job.progress.phase === 'verify', JSON.stringify(job));
    assert.equal((await held.cancel(id)).state, 'cancelled');
    isAsBefore(before);
  });

  it('the next job is done, and asked for again a cancelled one too', async () => {
    held.holdAt('render', 70);
    const { id } = await held.ask(clip, path.join(out, 'result.mov'), { params: { factor: '3' } });
    await held.held();
    await held.cancel(id);
    held.letGo();
    await held.daemon.client.call('act', { path: { id, action: 'retry' } });
    const end = await held.end(id);
    assert.ok(end.state === 'done' && end.outcome.kind === 'file', JSON.stringify(end));
    assert.equal(readFileSync(path.join(out, 'result.mov')).length, end.outcome.output.bytes);
    assert.deepEqual(held.jobFolders(), []);
  });
}).timeout(120_000);
