// What a new daemon finds and makes of it: jobs in work, guests that died, a damaged list, inputs that changed, folders nobody needs.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFolders, makeFolders } from '../../../companion/jobs/folders.ts';
import { verbs } from '../../../companion/jobs/run.ts';
import type { Restoration } from '../../../companion/jobs/store/database.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { treeOf } from '../../support/journey.ts';
import { programFile } from '../../support/programs.ts';
import { type Bench, is, openBench, orderOf, rendered, until } from '../../support/queue.ts';
import { notOnWindows, standAside } from '../../support/stand-aside.ts';
import { make, picture } from '../media/footage.ts';

describe('queue: a new daemon', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.clear());
  const nobody = `j${'0'.repeat(20)}`;

  it('goes on with what was in work when the last one ended, under later numbers', async () => {
    const jobs = bench.open();
    const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 60, frameMs: 10 })));
    let told = 0;
    jobs.onEvent(({ seq }) => {
      told = seq;
    });
    await until(jobs, id, rendered(5));
    await jobs.close();
    const again = bench.open({ atOnce: 0 });
    assert.equal(again.get(id).job.state, 'queued');
    assert.ok(again.get(id).seq >= told);
    await again.close();
    const third = bench.open();
    await third.idle();
    assert.deepEqual([third.get(id).job.state, third.get(id).attempts], ['done', 2]);
    assert.deepEqual(treeOf(bench.clips), ['a.json', 'a.out', 'a.out.json']);
  });
  describe('a job whose guests knew the last one', () => {
    const reopened = async () => {
      const jobs = bench.open({ atOnce: 0 });
      const [mine, free] = [{ attachedTo: 'me' }, {}].map((more, n) =>
        jobs.submit(orderOf(bench.script(`${n}.json`, {}), more)),
      );
      await jobs.close();
      const again = bench.open();
      await until(again, free!.id, ({ state }) => state === 'done');
      return { jobs: again, id: mine!.id };
    };
    it('waits for them', async () => {
      const { jobs, id } = await reopened();
      assert.equal(jobs.get(id).job.state, 'queued');
      assert.deepEqual(jobs.attached(), [{ id, guests: ['me'] }]);
    });
    it('goes on when one is back', async () => {
      const { jobs, id } = await reopened();
      jobs.guestBack(id);
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'done');
    });
    it('goes on when somebody else asks for the same', async () => {
      const { jobs, id } = await reopened();
      jobs.submit(orderOf(path.join(bench.clips, '0.json')));
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'done');
    });
    it('ends when they are gone', async () => {
      const { jobs, id } = await reopened();
      jobs.guestGone(id, 'me');
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'cancelled');
    });
  });
  it('makes what is asked for of the input as it is now', async () => {
    const jobs = bench.open({ atOnce: 0 });
    const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 3 })));
    bench.script('a.json', { frames: 7 });
    await jobs.close();
    const again = bench.open();
    await again.idle();
    assert.equal(readFileSync(path.join(bench.clips, 'a.out'), 'utf8').trim().split('\n').length, 7);
    const [input] = again.record(id).inputs as { bytes: number }[];
    assert.equal(input!.bytes, statSync(path.join(bench.clips, 'a.json')).size);
  });
  it('removes folders of jobs nobody knows, with what they left unfinished', async () => {
    makeFolders(bench.folders);
    const folder = path.join(bench.folders.data, 'jobs', nobody);
    const partial = path.join(bench.clips, 'x.mov.partial');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'unfinished'), partial);
    writeFileSync(partial, 'half');
    const jobs = bench.open();
    await jobs.idle();
    assert.deepEqual(treeOf(bench.clips), []);
    assert.deepEqual(treeOf(path.join(bench.folders.data, 'jobs')), []);
  });
  it('goes on where such a folder cannot be removed', async function () {
    notOnWindows(this, 'a mode does not lock a folder');
    if (process.getuid?.() === 0) standAside(this, 'nothing holds root back');
    const locked = path.join(bench.folders.data, 'jobs', nobody, 'parts');
    mkdirSync(locked, { recursive: true });
    writeFileSync(path.join(locked, 'a'), '');
    chmodSync(locked, 0o500);
    const jobs = bench.open();
    await jobs.settled(nobody);
    assert.equal(existsSync(path.join(locked, 'a')), true);
    await jobs.close();
    chmodSync(locked, 0o700);
    await bench.open().settled(nobody);
    assert.equal(existsSync(locked), false);
  });
  it('lists jobs of a damaged list from its backup, those that lived as not known', async () => {
    const clock = fakeClock();
    const first = bench.open({ clock });
    const done = first.submit(orderOf(bench.script('a.json', {})));
    await first.idle();
    first.setPaused(true);
    const waiting = first.submit(orderOf(bench.script('b.json', {})));
    await first.close();
    const backups = path.join(bench.folders.data, 'backups');
    rmSync(backups, { recursive: true });
    await bench.open({ clock }).close(); // makes a backup, as there is none of this hour
    const file = path.join(bench.folders.data, 'queue.db');
    writeFileSync(`${file}.rubbish`, 'rubbish'.repeat(1000));
    renameSync(`${file}.rubbish`, file);
    for (const ending of ['-wal', '-shm']) rmSync(file + ending, { force: true });
    let restored: Restoration | undefined;
    const again = bench.open({
      clock,
      onRestored: (how) => {
        restored = how;
      },
    });
    assert.equal(restored?.at, clock.at);
    assert.equal(again.get(done.id).job.state, 'done');
    const { job } = again.get(waiting.id);
    assert.equal(job.state === 'failed' && job.error.code, 'QUEUE_RESTORED');
    again.setPaused(false);
    again.act(waiting.id, 'retry');
    await again.idle();
    assert.equal(again.get(waiting.id).job.state, 'done');
  });

  it('finishes an interpolation that was stopped twice with the bytes of one that was not', async () => {
    const clip = await make('queue.mov', ...picture('24', 2), '-c:v', 'mpeg4');
    const worker = pathToFileURL(programFile('fake-worker'));
    const order = (name: string) =>
      orderOf(clip, { verb: 'interpolate', params: { codec: 'ffv1' }, output: path.join(bench.clips, name) });
    const straight = bench.open({ worker, verbs });
    const whole = straight.submit(order('whole.mkv'));
    await straight.idle();
    assert.equal(straight.get(whole.id).job.state, 'done', JSON.stringify(straight.get(whole.id).job));
    await straight.close();
    const wanted = readFileSync(path.join(bench.clips, 'whole.mkv'));
    for (const name of treeOf(bench.clips)) rmSync(path.join(bench.clips, name));
    process.env.INBETWEEN_FAKE_MS = '10';
    try {
      const first = bench.open({ worker, verbs });
      const { id } = first.submit(order('cut.mkv'));
      await until(first, id, rendered(20));
      first.act(id, 'pause');
      await first.idle();
      assert.deepEqual(treeOf(bench.clips), []);
      first.act(id, 'resume');
      await until(first, id, rendered(40));
      await first.close();
      const second = bench.open({ worker, verbs });
      const { job } = await until(second, id, is('done', 'failed'));
      assert.equal(job.state, 'done', JSON.stringify(job));
      await second.idle();
      assert.ok(readFileSync(path.join(bench.clips, 'cut.mkv')).equals(wanted));
      assert.deepEqual(treeOf(bench.clips), ['cut.mkv', 'cut.mkv.json']);
    } finally {
      delete process.env.INBETWEEN_FAKE_MS;
    }
  });
}).timeout(60_000);

describe('folders', () => {
  it('INBETWEEN_HOME holds both', () => {
    const home = path.resolve('/somewhere');
    assert.deepEqual(findFolders({ INBETWEEN_HOME: home }), {
      config: path.join(home, 'config'),
      data: path.join(home, 'data'),
    });
  });
  it('without it they are two folders of the user, whatever relative paths are set', () => {
    const { config, data } = findFolders({ XDG_CONFIG_HOME: 'x', XDG_DATA_HOME: 'y' });
    for (const folder of [config, data]) assert.ok(path.isAbsolute(folder) && /inbetween/i.test(folder), folder);
    assert.notEqual(config, data);
  });
  it('are made for the user alone', function () {
    notOnWindows(this, 'a mode says nothing about who may read');
    const bench = openBench();
    try {
      makeFolders(bench.folders);
      for (const folder of Object.values(bench.folders)) assert.equal(statSync(folder).mode & 0o777, 0o700);
    } finally {
      rmSync(bench.home, { recursive: true });
    }
  });
});
