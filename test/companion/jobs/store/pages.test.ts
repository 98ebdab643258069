// Ten thousand waiting jobs are listed page by page; how long a page takes is printed, not judged.
import assert from 'node:assert/strict';
import { makeFolders } from '../../../../companion/jobs/folders.ts';
import { openDatabase, transact } from '../../../../companion/jobs/store/database.ts';
import { Store } from '../../../../companion/jobs/store/store.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { type Bench, openBench, orderOf } from '../../../support/queue.ts';

describe('store: many jobs', () => {
  let bench: Bench;
  before(() => {
    bench = openBench();
  });
  after(() => bench.clear());

  it('10,000 that wait, in pages', () => {
    const many = 10_000;
    makeFolders(bench.folders);
    const { db } = openDatabase(bench.folders.data, fakeClock());
    const store = new Store(db);
    transact(db, () => {
      for (let n = 0; n < many; n++) {
        const id = `j${String(n).padStart(20, '0')}`;
        const order = orderOf(`/clips/${n}.mov`, { priority: n % 3 });
        store.add({ id, work: id, ask: id, order, inputs: [], now: n });
      }
    });
    db.close();
    const jobs = bench.open({ atOnce: 0 });
    const took: number[] = [];
    const places = new Set<number>();
    let after: string | undefined;
    let seen = 0;
    do {
      const from = performance.now();
      const page = jobs.list({ state: 'waiting', limit: 500, after });
      took.push(performance.now() - from);
      seen += page.jobs.length;
      for (const { place } of page.jobs) places.add(place!);
      assert.equal(page.total, many);
      after = page.next ?? undefined;
    } while (after !== undefined);
    assert.equal(seen, many);
    assert.equal(places.size, many);
    assert.equal(Math.max(...places), many - 1);
    took.sort((a, b) => a - b);
    console.log(
      `      pages of 500: median ${took[took.length >> 1]!.toFixed(1)} ms, longest ${took.at(-1)!.toFixed(1)} ms`,
    );
  });
}).timeout(60_000);
