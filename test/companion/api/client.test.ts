// The client: calls become what the table says, answers come back typed, errors as they were thrown; and what is followed is heard once and in order.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openClient } from '../../../companion/api/client.ts';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import { type JobState, progress } from '../../../companion/api/job.ts';
import { type EventPage, jobId, type WireEvent } from '../../../companion/api/wire.ts';
import {
  type Answers,
  type FakeDaemon,
  type FakeDaemonOptions,
  fakeHello,
  openFakeDaemon,
} from '../../support/fake-daemon.ts';
import { eventOf, viewOf } from '../../support/job-views.ts';

const id = jobId.parse('j0123456789abcdef');
const running: JobState = {
  state: 'running',
  progress: progress.parse({ phase: 'render', done: 1, total: 2, unit: 'frames', fps: null, etaMs: null }),
  notes: [],
};
const cancelled: JobState = { state: 'cancelled' };

describe('client', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });
  const start = async (options: FakeDaemonOptions = {}): Promise<FakeDaemon> => {
    const daemon = await openFakeDaemon(options);
    open.push(daemon);
    return daemon;
  };
  const guest = (url: string, token: string | null = 'secret') => {
    const client = openClient(url, token, { patienceMs: 300, pollMs: 20 });
    open.push(client);
    return client;
  };
  const fails = (promise: Promise<unknown>, code: ErrorCode, message: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof CompanionError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });

  describe('call', () => {
    it('fills the path, the query and the body', async () => {
      const daemon = await start({
        answers: { move: () => viewOf(id), files: () => [], savePreset: () => ({}), removeRoot: () => ({}) },
      });
      const client = guest(daemon.url);
      await client.call('move', { path: { id }, body: { before: null } });
      await client.call('files', { path: { id: 'a root/é' }, query: { path: 'sub folder/x&y=1' } });
      await client.call('savePreset', { body: { verb: 'interpolate', name: 'slow', params: { slow: '0.5' } } });
      await client.call('removeRoot', { path: { id: 'r1' } });
      assert.deepEqual(daemon.calls, [
        { name: 'move', path: { id }, query: {}, body: { before: null } },
        { name: 'files', path: { id: 'a root/é' }, query: { path: 'sub folder/x&y=1' }, body: undefined },
        {
          name: 'savePreset',
          path: {},
          query: {},
          body: { verb: 'interpolate', name: 'slow', params: { slow: '0.5' } },
        },
        { name: 'removeRoot', path: { id: 'r1' }, query: {}, body: undefined },
      ]);
    });
    it('sends an empty object where a route wants nothing', async () => {
      const daemon = await start({ answers: { stop: () => ({}) } });
      await guest(daemon.url).call('stop');
      assert.deepEqual(daemon.calls[0]?.body, {});
    });
    it('leaves out a query that is not given', async () => {
      const daemon = await start({ answers: { jobs: () => ({ jobs: [], next: null, total: 0 }) } });
      await guest(daemon.url).call('jobs', { query: { after: undefined, limit: 5 } });
      assert.deepEqual(daemon.calls[0]?.query, { limit: '5' });
    });
    it('gives the answer', async () => {
      const daemon = await start({ answers: { job: () => viewOf(id, running) } });
      const { job } = await guest(daemon.url).call('job', { path: { id } });
      assert.deepEqual(job, running);
    });
    it('an address may end in a slash', async () => {
      const daemon = await start();
      assert.deepEqual(await guest(`${daemon.url}/`).greet(), fakeHello);
    });

    const throwing = (error: unknown): Answers => ({
      job: () => {
        throw error;
      },
    });
    it('an error of the daemon is thrown here with its code and facts', async () => {
      const daemon = await start({ answers: throwing(new CompanionError('INPUT_MISSING', { path: '/a.mov' })) });
      await fails(guest(daemon.url).call('job', { path: { id } }), 'INPUT_MISSING', /no file at \/a\.mov/);
    });
    it('one of a newer daemon keeps its words', async () => {
      const daemon = await start();
      await fails(guest(daemon.url, 'wrong').greet(), 'DAEMON_SAID', /TOKEN_WRONG.*No such token\./);
    });
    it('asked too fast, it asks again when it may', async () => {
      let asked = 0;
      const daemon = await start({
        answers: {
          job: () => {
            if (++asked < 4) throw new CompanionError('RATE_EXCEEDED', { waitMs: 5 });
            return viewOf(id);
          },
        },
      });
      assert.equal((await guest(daemon.url).call('job', { path: { id } })).id, id);
      assert.equal(asked, 4);
    });
    it('but waits for no minute', async () => {
      const daemon = await start({ answers: throwing(new CompanionError('RATE_EXCEEDED', { waitMs: 60_000 })) });
      await fails(guest(daemon.url).call('job', { path: { id } }), 'RATE_EXCEEDED', /60 s/);
      assert.equal(daemon.calls.length, 1);
    });
    it('nobody there', async () => {
      const daemon = await openFakeDaemon();
      await daemon.close();
      await fails(guest(daemon.url).greet(), 'DAEMON_UNREACHABLE', /does not answer \(ECONNREFUSED\)/);
    });
    it('somebody who takes too long', async () => {
      const daemon = await start({ answers: { hello: () => new Promise(() => {}) } });
      await fails(guest(daemon.url).greet({ signal: AbortSignal.timeout(50) }), 'DAEMON_UNREACHABLE', /time/i);
    });
    it('an abort is an abort', async () => {
      const daemon = await start({ answers: { hello: () => new Promise(() => {}) } });
      const abort = new AbortController();
      const asked = guest(daemon.url).greet({ signal: abort.signal });
      abort.abort();
      await assert.rejects(asked, { name: 'AbortError' });
    });
  });

  describe('greet', () => {
    const check = (told: unknown, message: RegExp) => async () => {
      const daemon = await start({ answers: { hello: () => told } });
      await fails(guest(daemon.url).greet(), 'DAEMON_OTHER', message);
    };
    it(
      'another major',
      check({ ...fakeHello, protocol: { major: 2, minor: 3 } }, /protocol 2\.3, and protocol 1 is needed/),
    );
    it('another program', check({ hello: 'world' }, /it is another program/));
    it('another program that calls itself ours', check({ ...fakeHello, product: 'betweenin' }, /another program/));
    it('no object', check(null, /another program/));
    it('a newer minor with more to say is fine', async () => {
      const daemon = await start({
        answers: { hello: () => ({ ...fakeHello, protocol: { major: 1, minor: 9 }, mood: 'good' }) },
      });
      assert.equal((await guest(daemon.url).greet()).protocol.minor, 9);
    });
  });

  /** A job with a history that grows; what of it is fetched, and what the socket tells, is up to the test. */
  function history() {
    const events: WireEvent[] = [];
    return {
      events,
      add: (job: JobState = running): WireEvent => {
        const event = eventOf(id, events.length + 1, job);
        events.push(event);
        return event;
      },
      page: (since: number): EventPage => ({
        events: events.filter(({ seq }) => seq > since),
        job: events.at(-1)?.job ?? viewOf(id, { state: 'queued' }, 0),
      }),
    };
  }
  const answersOf = (past: ReturnType<typeof history>): Answers => ({
    events: ({ query }) => past.page(Number(query.since)),
  });
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  describe('follow', () => {
    it('hears what was and what comes, once and in order, to the end', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past) });
      past.add();
      past.add();
      const heard: number[] = [];
      const { over } = guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq));
      await until(() => daemon.follows.length === 1 && heard.length === 2);
      for (const event of [...past.events, past.add(), past.add(cancelled)]) daemon.tell(event);
      await over;
      assert.deepEqual(heard, [1, 2, 3, 4]);
    });
    it('begins after the number it is given, and tells it the socket', async () => {
      const past = history();
      for (let i = 0; i < 5; i++) past.add();
      past.add(cancelled);
      const daemon = await start({ answers: answersOf(past) });
      const heard: number[] = [];
      await guest(daemon.url).follow(id, 4, ({ seq }) => void heard.push(seq)).over;
      assert.deepEqual(heard, [5, 6]);
    });
    it('a job that had ended before is over at once', async () => {
      const past = history();
      past.add(cancelled);
      const daemon = await start({ answers: answersOf(past) });
      await guest(daemon.url).follow(id, 1, () => assert.fail('nothing is new')).over;
    });
    it('fetches what the socket lost', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past) });
      const heard: number[] = [];
      const { over } = guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq));
      await until(() => daemon.follows.length === 1 && daemon.calls.length >= 2);
      for (let i = 0; i < 4; i++) past.add();
      daemon.tell(past.add(cancelled)); // the first it hears of is the fifth
      await over;
      assert.deepEqual(heard, [1, 2, 3, 4, 5]);
    });
    it('events of other jobs are not heard', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past) });
      const heard: string[] = [];
      const { over } = guest(daemon.url).follow(id, 0, (event) => void heard.push(event.id));
      await until(() => daemon.follows.length === 1);
      daemon.tell(eventOf('j9999999999999999', 1, cancelled));
      daemon.tell(past.add(cancelled));
      await over;
      assert.deepEqual(heard, [id]);
    });
    it('a line that was cut is taken up again where it was', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past) });
      const heard: number[] = [];
      const { over } = guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq));
      await until(() => daemon.follows.length === 1);
      daemon.tell(past.add());
      await until(() => heard.length === 1);
      daemon.drop();
      await until(() => daemon.follows.length === 2);
      assert.deepEqual(daemon.follows[1], { id, since: 1 });
      daemon.tell(past.add(cancelled));
      await over;
      assert.deepEqual(heard, [1, 2]);
    });
    it('needs no socket', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past), sockets: false });
      const heard: number[] = [];
      const { over } = guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq));
      past.add();
      await until(() => heard.length === 1);
      past.add();
      past.add(cancelled);
      await over;
      assert.deepEqual(heard, [1, 2, 3]);
    });
    it('shows the job as it is where events are kept no longer', async () => {
      const daemon = await start({ answers: { events: () => ({ events: [], job: viewOf(id, cancelled, 9) }) } });
      const heard: number[] = [];
      await guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq)).over;
      assert.deepEqual(heard, [9]);
    });
    it('reads a history of many pages', async () => {
      const past = history();
      for (let i = 0; i < 9; i++) past.add();
      past.add(cancelled);
      const daemon = await start({
        answers: {
          events: ({ query }) => {
            const { events, job } = past.page(Number(query.since));
            return { events: events.slice(0, 3), job };
          },
        },
      });
      const heard: number[] = [];
      await guest(daemon.url).follow(id, 0, ({ seq }) => void heard.push(seq)).over;
      assert.deepEqual(heard, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });
    it('an unknown job is said at once', async () => {
      const daemon = await start({
        answers: {
          events: () => {
            throw new CompanionError('VERB_UNKNOWN', { name: 'x', known: [] });
          },
        },
      });
      await fails(guest(daemon.url).follow(id, 0, () => {}).over, 'VERB_UNKNOWN', /x/);
    });
    it('a daemon that is gone for good is said after a while', async () => {
      const daemon = await openFakeDaemon({ answers: answersOf(history()) });
      const { over } = guest(daemon.url).follow(id, 0, () => {});
      await until(() => daemon.follows.length === 1);
      await daemon.close();
      await fails(over, 'DAEMON_UNREACHABLE', /does not answer/);
    });
    it('a daemon that comes back is followed on', async () => {
      const past = history();
      const first = await openFakeDaemon({ answers: answersOf(past) });
      const client = openClient(first.url, 'secret', { pollMs: 20 });
      open.push(client);
      const heard: number[] = [];
      const { over } = client.follow(id, 0, ({ seq }) => void heard.push(seq));
      await until(() => first.follows.length === 1);
      first.tell(past.add());
      await until(() => heard.length === 1);
      await first.close();
      past.add();
      past.add(cancelled);
      await start({ answers: answersOf(past), port: first.port });
      await over;
      assert.deepEqual(heard, [1, 2, 3]);
    });
    it('stops when told', async () => {
      const past = history();
      const daemon = await start({ answers: answersOf(past) });
      const { over, stop } = guest(daemon.url).follow(id, 0, () => assert.fail('told after stop'));
      stop();
      await over;
      daemon.tell(past.add());
    });
    it('whatever the socket loses, doubles or mixes up', () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }), async (told) => {
          const past = history();
          const daemon = await openFakeDaemon({ answers: answersOf(past) });
          const client = openClient(daemon.url, 'secret', { pollMs: 20 });
          try {
            const heard: number[] = [];
            const { over } = client.follow(id, 0, ({ seq }) => void heard.push(seq));
            await until(() => daemon.follows.length === 1);
            for (let i = 1; i < 12; i++) past.add();
            past.add(cancelled);
            for (const seq of told) daemon.tell(past.events[seq - 1]!);
            daemon.tell(past.events.at(-1)!);
            await over;
            assert.deepEqual(heard, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
          } finally {
            client.close();
            await daemon.close();
          }
        }),
        { numRuns: 12 },
      ));

    it('all of them, from now on', async () => {
      const daemon = await start({
        answers: { jobs: () => ({ jobs: [viewOf(id, running, 3)], next: null, total: 1 }) },
      });
      const heard: string[] = [];
      const { stop } = guest(daemon.url).follow('all', 0, (event) => void heard.push(`${event.id} ${event.seq}`));
      await until(() => daemon.follows.length === 1 && daemon.calls.length >= 2);
      daemon.tell(eventOf(id, 3, running));
      daemon.tell(eventOf(id, 4, cancelled));
      daemon.tell(eventOf('j9999999999999999', 1, running));
      await until(() => heard.length >= 2);
      stop();
      assert.deepEqual(heard, [`${id} 4`, 'j9999999999999999 1']);
    });
    it('all of them without a socket', async () => {
      let seq = 1;
      const daemon = await start({
        sockets: false,
        answers: { jobs: () => ({ jobs: [viewOf(id, running, seq)], next: null, total: 1 }) },
      });
      const heard: number[] = [];
      const { stop } = guest(daemon.url).follow('all', 0, (event) => void heard.push(event.seq));
      await until(() => daemon.calls.length >= 2);
      seq = 5;
      await until(() => heard.length === 1);
      stop();
      assert.deepEqual(heard, [5]);
    });
  });
});
