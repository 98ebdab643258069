// What goes wrong around a daemon at work: full disks, read-only ones, inputs and folders that go away. A clear end or a pause, and the queue lives.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Phase } from '../../companion/api/job.ts';
import type { Submission } from '../../companion/api/wire.ts';
import { HeldDaemon, stateOf } from '../support/held-daemon.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { standAside } from '../support/stand-aside.ts';

const paused = { state: 'paused', why: 'DISK_FULL', notes: [] };

/** The disk; skips the test with the reason where there can be none. */
function diskOr(test: Mocha.Context, kibibytes: number): SmallDisk {
  const disk = smallDisk(kibibytes);
  if (typeof disk !== 'string') return disk;
  return standAside(test, disk);
}

function empty(disk: SmallDisk): void {
  for (const name of readdirSync(disk.path)) if (name.startsWith('filler')) rmSync(path.join(disk.path, name));
}

describe('journeys: trouble around the daemon', () => {
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

  let count = 0;
  /** Asks for a job that nobody asked for before. */
  const ask = (output: string, input = clip, more: Partial<Submission> = {}) =>
    held.ask(input, output, { params: { cutThreshold: 0.5 + ++count * 1e-6 }, ...more });

  async function fails(id: string, code: string, said: RegExp): Promise<void> {
    const end = await held.end(id);
    assert.ok(end.state === 'failed', JSON.stringify(end));
    assert.equal(end.error.code, code, end.error.message);
    assert.match(end.error.message, said);
  }

  async function nextIsDone(): Promise<void> {
    const output = path.join(out, `next${count}.mov`);
    const end = await held.end((await ask(output)).id);
    assert.equal(end.state, 'done', JSON.stringify(end));
    rmSync(output);
    rmSync(`${output}.json`, { force: true });
  }

  describe('a full disk', () => {
    it('that of the output: it pauses, and goes on by itself when there is room', async function () {
      using disk = diskOr(this, 8000);
      const output = path.join(disk.path, 'out.mov');
      held.holdAt('join', 0);
      const { id } = await ask(output);
      await held.held();
      disk.fill();
      held.letGo();
      const { job } = await held.daemon.until(id, ({ state }) => state !== 'running');
      assert.deepEqual(job, paused);
      assert.deepEqual(
        readdirSync(disk.path).filter((name) => !name.startsWith('filler')),
        [],
      );
      await nextIsDone();
      assert.deepEqual((await held.daemon.job(id)).job, paused, 'still no room');
      empty(disk);
      const end = await held.end(id);
      assert.ok(end.state === 'done' && end.outcome.kind === 'file', JSON.stringify(end));
      assert.equal(readFileSync(output).length, end.outcome.output.bytes);
    });

    it('that of the output, too small from the start: it pauses before anything is written', async function () {
      using disk = diskOr(this, 8000);
      disk.fill();
      const { id } = await ask(path.join(disk.path, 'out.mov'));
      const { job } = await held.daemon.until(id, ({ state }) => state !== 'running' && state !== 'queued');
      assert.deepEqual(job, paused);
      empty(disk);
      assert.equal((await held.end(id)).state, 'done');
    });

    it('that of the daemon itself: it lives, acknowledges nothing it cannot keep, and goes on when there is room', async function () {
      using disk = diskOr(this, 48_000);
      const small = new HeldDaemon({ home: path.join(disk.path, 'home') });
      try {
        await small.daemon.start();
        const { client } = small.daemon;
        const output = path.join(small.folder, 'out.mov');
        small.holdAt('render', 1);
        const { id } = await small.ask(clip, output);
        await small.held();
        disk.fill();
        small.letGo();
        // what it cannot set down it does not say: for now the job is what it was, or paused where that could be set down
        const refused = await small.ask(clip, path.join(small.folder, 'other.mov')).catch((error) => error);
        if (refused.code !== 'DISK_FULL') assert.equal((await small.daemon.job(refused.id)).job.state, 'queued');
        for (let look = 0; look < 20; look++) {
          assert.notEqual((await client.call('job', { path: { id } })).job.state, 'failed');
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        assert.deepEqual(stateOf(small.folder)['out.mov'], undefined);
        empty(disk);
        const end = await small.end(id);
        assert.ok(end.state === 'done' && end.outcome.kind === 'file', JSON.stringify(end));
        assert.equal(readFileSync(output).length, end.outcome.output.bytes);
        const other = await small.ask(clip, path.join(small.folder, 'other.mov'));
        assert.equal((await small.end(other.id)).state, 'done');
        await small.daemon.end('SIGKILL');
        await small.daemon.start();
        assert.equal((await small.daemon.job(id)).job.state, 'done');
      } finally {
        await small.clear();
      }
    });
  });

  describe('a target that cannot be written to', () => {
    const remount = (disk: SmallDisk, how: 'ro' | 'rw') => execFileSync('mount', ['-o', `remount,${how}`, disk.path]);

    it('from the start', async function () {
      using disk = diskOr(this, 8000);
      remount(disk, 'ro');
      const { id } = await ask(path.join(disk.path, 'out.mov'));
      await fails(id, 'OUTPUT_UNWRITABLE', /the disk is read-only/);
      assert.deepEqual(readdirSync(disk.path), []);
      await nextIsDone();
      assert.deepEqual(held.jobFolders(), [], 'there is nothing to go on with');
    });

    it('from the middle on: what could not be removed goes at the next start', async function () {
      using disk = diskOr(this, 8000);
      held.holdAt('join', 0);
      const { id } = await ask(path.join(disk.path, 'out.mov'));
      await held.held();
      remount(disk, 'ro');
      held.letGo();
      await fails(id, 'OUTPUT_UNWRITABLE', /the disk is read-only/);
      await nextIsDone();
      remount(disk, 'rw');
      await held.daemon.end('SIGTERM');
      await held.daemon.start();
      await nextIsDone();
      assert.deepEqual(readdirSync(disk.path), []);
      await held.daemon.client.call('act', { path: { id, action: 'retry' } });
      assert.equal((await held.end(id)).state, 'done');
    });
  });

  describe('what goes away', () => {
    const copyOfClip = (): Promise<string> => held.makeClip(`gone${count}.mov`);

    it('the input, while the job waits', async () => {
      held.holdAt('probe');
      const first = await ask(path.join(out, 'first.mov'));
      await held.held();
      const input = await copyOfClip();
      const { id } = await ask(path.join(out, 'second.mov'), input);
      rmSync(input);
      held.letGo();
      await fails(id, 'INPUT_MISSING', /There is no file at .*gone\d+\.mov/);
      assert.equal((await held.end(first.id)).state, 'done');
      await nextIsDone();
    });

    const inputGone = (phase: Phase, done: number): void => {
      it(`the input, in ${phase}`, async () => {
        const input = await copyOfClip();
        const before = stateOf(out);
        held.holdAt(phase, done);
        const { id } = await ask(path.join(out, 'gone.mov'), input);
        await held.held();
        rmSync(input);
        held.letGo();
        await fails(id, 'INPUT_MISSING', /There is no file at .*gone\d+\.mov/);
        assert.deepEqual(stateOf(out), before);
        await nextIsDone();
      });
    };
    inputGone('probe', 0);
    inputGone('stamps', 1);

    it('the input, once it was read: the result is what it would have been, or a clear end', async () => {
      const input = await copyOfClip();
      held.holdAt('join', 0);
      const output = path.join(out, 'read.mov');
      const { id } = await ask(output, input);
      await held.held();
      rmSync(input);
      held.letGo();
      const end = await held.end(id);
      if (end.state === 'failed') assert.equal(end.error.code, 'INPUT_MISSING');
      else assert.equal(end.state, 'done');
      await nextIsDone();
    });

    for (const [phase, done] of [
      ['render', 1],
      ['join', 0],
      ['verify', 0],
      ['publish', 0],
    ] as const)
      it(`the output's folder, in ${phase}`, async () => {
        const folder = path.join(held.folder, `out-${phase}`);
        mkdirSync(folder);
        held.holdAt(phase, done);
        const { id } = await ask(path.join(folder, 'out.mov'));
        await held.held();
        rmSync(folder, { recursive: true });
        held.letGo();
        await fails(id, 'OUTPUT_FOLDER_MISSING', /There is no folder .*out-/);
        await nextIsDone();
        mkdirSync(folder);
        await held.daemon.client.call('act', { path: { id, action: 'retry' } });
        assert.equal((await held.end(id)).state, 'done', 'asked for again it goes on');
      });

    it('the output’s folder, moved away with the unfinished file in it', async () => {
      const [folder, elsewhere] = [path.join(held.folder, 'moved'), path.join(held.folder, 'elsewhere')];
      mkdirSync(folder);
      held.holdAt('join', 0);
      const { id } = await ask(path.join(folder, 'out.mov'));
      await held.held();
      renameSync(folder, elsewhere);
      held.letGo();
      await fails(id, 'OUTPUT_FOLDER_MISSING', /There is no folder .*moved/);
      await nextIsDone();
    });
  });
}).timeout(120_000);
