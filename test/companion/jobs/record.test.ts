// A result has its record beside it, whatever came between; what bears that name and is none of ours is never touched.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JobView } from '../../../companion/api/wire.ts';
import { dropRecord, keepRecord, readRecord, recordBeside } from '../../../companion/jobs/beside.ts';
import { hashOf } from '../../../companion/jobs/hash.ts';
import { claimFor } from '../../../companion/jobs/job-folder.ts';
import type { JobOrder, Jobs } from '../../../companion/jobs/jobs.ts';
import { type ResultRecord, recordOf } from '../../../companion/jobs/record.ts';
import type { JobRow } from '../../../companion/jobs/store/rows.ts';
import type { AnyOperation } from '../../../companion/operations/context.ts';
import { interpolate } from '../../../companion/operations/interpolate.ts';
import { treeOf } from '../../support/journey.ts';
import { type Bench, openBench, orderOf } from '../../support/queue.ts';
import type { Script } from '../../support/scripted.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { standAside } from '../../support/stand-aside.ts';

type FileRecord = Parameters<typeof keepRecord>[0];

const recordFor = (result: string, more: Partial<ResultRecord> = {}): FileRecord => ({
  ...{ inbetween: 'record', format: 1, version: '1', job: 'j1', key: 'k', verb: 'scripted', params: {} },
  inputs: [{ path: '/a.json', bytes: 1, changed: '1', sample: 'x' }],
  command: ['inbetween', 'scripted', '/a.json'],
  ...more,
  output: { path: result, sha256: 'y' },
});

describe('record', () => {
  const row = (order: Partial<JobOrder>): JobRow =>
    ({
      ...{ id: 'j1', work: 'k', inputs: '[]', engine: null, hash: 'y', attempts: 1, created: 1, started: 2, ended: 3 },
      asked: JSON.stringify(orderOf('/clips/a.mov', { verb: 'interpolate', ...order })),
    }) as unknown as JobRow;
  const of = (order: Partial<JobOrder>, result = '/clips/a.60fps.mov'): ResultRecord => {
    const output = { path: result, bytes: 1, checks: [{ name: 'frames', found: '1' }] };
    const end = { state: 'done', outcome: { kind: 'file', output, record: {} }, notes: [] } as const;
    return recordOf(row(order), { ...end, notes: [] }, interpolate as AnyOperation);
  };
  it('holds every parameter that has a value', () => {
    const { params } = of({ params: { fps: '50' } });
    assert.deepEqual([params.fps, params.effort, params.dedup, params.cutThreshold], ['50', 'best', false, 0.5]);
  });
  const command = (what: string, order: Partial<JobOrder>, expected: string, result?: string): unknown =>
    it(`says ${what} again`, () => assert.equal(of(order, result).command.slice(2).join(' '), expected));
  command('what was given', { params: { cutThreshold: 0.4, dedup: true } }, '/clips/a.mov --cut-threshold 0.4 --dedup');
  command('a value like a flag', { params: { range: '-24' } }, '/clips/a.mov --range=-24');
  command('the name', { output: '/o/b.mov' }, '/clips/a.mov -o /o/b.mov', '/o/b.mov');
  command('the name of stills', { output: '/o/b.png' }, '/clips/a.mov -o /o/b.png', '/o/b');
  if (path.sep === '/') {
    command('a folder as one', { output: '/o' }, '/clips/a.mov -o /o/', '/o/a.60fps.mov');
    command('a folder that said so', { output: '/o/' }, '/clips/a.mov -o /o/', '/o/a.60fps.mov');
  }
  it('is no record without its verb’s declaration less than one', () => {
    const end = { state: 'done', outcome: { kind: 'report', record: {} }, notes: [] } as const;
    const { output, params } = recordOf(row({ params: { fps: '50' } }), { ...end, notes: [] }, undefined);
    assert.deepEqual([output, params], [null, { fps: '50' }]);
  });
});

