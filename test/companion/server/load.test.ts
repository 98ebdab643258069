// Many at the door: a hundred guests that follow one job, and ten thousand jobs in pages, over HTTP and sockets as guests have them.
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { type Client, openClient } from '../../../companion/api/client.ts';
import type { JobState } from '../../../companion/api/job.ts';
import { makeFolders } from '../../../companion/jobs/folders.ts';
import type { Jobs } from '../../../companion/jobs/jobs.ts';
import { openDatabase, transact } from '../../../companion/jobs/store/database.ts';
import { Store } from '../../../companion/jobs/store/store.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { type Bench, openBench, orderOf } from '../../support/queue.ts';
import { type Opened, openDoor } from './opened.ts';

const guests = 100;
const running = (done: number): JobState => ({
  state: 'running',
  progress: { phase: 'render', done, total: 5000, unit: 'frames', fps: null, etaMs: null },
  notes: [],
});
const until = async (fits: () => boolean): Promise<void> => {
  while (!fits()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('door: a hundred guests follow one job', () => {
  let door: Opened;
  let clients: Client[];
  beforeEach(async () => {
    door = await openDoor({ clock: Date.now, checkAnswers: false });
    clients = Array.from({ length: guests }, () => openClient(door.server.url, door.token, { pollMs: 50 }));
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await door.close();
  });
  /** Each hears numbers 1 … n, once and in order, and then of the end. `burst`: so many at one stroke. */
  const hear = (events: number, burst: number): void => {
    it(`${events} events, ${burst} at a stroke: each once, in order, to the end`, async () => {
      const { id } = (await door.ask('POST', '/v1/jobs', { verb: 'interpolate', inputs: ['/a.mov'] })).body;
      const heard = clients.map(() => [] as number[]);
      const followings = clients.map((client, index) => client.follow(id, 0, ({ seq }) => heard[index]!.push(seq)));
      await until(() => door.server.guests() === guests && heard.every(({ length }) => length > 0));
      for (let seq = 2; seq < events; seq++) {
        door.jobs.become(id, running(seq));
        if (seq % burst === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      door.jobs.become(id, { state: 'cancelled' });
      await Promise.all(followings.map(({ over }) => over));
      const expected = Array.from({ length: events }, (_, index) => index + 1);
      for (const each of heard) assert.deepEqual(each, expected);
      await until(() => door.server.guests() === 0);
    });
  };
  hear(300, 10);
  hear(2000, 1000); // more than waits for one that does not read: who is let go comes back, and has missed nothing
});

describe('door: ten thousand jobs wait', () => {
  let bench: Bench;
  let jobs: Jobs;
  let door: Opened;
  const many = 10_000;
  before(async () => {
    bench = openBench();
    makeFolders(bench.folders);
    const { db } = openDatabase(bench.folders.data, fakeClock());
    const store = new Store(db);
    transact(db, () => {
      for (let n = 0; n < many; n++) {
        const id = `j${String(n).padStart(20, '0')}`;
        store.add({ id, work: id, ask: id, order: orderOf(`/clips/${n}.mov`), inputs: [], now: n });
      }
    });
    db.close();
    jobs = bench.open({ atOnce: 0 });
    door = await openDoor({ jobs, clock: Date.now, checkAnswers: false });
  });
  after(async () => {
    await door?.close();
    await bench?.clear();
  });
  const list = (limit: number): void => {
    it(`are listed ${limit} at a time, each once`, async function () {
      this.timeout(120_000);
      const client = openClient(door.server.url, door.token);
      const seen = new Set<string>();
      const took: number[] = [];
      let after: string | undefined;
      for (;;) {
        const began = performance.now();
        const page = await client.call('jobs', { query: { state: 'waiting', limit, after } });
        took.push(performance.now() - began);
        assert.equal(page.total, many);
        for (const { id } of page.jobs) seen.add(id);
        if (page.next === null) break;
        after = page.next;
        await new Promise((resolve) => setTimeout(resolve, 25)); // within the rate of a guest: no page waits for leave
      }
      took.sort((a, b) => a - b);
      assert.deepEqual([seen.size, took.length], [many, many / limit]);
      const [median, slowest] = [took[took.length >> 1]!, took.at(-1)!];
      if (process.env.TELL) console.log(`      median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`);
      assert.ok(median < 2000, `a page took ${median} ms`); // ten times the 200 ms that are meant: it is no benchmark
    });
  };
  list(100);
  list(500);
});
