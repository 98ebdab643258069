// Sockets: the same guard as the routes, tokens in the handshake alone, events to those who follow, and an end to whoever says what no guest says.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type { JobState } from '../../../companion/api/job.ts';
import { type Opened, openDoor, sendRaw, statusOf } from './opened.ts';

const newGuest = (): string => `g${randomBytes(8).toString('hex')}`;

interface Options {
  readonly auth?: object;
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly transports?: string[];
}

const started: JobState = {
  state: 'running',
  progress: { phase: 'render', done: 1, total: 2, unit: 'frames', fps: null, etaMs: null },
  notes: [],
};

describe('door: sockets', () => {
  let door: Opened;
  const open: Socket[] = [];
  before(async () => {
    door = await openDoor({ patience: { backMs: 150, firstMs: 300, startMs: 600 } });
  });
  after(() => door.close());
  afterEach(() => {
    for (const socket of open.splice(0)) socket.disconnect();
  });
  const knock = (options: Options): Socket => {
    const { headers, transports = ['websocket'], ...rest } = options;
    const socket = io(door.server.url, {
      forceNew: true,
      reconnection: false,
      transports,
      ...(headers && { extraHeaders: headers }),
      ...rest,
    });
    open.push(socket);
    return socket;
  };
  const outcome = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      socket.once('connect', () => resolve('in'));
      socket.once('connect_error', () => resolve('out'));
    });
  const check = (name: string, options: (door: Opened) => Options, expected: 'in' | 'out'): void => {
    it(`${name}: ${expected}`, async () => {
      const before = door.server.guests();
      assert.equal(await outcome(knock(options(door))), expected);
      assert.equal(door.server.guests(), before + (expected === 'in' ? 1 : 0));
      assert.equal((await door.ask('GET', '/v1/hello')).status, 200);
    });
  };
  const auth = ({ token }: Opened): { auth: object } => ({ auth: { token } });
  check('a token', (to) => auth(to), 'in');
  check('a token and the page’s origin', (to) => ({ ...auth(to), headers: { origin: to.server.url } }), 'in');
  check('no token', () => ({}), 'out');
  check('an empty token', () => ({ auth: { token: '' } }), 'out');
  check('a wrong token', () => ({ auth: { token: `ibt_${'x'.repeat(43)}` } }), 'out');
  check('a token that is a list', (to) => ({ auth: { token: [to.token] } }), 'out');
  check('a token that is an object', () => ({ auth: { token: { length: 1 } } }), 'out');
  check('the token in the query', (to) => ({ query: { token: to.token } }), 'out');
  check('a token, and something in the query', (to) => ({ ...auth(to), query: { x: '1' } }), 'out');
  check('the token as a header', (to) => ({ headers: { authorization: `Bearer ${to.token}` } }), 'out');
  for (const origin of ['null', 'http://evil.test', 'file://', 'http://127.0.0.1', 'http://localhost:1', '://'])
    check(`a token from ${origin}`, (to) => ({ ...auth(to), headers: { origin } }), 'out');
  for (const host of ['evil.test', 'evil.test:80', '127.0.0.1', '[', 'localhost.evil.test'])
    check(`a token for ${host}`, (to) => ({ ...auth(to), headers: { host } }), 'out');
  check('a token from another site', (to) => ({ ...auth(to), headers: { 'sec-fetch-site': 'cross-site' } }), 'out');
  check('a token by long polling', (to) => ({ ...auth(to), transports: ['polling'] }), 'out');

  const joined = async (token = door.token): Promise<Socket> => {
    const socket = knock({ auth: { token } });
    assert.equal(await outcome(socket), 'in');
    return socket;
  };
  const order = async (attached = false, token = door.token): Promise<string> => {
    const body = {
      verb: 'interpolate',
      inputs: [`/clips/${Math.random()}.mov`],
      attachedTo: attached ? newGuest() : null,
    };
    return (await door.ask('POST', '/v1/jobs', body, token)).body.id;
  };
  const hears = (socket: Socket, word: string, count: number): Promise<unknown[]> =>
    new Promise((resolve) => {
      const heard: unknown[] = [];
      socket.on(word, (body) => {
        heard.push(body);
        if (heard.length === count) resolve(heard);
      });
    });
  const ended = (socket: Socket): Promise<string> => new Promise((resolve) => void socket.once('disconnect', resolve));

  it('tells what was missed, then what happens, of that job alone', async () => {
    const [id, other] = [await order(), await order()];
    door.jobs.become(id, started);
    const socket = await joined();
    const heard = hears(socket, 'job', 3);
    socket.emit('follow', { id, since: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    door.jobs.become(other, started);
    door.jobs.become(id, { state: 'cancelled' });
    assert.deepEqual(
      (await heard).map((event) => [Reflect.get(event as object, 'id'), Reflect.get(event as object, 'seq')]),
      [
        [id, 1],
        [id, 2],
        [id, 3],
      ],
    );
  });
  it('tells of all jobs and of the queue', async () => {
    const socket = await joined();
    const jobs = hears(socket, 'job', 2);
    const paused = new Promise<void>((resolve) => {
      socket.on('queue', (queue: { paused: boolean }) => queue.paused && resolve());
    });
    socket.emit('follow', { id: 'all' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await order();
    await door.ask('POST', '/v1/queue/pause', {});
    await order();
    assert.equal((await jobs).length, 2);
    await paused;
    await door.ask('POST', '/v1/queue/resume', {});
  });
  it('tells the user of guests that wait, and guests not', async () => {
    const guest = await joined((await door.paired('submit')).token);
    let told = 0;
    guest.on('pairing', () => told++);
    const heard = hears(await joined(), 'pairing', 1);
    door.clock.now += 60_000;
    const { digits } = (await door.ask('POST', '/v1/pair/start', { name: 'x' }, null)).body;
    assert.equal(Reflect.get((await heard)[0] as object, 'digits'), digits);
    assert.equal(told, 0);
  });
  it('a job nobody knows is silence', async () => {
    const socket = await joined();
    socket.emit('follow', { id: `j${'0'.repeat(20)}`, since: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(socket.connected, true);
  });
  it('a token taken back ends its sockets at once', async () => {
    const { token, id } = await door.paired('read');
    const [guest, user] = [await joined(token), await joined()];
    const end = ended(guest);
    await door.ask('DELETE', `/v1/clients/${id}`);
    await end;
    assert.equal(user.connected, true);
  });

  const bad = (name: string, say: (socket: Socket) => void): void => {
    it(`${name} ends the socket`, async () => {
      const socket = await joined();
      const end = ended(socket);
      say(socket);
      await end;
      assert.equal((await door.ask('GET', '/v1/hello')).status, 200);
    });
  };
  bad('another word', (socket) => socket.emit('submit', { verb: 'interpolate' }));
  bad('no id', (socket) => socket.emit('follow', {}));
  bad('a key nobody knows', (socket) => socket.emit('follow', { id: 'all', surprise: 1 }));
  bad('an id that is none', (socket) => socket.emit('follow', { id: '../x' }));
  bad('a number below 0', (socket) => socket.emit('follow', { id: 'all', since: -1 }));
  bad('nothing', (socket) => socket.emit('follow'));
  bad('too many words', (socket) => socket.emit('follow', { id: 'all' }, 'more'));
  bad('a question', (socket) => socket.emit('follow', { id: 'all' }, () => {}));
  bad('bytes', (socket) => socket.emit('follow', Buffer.from('x')));
  bad('a word of the library', (socket) => socket.emit('__proto__', { id: 'all' }));
  bad('a flood', (socket) => {
    for (let count = 0; count < 200; count++) socket.emit('follow', { id: 'all' });
  });
  bad('very much', (socket) => socket.emit('follow', { id: 'x'.repeat(100_000) }));
  for (const frame of [
    '',
    '9',
    '4',
    '42',
    '42[',
    '42{}',
    '42["follow"',
    '40/evil,',
    '451-["follow",{"_placeholder":true,"num":9}]',
    '42["disconnect"]',
    `4${'2'.repeat(9000)}`,
    '\u0000',
    'b!!!!',
    '5',
    '6',
    '43["x"]',
  ])
    it(`the frame ${JSON.stringify(frame).slice(0, 40)} does no harm`, async () => {
      const socket = await joined();
      // biome-ignore lint/suspicious/noExplicitAny: the transport beneath the library
      (socket.io.engine as any).transport.ws.send(frame);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal((await door.ask('GET', '/v1/hello')).status, 200);
      assert.equal(await outcome(knock(auth(door))), 'in');
    });

  const upgrade = (
    lines: (port: number) => readonly string[],
    url = '/socket.io/?EIO=4&transport=websocket',
  ): Promise<string> => {
    const all = [
      `GET ${url} HTTP/1.1`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...lines(door.server.port),
    ];
    return sendRaw(door.server.port, `${all.join('\r\n')}\r\n\r\n`, 1000);
  };
  const refused = (name: string, lines: (port: number) => readonly string[], url?: string): void => {
    it(`an upgrade ${name} is none`, async () => assert.notEqual(statusOf(await upgrade(lines, url)), 101));
  };
  it('an upgrade as a guest makes it is one', async () =>
    assert.equal(statusOf(await upgrade((port) => [`Host: 127.0.0.1:${port}`])), 101));
  refused('without a host', () => []);
  refused('to another host', () => ['Host: evil.test']);
  refused('with two hosts', (port) => [`Host: 127.0.0.1:${port}`, 'Host: evil.test']);
  refused('from nowhere', (port) => [`Host: 127.0.0.1:${port}`, 'Origin: null']);
  refused('elsewhere', (port) => [`Host: 127.0.0.1:${port}`], '/v1/jobs');
  refused(
    'with a token in its address',
    (port) => [`Host: 127.0.0.1:${port}`],
    '/socket.io/?EIO=4&transport=websocket&token=x',
  );

  it('strangers that hold hundreds of connections keep no guest out', async () => {
    const words = (port: number): string =>
      [
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ].join('\r\n');
    let [upgraded, ended] = [0, 0];
    const strangers = Array.from({ length: 300 }, () => {
      const socket = connect(door.server.port, '127.0.0.1', () => void socket.write(words(door.server.port)));
      socket.once('data', () => upgraded++);
      socket.on('close', () => ended++).on('error', () => {});
      return socket;
    });
    while (upgraded < strangers.length) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(await outcome(knock(auth(door))), 'in');
    while (ended < 300 - 64) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const socket of strangers) socket.destroy();
  });

  it('a job ends with its guest, after a moment in which it may come back', async () => {
    const id = await order(true);
    const guest = door.jobs.orders.at(-1)!.attachedTo!;
    const first = await joined();
    first.emit('follow', { id });
    await hears(first, 'job', 1);
    first.disconnect();
    const second = await joined();
    second.emit('follow', { id });
    await hears(second, 'job', 1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(!door.jobs.gone.includes(guest), 'it came back');
    second.disconnect();
    while (!door.jobs.gone.includes(guest)) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(door.jobs.get(id).job.state, 'cancelled');
  });
  it('a guest that leaves takes its job along at once, and no other', async () => {
    const [id, other] = [await order(true), await order(true)];
    const [one, two] = door.jobs.orders.slice(-2).map(({ attachedTo }) => attachedTo!);
    const leave = (job: string, guest: string) => door.ask('POST', `/v1/jobs/${job}/leave`, { guest });
    assert.equal((await leave(id, two!)).body.job.state, 'queued');
    assert.equal((await leave(id, one!)).body.job.state, 'cancelled');
    assert.equal(door.jobs.get(other).job.state, 'queued');
    assert.equal((await leave(other, two!)).status, 200);
    assert.equal((await leave('j0000000000000000', one!)).status, 404);
    assert.equal((await leave(id, 'me')).status, 400);
  });
  it('a job whose guest never follows it ends too; one that is not attached does not', async () => {
    const [alone, free] = [await order(true), await order(false)];
    while (door.jobs.get(alone).job.state !== 'cancelled') await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(door.jobs.get(free).job.state, 'queued');
  });
  it('another token that looks on does not keep it', async () => {
    const onlooker = await joined((await door.paired('read')).token);
    const id = await order(true);
    onlooker.emit('follow', { id });
    while (door.jobs.get(id).job.state !== 'cancelled') await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
