// Hosts, origins and everything malformed, over a bare socket: refused, with every header, and the daemon goes on.
import assert from 'node:assert/strict';
import { standAside } from '../../support/stand-aside.ts';
import { type Opened, openDoor, sendRaw, statusOf } from './opened.ts';

describe('door: who may ask', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor({ origins: ['uxp://known', 'null', ''] });
  });
  after(() => door.close());

  /** Sends a request for the greeting with these lines instead of Host; the daemon must answer the next one. */
  const send = async (lines: readonly string[], first = 'GET /v1/hello HTTP/1.1'): Promise<string> => {
    door.clock.now += 1000;
    const head = [first, ...lines, `Authorization: Bearer ${door.token}`, 'Connection: close'].join('\r\n');
    const answer = await sendRaw(door.server.port, Buffer.from(`${head}\r\n\r\n`, 'latin1'));
    door.clock.now += 1000;
    assert.equal((await door.ask('GET', '/v1/hello')).status, 200, 'the daemon goes on');
    return answer;
  };
  const check = (
    name: string,
    lines: (port: number) => readonly string[],
    status: number | readonly number[],
  ): void => {
    it(`${name} → ${status}`, async () => {
      const answer = await send(lines(door.server.port));
      assert.ok([status].flat().includes(statusOf(answer)), answer);
      assert.match(answer, /cache-control: no-store/i);
      assert.match(answer, /x-content-type-options: nosniff/i);
      assert.match(answer, /cross-origin-resource-policy: same-origin/i);
      assert.match(answer, /content-security-policy: default-src 'self'; object-src 'none'; frame-ancestors 'none'/i);
      if (statusOf(answer) !== 200) assert.doesNotMatch(answer, /inbetween"/);
    });
  };

  describe('its own names', () => {
    check('127.0.0.1', (port) => [`Host: 127.0.0.1:${port}`], 200);
    check('localhost', (port) => [`Host: localhost:${port}`], 200);
    check('[::1]', (port) => [`Host: [::1]:${port}`], 200);
    check('its own page', (port) => [`Host: localhost:${port}`, `Origin: http://localhost:${port}`], 200);
    check('an origin it was told', (port) => [`Host: localhost:${port}`, 'Origin: uxp://known'], 200);
    check('the same site', (port) => [`Host: localhost:${port}`, 'Sec-Fetch-Site: same-origin'], 200);
    check('typed by a person', (port) => [`Host: localhost:${port}`, 'Sec-Fetch-Site: none'], 200);
  });

  describe('other hosts', () => {
    check('none', () => [], 403);
    check('two', (port) => [`Host: 127.0.0.1:${port}`, `Host: evil.test`], [400, 403]);
    check('two alike', (port) => [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`], [400, 403]);
    const hosts: readonly (string | ((port: number) => string))[] = [
      '',
      ' ',
      'evil.test',
      (port) => `evil.test:${port}`,
      (port) => `127.0.0.1.evil.test:${port}`,
      (port) => `localhost.evil.test:${port}`,
      (port) => `evil.test@127.0.0.1:${port}`,
      (port) => `127.0.0.1:${port}@evil.test`,
      (port) => `127.0.0.1:${port}.evil.test`,
      (port) => `127.0.0.1:${port}:80`,
      (port) => `127.0.0.1:${port + 1}`,
      (port) => `127.0.0.1:0${port}`,
      (port) => `127.0.0.1:${port} x`,
      (port) => `127.0.0.1:${port},evil.test`,
      (port) => `127.0.0.1:${port}/`,
      (port) => `http://127.0.0.1:${port}`,
      '127.0.0.1',
      '127.0.0.1:',
      'localhost',
      (port) => `LOCALHOST:${port}`,
      (port) => `localhost.:${port}`,
      (port) => `127.1:${port}`,
      (port) => `127.0.0.2:${port}`,
      (port) => `2130706433:${port}`,
      (port) => `0x7f000001:${port}`,
      (port) => `0177.0.0.1:${port}`,
      (port) => `0.0.0.0:${port}`,
      (port) => `::1:${port}`,
      (port) => `[::1:${port}`,
      (port) => `[::ffff:127.0.0.1]:${port}`,
      (port) => `[0:0:0:0:0:0:0:1]:${port}`,
      (port) => `[::1%25lo]:${port}`,
      (port) => `\xe9vil:${port}`,
      (port) => `127。0。0。1:${port}`,
      '://',
      '%',
      '[',
      'a'.repeat(5000),
    ];
    for (const host of hosts) {
      const of = (port: number): string => (typeof host === 'string' ? host : host(port));
      check(JSON.stringify(of(47600)).slice(0, 60), (port) => [`Host: ${of(port)}`], [400, 403]);
    }
  });

  describe('other origins', () => {
    const origins: readonly (string | ((port: number) => string))[] = [
      'null',
      'NULL',
      '',
      'file://',
      'http://evil.test',
      'https://evil.test',
      (port) => `https://127.0.0.1:${port}`,
      (port) => `http://127.0.0.1:${port + 1}`,
      (port) => `http://127.0.0.1:${port}/`,
      (port) => `http://127.0.0.1:${port}.evil.test`,
      (port) => `http://evil.test#http://127.0.0.1:${port}`,
      (port) => `http://localhost.evil.test:${port}`,
      (port) => `http://127.0.0.1:${port}, http://evil.test`,
      (port) => `HTTP://127.0.0.1:${port}`,
      'http://127.0.0.1',
      'http://localhost',
      'uxp://known/',
      'uxp://known.evil.test',
      'chrome-extension://abcdefgh',
      'vscode-webview://x',
      'app://x',
      'http://[',
      'http://%',
      '://',
      'x',
      '\xff\xfe',
    ];
    for (const origin of origins) {
      const of = (port: number): string => (typeof origin === 'string' ? origin : origin(port));
      check(JSON.stringify(of(47600)).slice(0, 60), (port) => [`Host: 127.0.0.1:${port}`, `Origin: ${of(port)}`], 403);
    }
    check(
      'two',
      (port) => [`Host: 127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}`, 'Origin: http://evil.test'],
      403,
    );
    for (const site of ['cross-site', 'same-site', 'SAME-ORIGIN', 'x'])
      check(`Sec-Fetch-Site ${site}`, (port) => [`Host: 127.0.0.1:${port}`, `Sec-Fetch-Site: ${site}`], 403);
  });

  describe('requests that are none', () => {
    const broken = (name: string, bytes: (port: number) => string, status: number | readonly number[]): void => {
      it(`${name} → ${status}`, async () => {
        const answer = await sendRaw(door.server.port, Buffer.from(bytes(door.server.port), 'latin1'), 2000);
        assert.ok([status].flat().includes(statusOf(answer)), answer);
        if (answer !== '') assert.match(answer, /cache-control: no-store/i);
        door.clock.now += 1000;
        assert.equal((await door.ask('GET', '/v1/hello')).status, 200);
      });
    };
    const rest = (port: number): string => `Host: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`;
    broken('noise', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400);
    broken('no version', () => 'GET /\r\n\r\n', [400, 403]);
    broken('a method that is none', (port) => `FETCH / HTTP/1.1\r\n${rest(port)}`, 400);
    broken('an address of another host', (port) => `GET http://evil.test/v1/hello HTTP/1.1\r\n${rest(port)}`, 400);
    broken('an address that is no path', (port) => `OPTIONS * HTTP/1.1\r\n${rest(port)}`, 400);
    broken(
      'a percent sign that stands for nothing',
      (port) => `GET /v1/jobs/%E0%A4%A HTTP/1.1\r\n${rest(port)}`,
      [400, 401],
    );
    broken('HTTP/1.0 without a host', () => 'GET / HTTP/1.0\r\n\r\n', 403);
    broken('a tunnel', (port) => `CONNECT evil.test:80 HTTP/1.1\r\n${rest(port)}`, 0);
    broken('a length that is none', (port) => `POST /v1/jobs HTTP/1.1\r\nContent-Length: x\r\n${rest(port)}`, 400);
    broken(
      'two lengths',
      (port) => `POST /v1/jobs HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n${rest(port)}`,
      400,
    );
    broken(
      'a length and chunks',
      (port) => `POST /v1/jobs HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n${rest(port)}`,
      400,
    );
    const refused = (port: number, more: string): string =>
      `GET /v1/hello HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${door.token}\r\n${more}Connection: close\r\n\r\n`;
    broken('a hundred headers too many', (port) => refused(port, 'a:\r\n'.repeat(100)), 400);
    broken(
      'an origin behind the last header that Node keeps',
      (port) => refused(port, `${'a:\r\n'.repeat(2000)}Origin: http://evil.test\r\n`),
      400,
    );
    broken('an expectation', (port) => refused(port, 'Expect: the-moon\r\nOrigin: http://evil.test\r\n'), 403);
    broken('an address in capitals', (port) => refused(port, '').replace('/v1/hello', '/V1/HELLO'), 404);
    broken('a head without end', (port) => `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n${rest(port)}`, [400, 431]);
  });

  it('answers at ::1 where there is one', async function () {
    if (!door.server.six) standAside(this, 'this machine has no ::1');
    const answer = await fetch(`http://[::1]:${door.server.port}/v1/hello`, {
      headers: { authorization: `Bearer ${door.token}` },
    });
    assert.equal(answer.status, 200);
  });
});

describe('door: half requests', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor({ arrival: { headMs: 300, wholeMs: 600 } });
  });
  after(() => door.close());
  const check = (name: string, bytes: (port: number) => string): void => {
    it(`${name} is let go`, async () => {
      const answer = await sendRaw(door.server.port, bytes(door.server.port), 20_000);
      assert.ok([0, 408].includes(statusOf(answer)), answer); // sendRaw ends when the daemon ends the connection
    });
  };
  check('nothing', () => '');
  check('half a head', () => 'GET /v1/hello HTTP/1.1\r\nHost: 127.0.0.1');
  check(
    'half a body',
    (port) =>
      `POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${door.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"verb"`,
  );
  it('and others are answered meanwhile', async () => assert.equal((await door.ask('GET', '/v1/hello')).status, 200));
});
