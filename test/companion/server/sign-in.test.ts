// Sign-in: the daemon proves itself first, the guest without saying its secret; nothing of an exchange is of use to anybody else or later.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openClient, signIn } from '../../../companion/api/client.ts';
import { isProof, newNonce, portOf, proofOf } from '../../../companion/api/proof.ts';
import { type Answer, type Opened, openDoor } from './opened.ts';

const secret = `ibs_${'s'.repeat(43)}`;

describe('door: proofs', () => {
  const exchange = { port: 47600, id: 'c1', guestNonce: 'a'.repeat(64), daemonNonce: 'b'.repeat(64) };
  for (const by of ['daemon', 'guest'] as const)
    it(`of the ${by} are HMAC-SHA256 over the whole exchange`, () => {
      const told = ['inbetween proof 1', by, '47600', 'c1', 'a'.repeat(64), 'b'.repeat(64)].join('\n');
      assert.equal(proofOf(secret, by, exchange), createHmac('sha256', secret).update(told).digest('hex'));
    });
  const differs = (name: string, other: string): void => {
    it(`another ${name} is another proof`, () => assert.notEqual(other, proofOf(secret, 'daemon', exchange)));
  };
  differs('side', proofOf(secret, 'guest', exchange));
  differs('port', proofOf(secret, 'daemon', { ...exchange, port: 47601 }));
  differs('guest', proofOf(secret, 'daemon', { ...exchange, id: 'c2' }));
  differs('nonce of the guest', proofOf(secret, 'daemon', { ...exchange, guestNonce: 'c'.repeat(64) }));
  differs('nonce of the daemon', proofOf(secret, 'daemon', { ...exchange, daemonNonce: 'c'.repeat(64) }));
  differs('secret', proofOf(`${secret.slice(0, -1)}t`, 'daemon', exchange));
  const compared = (given: string, expected: string, same: boolean): void => {
    it(`"${given}" ${same ? 'is' : 'is not'} "${expected}"`, () => assert.equal(isProof(given, expected), same));
  };
  compared('abcd', 'abcd', true);
  compared('', 'abcd', false);
  compared('abc', 'abcd', false);
  compared('abcde', 'abcd', false);
  compared('abce', 'abcd', false);
  compared('abc\0', 'abc', false);
  compared('\0', '', false);
  it('nonces are 256 bits and no two alike', () => {
    const nonces = Array.from({ length: 100 }, newNonce);
    for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{64}$/);
    assert.equal(new Set(nonces).size, 100);
  });
  for (const [url, port] of [
    ['http://127.0.0.1:47600', 47600],
    ['http://[::1]:47600/', 47600],
    ['http://localhost:1', 1],
    ['http://localhost', 80],
  ] as const)
    it(`the port of ${url} is ${port}`, () => assert.equal(portOf(url), port));
});

