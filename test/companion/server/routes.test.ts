// Every route of the table: refused without a token, with too small a scope, as another kind of body, with keys nobody knows, too large; and GETs change nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Route, routes } from '../../../companion/api/routes.ts';
import { ports } from '../../../companion/server/server.ts';
import { type Opened, openDoor, sendRaw, statusOf } from './opened.ts';

const unknownJob = `j${'0'.repeat(24)}`;
/** The address of a route with something for its names. */
const addressOf = ({ url }: Route): string =>
  url.replace(':action', 'cancel').replace(':id', url.startsWith('/v1/jobs') ? unknownJob : 'x');
const table = Object.entries(routes) as [string, Route][];
const submission = (input: string): object => ({ verb: 'interpolate', inputs: [input] });

describe('door: every route', () => {
  let door: Opened;
  let read: string;
  let submit: string;
  before(async () => {
    door = await openDoor();
    read = (await door.paired('read')).token;
    submit = (await door.paired('submit')).token;
  });
  after(() => door.close());
  beforeEach(() => {
    door.clock.now += 2000;
  });

  for (const [name, route] of table) {
    const body = route.body ? {} : undefined;
    const url = addressOf(route);
    if (route.scope !== null) {
      it(`${name} without a token is 401`, async () => {
        const answer = await door.ask(route.method, url, body, null);
        assert.equal(answer.status, 401);
        assert.equal(answer.body.error.code, 'TOKEN_REFUSED');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      });
      it(`${name} with a token nobody has is 401`, async () =>
        assert.equal((await door.ask(route.method, url, body, `${door.token.slice(0, -1)}x`)).status, 401));
      it(`${name} with the token in its address is 401`, async () =>
        assert.equal((await door.ask(route.method, `${url}?token=${door.token}`, body, null)).status, 401));
    }
    if (route.scope === 'submit' || route.scope === 'admin')
      it(`${name} with a token for reading is 403`, async () => {
        const answer = await door.ask(route.method, url, body, read);
        assert.deepEqual([answer.status, answer.body.error.code], [403, 'SCOPE_SHORT']);
      });
    if (route.scope === 'admin')
      it(`${name} with a token for jobs is 403`, async () =>
        assert.equal((await door.ask(route.method, url, body, submit)).status, 403));
    it(`${name} with a word in its address that it does not know is 400`, async () => {
      const answer = await door.ask(route.method, `${url}?surprise=1`, body);
      assert.deepEqual([answer.status, answer.body.error.code], [400, 'REQUEST_INVALID']);
    });
    const send = async (type: string, text: string): Promise<number> => {
      const response = await fetch(door.server.url + url, {
        method: route.method,
        headers: { authorization: `Bearer ${door.token}`, 'content-type': type },
        body: text,
      });
      await response.arrayBuffer();
      return response.status;
    };
    if (route.body) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-16',
        'application/jsonp',
      ])
        it(`${name} with ${type} is 415`, async () => assert.equal(await send(type, '{}'), 415));
      it(`${name} with a key nobody knows is 400`, async () =>
        assert.equal((await door.ask(route.method, url, { surprise: 1 })).status, 400));
      it(`${name} with what is no JSON is 400`, async () => assert.equal(await send('application/json', '{"a":'), 400));
      it(`${name} with a list is 400`, async () => assert.equal(await send('application/json', '[]'), 400));
      it(`${name} with very deep JSON is 400`, async () =>
        assert.equal(await send('application/json', '{"a":'.repeat(50_000)), 400));
      it(`${name} with 1 MiB and more is 413`, async () =>
        assert.equal(await send('application/json', JSON.stringify({ a: 'x'.repeat(1 << 20) })), 413));
    } else if (route.method !== 'GET')
      it(`${name} with a body is 415`, async () => assert.equal(await send('application/json', '{}'), 415));
  }

  it('a stranger may send little', async () => {
    const { status } = await door.ask('POST', '/v1/pair/start', { name: 'x', scope: 'x'.repeat(5000) }, null);
    assert.equal(status, 413);
  });
  it('a body in chunks that grows too large is 413', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = `POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${door.server.port}\r\nAuthorization: Bearer ${door.token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(door.server.port, `${head}1\r\n"\r\n${chunk.repeat(20)}0\r\n\r\n`);
    assert.equal(statusOf(answer), 413);
  });
  it('a packed body is 415', async () => {
    const response = await fetch(`${door.server.url}/v1/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${door.token}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: '{}',
    });
    assert.equal(response.status, 415);
  });
  it('keys of the language stay words', async () => {
    const { status } = await door.ask(
      'POST',
      '/v1/jobs',
      '{"verb":"interpolate","inputs":["/a.mov"],"__proto__":{"admin":true}}',
    );
    assert.ok(status === 400);
    assert.equal(({} as { admin?: boolean }).admin, undefined);
  });
  for (const method of ['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'])
    it(`${method} is 404 and allows nothing`, async () => {
      const answer = await sendRaw(
        door.server.port,
        `${method} /v1/hello HTTP/1.1\r\nHost: 127.0.0.1:${door.server.port}\r\nAuthorization: Bearer ${door.token}\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
      );
      assert.equal(statusOf(answer), 404);
      assert.doesNotMatch(answer, /^(?:allow|access-control-[\w-]+):/im);
    });
  it('an address nobody knows is 404', async () => assert.equal((await door.ask('GET', '/v1/nothing')).status, 404));
  it('a job nobody knows is 404', async () => {
    const answer = await door.ask('GET', `/v1/jobs/${unknownJob}`);
    assert.deepEqual([answer.status, answer.body.error.code], [404, 'JOB_UNKNOWN']);
    assert.equal('stack' in answer.body.error, false);
  });

  const treeOf = (folder: string): string =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => `${file} ${statSync(file).mtimeMs} ${readFileSync(file, 'utf8')}`)
      .sort()
      .join('\n');
  it('no GET changes anything', async () => {
    await door.ask('POST', '/v1/jobs', submission('/a.mov'));
    await door.ask('POST', '/v1/pair/start', { name: 'waits' }, null);
    const state = async (): Promise<unknown> => [
      treeOf(door.folder),
      door.jobs.list({ state: 'all', limit: 500 }),
      door.jobs.queue(),
      (await door.ask('GET', '/v1/pair')).body,
      (await door.ask('GET', '/v1/clients')).body,
    ];
    const before = await state();
    for (const [, route] of table)
      for (const url of [
        addressOf(route),
        route.url.replace(':action', 'cancel').replace(':id', door.jobs.list({ state: 'all', limit: 1 }).jobs[0]!.id),
      ])
        await door.ask('GET', url);
    assert.deepEqual(await state(), before);
    assert.equal(door.stopped(), 0);
  });

  it('fifty requests a second, each client for itself', async () => {
    door.clock.now += 10_000;
    const hello = async (token: string): Promise<Response> => {
      const response = await fetch(`${door.server.url}/v1/hello`, { headers: { authorization: `Bearer ${token}` } });
      await response.arrayBuffer();
      return response;
    };
    for (let count = 0; count < 50; count++) assert.equal((await hello(read)).status, 200);
    const refused = await hello(read);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal((await hello(submit)).status, 200, 'another client is not held up');
    for (let count = 0; count < 50; count++) assert.equal((await hello('nobody')).status, 401);
    assert.equal((await hello('nobody else')).status, 429, 'guesses are one client');
    door.clock.now += 1000;
    assert.equal((await hello(read)).status, 200);
  });
});

