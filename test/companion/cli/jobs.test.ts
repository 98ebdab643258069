// `inbetween jobs`: every action becomes its call, answers become lines or JSON, and ends become exit codes.
import assert from 'node:assert/strict';
import { type Client, openClient } from '../../../companion/api/client.ts';
import { CompanionError } from '../../../companion/api/errors.ts';
import { type JobState, progress } from '../../../companion/api/job.ts';
import {
  actOn,
  followJobs,
  listJobs,
  moveJob,
  setQueuePaused,
  showJob,
  showRecord,
  standing,
} from '../../../companion/cli/jobs.ts';
import { failureOf } from '../../../companion/jobs/failure.ts';
import { type Answers, type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { eventOf, viewOf } from '../../support/job-views.ts';
import { wordsOf } from '../../support/words.ts';

const [a, b] = ['j000000000000000a', 'j000000000000000b'];
const running: JobState = {
  state: 'running',
  progress: progress.parse({ phase: 'render', done: 30, total: 60, unit: 'frames', fps: 12, etaMs: 2500 }),
  notes: [],
};
const done: JobState = {
  state: 'done',
  notes: ['Sound is left out.'],
  outcome: {
    kind: 'file',
    output: { path: '/clips/a.60fps.mov', bytes: 1, checks: [{ name: 'frames', found: '60' }] },
    record: {},
  },
};
const failed: JobState = {
  state: 'failed',
  error: failureOf(new CompanionError('NO_FRAMES', { path: '/clips/a.mov' })),
};

describe('standing', () => {
  const check =
    (job: JobState, expected: string, place: number | null = null) =>
    () =>
      assert.equal(standing({ job, place }), expected);
  it('next', check({ state: 'queued' }, 'waits, is next', 0));
  it('later', check({ state: 'queued' }, 'waits, 3 before it', 3));
  it('running', check(running, 'render 50 %, 30/60 frames, 12.0 fps, 0:03 left'));
  it('paused', check({ state: 'paused', why: 'asked', notes: [] }, 'paused'));
  it('paused by a full disk', check({ state: 'paused', why: 'DISK_FULL', notes: [] }, 'paused: the disk is full'));
  it('failed', check(failed, 'failed: NO_FRAMES'));
  it('done', check(done, 'done'));
});

describe('inbetween jobs', () => {
  let daemon: FakeDaemon;
  let client: Client;
  const answers: Answers = {};
  before(async () => {
    daemon = await openFakeDaemon({ answers });
    client = openClient(daemon.url, 'secret', { pollMs: 20 });
  });
  after(async () => {
    client.close();
    await daemon.close();
  });
  beforeEach(() => {
    for (const name of Object.keys(answers)) delete answers[name as keyof Answers];
    (daemon.calls as unknown[]).length = 0;
  });
  const last = () => {
    const { name, path, query, body } = daemon.calls.at(-1)!;
    return { name, path, query, body };
  };

  it('list', async () => {
    answers.jobs = () => ({ jobs: [viewOf(a, running), viewOf(b, failed)], next: 'm1', total: 9 });
    const { result, stdout, stderr } = await wordsOf(() =>
      listJobs(client, { state: 'running', limit: 2, after: 'm0' }),
    );
    assert.equal(result, 0);
    assert.deepEqual(last().query, { state: 'running', limit: '2', after: 'm0' });
    assert.match(
      stdout,
      new RegExp(`^${a}  interpolate render 50 %.*/clips/a\\.mov\\n${b}  interpolate failed: NO_FRAMES`),
    );
    assert.match(stderr, /2 of 9; more: --after m1/);
  });
  it('list as JSON is the page', async () => {
    const page = { jobs: [viewOf(a)], next: null, total: 1 };
    answers.jobs = () => page;
    assert.deepEqual(JSON.parse((await wordsOf(() => listJobs(client, { json: true }))).stdout), page);
  });
  it('list of none', async () => {
    answers.jobs = () => ({ jobs: [], next: null, total: 0 });
    const { stdout, stderr } = await wordsOf(() => listJobs(client, {}));
    assert.deepEqual([stdout, stderr], ['', 'There is no job.\n']);
  });
  it('show', async () => {
    answers.job = () => ({ ...viewOf(a, done), attempts: 2, startedAt: 1_795_000_000_000 });
    const { stdout } = await wordsOf(() => showJob(client, a, false));
    for (const line of [
      /^job +j0+a, interpolate$/m,
      /^state +done$/m,
      /^output +\/clips\/a\.60fps\.mov$/m,
      /^note +Sound/m,
      /, 2 times$/m,
    ])
      assert.match(stdout, line);
  });
  it('show of one that failed says why', async () => {
    answers.job = () => viewOf(a, failed);
    assert.match(
      (await wordsOf(() => showJob(client, a, false))).stdout,
      /^error +\/clips\/a\.mov has a video stream/m,
    );
  });
  it('show --json is the job', async () => {
    answers.job = () => viewOf(a, failed);
    assert.deepEqual(JSON.parse((await wordsOf(() => showJob(client, a, true))).stdout), viewOf(a, failed));
  });
  it('show --record', async () => {
    answers.record = () => ({ verb: 'interpolate' });
    assert.deepEqual(JSON.parse((await wordsOf(() => showRecord(client, a))).stdout), { verb: 'interpolate' });
  });
  for (const action of ['cancel', 'pause', 'resume', 'retry', 'duplicate'] as const)
    it(action, async () => {
      answers.act = ({ path }) => viewOf(path.id!, { state: 'cancelled' });
      const { result, stdout } = await wordsOf(() => actOn(client, [a, b], action, false));
      assert.equal(result, 0);
      assert.equal(stdout, `${a}  cancelled\n${b}  cancelled\n`);
      assert.deepEqual(
        daemon.calls.map(({ path }) => path),
        [
          { id: a, action },
          { id: b, action },
        ],
      );
    });
  it('what a state does not allow is thrown', async () => {
    answers.act = () => {
      throw new CompanionError('JOB_NOT_SO', { id: a, state: 'done', action: 'cancel' });
    };
    await assert.rejects(actOn(client, [a], 'cancel', false), { code: 'JOB_NOT_SO' });
  });
  it('move before another, and last', async () => {
    answers.move = () => viewOf(a);
    await wordsOf(() => moveJob(client, a, b, false));
    assert.deepEqual(last(), { name: 'move', path: { id: a }, query: {}, body: { before: b } });
    await wordsOf(() => moveJob(client, a, null, true));
    assert.deepEqual(last().body, { before: null });
  });
  it('pause and resume of the queue', async () => {
    answers.pauseQueue = () => ({ paused: true, waiting: 3, running: 1 });
    answers.resumeQueue = () => ({ paused: false, waiting: 3, running: 1 });
    assert.match(
      (await wordsOf(() => setQueuePaused(client, true, false))).stdout,
      /^3 waiting, 1 running; the queue is paused/,
    );
    assert.equal((await wordsOf(() => setQueuePaused(client, false, false))).stdout, '3 waiting, 1 running\n');
  });

  const followed = (ends: Readonly<Record<string, JobState>>): void => {
    answers.events = ({ path }) => ({
      events: [eventOf(path.id!, 1, ends[path.id!]!)],
      job: viewOf(path.id!, ends[path.id!]!, 1),
    });
    answers.job = ({ path }) => viewOf(path.id!, ends[path.id!]!, 1);
  };
  const check = (ends: Readonly<Record<string, JobState>>, exit: number) => async () => {
    followed(ends);
    const { result, stdout } = await wordsOf(() => followJobs(client, Object.keys(ends), { json: true }));
    assert.equal(result, exit);
    const told = JSON.parse(stdout) as { exit: number; jobs: { id: string }[] };
    assert.deepEqual([told.exit, told.jobs.map(({ id }) => id)], [exit, Object.keys(ends)]);
  };
  it('follow: done', check({ [a]: done }, 0));
  it('follow: failed', check({ [a]: failed }, 2));
  it('follow: partly done', check({ [a]: done, [b]: failed }, 3));
  it('follow: cancelled', check({ [a]: done, [b]: { state: 'cancelled' } }, 130));
  it('follow says the results', async () => {
    followed({ [a]: done, [b]: failed });
    const { stdout, stderr } = await wordsOf(() => followJobs(client, [a, b], { quiet: true }));
    assert.equal(stdout, '/clips/a.60fps.mov\n');
    assert.match(stderr, /error:.*NO_FRAMES/);
  });
  it('follow --json-lines says the events', async () => {
    followed({ [a]: done });
    const { stdout } = await wordsOf(() => followJobs(client, [a], { jsonLines: true }));
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [eventOf(a, 1, done)],
    );
  });
});
