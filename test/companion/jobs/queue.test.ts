// The queue as its door sees it: order, states, what is answered from what is there, and what guests may do to a job.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type JobView, jobView, type WireEvent } from '../../../companion/api/wire.ts';
import type { JobOrder, Jobs } from '../../../companion/jobs/jobs.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { treeOf } from '../../support/journey.ts';
import { type Bench, is, openBench, orderOf, rendered, until } from '../../support/queue.ts';

const fails = (act: () => unknown, code: string): void => {
  assert.throws(
    act,
    (error: Error & { code?: string }) => error.code === code || assert.fail(`${error.code}: ${error}`),
  );
};
const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('queue', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.clear());
  const run = async (jobs: Jobs, order: JobOrder): Promise<JobView> => {
    const { id } = jobs.submit(order);
    await jobs.idle();
    return jobs.get(id);
  };
  const short = (name = 'a.json'): string => bench.script(name, { frames: 3 });
  const long = (name = 'long.json'): string => bench.script(name, { frames: 2000, frameMs: 10 });

  describe('a job', () => {
    it('goes through its states, told in order with rising numbers', async () => {
      const jobs = bench.open();
      const events: WireEvent[] = [];
      jobs.onEvent((event) => events.push(event));
      const done = await run(jobs, orderOf(short()));
      assert.equal(done.job.state, 'done');
      const states = events.map(({ job }) => job.job.state);
      assert.deepEqual([...new Set(states)], ['queued', 'running', 'verifying', 'done']);
      events.reduce((before, event) => {
        assert.ok(event.seq > before, `${event.seq} after ${before}`);
        assert.equal(event.job.seq, event.seq);
        jobView.parse(event.job);
        return event.seq;
      }, 0);
      assert.equal(existsSync(path.join(bench.clips, 'a.out')), true);
    });
    it('is acknowledged only when it is on disk', async () => {
      const jobs = bench.open({ atOnce: 0 });
      const { id } = jobs.submit(orderOf(short()));
      await jobs.close();
      assert.equal(bench.open({ atOnce: 0 }).get(id).job.state, 'queued');
    });
    it('keeps its events for those who come later', async () => {
      const jobs = bench.open();
      const { id } = await run(jobs, orderOf(short()));
      const { events, job } = jobs.events(id, 0);
      assert.deepEqual(
        events.map((event) => event.job.job.state),
        ['queued', 'running', 'verifying', 'done'],
      );
      assert.deepEqual(events.at(-1)!.job, job);
      assert.deepEqual(jobs.events(id, events[2]!.seq).events, events.slice(3));
      assert.deepEqual(jobs.events(id, job.seq).events, []);
    });
    it('leaves its result, the record beside it, and nothing else', async () => {
      const jobs = bench.open();
      await run(jobs, orderOf(short()));
      assert.deepEqual(treeOf(bench.clips), ['a.json', 'a.out', 'a.out.json']);
      assert.deepEqual(treeOf(path.join(bench.folders.data, 'jobs')), []);
    });
    it('that fails says why, and the next one runs', async () => {
      const jobs = bench.open();
      const failing = jobs.submit(orderOf(bench.script('f.json', { trouble: { at: 1, what: { code: 'NO_FRAMES' } } })));
      const next = jobs.submit(orderOf(short()));
      await jobs.idle();
      const { job } = jobs.get(failing.id);
      assert.equal(job.state === 'failed' && job.error.code, 'NO_FRAMES');
      assert.equal(jobs.get(next.id).job.state, 'done');
      assert.deepEqual(treeOf(bench.clips), ['a.json', 'a.out', 'a.out.json', 'f.json']);
    });
    it('whose input is gone fails with that', async () => {
      const { job } = await run(bench.open(), orderOf(path.join(bench.clips, 'none.json')));
      assert.equal(job.state === 'failed' && job.error.code, 'INPUT_MISSING');
    });
    it('that is only planned writes nothing', async () => {
      const { job } = await run(bench.open(), orderOf(short(), { dryRun: true }));
      assert.equal(job.state === 'done' && job.outcome.kind, 'plan');
      assert.deepEqual(treeOf(bench.clips), ['a.json']);
    });
    it('has a record that says how it was made', async () => {
      const jobs = bench.open();
      const input = bench.script('a.json', { engine: true });
      const { id } = await run(jobs, orderOf(input, { params: { loud: true } }));
      const record = jobs.record(id) as Record<string, never> & {
        inputs: { path: string; sample: string }[];
        output: { path: string; sha256: string };
      };
      const result = path.join(bench.clips, 'a.out');
      assert.deepEqual(record.output, { path: result, sha256: hashOf(result) });
      assert.equal(record.inputs[0]!.path, input);
      assert.match(record.inputs[0]!.sample, /^[0-9a-f]{64}$/);
      assert.deepEqual(record.engine, { version: 'fake', level: 'scalar', threads: 1 });
      assert.deepEqual(record.command, ['inbetween', 'scripted', input, '--loud']);
      JSON.stringify(record);
    });
  });

  describe('what is refused', () => {
    const check = (what: string, more: Partial<JobOrder>, code: string): unknown =>
      it(what, () => {
        const jobs = bench.open({ atOnce: 0 });
        fails(() => jobs.submit(orderOf(short(), more)), code);
        assert.equal(jobs.list({ state: 'all', limit: 10 }).total, 0);
      });
    check('an unknown verb', { verb: 'paint' }, 'VERB_UNKNOWN');
    check('an unknown parameter', { params: { size: 3 } }, 'PARAM_UNKNOWN');
    check('a wrong parameter', { params: { loud: 3 } }, 'PARAM_INVALID');
    check('two inputs for one', { inputs: ['/a', '/b'] }, 'USAGE');
    it('unknown jobs, for every question', () => {
      const jobs = bench.open({ atOnce: 0 });
      const id = `j${'0'.repeat(20)}`;
      for (const act of ['cancel', 'pause', 'resume', 'retry', 'duplicate'] as const)
        fails(() => jobs.act(id, act), 'JOB_UNKNOWN');
      fails(() => jobs.get(id), 'JOB_UNKNOWN');
      fails(() => jobs.events(id, 0), 'JOB_UNKNOWN');
      fails(() => jobs.record(id), 'JOB_UNKNOWN');
      fails(() => jobs.move(id, null), 'JOB_UNKNOWN');
      fails(() => jobs.list({ state: 'all', limit: 1, after: 'x' }), 'PARAM_INVALID');
    });
  });

  describe('the same work', () => {
    it('asked for in a storm is one job', async () => {
      const jobs = bench.open();
      const input = bench.script('a.json', { frames: 5, frameMs: 20 });
      const ids = new Set(Array.from({ length: 200 }, () => jobs.submit(orderOf(input)).id));
      assert.equal(ids.size, 1);
      await jobs.idle();
      assert.equal(jobs.list({ state: 'all', limit: 10 }).total, 1);
    });
    const differs = (what: string, more: (bench: Bench) => Partial<JobOrder>): unknown =>
      it(`is another job with ${what}`, () => {
        const jobs = bench.open({ atOnce: 0 });
        assert.notEqual(jobs.submit(orderOf(short())).id, jobs.submit(orderOf(short(), more(bench))).id);
      });
    differs('another parameter', () => ({ params: { loud: true } }));
    differs('another place', ({ clips }) => ({ output: path.join(clips, 'b.out') }));
    differs('force', () => ({ force: true }));
    differs('only a plan', () => ({ dryRun: true }));
    it('with a default spelled out is the same', () => {
      const jobs = bench.open({ atOnce: 0 });
      assert.equal(jobs.submit(orderOf(short(), { params: { loud: false } })).id, jobs.submit(orderOf(short())).id);
    });
    it('is another job when the input has changed', () => {
      const jobs = bench.open({ atOnce: 0 });
      const { id } = jobs.submit(orderOf(short()));
      assert.notEqual(jobs.submit(orderOf(bench.script('a.json', { frames: 4 }))).id, id);
    });

    it('that is there already is done without a worker', async () => {
      const jobs = bench.open();
      await run(jobs, orderOf(short()));
      await jobs.close();
      const again = bench.open({ worker: new URL('file:///nowhere.ts') });
      const { job, attempts } = await run(again, orderOf(short()));
      assert.equal(job.state, 'done');
      assert.equal(attempts, 1);
    });
    it('is copied to another place, the same bytes', async () => {
      const jobs = bench.open();
      const [first, second] = [path.join(bench.home, 'b.out'), path.join(bench.home, 'c.out')];
      await run(jobs, orderOf(short(), { output: first }));
      await jobs.close();
      const again = bench.open({ worker: new URL('file:///nowhere.ts') });
      const { id, job } = await run(again, orderOf(short(), { output: second }));
      assert.equal(job.state === 'done' && job.outcome.kind === 'file' && job.outcome.output.path, second);
      assert.match(job.state === 'done' ? job.notes.join() : '', /copy of/);
      assert.equal(hashOf(second), hashOf(first));
      assert.equal((again.record(id).output as { sha256: string }).sha256, hashOf(second));
      assert.deepEqual(treeOf(path.join(bench.folders.data, 'jobs')), []);
    });
    it('is copied into another folder under the name the verb gave it', async () => {
      const jobs = bench.open();
      await run(jobs, orderOf(short()));
      await jobs.close();
      const { job } = await run(
        bench.open({ worker: new URL('file:///nowhere.ts') }),
        orderOf(short(), { output: `${bench.home}/` }),
      );
      assert.equal(job.state, 'done');
      assert.equal(hashOf(path.join(bench.home, 'a.out')), hashOf(path.join(bench.clips, 'a.out')));
    });
    it('is made again when the result was changed', async () => {
      const jobs = bench.open();
      await run(jobs, orderOf(short()));
      const result = path.join(bench.clips, 'a.out');
      const wanted = hashOf(result);
      writeFileSync(result, 'edited');
      const { job } = await run(jobs, orderOf(short(), { force: true }));
      assert.equal(job.state, 'done');
      assert.equal(hashOf(result), wanted);
    });
    it('made by another engine is made again', async () => {
      const jobs = bench.open();
      const input = bench.script('a.json', { engine: true });
      await run(jobs, orderOf(input));
      await jobs.close();
      const { job } = await run(bench.open({ worker: new URL('file:///nowhere.ts') }), orderOf(input));
      assert.equal(job.state === 'failed' && job.error.code, 'WORKER_CRASHED', 'it was not taken from the cache');
    });
    it('is not copied over what is there', async () => {
      const jobs = bench.open();
      const input = short();
      const [b, c] = [path.join(bench.home, 'b.out'), path.join(bench.home, 'c.out')];
      await run(jobs, orderOf(input, { output: b }));
      writeFileSync(c, 'mine');
      const { job } = await run(jobs, orderOf(input, { output: c }));
      assert.equal(job.state === 'failed' && job.error.code, 'OUTPUT_EXISTS');
      assert.equal(readFileSync(c, 'utf8'), 'mine');
    });
  });

  describe('order', () => {
    const ids = (jobs: Jobs): string[] => {
      const { jobs: all } = jobs.list({ state: 'waiting', limit: 100 });
      return all.toSorted((a, b) => a.place! - b.place!).map(({ inputs }) => path.basename(inputs[0]!));
    };
    const add = (jobs: Jobs, name: string, priority = 0): JobView => jobs.submit(orderOf(short(name), { priority }));
    it('is that of arrival, larger priority first', () => {
      const jobs = bench.open({ atOnce: 0 });
      add(jobs, 'a');
      add(jobs, 'b', 5);
      add(jobs, 'c');
      add(jobs, 'd', 5);
      assert.deepEqual(ids(jobs), ['b', 'd', 'a', 'c']);
      assert.equal(add(jobs, 'e', -1).place, 4);
    });
    it('changes with move', () => {
      const jobs = bench.open({ atOnce: 0 });
      const [a, b, c] = [add(jobs, 'a'), add(jobs, 'b'), add(jobs, 'c', 7)];
      assert.deepEqual(ids(jobs), ['c', 'a', 'b']);
      assert.equal(jobs.move(b!.id, a!.id).place, 1);
      assert.deepEqual(ids(jobs), ['c', 'b', 'a']);
      jobs.move(c!.id, null);
      assert.deepEqual(ids(jobs), ['b', 'a', 'c']);
      assert.equal(jobs.move(a!.id, a!.id).place, 1, 'before itself is where it is');
      jobs.move(c!.id, b!.id);
      assert.deepEqual(ids(jobs), ['c', 'b', 'a']);
      jobs.act(a!.id, 'cancel');
      fails(() => jobs.move(a!.id, null), 'JOB_NOT_SO');
      fails(() => jobs.move(b!.id, a!.id), 'JOB_NOT_SO');
    });
    it('is kept when jobs are worked on', async () => {
      const jobs = bench.open();
      jobs.setPaused(true);
      const started: string[] = [];
      jobs.onEvent(({ job }) => {
        const name = path.basename(job.inputs[0]!);
        if (job.job.state === 'running' && !started.includes(name)) started.push(name);
      });
      add(jobs, 'a');
      const b = add(jobs, 'b');
      add(jobs, 'c', 1);
      jobs.move(b.id, jobs.list({ state: 'waiting', limit: 9 }).jobs.at(-1)!.id);
      jobs.setPaused(false);
      await jobs.idle();
      assert.deepEqual(started, ['c', 'b', 'a']);
    });
    it('several at once share the work', async () => {
      const jobs = bench.open({ atOnce: 2 });
      const [a, b] = ['a', 'b'].map((name) => jobs.submit(orderOf(long(name))));
      await Promise.all([until(jobs, a!.id, is('running')), until(jobs, b!.id, is('running'))]);
      assert.equal(jobs.queue().running, 2);
      jobs.act(a!.id, 'cancel');
      jobs.act(b!.id, 'cancel');
      await jobs.idle();
    });
  });

  describe('pages', () => {
    it('show all jobs once, newest first', () => {
      const jobs = bench.open({ atOnce: 0 });
      const all = Array.from({ length: 23 }, (_, i) => jobs.submit(orderOf(short(`${i}`))).id);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = jobs.list({ state: 'all', limit: 5, after });
        assert.equal(page.total, 23);
        seen.push(...page.jobs.map(({ id }) => id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      assert.deepEqual(seen, all.reverse());
    });
    it('by state', async () => {
      const jobs = bench.open();
      const done = jobs.submit(orderOf(short()));
      await jobs.idle();
      jobs.setPaused(true);
      const waiting = jobs.submit(orderOf(short('b')));
      const of = (state: 'waiting' | 'running' | 'ended'): string[] =>
        jobs.list({ state, limit: 10 }).jobs.map(({ id }) => id);
      assert.deepEqual([of('ended'), of('waiting'), of('running')], [[done.id], [waiting.id], []]);
      assert.deepEqual(jobs.queue(), { paused: true, waiting: 1, running: 0 });
    });
  });

  describe('guests may', () => {
    it('pause and resume what runs', async () => {
      const jobs = bench.open();
      const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 40, frameMs: 10 })));
      await until(jobs, id, rendered(3));
      assert.deepEqual(jobs.act(id, 'pause').job, { state: 'paused', why: 'asked', notes: [] });
      await jobs.idle();
      assert.deepEqual(treeOf(bench.clips), ['a.json'], 'nothing unfinished lies about');
      assert.deepEqual(treeOf(path.join(bench.folders.data, 'jobs'))[0], id, 'its folder stays');
      fails(() => jobs.act(id, 'pause'), 'JOB_NOT_SO');
      jobs.act(id, 'resume');
      assert.equal((await until(jobs, id, is('done', 'failed'))).job.state, 'done');
      assert.equal(jobs.get(id).attempts, 2);
    });
    it('pause and resume what waits', () => {
      const jobs = bench.open({ atOnce: 0 });
      const { id } = jobs.submit(orderOf(short()));
      assert.equal(jobs.act(id, 'pause').place, null);
      assert.equal(jobs.act(id, 'resume').job.state, 'queued');
    });
    it('resume only what is paused', async () => {
      const jobs = bench.open();
      const { id } = jobs.submit(orderOf(long()));
      await until(jobs, id, rendered(1));
      fails(() => jobs.act(id, 'resume'), 'JOB_NOT_SO');
      fails(() => jobs.act(id, 'retry'), 'JOB_NOT_SO');
      fails(() => jobs.record(id), 'JOB_NOT_SO');
      assert.equal(jobs.get(id).job.state, 'running');
    });
    it('retry what failed or was cancelled, and nothing else', async () => {
      const jobs = bench.open();
      const counter = path.join(bench.home, 'counter');
      const trouble = { at: 0, what: { code: 'NO_FRAMES' }, times: 1, counter } as const;
      const { id } = await run(jobs, orderOf(bench.script('a.json', { trouble })));
      assert.equal(jobs.get(id).job.state, 'failed');
      assert.equal(jobs.act(id, 'retry').job.state, 'queued');
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'done');
      fails(() => jobs.act(id, 'retry'), 'JOB_NOT_SO');
      fails(() => jobs.act(id, 'cancel'), 'JOB_NOT_SO');
    });
    it('not retry what is under way as another job', async () => {
      const jobs = bench.open({ atOnce: 0 });
      const first = jobs.submit(orderOf(short()));
      jobs.act(first.id, 'cancel');
      const second = jobs.submit(orderOf(short()));
      assert.notEqual(second.id, first.id);
      fails(() => jobs.act(first.id, 'retry'), 'JOB_NOT_SO');
    });
    it('duplicate: a job of its own once the first has ended', async () => {
      const jobs = bench.open();
      const first = await run(jobs, orderOf(short()));
      const second = jobs.act(first.id, 'duplicate');
      assert.notEqual(second.id, first.id);
      await jobs.idle();
      assert.equal(jobs.get(second.id).job.state, 'done');
    });
    it('pause the queue: what runs goes back, and on again', async () => {
      const jobs = bench.open();
      const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 40, frameMs: 10 })));
      await until(jobs, id, rendered(2));
      assert.equal(jobs.setPaused(true).paused, true);
      assert.equal(jobs.get(id).job.state, 'queued');
      await jobs.idle();
      await jobs.close();
      const again = bench.open();
      assert.equal(again.queue().paused, true, 'a new daemon remembers');
      again.setPaused(false);
      await again.idle();
      assert.equal(again.get(id).job.state, 'done');
    });
    it('leave: their jobs end, those of others stay', async () => {
      const jobs = bench.open();
      const mine = jobs.submit(orderOf(long('a'), { attachedTo: 'me' }));
      const shared = jobs.submit(orderOf(short('b'), { attachedTo: 'me' }));
      jobs.submit(orderOf(short('b'), { attachedTo: 'you' }));
      const kept = jobs.submit(orderOf(short('c'), { attachedTo: 'me' }));
      jobs.submit(orderOf(short('c')));
      await until(jobs, mine.id, is('running'));
      for (const { id } of [mine, shared, kept]) jobs.guestGone(id, 'me');
      const state = (job: JobView): string => jobs.get(job.id).job.state;
      assert.deepEqual([mine, shared, kept].map(state), ['cancelled', 'queued', 'queued']);
      jobs.guestGone(shared.id, 'you');
      assert.equal(state(shared), 'cancelled');
      await jobs.idle();
      assert.equal(state(kept), 'done');
    });
  });

  describe('time', () => {
    it('progress is told always and kept once a second', async () => {
      const clock = fakeClock();
      const jobs = bench.open({ clock });
      const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 5, frameMs: 150 })));
      let told = 0;
      jobs.onEvent(({ job }) => {
        if (job.job.state === 'running' && job.job.progress.phase === 'render') told++;
      });
      const kept = (): number => jobs.events(id, 0).events.filter(({ job }) => rendered(1)(job.job)).length;
      await until(jobs, id, rendered(2));
      assert.ok(told >= 1);
      assert.equal(kept(), 0, 'no second has passed');
      clock.at += 1000;
      const before = told;
      await until(jobs, id, rendered(4));
      assert.ok(told > before);
      assert.equal(kept(), 1);
      await jobs.idle();
    });
    for (const [what, jump] of [
      ['a year on', 3.2e10],
      ['a year back', -3.2e10],
    ] as const)
      it(`a clock that jumps ${what} harms nothing`, async () => {
        const clock = fakeClock();
        const jobs = bench.open({ clock });
        const { id } = jobs.submit(orderOf(bench.script('a.json', { frames: 30, frameMs: 10 })));
        await until(jobs, id, rendered(3));
        clock.at += jump;
        clock.round();
        await jobs.idle();
        const { job, attempts } = jobs.get(id);
        assert.deepEqual([job.state, attempts], ['done', 1]);
      });
  });
}).timeout(60_000);
