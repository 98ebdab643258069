// How jobs end that do not simply get done: cancelled at every step, crashed, silent, without room, robbed of their lease.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { JobState } from '../../../companion/api/job.ts';
import type { JobView } from '../../../companion/api/wire.ts';
import type { Jobs } from '../../../companion/jobs/jobs.ts';
import { hasRoom, roomLacking } from '../../../companion/jobs/room.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { processesKnown, processesNaming, treeOf } from '../../support/journey.ts';
import { type Bench, is, openBench, orderOf, rendered, until } from '../../support/queue.ts';
import type { Script } from '../../support/scripted.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { notOnWindows, standAside } from '../../support/stand-aside.ts';

const errorOf = ({ job }: JobView): string => (job.state === 'failed' ? job.error.code : job.state);
const soon = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('queue: ends', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.clear());
  const jobFolders = (): string[] => {
    const all = path.join(bench.folders.data, 'jobs');
    return existsSync(all) ? treeOf(all) : [];
  };
  const counter = (): string => path.join(bench.home, 'counter');
  const submit = (jobs: Jobs, script: Script, name = 'a.json'): JobView =>
    jobs.submit(orderOf(bench.script(name, script)));

  describe('cancelled', () => {
    const slow: Script = { frames: 400, frameMs: 10 };
    const sealed = (id: string): boolean => existsSync(path.join(bench.folders.data, 'jobs', id, 'seal.json'));
    const moments: Record<string, [Script, (jobs: Jobs, id: string) => Promise<unknown>]> = {
      'while it waits': [slow, async (jobs) => jobs.setPaused(true)],
      'at once': [slow, async () => {}],
      'when it was just taken': [slow, (jobs, id) => until(jobs, id, is('running'))],
      'while it works': [slow, (jobs, id) => until(jobs, id, rendered(5))],
      'while paused': [
        slow,
        async (jobs, id) => {
          await until(jobs, id, rendered(2));
          jobs.act(id, 'pause');
        },
      ],
      'after its seal, before its name': [
        { trouble: { at: 'sealed', what: 'spin' } },
        async (_, id) => {
          while (!sealed(id)) await soon();
        },
      ],
      'after its name, before its last word': [
        { trouble: { at: 'published', what: 'spin' } },
        async () => {
          while (!existsSync(path.join(bench.clips, 'a.out'))) await soon();
        },
      ],
    };
    for (const [when, [script, moment]] of Object.entries(moments))
      it(`${when}: the disk is as before`, async () => {
        const jobs = bench.open();
        const before = bench.script('a.json', script) && treeOf(bench.clips);
        const { id } = submit(jobs, script);
        await moment(jobs, id);
        assert.equal(jobs.act(id, 'cancel').job.state, 'cancelled');
        await jobs.idle();
        assert.deepEqual(treeOf(bench.clips), before);
        assert.deepEqual(jobFolders(), []);
        assert.equal(jobs.get(id).job.state, 'cancelled');
        if (processesKnown) assert.deepEqual(processesNaming(bench.home), []);
      });
    it('with what it replaced being gone, the new result stays whole', async () => {
      const jobs = bench.open();
      const result = path.join(bench.clips, 'a.out');
      writeFileSync(result, 'old');
      const input = bench.script('a.json', { trouble: { at: 'published', what: 'spin' } });
      const { id } = jobs.submit(orderOf(input, { force: true }));
      while (readFileSync(result, 'utf8') === 'old') await soon();
      jobs.act(id, 'cancel');
      await jobs.idle();
      assert.equal(readFileSync(result, 'utf8').trim().split('\n').length, 3);
    });
    it('a result that was there, and another asked for beside it, stays', async () => {
      const jobs = bench.open();
      const mine = path.join(bench.clips, 'mine.txt');
      writeFileSync(mine, 'mine');
      const { id } = submit(jobs, slow);
      await until(jobs, id, rendered(1));
      writeFileSync(path.join(bench.clips, 'a.out'), 'came meanwhile');
      jobs.act(id, 'cancel');
      await jobs.idle();
      assert.equal(readFileSync(path.join(bench.clips, 'a.out'), 'utf8'), 'came meanwhile');
    });
  });

  describe('a worker that dies', () => {
    const crash = (at: number | 'sealed' | 'published', times: number): Script => ({
      trouble: { at, what: 'crash', times, counter: counter() },
    });
    it('twice: the job is done at the third start', async () => {
      const jobs = bench.open();
      const { id } = submit(jobs, crash(1, 2));
      await jobs.idle();
      const { job, attempts } = jobs.get(id);
      assert.deepEqual([job.state, attempts], ['done', 3]);
      assert.deepEqual(treeOf(bench.clips), ['a.json', 'a.out', 'a.out.json']);
    });
    it('three times: the job has failed, and a retry starts anew', async () => {
      const jobs = bench.open();
      const { id } = submit(jobs, crash(1, 4));
      await jobs.idle();
      assert.equal(errorOf(jobs.get(id)), 'WORKER_CRASHED');
      assert.equal(jobs.get(id).attempts, 3);
      assert.deepEqual(treeOf(bench.clips), ['a.json']);
      jobs.act(id, 'retry');
      await jobs.idle();
      assert.deepEqual([jobs.get(id).job.state, jobs.get(id).attempts], ['done', 5]);
    });
    for (const at of ['sealed', 'published'] as const)
      it(`when the result is ${at}: nothing is made twice or lost`, async () => {
        const jobs = bench.open();
        const { id } = submit(jobs, crash(at, 1));
        await jobs.idle();
        assert.equal(jobs.get(id).job.state, 'done');
        assert.deepEqual(treeOf(bench.clips), ['a.json', 'a.out', 'a.out.json']);
        assert.deepEqual(jobFolders(), []);
        if (at === 'published') assert.equal(jobs.get(id).attempts, 1, 'its hash was enough');
      });
    it('told to stop by somebody else: the job goes on', async () => {
      if (!processesKnown) return;
      const jobs = bench.open();
      const { id } = submit(jobs, { frames: 60, frameMs: 10 });
      await until(jobs, id, rendered(3));
      const [line] = processesNaming(path.join(bench.clips, 'a.json'));
      process.kill(Number.parseInt(line!, 10), 'SIGTERM');
      await jobs.idle();
      assert.deepEqual([jobs.get(id).job.state, jobs.get(id).attempts], ['done', 2]);
    });
  });

  describe('a worker that is silent', () => {
    it('for twelve rounds is killed, and the job put back', async function () {
      notOnWindows(this, 'a process cannot be made to stand still');
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = submit(jobs, { trouble: { at: 1, what: 'freeze', times: 1, counter: counter() } });
      while (!existsSync(counter()) || readFileSync(counter(), 'utf8') === '') await soon();
      await soon(100);
      for (let round = 0; round < 11; round++) clock.round();
      await soon(50);
      assert.equal(jobs.get(id).attempts, 1, 'eleven are not enough');
      clock.round();
      await jobs.idle();
      assert.deepEqual([jobs.get(id).job.state, jobs.get(id).attempts], ['done', 2]);
    });
    it('only in its main loop lives', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = submit(jobs, { trouble: { at: 1, what: 'spin', times: 1, counter: counter() } });
      while (!existsSync(counter())) await soon();
      for (let round = 0; round < 8; round++) clock.round();
      await soon(2500);
      for (let round = 0; round < 8; round++) clock.round();
      await soon(50);
      assert.deepEqual([jobs.get(id).job.state, jobs.get(id).attempts], ['running', 1]);
    });
  });

  describe('without room', () => {
    const short = (neededMiB: number): Script => ({
      trouble: {
        at: 1,
        what: { code: 'DISK_SHORT', facts: { neededMiB, freeMiB: 0, folder: bench.clips } },
        times: 1,
        counter: counter(),
      },
    });
    const paused: JobState = { state: 'paused', why: 'DISK_FULL', notes: [] };
    it('it waits, and goes on by itself when there is some', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = submit(jobs, short(0));
      assert.deepEqual((await until(jobs, id, is('paused', 'failed'))).job, paused);
      await jobs.idle();
      clock.round();
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'done');
    });
    it('it waits on while there is none, over a restart too, until a guest resumes it', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = submit(jobs, short(1e9));
      await until(jobs, id, is('paused'));
      clock.round();
      await jobs.close();
      const again = bench.open({ clock });
      clock.round();
      await again.idle();
      assert.deepEqual(again.get(id).job, paused);
      again.act(id, 'resume');
      await again.idle();
      assert.equal(again.get(id).job.state, 'done');
    });
    it('one that a guest paused is not resumed by rounds', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock, atOnce: 0 });
      const { id } = submit(jobs, {});
      jobs.act(id, 'pause');
      clock.round();
      assert.equal(jobs.get(id).job.state, 'paused');
    });
    it('a job whose guest stays fails at once', async () => {
      const jobs = bench.open();
      const { id } = jobs.submit(orderOf(bench.script('a.json', short(1e9)), { attachedTo: 'me' }));
      await jobs.idle();
      assert.equal(errorOf(jobs.get(id)), 'DISK_SHORT');
    });
    it('a full disk must have more room than there was', () => {
      const lacking = roomLacking({ code: 'DISK_FULL', message: '', facts: { folder: bench.home }, exit: 4 });
      assert.ok(lacking && lacking.neededBytes > 65_536);
      assert.equal(hasRoom(lacking), false);
      assert.equal(hasRoom({ ...lacking, neededBytes: 1 }), true);
      assert.equal(hasRoom({ folder: '/gone', neededBytes: 1e18 }), true, 'the job will say that it is gone');
      assert.equal(roomLacking({ code: 'NO_FRAMES', message: '', facts: {}, exit: 2 }), null);
    });
    it('a small disk that fills up pauses, and room resumes', async function () {
      const disk = smallDisk(256);
      if (typeof disk === 'string') standAside(this, disk);
      try {
        const clock = fakeClock();
        const jobs = bench.open({ clock });
        const input = bench.script('a.json', { frames: 1000, frameMs: 0 });
        const filler = path.join(disk.path, 'mine');
        writeFileSync(filler, Buffer.alloc(220 * 1024));
        const { id } = jobs.submit(orderOf(input, { output: path.join(disk.path, 'a.out') }));
        assert.deepEqual((await until(jobs, id, is('paused', 'failed', 'done'))).job, paused);
        await jobs.idle();
        assert.deepEqual(treeOf(disk.path), ['mine']);
        clock.round();
        await jobs.idle();
        assert.deepEqual(jobs.get(id).job, paused, 'still no room');
        rmSync(filler);
        clock.round();
        await jobs.idle();
        assert.equal(jobs.get(id).job.state, 'done');
        await jobs.close();
      } finally {
        disk[Symbol.dispose]();
      }
    });
  });

  describe('other trouble', () => {
    it('an output folder that goes away fails the job, and the queue lives', async () => {
      const jobs = bench.open();
      const place = path.join(bench.home, 'out');
      mkdirSync(place);
      const input = bench.script('a.json', { frames: 60, frameMs: 10 });
      const { id } = jobs.submit(orderOf(input, { output: `${place}/` }));
      await until(jobs, id, rendered(3));
      rmSync(place, { recursive: true });
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'failed');
      const next = submit(jobs, {}, 'b.json');
      await jobs.idle();
      assert.equal(jobs.get(next.id).job.state, 'done');
    });
    it('a stolen lease: the worker is stopped, and its result is nobody’s', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = submit(jobs, { frames: 300, frameMs: 10 });
      await until(jobs, id, rendered(3));
      const thief = new DatabaseSync(path.join(bench.folders.data, 'queue.db'));
      thief.exec(`UPDATE job SET lease_owner = 'thief', lease_until = 9e15`);
      clock.at += 2000;
      await soon(400);
      while (processesKnown && processesNaming(path.join(bench.clips, 'a.json')).length > 0) await soon();
      const [row] = thief.prepare('SELECT state, lease_owner FROM job').all() as Record<string, string>[];
      assert.deepEqual({ ...row }, { state: 'running', lease_owner: 'thief' });
      assert.deepEqual(treeOf(bench.clips), ['a.json']);
      thief.close();
    });
  });
}).timeout(60_000);