describe('record beside', () => {
  let home: string;
  let out: string;
  let job: string;
  let result: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'inbetween-beside-'));
    [out, job] = [path.join(home, 'out'), path.join(home, 'job')];
    mkdirSync(out);
    mkdirSync(job);
    result = path.join(out, 'b.mov');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
  const keep = (more: Partial<ResultRecord> = {}): string | null => keepRecord(recordFor(result, more), job);

  it('bears the name of the result', () => {
    assert.equal(recordBeside('/o/b.mov'), '/o/b.mov.json');
    assert.equal(recordBeside('/o/stills/'), '/o/stills.json');
  });
  it('is set down whole, and nothing else', () => {
    assert.equal(keep(), null);
    assert.deepEqual(readRecord(recordBeside(result)), recordFor(result));
    assert.deepEqual([treeOf(out), treeOf(job)], [['b.mov.json'], []]);
  });
  it('takes the place of an earlier one', () => {
    keep();
    assert.equal(keep({ job: 'j2' }), null);
    assert.equal(readRecord(recordBeside(result))?.job, 'j2');
    assert.deepEqual(treeOf(out), ['b.mov.json']);
  });
  describe('is not set down where', () => {
    const check = (what: string, lay: (place: string) => void): unknown =>
      it(`${what} is`, () => {
        const place = recordBeside(result);
        lay(place);
        const before = treeOf(home);
        const text = existsSync(place) && !treeOf(out).some((name) => name.includes('/')) && readText(place);
        assert.match(keep() ?? '', /b\.mov\.json is there and is none of ours/);
        assert.deepEqual(treeOf(home), before);
        assert.equal(existsSync(place) && !treeOf(out).some((name) => name.includes('/')) && readText(place), text);
        dropRecord(result, 'j1', job);
        assert.deepEqual(treeOf(home), before);
      });
    const readText = (place: string): string => readFileSync(place, 'utf8');
    check('text', (place) => writeFileSync(place, 'mine'));
    check('nothing in a file', (place) => writeFileSync(place, ''));
    check('other JSON', (place) => writeFileSync(place, '{"inbetween":"status"}'));
    check('a record cut short', (place) => writeFileSync(place, JSON.stringify(recordFor(result)).slice(0, -9)));
    check('a record of a later format', (place) =>
      writeFileSync(place, JSON.stringify({ ...recordFor(result), format: 2 })),
    );
    check('a folder', (place) => {
      mkdirSync(place);
      writeFileSync(path.join(place, 'mine'), 'mine');
    });
    if (process.platform !== 'win32') {
      check('a link to a record', (place) => {
        writeFileSync(path.join(home, 'other.json'), JSON.stringify(recordFor(result)));
        symlinkSync(path.join(home, 'other.json'), place);
      });
      it('a link to nothing is', () => {
        symlinkSync(path.join(home, 'nowhere'), recordBeside(result));
        assert.match(keep() ?? '', /none of ours/);
        assert.equal(existsSync(path.join(home, 'nowhere')), false);
      });
    }
  });
  it('loses nothing of others who replace it while it is looked at', async () => {
    const place = recordBeside(result);
    const slow = JSON.stringify(recordFor(result, { notes: Array.from({ length: 400_000 }, (_, n) => `note ${n}`) }));
    const mine = path.join(home, 'mine');
    for (const afterMs of [5, 10, 20, 40, 80]) {
      writeFileSync(place, slow);
      writeFileSync(mine, `mine ${afterMs}`);
      const began = new Int32Array(new SharedArrayBuffer(4));
      const other = new Worker(
        `const { workerData: { began, mine, place, afterMs } } = require('node:worker_threads');
        Atomics.store(began, 0, 1);
        Atomics.notify(began, 0);
        Atomics.wait(began, 0, 1, afterMs);
        require('node:fs').renameSync(mine, place);`,
        { eval: true, workerData: { began, mine, place, afterMs } },
      );
      const over = once(other, 'exit');
      Atomics.wait(began, 0, 0, 10_000);
      const why = keep();
      await over;
      assert.equal(readFileSync(place, 'utf8'), `mine ${afterMs}`, String(why));
      assert.deepEqual(treeOf(out), ['b.mov.json']);
    }
  });
  it('says why it cannot be: the folder is gone', () => {
    rmSync(out, { recursive: true });
    assert.match(keep() ?? '', /There is no folder .*out/);
    assert.equal(existsSync(out), false);
  });
  it('says why it cannot be: its name would be too long', () => {
    result = path.join(out, `${'n'.repeat(248)}.mov`);
    assert.match(keep() ?? '', /it is too long/);
    assert.deepEqual([treeOf(out), treeOf(job)], [[], []]);
  });
  it('says why it cannot be: the disk is full', function () {
    const disk = smallDisk(64);
    if (typeof disk === 'string') standAside(this, disk);
    try {
      disk.fill();
      const before = treeOf(disk.path);
      const full = recordFor(path.join(disk.path, 'b.mov'), { notes: ['n'.repeat(10_000)] });
      assert.match(keepRecord(full, job) ?? '', /is full/);
      assert.deepEqual([treeOf(disk.path), treeOf(job)], [before, []]);
    } finally {
      disk[Symbol.dispose]();
    }
  });
  it('is taken away with its job, and not with another', () => {
    keep();
    dropRecord(result, 'j2', job);
    assert.deepEqual(treeOf(out), ['b.mov.json']);
    dropRecord(result, 'j1', job);
    assert.deepEqual([treeOf(out), treeOf(job)], [[], []]);
  });
});

