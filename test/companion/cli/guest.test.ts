// A job as a guest of the daemon behaves as one that runs without: events in order, one end, cancel, and errors as failures.
import assert from 'node:assert/strict';
import path from 'node:path';
import { openClient } from '../../../companion/api/client.ts';
import { CompanionError } from '../../../companion/api/errors.ts';
import { type JobEvent, type JobRequest, type JobState, progress } from '../../../companion/api/job.ts';
import type { JobView, Submission } from '../../../companion/api/wire.ts';
import { detach } from '../../../companion/cli/detach.ts';
import { guestJob, submissionOf, type Waiting } from '../../../companion/cli/guest.ts';
import { interpolate } from '../../../companion/operations/interpolate.ts';
import { type Answers, type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { eventOf, viewOf } from '../../support/job-views.ts';
import { wordsOf } from '../../support/words.ts';

const id = 'j0123456789abcdef';
const running: JobState = {
  state: 'running',
  progress: progress.parse({ phase: 'render', done: 1, total: 2, unit: 'frames', fps: null, etaMs: null }),
  notes: [],
};
const done: JobState = { state: 'done', outcome: { kind: 'report', record: {} }, notes: [] };
const request: JobRequest = {
  verb: 'interpolate',
  inputs: ['a.mov'],
  from: path.resolve('/clips'),
  params: { fps: '60' },
  place: { force: false, spared: [] },
  dryRun: false,
};

describe('submissionOf', () => {
  const at = (file: string): string => path.resolve('/clips', file);
  const check = (given: Partial<JobRequest>, expected: Partial<Submission>) => () => {
    const told = submissionOf({ ...request, ...given });
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(told[name as keyof Submission], value, name);
  };
  it(
    'inputs are absolute',
    check({ inputs: ['a.mov', '../b.mov'] }, { inputs: [at('a.mov'), path.resolve('/b.mov')] }),
  );
  it(
    'the output too',
    check(
      { place: { ...request.place, output: 'out/b.mov' } },
      { place: { output: at('out/b.mov'), force: false, spared: [] } },
    ),
  );
  it(
    'a folder stays one',
    check(
      { place: { ...request.place, output: 'out/' } },
      { place: { output: at('out') + path.sep, force: false, spared: [] } },
    ),
  );
  it(
    'what is spared too',
    check({ place: { force: true, spared: ['a.mov'] } }, { place: { force: true, spared: [at('a.mov')] } }),
  );
  it(
    'parameters that name files',
    check({ verb: 'compare', params: { sheet: 's.png', worst: 2 } }, { params: { sheet: at('s.png'), worst: 2 } }),
  );
  it('other parameters stay', check({ params: { fps: '60', range: 'a/b' } }, { params: { fps: '60', range: 'a/b' } }));
  it('of thousands of originals, those a result could be', () => {
    const spared = Array.from({ length: 3000 }, (_, i) => `clip${i}.mov`);
    const told = submissionOf({ ...request, inputs: ['clip12.mov'], place: { force: true, spared } });
    assert.deepEqual(told.place?.spared?.slice(0, 2), [at('clip12.mov'), at('clip120.mov')]);
    assert.equal(told.place?.spared?.length, 111);
  });
});

describe('guestJob', () => {
  let daemon: FakeDaemon;
  const answers: Answers = {};
  let connects = 0;
  const connect = async () => {
    connects++;
    return openClient(daemon.url, 'secret', { patienceMs: 200, pollMs: 20 });
  };
  beforeEach(async () => {
    connects = 0;
    for (const name of Object.keys(answers)) delete answers[name as keyof Answers];
    daemon = await openFakeDaemon({ answers });
  });
  afterEach(() => daemon.close());

  /** The daemon's side of one job. */
  function play(states: readonly JobState[]) {
    let shown = 1;
    const view = (): JobView => viewOf(id, states[shown - 1], shown);
    answers.submit = () => view();
    answers.job = () => view();
    answers.events = ({ query }) => ({
      events: states
        .slice(0, shown)
        .flatMap((job, i) => (i + 1 > Number(query.since) ? [eventOf(id, i + 1, job)] : [])),
      job: view(),
    });
    return (): void => {
      shown++;
      daemon.tell(eventOf(id, shown, states[shown - 1]!));
    };
  }
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('asks for an attached job, tells every state, and ends as it does', async () => {
    const next = play([{ state: 'queued' }, running, done]);
    const events: JobEvent[] = [];
    const job = guestJob(request, { connect, onEvent: (event) => void events.push(event) });
    await until(() => daemon.follows.length > 0);
    next();
    next();
    assert.deepEqual(await job.ended, done);
    assert.deepEqual(
      events.map((event) => event.job.state),
      ['queued', 'running', 'done'],
    );
    const asked = daemon.calls.find(({ name }) => name === 'submit')?.body as Submission;
    assert.deepEqual([asked.verb, asked.params], ['interpolate', { fps: '60' }]);
    assert.match(String(asked.attachedTo), /^g[0-9a-f]{32}$/);
  });
  it('a result from the cache is there at once', async () => {
    answers.submit = () => viewOf(id, done, 1);
    assert.deepEqual(await guestJob(request, { connect }).ended, done);
  });
  it('cancel asks the daemon, and the end is told', async () => {
    const states: JobState[] = [{ state: 'queued' }, { state: 'cancelled' }];
    const next = play(states);
    answers.leave = () => {
      next();
      return viewOf(id, { state: 'cancelled' }, 2);
    };
    const job = guestJob(request, { connect });
    await until(() => daemon.follows.length > 0);
    job.cancel();
    assert.deepEqual(await job.ended, { state: 'cancelled' });
    const [asked, left] = ['submit', 'leave'].map((name) => daemon.calls.find((call) => call.name === name)!);
    assert.deepEqual(left!.path, { id });
    assert.deepEqual(left!.body, { guest: (asked!.body as Submission).attachedTo });
  });
  it('cancel ends it here, though the job goes on for others', async () => {
    play([running]);
    answers.leave = () => viewOf(id, running, 1);
    const job = guestJob(request, { connect });
    await until(() => daemon.follows.length > 0);
    job.cancel();
    assert.deepEqual(await job.ended, { state: 'cancelled' });
  });
  it('cancel before the daemon has answered is not lost', async () => {
    play([{ state: 'cancelled' }]);
    const first = viewOf(id, { state: 'queued' }, 0);
    answers.submit = () => first;
    answers.leave = () => viewOf(id, { state: 'cancelled' }, 1);
    const job = guestJob(request, { connect });
    job.cancel();
    assert.deepEqual(await job.ended, { state: 'cancelled' });
    assert.ok(daemon.calls.some(({ name }) => name === 'leave'));
  });
  it('what the daemon refuses is a failure with its code', async () => {
    answers.submit = () => {
      throw new CompanionError('QUEUE_FULL', { waiting: 9 });
    };
    const end = await guestJob(request, { connect }).ended;
    assert.equal(end.state === 'failed' && end.error.code, 'QUEUE_FULL');
    assert.equal(connects, 1);
  });
  it('a daemon that ended just before is replaced by the next', async () => {
    const old = await openFakeDaemon();
    await old.close();
    answers.submit = () => viewOf(id, done, 1);
    let first = true;
    const end = await guestJob(request, {
      connect: async () => {
        const client = openClient(first ? old.url : daemon.url, 'secret');
        first = false;
        return client;
      },
    }).ended;
    assert.equal(end.state, 'done');
  });
  const waits = (what: string, queue: object, place: number, expected: Waiting) =>
    it(`a job that does not begin: ${what}`, async () => {
      const next = play([{ state: 'queued' }, done]);
      const view = answers.job!;
      answers.job = (call) => ({ ...(view(call) as JobView), place });
      answers.queue = () => ({ waiting: 1, ...queue });
      const told: Waiting[] = [];
      const job = guestJob(request, { connect, onWait: (waiting) => void told.push(waiting) });
      await until(() => told.length > 0);
      next();
      await job.ended;
      assert.deepEqual(told, [expected]);
    });
  waits('others are before it', { paused: false, running: 1 }, 2, { before: 3, paused: false });
  waits('the queue is paused', { paused: true, running: 0 }, 0, { before: 0, paused: true });
  it('no daemon at all is a failure', async () => {
    const end = await guestJob(request, {
      connect: () => Promise.reject(new CompanionError('DAEMON_UNREACHABLE', { reason: 'none' })),
    }).ended;
    assert.deepEqual([end.state, end.state === 'failed' && end.error.exit], ['failed', 5]);
  });
  it('a daemon that dies for good in mid-job is a failure', async () => {
    const next = play([{ state: 'queued' }, running, done]);
    const job = guestJob(request, { connect });
    await until(() => daemon.follows.length > 0);
    next();
    await daemon.close();
    const end = await job.ended;
    assert.equal(end.state === 'failed' && end.error.code, 'DAEMON_UNREACHABLE');
  });

  it('detach asks for every file and says the ids', async () => {
    let count = 0;
    answers.submit = () => viewOf(`j000000000000000${count++}`);
    const { result, stdout, stderr } = await wordsOf(() => detach(interpolate, ['a.mov', 'b.mov'], {}, {}, connect));
    assert.equal(result, 0);
    assert.equal(stdout, 'j0000000000000000\nj0000000000000001\n');
    assert.match(stderr, /They go on without this command/);
    assert.ok(daemon.calls.every(({ body }) => !(body as Submission).attachedTo));
  });
  it('detach --json', async () => {
    answers.submit = () => viewOf(id);
    const { stdout } = await wordsOf(() => detach(interpolate, ['a.mov'], {}, { json: true }, connect));
    assert.deepEqual(JSON.parse(stdout), { verb: 'interpolate', exit: 0, jobs: [viewOf(id)] });
  });
});
