// Tokens, codes and pairing: single use, expiry, brute force, replay, revocation. The clock moves when the test says so.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openClient } from '../../../companion/api/client.ts';
import { openPairing } from '../../../companion/server/pairing.ts';
import { openTokens, type Tokens } from '../../../companion/server/tokens.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { type Opened, openDoor } from './opened.ts';

describe('door: codes and sessions', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor();
  });
  after(() => door.close());
  beforeEach(() => {
    door.clock.now += 60_000;
  });
  const exchange = (code: string) => door.ask('POST', '/v1/session', { code }, null);
  const make = async (): Promise<string> => (await door.ask('POST', '/v1/codes', {})).body.code;

  it('a code becomes a token once', async () => {
    const code = await make();
    const { status, body } = await exchange(code);
    assert.equal(status, 200);
    assert.equal((await door.ask('GET', '/v1/hello', undefined, body.token)).body.scope, 'admin');
    const again = await exchange(code);
    assert.deepEqual([again.status, again.body.error.code], [401, 'CODE_REFUSED']);
  });
  it('two at the same time get one token', async () => {
    const code = await make();
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => exchange(code)))).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, ...Array(7).fill(401)]);
  });
  it('a code is good for less than 60 s and no more', async () => {
    const [soon, late] = [await make(), await make()];
    door.clock.now += 59_000;
    assert.equal((await exchange(soon)).status, 200);
    door.clock.now += 1000;
    assert.equal((await exchange(late)).status, 401);
  });
  for (const code of ['', 'x', '__proto__', 'a'.repeat(43)])
    it(`"${code}" is no code`, async () => assert.equal((await exchange(code)).status, 401));
  it('a session ends after a day', async () => {
    const { token } = (await exchange(await make())).body;
    door.clock.now += 24 * 3600_000;
    assert.equal((await door.ask('GET', '/v1/hello', undefined, token)).status, 401);
  });
});

describe('door: pairing', () => {
  let door: Opened;
  before(async () => {
    door = await openDoor();
  });
  after(() => door.close());
  beforeEach(() => {
    door.clock.now += 300_000;
  });
  const start = (scope = 'submit') => door.ask('POST', '/v1/pair/start', { name: 'panel', scope }, null);
  const confirm = (digits: string) => door.ask('POST', '/v1/pair/confirm', { digits });
  const finish = (id: string) => door.ask('POST', '/v1/pair/finish', { id }, null);
  const other = (digits: string, by: number): string => String((Number(digits) + by) % 1_000_000).padStart(6, '0');

  it('both sides show six digits, the person confirms, the guest collects', async () => {
    const { id, digits } = (await start()).body;
    assert.match(digits, /^\d{6}$/);
    const [waiting] = (await door.ask('GET', '/v1/pair')).body;
    assert.deepEqual([waiting.digits, waiting.name], [digits, 'panel']);
    assert.notEqual(waiting.id, id, 'the secret is the guest’s alone');
    assert.equal((await finish(waiting.id)).status, 404);
    const early = await finish(id);
    assert.deepEqual([early.status, early.body.error.code], [409, 'PAIRING_WAITING']);
    assert.equal((await confirm(digits)).status, 200);
    const { secret, client } = (await finish(id)).body;
    const guest = openClient(door.server.url, { id: client.id, secret });
    assert.equal((await guest.greet()).scope, 'submit');
    assert.equal((await door.ask('GET', '/v1/hello', undefined, secret)).status, 401, 'the secret itself is no token');
    assert.deepEqual(
      (await door.ask('GET', '/v1/clients')).body.map((each: { id: string }) => each.id),
      [client.id],
    );
    assert.equal((await finish(id)).status, 404, 'once');
    assert.equal((await confirm(digits)).status, 404, 'digits are used up');
  });
  it('nobody can ask for admin', async () => assert.equal((await start('admin')).status, 400));
  it('a guest cannot confirm itself', async () => {
    const { token } = await door.paired('submit');
    const { digits } = (await start()).body;
    assert.equal((await door.ask('POST', '/v1/pair/confirm', { digits }, token)).status, 403);
    assert.equal((await door.ask('POST', '/v1/pair/confirm', { digits }, null)).status, 401);
  });
  it('two minutes are over before it is confirmed', async () => {
    const { digits } = (await start()).body;
    door.clock.now += 120_000;
    assert.equal((await confirm(digits)).status, 404);
    assert.deepEqual((await door.ask('GET', '/v1/pair')).body, []);
  });
  it('two minutes are over before it is collected', async () => {
    const { id, digits } = (await start()).body;
    await confirm(digits);
    door.clock.now += 120_000;
    assert.equal((await finish(id)).status, 404);
  });
  it('five tries a minute; the sixth locks, even if it is right, and whoever waited waits no more', async () => {
    const { id, digits } = (await start()).body;
    for (let by = 1; by <= 5; by++) assert.equal((await confirm(other(digits, by))).status, 404);
    const locked = await confirm(digits);
    assert.deepEqual([locked.status, locked.body.error.code], [429, 'RATE_EXCEEDED']);
    assert.equal((await finish(id)).status, 404);
    assert.equal((await start()).status, 429);
    door.clock.now += 60_000;
    assert.equal((await confirm(digits)).status, 404, 'the digits are gone');
  });
  it('five starts a minute', async () => {
    for (let count = 0; count < 5; count++) assert.equal((await start()).status, 200);
    assert.equal((await start()).status, 429);
  });
  it('guesses at the secret find nothing', async () => {
    const { id, digits } = (await start()).body;
    await confirm(digits);
    for (const guess of ['', digits, id.slice(0, -1), `${id}A`, id.toLowerCase()])
      if (guess !== id) assert.equal((await finish(guess)).status, 404);
    assert.equal((await finish(id)).status, 200);
  });
  it('a token taken back is worth nothing at once, and after a start', async () => {
    const { token, id } = await door.paired('submit');
    assert.equal((await door.ask('GET', '/v1/hello', undefined, token)).status, 200);
    assert.equal((await door.ask('DELETE', `/v1/clients/${id}`)).status, 200);
    assert.equal((await door.ask('GET', '/v1/hello', undefined, token)).status, 401);
    assert.equal((await door.ask('DELETE', `/v1/clients/${id}`)).status, 404);
    const again = openTokens(path.join(door.folder, 'config'), () => door.clock.now);
    assert.equal(again.secretOf(id), undefined);
    assert.equal(again.admin, door.token);
  });
  it('tokens of sign-ins are in no file; secrets are, for the user alone', async () => {
    const { token, id, secret } = await door.paired('read');
    const file = path.join(door.folder, 'config', 'clients.json');
    assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(token));
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = openTokens(path.join(door.folder, 'config'), () => door.clock.now);
    assert.equal(again.find(token), undefined);
    assert.equal(again.secretOf(id), secret);
  });
});

