// The queue's file: safe settings, upgrades after a backup, and damage answered from the newest good backup.
import assert from 'node:assert/strict';
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { backUp, backups, isSound, openDatabase, transact } from '../../../../companion/jobs/store/database.ts';
import { migrations } from '../../../../companion/jobs/store/schema.ts';
import { closeWhole } from '../../../../companion/jobs/store/statements.ts';
import { Store } from '../../../../companion/jobs/store/store.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { orderOf } from '../../../support/queue.ts';

describe('store: database', () => {
  let folder: string;
  const opened: DatabaseSyncInstance[] = [];
  const clock = fakeClock();
  const file = (): string => path.join(folder, 'queue.db');
  const open = (steps = migrations) => {
    const result = openDatabase(folder, clock, steps);
    opened.push(result.db);
    return result;
  };
  const add = (db: DatabaseSyncInstance, n: number): void => {
    const id = `j${String(n).padStart(20, '0')}`;
    new Store(db).add({ id, work: id, ask: id, order: orderOf('/a'), inputs: [], now: 1 });
  };
  const count = (db: DatabaseSyncInstance): number => new Store(db).count('all');
  const pragma = (db: DatabaseSyncInstance, name: string): unknown =>
    Object.values(db.prepare(`PRAGMA ${name}`).get())[0];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-db-'));
  });
  afterEach(() => {
    for (const db of opened.splice(0)) if (db.isOpen) db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is set for safety', () => {
    const { db, restored } = open();
    assert.equal(restored, null);
    assert.equal(pragma(db, 'journal_mode'), 'wal');
    assert.equal(pragma(db, 'synchronous'), 2, 'FULL');
    assert.equal(pragma(db, 'foreign_keys'), 1);
    assert.equal(pragma(db, 'busy_timeout'), 5000);
    const tables = db
      .prepare(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'`)
      .all();
    for (const { name, strict } of tables as { name: string; strict: number }[])
      assert.equal(strict, name.startsWith('sqlite_') ? 0 : 1, name);
  });
  it('takes one living job of an ask', () => {
    const { db } = open();
    add(db, 1);
    assert.throws(
      () =>
        db.exec(`INSERT INTO job (id, work, ask, asked, inputs, state, detail, seq, priority, place, created)
      SELECT 'other', work, ask, asked, inputs, state, detail, seq, priority, place, created FROM job`),
      /UNIQUE/,
    );
  });
  it('refuses a state that does not exist', () => {
    const { db } = open();
    add(db, 1);
    assert.throws(() => db.exec(`UPDATE job SET state = 'lost'`), /CHECK/);
  });
  it('does all of a transaction or nothing', () => {
    const { db } = open();
    assert.throws(() =>
      transact(db, () => {
        transact(db, () => add(db, 1));
        throw new Error('no');
      }),
    );
    assert.equal(count(db), 0);
    assert.equal(db.isTransaction, false);
  });

  describe('of an older version', () => {
    const later = [...migrations, `ALTER TABLE job ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'`];
    it('is raised, after a backup', () => {
      const old = open().db;
      add(old, 1);
      old.close();
      const { db } = open(later);
      assert.equal(pragma(db, 'user_version'), later.length);
      assert.equal((db.prepare('SELECT colour FROM job').get() as { colour: string }).colour, 'blue');
      const [backup, ...others] = backups(folder);
      assert.deepEqual(others, []);
      const kept = new DatabaseSync(backup!, { readOnly: true });
      opened.push(kept);
      assert.equal(pragma(kept, 'user_version'), migrations.length);
      assert.equal(count(kept), 1);
    });
    it('stays as it was when a step fails', () => {
      const old = open().db;
      add(old, 1);
      old.close();
      assert.throws(() => open([...later, 'CREATE TABLE job (x)']), /already exists/);
      const { db } = open();
      assert.equal(pragma(db, 'user_version'), migrations.length);
      assert.equal(count(db), 1);
    });
    it('the other way round it is refused, untouched', () => {
      open(later).db.close();
      assert.throws(() => open(), { code: 'QUEUE_NEWER' });
      assert.equal(pragma(open(later).db, 'user_version'), later.length);
    });
  });

  describe('damaged', () => {
    /** Statements of this process keep files open behind closed connections; a copy is as a new process finds it. */
    const moveHouse = (): void => {
      const fresh = mkdtempSync(path.join(tmpdir(), 'inbetween-db-'));
      cpSync(folder, fresh, { recursive: true });
      rmSync(folder, { recursive: true });
      folder = fresh;
    };
    const spoil = {
      'overwritten in the middle': () => {
        const handle = openSync(file(), 'r+');
        writeSync(handle, Buffer.alloc(20_000, 0xa5), 0, 20_000, 4096);
        closeSync(handle);
      },
      'no database at all': () => writeFileSync(file(), 'this is a letter'.repeat(500)),
      'cut short': () => truncateSync(file(), 9000),
      empty: () => truncateSync(file(), 0),
      gone: () => rmSync(file()),
    };
    for (const [how, damage] of Object.entries(spoil))
      it(`(${how}) comes back from the newest backup`, () => {
        const { db } = open();
        add(db, 1);
        backUp(db, folder, clock);
        clock.at += 1000;
        add(db, 2);
        const newest = backUp(db, folder, clock);
        add(db, 3);
        closeWhole(db);
        moveHouse();
        damage();
        const again = open();
        assert.equal(path.basename(again.restored?.from ?? ''), path.basename(newest));
        assert.equal(again.restored?.at, clock.at);
        assert.equal(count(again.db), 2);
        assert.ok(isSound(again.db));
        assert.ok(
          readdirSync(folder).some((name) => name.startsWith('queue.db.damaged-')),
          'what was there is kept',
        );
      });
    it('with a damaged backup comes back from the one before', () => {
      const { db } = open();
      add(db, 1);
      const good = backUp(db, folder, clock);
      clock.at += 1000;
      writeFileSync(backUp(db, folder, clock), 'rubbish'.repeat(3000));
      closeWhole(db);
      moveHouse();
      spoil['no database at all']();
      const again = open();
      assert.equal(path.basename(again.restored?.from ?? ''), path.basename(good));
      assert.equal(count(again.db), 1);
    });
    it('without a backup starts anew and says so', () => {
      closeWhole(open().db);
      moveHouse();
      spoil['no database at all']();
      const { db, restored } = open();
      assert.deepEqual({ from: restored?.from, at: restored?.at }, { from: null, at: null });
      assert.equal(count(db), 0);
    });
  });
  it('keeps the five newest backups', () => {
    const { db } = open();
    const made = Array.from({ length: 7 }, () => {
      clock.at += 1000;
      return backUp(db, folder, clock);
    });
    assert.deepEqual(backups(folder), made.reverse().slice(0, 5));
  });
});