describe('door: what the routes do', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor();
  });
  after(() => door.close());

  it('hello', async () => {
    const { body } = await door.ask('GET', '/v1/hello');
    assert.deepEqual([body.product, body.pid, body.scope], ['inbetween', process.pid, 'admin']);
  });
  it('verbs have a schema', async () => {
    const { body } = await door.ask('GET', '/v1/verbs');
    assert.ok(
      body.some(
        (verb: { name: string; params: { properties: object } }) =>
          verb.name === 'interpolate' && 'fps' in verb.params.properties,
      ),
    );
  });
  it('the table as OpenAPI', async () =>
    assert.ok('/v1/jobs' in (await door.ask('GET', '/v1/openapi.json')).body.paths));
  it('a job is asked for, found, moved, acted on', async () => {
    const first = (await door.ask('POST', '/v1/jobs', submission('/clips/a.mov'))).body;
    const second = (await door.ask('POST', '/v1/jobs', submission('/clips/b.mov'))).body;
    assert.deepEqual(door.jobs.orders.at(-1)?.inputs, [path.resolve('/clips/b.mov')]);
    assert.deepEqual((await door.ask('GET', `/v1/jobs/${first.id}`)).body, first);
    const moved = await door.ask('POST', `/v1/jobs/${second.id}/move`, { before: first.id });
    assert.equal(moved.body.place, 0);
    assert.equal((await door.ask('POST', `/v1/jobs/${first.id}/pause`, {})).body.job.state, 'paused');
    assert.equal((await door.ask('POST', `/v1/jobs/${first.id}/pause`, {})).status, 409);
    assert.equal((await door.ask('POST', `/v1/jobs/${first.id}/explode`, {})).status, 400);
    const { body } = await door.ask('GET', `/v1/jobs/${first.id}/events?since=1`);
    assert.deepEqual(
      body.events.map(({ seq }: { seq: number }) => seq),
      [2],
    );
    assert.equal((await door.ask('GET', '/v1/jobs?limit=1')).body.next, second.id);
    assert.equal((await door.ask('GET', '/v1/jobs?limit=1&limit=2')).status, 400);
    assert.equal((await door.ask('GET', `/v1/jobs/${first.id}/record`)).status, 409);
  });
  it('the queue is paused and goes on', async () => {
    assert.equal((await door.ask('POST', '/v1/queue/pause', {})).body.paused, true);
    assert.equal((await door.ask('POST', '/v1/queue/resume', {})).body.paused, false);
  });
  it('doctor', async () => assert.equal((await door.ask('GET', '/v1/doctor')).body[0].name, 'node'));
  it('presets are kept, replaced, forgotten; built-in ones stay', async () => {
    const save = (params: object) => door.ask('POST', '/v1/presets', { verb: 'interpolate', name: 'Mine', params });
    const { id, differs } = (await save({ fps: '50', dedup: false })).body;
    assert.deepEqual(differs, ['fps']);
    await save({ fps: '25' });
    const all = (await door.ask('GET', '/v1/presets')).body as { id: string; builtIn: boolean; params: object }[];
    assert.deepEqual(
      all.filter((each) => each.id === id).map(({ params }) => params),
      [{ fps: '25' }],
    );
    assert.equal((await save({ surprise: 1 })).body.error.code, 'PARAM_UNKNOWN');
    assert.equal((await door.ask('DELETE', `/v1/presets/${all[0]!.id}`)).status, 409);
    assert.equal((await door.ask('DELETE', `/v1/presets/${id}`)).status, 200);
    assert.equal((await door.ask('DELETE', `/v1/presets/${id}`)).status, 404);
  });
  it('the page has no script within and asks for no token', async () => {
    for (const url of ['/', '/page.js', '/page.css']) {
      const { status, headers, body } = await door.ask('GET', url, undefined, null);
      assert.equal(status, 200);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/);
      assert.doesNotMatch(body, /<script>|innerHTML|onclick=|style=/);
    }
  });
  it('stop is said after the answer', async () => {
    assert.deepEqual((await door.ask('POST', '/v1/stop', {})).body, {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(door.stopped(), 1);
  });
});

