// Every legal change of state happens, and no other: asked of the database, one by one.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import fc from 'fast-check';
import type { JobState } from '../../../../companion/api/job.ts';
import { starting } from '../../../../companion/jobs/held.ts';
import { openDatabase } from '../../../../companion/jobs/store/database.ts';
import { Store } from '../../../../companion/jobs/store/store.ts';
import { type StateName, stateNames, transitions } from '../../../../companion/jobs/store/transitions.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { orderOf } from '../../../support/queue.ts';

/** The same table as docs/architecture.md draws it, in our own words. */
const legal = new Set([
  ...['queued>running', 'running>verifying', 'verifying>done', 'running>done'],
  ...['queued>paused', 'running>paused', 'verifying>paused', 'paused>queued'],
  ...['queued>cancelled', 'running>cancelled', 'verifying>cancelled', 'paused>cancelled'],
  ...['running>queued', 'verifying>queued', 'running>failed', 'verifying>failed', 'failed>queued', 'cancelled>queued'],
]);
const full: Record<StateName, JobState> = {
  queued: { state: 'queued' },
  running: starting,
  verifying: { ...starting, state: 'verifying' },
  paused: { state: 'paused', why: 'asked', notes: [] },
  done: { state: 'done', outcome: { kind: 'report', record: {} }, notes: [] },
  failed: { state: 'failed', error: { code: 'INTERNAL', message: 'm', facts: {}, exit: 1 } },
  cancelled: { state: 'cancelled' },
};
/** A way to each state from the start. */
const ways: Record<StateName, StateName[]> = {
  queued: [],
  running: ['running'],
  verifying: ['running', 'verifying'],
  paused: ['paused'],
  done: ['running', 'done'],
  failed: ['running', 'failed'],
  cancelled: ['cancelled'],
};

describe('store: changes of state', () => {
  let folder: string;
  let db: DatabaseSyncInstance;
  let store: Store;
  let number = 0;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-store-'));
    ({ db } = openDatabase(folder, fakeClock()));
    store = new Store(db);
  });
  after(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const add = (): string => {
    const id = `j${String(number++).padStart(20, '0')}`;
    store.add({ id, work: id, ask: id, order: orderOf('/a'), inputs: [], now: 1 });
    return id;
  };
  const go = (id: string, to: StateName, owner?: string): boolean =>
    store.change({
      id,
      job: full[to],
      now: 2,
      told: 0,
      ...(to === 'running' ? { owner: 'us', until: 9 } : owner && { owner }),
    }) !== null;

  for (const from of stateNames)
    for (const to of stateNames) {
      const isLegal = legal.has(`${from}>${to}`);
      it(`${from} → ${to}: ${isLegal ? 'happens' : 'cannot be'}`, () => {
        assert.equal(transitions[from].includes(to), isLegal);
        const id = add();
        for (const step of ways[from]) assert.ok(go(id, step));
        const before = store.get(id);
        assert.equal(go(id, to), isLegal);
        const row = store.get(id);
        if (!isLegal) return assert.deepEqual(row, before);
        assert.equal(row.state, to);
        assert.deepEqual(JSON.parse(row.detail), full[to]);
        assert.equal(row.seq, before.seq + 1);
        assert.equal(row.lease_owner !== null, to === 'running' || to === 'verifying');
        assert.equal(row.ended !== null, ['done', 'failed', 'cancelled'].includes(to));
        return assert.equal(store.events(row, before.seq).length, 1);
      });
    }

  it('only the owner of a lease changes what it holds', () => {
    const id = add();
    go(id, 'running');
    for (const to of ['verifying', 'done', 'failed', 'queued'] as const) assert.equal(go(id, to, 'them'), false);
    assert.equal(store.progress(id, 'them', starting, 9, 3), false);
    assert.equal(store.renew(id, 'them', 99), false);
    assert.equal(store.renew(id, 'us', 99), true);
    assert.equal(store.get(id).lease_until, 99);
    assert.equal(go(id, 'done', 'us'), true);
    assert.equal(store.renew(id, 'us', 100), false);
  });
  it('a change from given states comes from no other', () => {
    const id = add();
    assert.equal(store.change({ id, job: full.cancelled, from: ['paused'], now: 1, told: 0 }), null);
    assert.notEqual(store.change({ id, job: full.cancelled, from: ['queued'], now: 1, told: 0 }), null);
  });
  it('any walk ends where the table says', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...stateNames), { maxLength: 12 }), (walk) => {
        const id = add();
        let at: StateName = 'queued';
        for (const to of walk) if (go(id, to)) at = legal.has(`${at}>${to}`) ? to : assert.fail(`${at} → ${to}`);
        assert.equal(store.get(id).state, at);
      }),
      { numRuns: 60 },
    ));
});
