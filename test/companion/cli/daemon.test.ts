// The daemon as a process: found, started, shared, told apart from what it left behind, and ended; and a verb run through it, with the fake engine.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { protocol } from '../../../companion/api/wire.ts';
import { type ConnectOptions, connectDaemon, demandDaemon, findDaemon } from '../../../companion/cli/daemon.ts';
import { guestJob } from '../../../companion/cli/guest.ts';
import { type Folders, findFolders, makeFolders } from '../../../companion/jobs/folders.ts';
import { type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { type Ended, type Journey, setOut, travel } from '../../support/journey.ts';
import { programFile } from '../../support/programs.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { make, picture } from '../media/footage.ts';

describe('the daemon', () => {
  let home: string;
  let folders: Folders;
  const before = process.env.INBETWEEN_HOME;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'inbetween-daemon-'));
    process.env.INBETWEEN_HOME = home; // of the processes started here
    folders = findFolders();
  });
  afterEach(async () => {
    const search = await findDaemon(folders);
    if ('daemon' in search) await run('stop');
    if (before === undefined) delete process.env.INBETWEEN_HOME;
    else process.env.INBETWEEN_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });
  const run = (...args: string[]): Promise<Ended> => travel(args, { env: { INBETWEEN_HOME: home } });
  const start = (...flags: string[]): ConnectOptions => ({
    start: [process.execPath, programFile('fake-inbetween'), 'serve', '--port', '0', ...flags],
  });
  const serving = async (): Promise<Journey> => {
    const journey = setOut(['serve', '--port', '0'], { env: { INBETWEEN_HOME: home } });
    while (!('daemon' in (await findDaemon(folders)))) await new Promise((resolve) => setTimeout(resolve, 30));
    return journey;
  };
  const gone = async (): Promise<string> => {
    const search = await findDaemon(folders);
    assert.ok('gone' in search, 'somebody is there');
    return search.gone;
  };
  const leave = (file: string, text: string): void => {
    makeFolders(folders);
    writeFileSync(path.join(folders.config, file), text);
  };

  describe('that is not there', () => {
    const endpointOf = (url: string, token: string, pid = process.pid): string =>
      JSON.stringify({ url, pid, startedAt: 0, protocol, tokenHash: createHash('sha256').update(token).digest('hex') });
    let fake: FakeDaemon;
    beforeEach(async () => {
      fake = await openFakeDaemon();
    });
    afterEach(() => fake.close());

    it('nothing was ever started', async () => assert.match(await gone(), /none is running/));
    it('demanding one says so', () =>
      assert.rejects(demandDaemon(folders), { code: 'DAEMON_UNREACHABLE', message: /none is running/ }));
    it('its process is gone', async () => {
      const { pid } = await (async () => {
        const journey = setOut(['--help'], { env: { INBETWEEN_HOME: home } });
        await journey.ended;
        return journey.child;
      })();
      leave('token', 'secret');
      leave('endpoint.json', endpointOf(fake.url, 'secret', pid));
      assert.match(await gone(), /has ended without a word/);
      assert.equal(fake.calls.length, 0);
    });
    it('the token is another’s: nobody is sent it', async () => {
      leave('token', 'other');
      leave('endpoint.json', endpointOf(fake.url, 'secret'));
      assert.match(await gone(), /not that of the daemon/);
      assert.equal(fake.calls.length, 0);
    });
    it('there is no token', async () => {
      leave('endpoint.json', endpointOf(fake.url, 'secret'));
      assert.match(await gone(), /no token/);
    });
    it('nobody answers at its port', async () => {
      await fake.close();
      leave('token', 'secret');
      leave('endpoint.json', endpointOf(fake.url, 'secret'));
      assert.match(await gone(), /does not answer/);
    });
    for (const text of ['', '{', '[]', '{"url":1}'])
      it(`its file is ${text || 'empty'}`, async () => {
        leave('endpoint.json', text);
        assert.match(await gone(), /cannot be read/);
      });
    it('another program took its port: it gets no token, and is nobody', async () => {
      const squatter = await openFakeDaemon({ token: 'guessed' });
      leave('token', 'secret');
      leave('endpoint.json', endpointOf(squatter.url, 'secret'));
      assert.match(await gone(), /cannot prove that it is the daemon/);
      assert.deepEqual(
        squatter.calls.map(({ name }) => name),
        ['signInStart'],
      );
      await squatter.close();
    });
    it('one that is there is found', async () => {
      leave('token', 'secret\n');
      leave('endpoint.json', endpointOf(fake.url, 'secret'));
      const { client, hello } = await demandDaemon(folders);
      client.close();
      assert.equal(hello.product, 'inbetween');
    });
    it('one that cannot start says why', () =>
      assert.rejects(
        connectDaemon({ start: [process.execPath, '-e', 'console.error("no luck today"); process.exit(3)'] }),
        { code: 'DAEMON_UNREACHABLE', message: /no luck today/ },
      ));
  });

  it('is started once, however many ask at once, and ends when nobody needs it', async () => {
    const options = start('--until-idle');
    const found = await Promise.all([connectDaemon(options), connectDaemon(options), connectDaemon(options)]);
    assert.equal(new Set(found.map(({ hello }) => hello.pid)).size, 1);
    for (const { client } of found) client.close();
    while ('daemon' in (await aliveQuietly(found[0]!.hello.pid)))
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(await gone(), /none is running/);
  });
  /** Looks without asking: a daemon that is asked is not idle. */
  const aliveQuietly = async (pid: number): Promise<{ daemon: true } | { gone: true }> => {
    try {
      process.kill(pid, 0);
      return { daemon: true };
    } catch {
      return { gone: true };
    }
  };

  it('says where it is; status, a second one and stop agree', async () => {
    const journey = await serving();
    const status = JSON.parse((await run('status', '--json')).stdout);
    assert.equal(status.running, true);
    assert.equal(status.pid, journey.child.pid);
    const second = await run('serve', '--port', '0');
    assert.equal(second.code, 4);
    assert.match(second.stderr, new RegExp(`process ${journey.child.pid} at ${status.url}.*DAEMON_RUNNING`));
    const stopped = await run('stop', '--json');
    assert.deepEqual(JSON.parse(stopped.stdout), { stopped: true, pid: journey.child.pid });
    const { code, stdout } = await journey.ended;
    assert.deepEqual([code, stdout], [0, `${status.url}\n`]);
    assert.ok(!existsSync(path.join(folders.config, 'endpoint.json')));
    assert.equal((await run('status')).code, 5);
    assert.equal((await run('stop')).code, 0);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`ends cleanly on ${signal}`, async function () {
      notOnWindows(this, 'no signal can be sent');
      const { child, ended } = await serving();
      child.kill(signal);
      assert.equal((await ended).code, 0);
      assert.match(await gone(), /none is running/);
    });
  it('one that was killed is replaced', async function () {
    notOnWindows(this, 'no signal can be sent');
    const { child, ended } = await serving();
    child.kill('SIGKILL');
    await ended;
    assert.match(await gone(), /has ended without a word/);
    const { client, hello } = await connectDaemon(start('--until-idle'));
    client.close();
    assert.notEqual(hello.pid, child.pid);
  });
  it('will not listen beyond this machine', async () => {
    const { code, stderr } = await run('serve', '--listen', '0.0.0.0');
    assert.equal(code, 2);
    assert.match(stderr, /LISTEN_REFUSED/);
  });

  it('runs a verb for a guest, and for one that leaves', async () => {
    const clip = await make('daemon.mov', ...picture('10', 0.5), '-c:v', 'ffv1', '-f', 'mov');
    const output = path.join(home, 'whole.mov');
    const states: string[] = [];
    await serving();
    const end = await guestJob(
      {
        verb: 'interpolate',
        inputs: [clip],
        from: home,
        params: { fps: '20' },
        place: { output: 'whole.mov', force: false, spared: [] },
        dryRun: false,
      },
      {
        connect: async () => (await demandDaemon(folders)).client,
        onEvent: ({ job }) => void (states.at(-1) === job.state || states.push(job.state)),
      },
    ).ended;
    assert.equal(end.state === 'done' && end.outcome.kind === 'file' && end.outcome.output.path, output);
    assert.ok(states.includes('queued') && states.at(-1) === 'done', states.join());

    const left = await run('interpolate', clip, '--fps', '30', '-o', path.join(home, 'left.mov'), '--detach');
    assert.equal(left.code, 0, left.stderr);
    const id = left.stdout.trim();
    const followed = await run('jobs', 'follow', id, '--quiet');
    assert.deepEqual([followed.code, followed.stdout], [0, `${path.join(home, 'left.mov')}\n`]);
    const listed = JSON.parse((await run('jobs', '--json')).stdout);
    assert.deepEqual([listed.total, listed.jobs[0].id], [2, id]);
    const again = JSON.parse((await run('repro', path.join(home, 'left.mov'), '--json')).stdout);
    assert.deepEqual(again.command, [
      'inbetween',
      'interpolate',
      clip,
      '--fps',
      '30',
      '-o',
      path.join(home, 'left.mov'),
    ]);
    assert.deepEqual([again.result.standing, again.recordFile], ['same', path.join(home, 'left.mov.json')]);
    const byJob = JSON.parse((await run('repro', id, '--json')).stdout);
    assert.deepEqual([byJob.command, byJob.result, byJob.recordFile], [again.command, again.result, null]);
    assert.ok(readFileSync(output).length > 0);
  });
});