describe('door: sign-in', () => {
  let door: Opened;
  let id: string;
  let own: string;
  before(async () => {
    door = await openDoor();
  });
  after(() => door.close());
  beforeEach(async () => {
    door.clock.now += 300_000;
    ({ id, secret: own } = await door.paired('submit'));
    door.clock.now += 300_000;
  });
  afterEach(async () => {
    await door.ask('DELETE', `/v1/clients/${id}`);
  });
  const start = (client = id, nonce = newNonce()): Promise<Answer> =>
    door.ask('POST', '/v1/sign-in/start', { client, nonce }, null);
  const finish = (nonce: string, proof: string, client = id): Promise<Answer> =>
    door.ask('POST', '/v1/sign-in/finish', { client, nonce, proof }, null);
  /** An exchange up to the guest's proof. */
  const begun = async (port = door.server.port): Promise<{ nonce: string; right: string; theirs: string }> => {
    const guestNonce = newNonce();
    const { nonce, proof } = (await start(id, guestNonce)).body;
    const right = proofOf(own, 'guest', { port, id, guestNonce, daemonNonce: nonce });
    return { nonce, right, theirs: proof };
  };
  const refused = ({ status, body }: Answer, why: RegExp): void => {
    assert.deepEqual([status, body.error?.code], [401, 'SIGN_IN_REFUSED']);
    assert.match(body.error.message, why);
  };
  const hello = async (token: string): Promise<number> => (await door.ask('GET', '/v1/hello', undefined, token)).status;

  it('the right proof gets a token for an hour', async () => {
    const { nonce, right } = await begun();
    const { status, body } = await finish(nonce, right);
    assert.deepEqual([status, body.scope, body.expiresAt], [200, 'submit', door.clock.now + 3600_000]);
    assert.equal(await hello(body.token), 200);
    door.clock.now += 3599_000;
    assert.equal(await hello(body.token), 200);
    door.clock.now += 1000;
    assert.equal(await hello(body.token), 401);
  });
  it('neither secret nor token crosses the wire before the daemon has proved itself', async () => {
    const { nonce, theirs, right } = await begun();
    assert.notEqual(theirs, right);
    assert.ok(!JSON.stringify([nonce, theirs, right]).includes(own));
  });
  it('the daemon’s own proof, sent back, is refused', async () => {
    const { nonce, theirs } = await begun();
    refused(await finish(nonce, theirs), /proof is wrong/);
  });
  it('the daemon answers no exchange with what it would have to be told: a second exchange with its nonce', async () => {
    const { nonce, theirs: first } = await begun();
    const second = (await start(id, nonce)).body;
    assert.notEqual(second.proof, first);
    refused(await finish(nonce, second.proof), /proof is wrong/);
    refused(await finish(second.nonce, second.proof), /proof is wrong/);
  });
  it('a proof made with another secret is refused', async () => {
    const guestNonce = newNonce();
    const { nonce } = (await start(id, guestNonce)).body;
    const wrong = proofOf(secret, 'guest', { port: door.server.port, id, guestNonce, daemonNonce: nonce });
    refused(await finish(nonce, wrong), /proof is wrong/);
  });
  it('a proof for another port, passed on by who listens there, is refused', async () => {
    const { nonce, right } = await begun(door.server.port + 1);
    refused(await finish(nonce, right), /proof is wrong/);
  });
  it('an exchange is used once, right or wrong', async () => {
    const first = await begun();
    assert.equal((await finish(first.nonce, first.right)).status, 200);
    refused(await finish(first.nonce, first.right), /was used/);
    const second = await begun();
    refused(await finish(second.nonce, newNonce()), /proof is wrong/);
    refused(await finish(second.nonce, second.right), /was used/);
  });
  it('of eight at once with one proof, one gets in', async () => {
    const { nonce, right } = await begun();
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => finish(nonce, right)))).map(
      ({ status }) => status,
    );
    assert.deepEqual(statuses.sort(), [200, ...Array(7).fill(401)]);
  });
  it('an exchange is good for less than a minute', async () => {
    const [soon, late] = [await begun(), await begun()];
    door.clock.now += 59_000;
    assert.equal((await finish(soon.nonce, soon.right)).status, 200);
    door.clock.now += 1000;
    refused(await finish(late.nonce, late.right), /older than a minute/);
  });
  it('another guest cannot use it', async () => {
    const other = await door.paired('read');
    const { nonce, right } = await begun();
    refused(await finish(nonce, right, other.id), /was used/);
    refused(await finish(nonce, right), /was used/);
  });
  for (const unknown of ['', 'c', 'c000000000000000000', '__proto__', 'constructor'])
    it(`"${unknown}" is nobody`, async () => {
      refused(await start(unknown), /not paired/);
      refused(await finish(newNonce(), newNonce(), unknown), /not paired/);
    });
  for (const nonce of ['', 'x', 'A'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(64)}\n`])
    it(`${JSON.stringify(nonce).slice(0, 20)} is no nonce`, async () => {
      assert.equal((await start(id, nonce)).status, 400);
      assert.equal((await finish(nonce, newNonce())).status, 400);
      assert.equal((await finish(newNonce(), nonce)).status, 400);
    });
  it('ten tries a minute; the next waits, even if it is right, and another guest is not held up', async () => {
    const other = await door.paired('read');
    for (let count = 0; count < 10; count++) assert.equal((await finish(newNonce(), newNonce())).status, 401);
    const { nonce, right } = await begun();
    const held = await finish(nonce, right);
    assert.deepEqual([held.status, held.body.error.code], [429, 'RATE_EXCEEDED']);
    assert.ok((await signIn(door.server.url, other)).token);
    door.clock.now += 6000;
    assert.equal((await finish(nonce, right)).status, 200);
  });
  it('strangers who try to be the user keep the user not out', async () => {
    for (let count = 0; count < 100; count++) assert.equal((await finish(newNonce(), newNonce(), 'admin')).status, 401);
    assert.equal((await signIn(door.server.url, { id: 'admin', secret: door.token })).scope, 'admin');
  });
  it('who floods the entrance holds nobody’s exchange but the oldest of that guest', async () => {
    const other = await door.paired('read');
    const guestNonce = newNonce();
    const theirs = (await start(other.id, guestNonce)).body.nonce;
    const first = await begun();
    for (let count = 0; count < 8; count++) assert.equal((await start()).status, 200);
    refused(await finish(first.nonce, first.right), /was used/);
    const exchange = { port: door.server.port, id: other.id, guestNonce, daemonNonce: theirs };
    assert.equal((await finish(theirs, proofOf(other.secret, 'guest', exchange), other.id)).status, 200);
  });
  it('strangers who ask for everything else keep no guest out', async () => {
    for (let count = 0; count < 60; count++)
      await fetch(`${door.server.url}/v1/hello`).then((response) => response.arrayBuffer());
    assert.equal((await fetch(`${door.server.url}/v1/hello`)).status, 429);
    assert.ok((await signIn(door.server.url, { id, secret: own })).token);
  });
  it('a guest that was let go gets neither proof nor token, in the middle of an exchange or later, and its tokens end', async () => {
    const { token } = await signIn(door.server.url, { id, secret: own });
    const { nonce, right } = await begun();
    assert.equal((await door.ask('DELETE', `/v1/clients/${id}`)).status, 200);
    refused(await finish(nonce, right), /not paired/);
    refused(await start(), /not paired/);
    assert.equal(await hello(token), 401);
    await assert.rejects(signIn(door.server.url, { id, secret: own }), { code: 'SIGN_IN_REFUSED' });
  });
  it('a ninth token of a guest ends its first', async () => {
    const tokens: string[] = [];
    for (let count = 0; count < 9; count++) {
      door.clock.now += 60_000;
      tokens.push((await signIn(door.server.url, { id, secret: own })).token);
    }
    assert.equal(await hello(tokens[0]!), 401);
    for (const token of tokens.slice(1)) assert.equal(await hello(token), 200);
  });
  it('the user signs in with the token of the file, which stays good by itself', async () => {
    const { token, scope } = await signIn(door.server.url, { id: 'admin', secret: door.token });
    assert.equal(scope, 'admin');
    assert.notEqual(token, door.token);
    assert.deepEqual([await hello(token), await hello(door.token)], [200, 200]);
  });
  it('the log holds no secret, no proof, no nonce, no token', async () => {
    const { nonce, right, theirs } = await begun();
    const { token } = (await finish(nonce, right)).body;
    await finish(nonce, right);
    const text = door.log.join('');
    for (const word of [own, nonce, right, theirs, token]) assert.ok(!text.includes(word));
  });
});

describe('door: a guest that keeps its secret', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor();
  });
  after(() => door.close());

  it('signs in once for many calls at a time, and again when its token has ended', async () => {
    const { id, secret: own } = await door.paired('submit');
    door.log.length = 0;
    const client = openClient(door.server.url, { id, secret: own });
    await Promise.all(Array.from({ length: 5 }, () => client.greet()));
    const signIns = (): number => door.log.filter((line) => line.includes('"signInFinish"')).length;
    assert.equal(signIns(), 1);
    door.clock.now += 3600_000;
    await Promise.all(Array.from({ length: 5 }, () => client.greet()));
    assert.equal(signIns(), 2);
  });
  it('hears of its job to the end though its token ends in between', async () => {
    const { id, secret: own } = await door.paired('submit');
    const client = openClient(door.server.url, { id, secret: own }, { pollMs: 20 });
    const { body } = await door.ask('POST', '/v1/jobs', { verb: 'interpolate', inputs: ['/a.mov'] });
    const heard: number[] = [];
    const following = client.follow(body.id, 0, ({ seq }) => heard.push(seq));
    while (door.server.guests() === 0 || heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    door.clock.now += 3600_000;
    await door.ask('GET', '/v1/hello'); // whoever asks next makes the daemon look at its clock
    while (door.server.guests() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    door.jobs.become(body.id, { state: 'cancelled' });
    await following.over;
    assert.deepEqual(heard, [1, 2]);
    client.close();
  });
  it('that was let go is told so', async () => {
    const { id, secret: own } = await door.paired('submit');
    const client = openClient(door.server.url, { id, secret: own });
    await client.greet();
    await door.ask('DELETE', `/v1/clients/${id}`);
    await assert.rejects(client.greet(), { code: 'SIGN_IN_REFUSED' });
    await assert.rejects(client.follow('all', 0, () => {}).over, { code: 'SIGN_IN_REFUSED' });
    client.close();
  });
});

describe('door: another program at its port', () => {
  let squatter: Server;
  let answers: (request: IncomingMessage, body: string) => Promise<unknown> | unknown;
  let heard: string[];
  let url: string;
  beforeEach(async () => {
    heard = [];
    squatter = createServer((request, response) => {
      void request.toArray().then(async (chunks) => {
        const body = Buffer.concat(chunks).toString();
        heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(await answers(request, body)));
      });
    });
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(squatter.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    squatter.closeAllConnections();
    squatter.close();
  });
  /** It is refused before the guest has proved anything. */
  async function learnsNothing(id = 'c1', own = secret): Promise<void> {
    const client = openClient(url, { id, secret: own });
    await assert.rejects(client.greet(), { code: 'DAEMON_UNPROVEN' });
    client.close();
    assert.equal(heard.length, 1, 'the first word was the last');
    assert.doesNotMatch(heard.join(), /authorization/i);
    assert.ok(!heard.join().includes(own));
  }
  it('that knows no secret', async () => {
    answers = () => ({ nonce: newNonce(), proof: newNonce(), expiresAt: Date.now() + 60_000 });
    await learnsNothing();
  });
  for (const told of [
    {},
    null,
    [],
    { nonce: 1, proof: 2 },
    { nonce: newNonce() },
    { proof: '' },
    { nonce: {}, proof: [] },
  ])
    it(`that says ${JSON.stringify(told).slice(0, 30)}`, async () => {
      answers = () => told;
      await learnsNothing();
    });
  it('that gives the guest its own words back', async () => {
    answers = (_, body) => ({ nonce: JSON.parse(body).nonce, proof: JSON.parse(body).nonce, expiresAt: 0 });
    await learnsNothing();
  });
  it('that passes everything on to the daemon at its own port', async () => {
    const door = await openDoor();
    const { id, secret: own } = await door.paired('submit');
    answers = async (request, body) =>
      (
        await fetch(door.server.url + request.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
      ).json();
    await learnsNothing(id, own);
    await door.close();
  });
  it('that says what a daemon said before', async () => {
    const door = await openDoor();
    const { id, secret: own } = await door.paired('submit');
    const old = (await door.ask('POST', '/v1/sign-in/start', { client: id, nonce: newNonce() }, null)).body;
    await door.close();
    answers = () => old;
    await learnsNothing(id, own);
  });
});