describe('queue: records', () => {
  let bench: Bench;
  let open: Jobs | undefined;
  beforeEach(() => {
    [bench, open] = [openBench(), undefined];
  });
  afterEach(() => bench.clear());
  const result = (): string => path.join(bench.clips, 'a.out');
  const beside = (): ResultRecord | null => readRecord(recordBeside(result()));
  const jobFolders = (): string[] => treeOf(path.join(bench.folders.data, 'jobs'));
  const notesOf = ({ job }: JobView): string => (job.state === 'done' ? job.notes.join(' ') : JSON.stringify(job));
  const run = async (jobs: Jobs, order: JobOrder): Promise<JobView> => {
    const { id } = jobs.submit(order);
    await jobs.idle();
    return jobs.get(id);
  };
  const made = async (script: Script = {}, more: Partial<JobOrder> = {}): Promise<JobView> => {
    open ??= bench.open();
    return run(open, orderOf(bench.script('a.json', script), more));
  };
  const demandValid = async (id: string, place = result()): Promise<void> => {
    const record = readRecord(recordBeside(place));
    assert.deepEqual([record?.job, record?.output], [id, { path: place, sha256: await hashOf(place) }]);
  };

  it('say what the daemon says', async () => {
    const jobs = bench.open();
    const { id } = await run(jobs, orderOf(bench.script('a.json', { engine: true })));
    const { endedAt, ...rest } = JSON.parse(JSON.stringify(jobs.record(id)));
    const { endedAt: ended, ...found } = beside()!;
    assert.deepEqual(found, rest);
    assert.ok(Math.abs((ended as number) - endedAt) < 60_000);
    assert.deepEqual(found.params, { loud: false });
    await demandValid(id);
  });
  it('lie beside a folder of stills', async () => {
    const { id } = await made({ stills: true });
    assert.deepEqual(
      treeOf(bench.clips),
      ['a.json', 'a.out', 'a.out.json', ...[1, 2, 3].map((n) => path.join('a.out', `a.out.00000${n}.png`))].sort(),
    );
    await demandValid(id);
  });
  it('are not of plans, nor of what failed', async () => {
    await made({}, { dryRun: true });
    await made({ trouble: { at: 1, what: { code: 'NO_FRAMES' } } });
    assert.deepEqual(treeOf(bench.clips), ['a.json']);
  });
  for (const force of [false, true])
    it(`do not replace what is none of them${force ? ', with force either' : ''}: a note says so`, async () => {
      writeFileSync(recordBeside(result()), 'mine');
      if (force) writeFileSync(result(), 'old');
      const view = await made({}, { force, output: result() });
      assert.match(
        notesOf(view),
        /No record could be set down.*a\.out\.json is there and is none of ours.*jobs show j/,
      );
      assert.equal(readFileSync(recordBeside(result()), 'utf8'), 'mine');
      assert.notEqual(readFileSync(result(), 'utf8'), 'old');
      assert.deepEqual(jobFolders(), []);
      const other = path.join(bench.home, 'b.out');
      const copy = await made({}, { output: other });
      assert.match(notesOf(copy), /copy of/);
      assert.doesNotMatch(notesOf(copy), /No record/, 'that was of the first place');
      await demandValid(copy.id, other);
    });
  it('replace the record of what is replaced', async () => {
    const first = await made();
    const second = await made({ frames: 4 }, { force: true });
    assert.notEqual(second.id, first.id);
    await demandValid(second.id);
  });
  it('of copies are their own', async () => {
    await made({}, { output: result() });
    const other = path.join(bench.home, 'b.out');
    const { id } = await made({}, { output: other });
    await demandValid(id, other);
    assert.match(String(readRecord(recordBeside(other))?.notes), /copy of/);
  });
  describe('of what was there already', () => {
    it('stay those of who made it', async () => {
      const { id } = await made();
      const second = await made();
      assert.match(notesOf(second), /was there already/);
      await demandValid(id);
    });
    for (const [what, lay] of [
      ['gone', (place: string) => rmSync(place)],
      ['of something else', (place: string) => writeFileSync(place, JSON.stringify(recordFor('/x')))],
    ] as const)
      it(`come back where they are ${what}`, async () => {
        await made();
        lay(recordBeside(result()));
        const { id } = await made();
        await demandValid(id);
      });
  });

  describe('when the daemon ends between a result and its record', () => {
    /** A queue that was closed when its job had its result under its name; the id of the job. */
    const cutOff = async (more: Partial<JobOrder> = {}): Promise<string> => {
      const jobs = bench.open();
      const counter = path.join(bench.home, 'counter');
      const script: Script = { trouble: { at: 'published', what: 'spin', times: 1, counter } };
      const { id } = jobs.submit(orderOf(bench.script('a.json', script), more));
      while (!existsSync(counter)) await new Promise((resolve) => setTimeout(resolve, 20));
      await jobs.close();
      assert.equal(existsSync(result()) && !existsSync(recordBeside(result())), true);
      return id;
    };
    const folderOf = (id: string): string => path.join(bench.folders.data, 'jobs', id);
    const goOn = async (id: string): Promise<void> => {
      const jobs = bench.open({ worker: new URL('file:///nowhere.ts') });
      await jobs.idle();
      assert.equal(jobs.get(id).job.state, 'done', JSON.stringify(jobs.get(id).job));
      await demandValid(id);
      assert.deepEqual([treeOf(bench.clips), jobFolders()], [['a.json', 'a.out', 'a.out.json'], []]);
    };
    it('the next one sets it down', async () => goOn(await cutOff()));
    it('the next one sets it down that was half written', async () => {
      const id = await cutOff();
      const den = path.join(bench.clips, '.inbetween-0123456789ab.partial');
      mkdirSync(den);
      writeFileSync(path.join(den, 'new'), '{"inbe');
      writeFileSync(path.join(den, 'old'), JSON.stringify(recordFor(result())));
      claimFor(folderOf(id), den);
      await goOn(id);
    });
    it('and it is there already, that is well', async () => {
      const id = await cutOff();
      keepRecord(recordFor(result(), { job: id }), folderOf(id));
      await goOn(id);
    });
    const cancelled = async (id: string): Promise<string[]> => {
      const jobs = bench.open({ atOnce: 0 });
      jobs.act(id, 'cancel');
      await jobs.idle();
      assert.deepEqual(jobFolders(), []);
      return treeOf(bench.clips);
    };
    it('and it is cancelled, result and record go', async () => {
      const id = await cutOff();
      keepRecord(recordFor(result(), { job: id }), folderOf(id));
      assert.deepEqual(await cancelled(id), ['a.json']);
    });
    it('and it is cancelled when its result is gone, the record goes', async () => {
      const id = await cutOff();
      keepRecord(recordFor(result(), { job: id }), folderOf(id));
      rmSync(result());
      assert.deepEqual(await cancelled(id), ['a.json']);
    });
    it('and it is cancelled, what is none of its records stays', async () => {
      const id = await cutOff();
      writeFileSync(recordBeside(result()), 'mine');
      assert.deepEqual(await cancelled(id), ['a.json', 'a.out.json']);
    });
    it('and it is cancelled, with what it replaced being gone, both stay', async () => {
      writeFileSync(result(), 'old');
      const id = await cutOff({ force: true });
      keepRecord(recordFor(result(), { job: id }), folderOf(id));
      assert.deepEqual(await cancelled(id), ['a.json', 'a.out', 'a.out.json']);
    });
  });
}).timeout(60_000);
