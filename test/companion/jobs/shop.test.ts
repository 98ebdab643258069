// What the shop looks after by itself, round after round.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fakeClock } from '../../support/fake-clock.ts';
import { type Bench, openBench, orderOf } from '../../support/queue.ts';

/** Rounds of an hour. */
const hour = 720;

describe('shop: rounds', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.clear());
  const folderOf = (id: string): string => path.join(bench.folders.data, 'jobs', id);
  const makeFolder = (id: string): string => {
    mkdirSync(path.join(folderOf(id), 'parts'), { recursive: true });
    writeFileSync(path.join(folderOf(id), 'parts', 'c00000000.mov'), 'a part');
    return folderOf(id);
  };

  it('the folder of a job that was forgotten goes within the hour; that of one that waits stays', async () => {
    const clock = fakeClock();
    const jobs = bench.open({ clock, atOnce: 0 });
    const waits = makeFolder(jobs.submit(orderOf(bench.script('a.json', {}))).id);
    const forgotten = makeFolder('j00000000000000000000');
    for (let round = 1; round < hour; round++) clock.round();
    assert.ok(existsSync(forgotten));
    clock.round();
    await jobs.settled('j00000000000000000000');
    assert.ok(!existsSync(forgotten));
    assert.ok(existsSync(waits));
  });

  it('the folder of a job that failed goes where nothing was finished', async () => {
    const jobs = bench.open();
    const { id } = jobs.submit(orderOf(bench.script('a.json', { trouble: { at: 0, what: { code: 'NO_FRAMES' } } })));
    await jobs.idle();
    assert.equal(jobs.get(id).job.state, 'failed');
    assert.ok(!existsSync(folderOf(id)));
  });
  it('… and stays with what was finished, which a retry goes on with', async () => {
    const jobs = bench.open();
    jobs.setPaused(true);
    const { id } = jobs.submit(orderOf(bench.script('a.json', { trouble: { at: 0, what: { code: 'NO_FRAMES' } } })));
    const folder = makeFolder(id);
    jobs.setPaused(false);
    await jobs.idle();
    assert.equal(jobs.get(id).job.state, 'failed');
    assert.ok(existsSync(path.join(folder, 'parts', 'c00000000.mov')));
  });
}).timeout(60_000);