describe('door: its files and its end', () => {
  it('are for the user alone; endpoint.json goes at the end, the token stays', async () => {
    const door = await openDoor();
    const config = path.join(door.folder, 'config');
    await door.paired('read');
    await door.ask('POST', '/v1/roots', { name: 'x', path: path.dirname(door.folder), write: false });
    await door.ask('POST', '/v1/presets', { verb: 'interpolate', name: 'x', params: {} });
    assert.deepEqual(readdirSync(config).sort(), [
      'clients.json',
      'endpoint.json',
      'presets.json',
      'roots.json',
      'token',
    ]);
    if (process.platform !== 'win32') {
      for (const name of readdirSync(config)) assert.equal(statSync(path.join(config, name)).mode & 0o777, 0o600, name);
      assert.equal(statSync(config).mode & 0o777, 0o700);
    }
    const endpoint = JSON.parse(readFileSync(path.join(config, 'endpoint.json'), 'utf8'));
    assert.equal(endpoint.url, door.server.url);
    assert.doesNotMatch(JSON.stringify(endpoint), new RegExp(door.token));
    await door.server.close();
    assert.deepEqual(readdirSync(config).sort(), ['clients.json', 'presets.json', 'roots.json', 'token']);
    assert.equal(door.jobs.listeners, 0);
    await assert.rejects(fetch(door.server.url));
    await door.close();
  });
  const refuse = (name: string, options: object, code: string): void => {
    it(name, async () => {
      const before = await openDoor();
      const { server } = before;
      const ports = 'ports' in options ? [server.port] : [0];
      await assert.rejects(openDoor({ ...options, ports }), { code });
      await before.close();
    });
  };
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.com', '127.0.0.2', ''])
    refuse(`does not listen at "${host}"`, { host }, 'LISTEN_REFUSED');
  refuse('says so when no port is free', { ports: true }, 'PORT_TAKEN');
  it('takes the next port where one is taken', async () => {
    const first = await openDoor();
    const second = await openDoor({ ports: [first.server.port, 0] });
    assert.notEqual(second.server.port, first.server.port);
    await Promise.all([first.close(), second.close()]);
  });
  it('has twenty ports', () => assert.deepEqual([ports.length, ports[0], ports.at(-1)], [20, 47600, 47619]));
});