describe('door: the user’s token', () => {
  let door: Opened;
  let config: string;
  before(async () => {
    door = await openDoor();
    config = path.join(door.folder, 'config');
  });
  after(() => door.close());
  const open = (): Tokens => openTokens(config, () => 0);
  it('stays from start to start', () => assert.equal(open().admin, door.token));
  it('is another once others could read it', function () {
    notOnWindows(this, 'a mode says nothing about who may read');
    const { admin } = open();
    chmodSync(path.join(config, 'token'), 0o644);
    assert.notEqual(open().admin, admin);
  });
  for (const text of ['', 'x', 'ibt_short', `ibt_${'a'.repeat(43)}\nmore`])
    it(`${JSON.stringify(text)} is none`, () => {
      writeFileSync(path.join(config, 'token'), text, { mode: 0o600 });
      assert.match(open().admin, /^ibt_[\w-]{43}$/);
      assert.notEqual(open().admin, text);
    });
  for (const token of [undefined, null, 1, {}, [], '', 'x'.repeat(1000), { toString: () => 'x' }])
    it(`${JSON.stringify(token)?.slice(0, 20)} is nobody’s`, () => assert.equal(open().find(token), undefined));
  it('what is no list of clients stops the start and stays', () => {
    writeFileSync(path.join(config, 'clients.json'), '{"version":2}');
    assert.throws(open, { code: 'CONFIG_DAMAGED' });
    assert.equal(readFileSync(path.join(config, 'clients.json'), 'utf8'), '{"version":2}');
  });
});

describe('door: digits', () => {
  it('no two that wait have the same', async () => {
    const door = await openDoor();
    let now = 0;
    const pairing = openPairing(
      openTokens(path.join(door.folder, 'config'), () => now),
      () => now,
    );
    for (let round = 0; round < 200; round++) {
      now += 30_000;
      pairing.start('x', 'read');
      const digits = pairing.waiting().map((each) => each.digits);
      assert.equal(new Set(digits).size, digits.length);
      assert.ok(digits.length <= 5);
    }
    await door.close();
  });
});
