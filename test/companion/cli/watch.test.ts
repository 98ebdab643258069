// A watched folder: what is dropped becomes a job once it is whole, its status tells the rest, and nothing outside is reached.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openClient } from '../../../companion/api/client.ts';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import { type JobState, progress } from '../../../companion/api/job.ts';
import type { JobView, Submission } from '../../../companion/api/wire.ts';
import { type DropRules, isDrop, jobOf } from '../../../companion/cli/drop.ts';
import { type DropStatus, type Watch, type WatchOptions, watchFolder } from '../../../companion/cli/watch.ts';
import { type Answers, type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { eventOf, viewOf } from '../../support/job-views.ts';
import { notOnWindows } from '../../support/stand-aside.ts';

const done: JobState = { state: 'done', outcome: { kind: 'report', record: {} }, notes: [] };
const running: JobState = {
  state: 'running',
  progress: progress.parse({ phase: 'render', done: 1, total: 2, unit: 'frames', fps: null, etaMs: null }),
  notes: [],
};

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-watch-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => path.join(folder, ...names);

describe('isDrop', () => {
  const check = (name: string, expected: boolean) => () => assert.equal(isDrop(name), expected);
  it('a clip', check('a.mov', true));
  it('a job', check('a.json', true));
  it('a status', check('a.mov.status.json', false));
  it('a hidden file', check('.a.mov', false));
  it('what is being copied', check('a.mov.partial', false));
  it('anything else', check('a.txt', false));
});

describe('jobOf', () => {
  const rules = (): DropRules => ({ folder, verb: 'interpolate', params: { fps: '50' }, results: at('results') });
  const drop = (asked: unknown, name = 'job.json'): Submission => {
    writeFileSync(at(name), typeof asked === 'string' ? asked : JSON.stringify(asked));
    return jobOf(at(name), rules());
  };
  const refused = (asked: unknown, code: ErrorCode, message: RegExp) => () =>
    assert.throws(
      () => drop(asked),
      (error) => error instanceof CompanionError && error.code === code && message.test(error.message),
    );
  const clip = { verb: 'interpolate', inputs: ['a.mov'] };

  it('a clip becomes the folder’s verb', () =>
    assert.deepEqual(drop('', 'a.mov'), {
      verb: 'interpolate',
      inputs: [at('a.mov')],
      params: { fps: '50' },
      place: { output: at('results') + path.sep },
    }));
  it('a job says itself what it wants; its paths count from the folder', () => {
    const job = drop({ verb: 'compare', inputs: ['a.mov', './b.mov'], params: { sheet: 's.png' }, priority: 5 });
    assert.deepEqual(
      [job.verb, job.inputs, job.params, job.priority],
      ['compare', [at('a.mov'), at('b.mov')], { sheet: at('s.png') }, 5],
    );
  });
  it('results go to the folder for results', () => assert.equal(drop(clip).place?.output, at('results') + path.sep));
  it('or elsewhere in the folder', () =>
    assert.equal(drop({ ...clip, place: { output: 'results/x.mov' } }).place?.output, at('results', 'x.mov')));
  it('a root of the daemon is its business', () =>
    assert.deepEqual(drop({ ...clip, inputs: [{ root: 'r1', path: 'a.mov' }] }).inputs, [
      { root: 'r1', path: 'a.mov' },
    ]));
  it('does not end with a guest', () =>
    assert.equal(drop({ ...clip, attachedTo: `g${'0'.repeat(16)}` }).attachedTo, null));
  it('no JSON', refused('{', 'INPUT_UNREADABLE', /it is no JSON\. Correct it\.$/));
  it('another object', refused({ clip: 1 }, 'INPUT_UNREADABLE', /it is no job/));
  it('a misspelling speaks up', refused({ ...clip, prams: {} }, 'INPUT_UNREADABLE', /prams/));
  it('too large', refused(`"${'x'.repeat(1 << 20)}"`, 'INPUT_UNREADABLE', /more than 1048576 bytes/));
  it('an unknown verb', refused({ ...clip, verb: 'bake' }, 'VERB_UNKNOWN', /bake/));
  it('force', refused({ ...clip, place: { force: true } }, 'USAGE', /replaces nothing/));
  for (const outside of ['../a.mov', path.resolve('/etc/passwd'), 'x/../../a.mov'])
    for (const [what, job] of Object.entries({
      input: { ...clip, inputs: [outside] },
      output: { ...clip, place: { output: outside } },
      parameter: { verb: 'compare', inputs: ['a.mov', 'b.mov'], params: { sheet: outside } },
      spared: { ...clip, place: { spared: [outside] } },
    }))
      it(`${what} ${outside} lies outside`, refused(job, 'PATH_REFUSED', /outside the watched folder/));
  it('a link that leads outside', () => {
    symlinkSync(tmpdir(), at('away'), 'junction');
    assert.throws(() => drop({ ...clip, inputs: ['away/a.mov'] }), { code: 'PATH_REFUSED' });
  });
  it('a dropped link to a clip elsewhere', function () {
    notOnWindows(this, 'links need a right of their own');
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'inbetween-watch-else-'));
    try {
      writeFileSync(path.join(elsewhere, 'a.mov'), '');
      symlinkSync(path.join(elsewhere, 'a.mov'), at('a.mov'));
      assert.throws(() => jobOf(at('a.mov'), rules()), { code: 'PATH_REFUSED' });
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});

describe('inbetween watch', () => {
  let daemon: FakeDaemon;
  let watch: Watch | undefined;
  const answers: Answers = {};
  const jobs = new Map<string, JobView>();
  const heard: DropStatus[] = [];
  const submissions = (): Submission[] =>
    daemon.calls.flatMap(({ name, body }) => (name === 'submit' ? [body as Submission] : []));

  beforeEach(async () => {
    jobs.clear();
    heard.length = 0;
    Object.assign(answers, {
      submit: () => {
        const id = `j${String(jobs.size).padStart(16, '0')}`;
        jobs.set(id, viewOf(id));
        return jobs.get(id);
      },
      job: ({ path: { id } }) => {
        const view = jobs.get(id!);
        if (!view) throw new CompanionError('JOB_UNKNOWN', { id });
        return view;
      },
      events: ({ path: { id } }) => ({ events: [], job: jobs.get(id!) }),
    } satisfies Answers);
    daemon = await openFakeDaemon({ answers });
  });
  afterEach(async () => {
    await watch?.close();
    watch = undefined;
    await daemon.close();
  });
  const begin = async (options: Partial<WatchOptions> = {}): Promise<Watch> => {
    watch = await watchFolder(folder, {
      verb: 'interpolate',
      params: {},
      settleMs: 60,
      hear: (status) => void heard.push(status),
      connect: async () => openClient(daemon.url, 'secret', { pollMs: 20, patienceMs: 300 }),
      ...options,
    });
    return watch;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const tell = (id: string, job: JobState): void => {
    const seq = jobs.get(id)!.seq + 1;
    jobs.set(id, viewOf(id, job, seq));
    daemon.tell(eventOf(id, seq, job));
  };
  const statusOf = (name: string): DropStatus =>
    JSON.parse(readFileSync(at(`${name}.status.json`), 'utf8')) as DropStatus;

  it('a clip that is there already, and one that comes', async () => {
    writeFileSync(at('a.mov'), 'a');
    await begin();
    await until(() => jobs.size === 1);
    writeFileSync(at('b.mov'), 'b');
    await until(() => jobs.size === 2);
    assert.deepEqual(
      submissions().map(({ inputs }) => inputs),
      [[at('a.mov')], [at('b.mov')]],
    );
    await until(() => existsSync(at('b.mov.status.json')));
    assert.equal(statusOf('a.mov').job.state, 'queued');
  });
  it('its status follows the job to its end', async () => {
    writeFileSync(at('a.mov'), 'a');
    const { settled } = await begin();
    await until(() => daemon.follows.length === 1);
    const [id] = [...jobs.keys()];
    tell(id!, running);
    await until(() => heard.at(-1)?.job.state === 'running');
    assert.equal(statusOf('a.mov').id, id);
    tell(id!, done);
    await settled();
    assert.deepEqual(statusOf('a.mov').job, done);
    assert.deepEqual(
      readdirSync(folder).sort(),
      ['a.mov', 'a.mov.status.json', 'results'],
      'no half-written status is left',
    );
  });
  it('a file is taken once it has stopped growing', async () => {
    await begin({ settleMs: 1500 });
    writeFileSync(at('a.mov'), 'x');
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(jobs.size, 0);
      appendFileSync(at('a.mov'), 'x');
    }
    await until(() => heard.length > 0);
    assert.equal(jobs.size, 1);
    assert.equal(heard[0]!.file.bytes, 5, 'all of it was there');
  });
  it('a job as JSON', async () => {
    await begin();
    writeFileSync(
      at('mine.json'),
      JSON.stringify({ verb: 'interpolate', inputs: ['sub/a.mov'], params: { slow: '0.5' } }),
    );
    await until(() => existsSync(at('mine.json.status.json')));
    assert.deepEqual(submissions()[0]?.params, { slow: '0.5' });
  });
  it('one that is refused says why in its status, and the watch goes on', async () => {
    await begin();
    writeFileSync(at('bad.json'), JSON.stringify({ verb: 'interpolate', inputs: ['../secret.mov'] }));
    await until(() => existsSync(at('bad.json.status.json')));
    const { id, job } = statusOf('bad.json');
    assert.equal(id, null);
    assert.equal(job.state === 'failed' && job.error.code, 'PATH_REFUSED');
    assert.equal(jobs.size, 0);
    writeFileSync(at('a.mov'), 'a');
    await until(() => jobs.size === 1);
  });
  it('what had ended is left alone at the next start', async () => {
    writeFileSync(at('a.mov'), 'a');
    const first = await begin();
    await until(() => daemon.follows.length === 1);
    tell([...jobs.keys()][0]!, done);
    await first.settled();
    await first.close();
    const second = await begin();
    await second.settled();
    writeFileSync(at('b.mov'), 'b');
    await until(() => jobs.size === 2);
    assert.deepEqual(
      submissions().map(({ inputs }) => inputs[0]),
      [at('a.mov'), at('b.mov')],
    );
  });
  const notTaken = (why: string, error: CompanionError, again: boolean) =>
    it(`what was not taken, for ${why}, is ${again ? '' : 'not '}asked for again at the next start`, async () => {
      const { submit } = answers;
      answers.submit = () => {
        throw error;
      };
      writeFileSync(at('a.mov'), 'a');
      const first = await begin();
      await until(() => existsSync(at('a.mov.status.json')));
      await first.settled();
      await first.close();
      answers.submit = submit!;
      const asked = submissions().length;
      await begin();
      writeFileSync(at('b.mov'), 'b');
      await until(() => jobs.size === (again ? 2 : 1));
      const files = submissions().slice(asked);
      assert.deepEqual(
        files.flatMap(({ inputs }) => inputs).sort(),
        again ? [at('a.mov'), at('b.mov')] : [at('b.mov')],
      );
    });
  notTaken('want of room', new CompanionError('QUEUE_FULL', { waiting: 1 }), true);
  notTaken('what it is', new CompanionError('PARAM_INVALID', { name: 'fps', expected: 'x', received: 1 }), false);
  it('but a file that has changed since is a new job', async () => {
    writeFileSync(at('a.mov'), 'a');
    const first = await begin();
    await until(() => daemon.follows.length === 1);
    tell([...jobs.keys()][0]!, done);
    await first.settled();
    utimesSync(at('a.mov'), 1, 1);
    await until(() => jobs.size === 2);
  });
  it('what was under way is followed on at the next start, not asked for again', async () => {
    writeFileSync(at('a.mov'), 'a');
    const first = await begin();
    await until(() => daemon.follows.length === 1);
    await first.close();
    assert.equal(statusOf('a.mov').job.state, 'queued');
    const [id] = [...jobs.keys()];
    const second = await begin();
    await until(() => daemon.follows.length === 2);
    tell(id!, done);
    await second.settled();
    assert.equal(jobs.size, 1);
    assert.equal(statusOf('a.mov').job.state, 'done');
  });
  it('a job the daemon knows no longer is asked for again', async () => {
    writeFileSync(at('a.mov'), 'a');
    const first = await begin();
    await until(() => daemon.follows.length === 1);
    await first.close();
    jobs.clear();
    await begin();
    await until(() => submissions().length === 2);
  });
  it('results are no drops', async () => {
    await begin();
    mkdirSync(at('results'), { recursive: true });
    writeFileSync(at('results', 'a.60fps.mov'), 'a');
    writeFileSync(at('b.mov'), 'b');
    await until(() => jobs.size === 1);
    assert.deepEqual(submissions()[0]?.inputs, [at('b.mov')]);
  });
  it('records of results are none either', async () => {
    const record = {
      ...{ inbetween: 'record', format: 1, version: '1', job: 'j1', key: 'k', verb: 'interpolate', params: {} },
      ...{
        inputs: [{ path: '/a.mov', bytes: 1, changed: '1', sample: 'x' }],
        output: null,
        command: ['inbetween', 'x'],
      },
    };
    writeFileSync(at('a.mov.json'), JSON.stringify(record));
    const { settled } = await begin();
    writeFileSync(at('b.mov'), 'b');
    await until(() => jobs.size === 1);
    tell([...jobs.keys()][0]!, done);
    await settled();
    assert.equal(existsSync(at('a.mov.json.status.json')), false);
  });
  it('a status does not go through a link that somebody put there', async function () {
    notOnWindows(this, 'links need a right of their own');
    writeFileSync(at('victim.txt'), 'mine');
    symlinkSync(at('victim.txt'), at('.a.mov.status.json.next'));
    symlinkSync(at('victim.txt'), at('a.mov.status.json'));
    writeFileSync(at('a.mov'), 'a');
    await begin();
    await until(() => heard.length === 1);
    assert.equal(readFileSync(at('victim.txt'), 'utf8'), 'mine');
    assert.equal(statusOf('a.mov').job.state, 'queued');
  });
  it('a daemon that went away is found again', async () => {
    writeFileSync(at('a.mov'), 'a');
    const { settled } = await begin();
    await until(() => daemon.follows.length === 1);
    const [id] = [...jobs.keys()];
    await daemon.close();
    jobs.set(id!, viewOf(id!, done, 9));
    daemon = await openFakeDaemon({ answers });
    await settled();
    assert.equal(statusOf('a.mov').job.state, 'done');
    assert.equal(jobs.size, 1);
  });
  it('a folder that is not there', () =>
    assert.rejects(watchFolder(at('none'), { verb: 'x', params: {}, connect: () => Promise.reject() }), {
      code: 'INPUT_MISSING',
    }));
  it('a file', () => {
    writeFileSync(at('a.mov'), '');
    return assert.rejects(watchFolder(at('a.mov'), { verb: 'x', params: {}, connect: () => Promise.reject() }), {
      code: 'USAGE',
    });
  });
  it('results into the watched folder', () =>
    assert.rejects(begin({ output: folder }), { code: 'USAGE', message: /each would become a job/ }));
});
