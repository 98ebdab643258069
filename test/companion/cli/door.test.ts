// `inbetween open|pair|guests|roots`: calls, lines and JSON.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Client, openClient } from '../../../companion/api/client.ts';
import {
  addRoot,
  listFiles,
  listGuests,
  listRoots,
  openPage,
  pair,
  removeGuests,
  removeRoots,
} from '../../../companion/cli/door.ts';
import { type Answers, type FakeDaemon, openFakeDaemon } from '../../support/fake-daemon.ts';
import { wordsOf } from '../../support/words.ts';

describe('the door from the inside', () => {
  let daemon: FakeDaemon;
  let client: Client;
  const root = { id: 'r1', name: 'clips', path: '/clips', write: true };
  const answers: Answers = {
    code: () => ({ code: 'a+b/c', expiresAt: 9 }),
    pairings: () => [{ id: 'p1', name: 'Panel', scope: 'submit', digits: '012345', expiresAt: Date.now() + 60_000 }],
    pairConfirm: () => ({}),
    clients: () => [{ id: 'c1', name: 'Panel', scope: 'submit', pairedAt: 0, seenAt: null }],
    removeClient: () => ({}),
    roots: () => [root],
    addRoot: () => root,
    removeRoot: () => ({}),
    files: () => [
      { name: 'a.mov', folder: false, bytes: 12, changedAt: 0 },
      { name: 'day', folder: true, bytes: null, changedAt: 0 },
    ],
  };
  before(async () => {
    daemon = await openFakeDaemon({ answers });
    client = openClient(daemon.url, 'secret');
  });
  after(async () => {
    client.close();
    await daemon.close();
  });
  const last = () => daemon.calls.at(-1)!;

  it('open says an address whose code stays out of every log', async () => {
    const { stdout } = await wordsOf(() => openPage(client, { browser: false, json: false }));
    assert.equal(stdout, `${daemon.url}/#k=a%2Bb%2Fc\n`);
  });
  it('open as JSON', async () => {
    const { stdout } = await wordsOf(() => openPage(client, { browser: false, json: true }));
    assert.deepEqual(JSON.parse(stdout), { url: `${daemon.url}/#k=a%2Bb%2Fc`, expiresAt: 9 });
  });
  it('pair says who waits', async () => {
    const { stdout, stderr } = await wordsOf(() => pair(client, undefined, false));
    assert.match(stdout, /^012345 {2}submit {2}Panel {2}\(\d+ s left\)\n$/);
    assert.match(stderr, /same digits/);
  });
  for (const digits of ['012345', '012 345', '012-345'])
    it(`pair ${digits} lets in`, async () => {
      const { stderr } = await wordsOf(() => pair(client, digits, false));
      assert.deepEqual([last().name, last().body], ['pairConfirm', { digits: '012345' }]);
      assert.equal(stderr, 'Panel is let in and may submit.\n');
    });
  for (const digits of ['12345', '1234567', 'abcdef', ''])
    it(`pair "${digits}" is refused here`, () => assert.rejects(pair(client, digits, false), { code: 'USAGE' }));
  it('guests', async () => {
    assert.equal((await wordsOf(() => listGuests(client, false))).stdout, 'c1  submit  Panel\n');
    await wordsOf(() => removeGuests(client, ['c1'], false));
    assert.deepEqual([last().name, last().path], ['removeClient', { id: 'c1' }]);
  });
  it('roots', async () => {
    assert.equal((await wordsOf(() => listRoots(client, false))).stdout, 'r1  write  clips: /clips\n');
    await wordsOf(() => addRoot(client, tmpdir(), { write: true }));
    assert.deepEqual(last().body, { name: path.basename(tmpdir()), path: path.resolve(tmpdir()), write: true });
    await wordsOf(() => removeRoots(client, ['r1'], false));
    assert.deepEqual([last().name, last().path], ['removeRoot', { id: 'r1' }]);
  });
  it('a root that is not there is refused here', () =>
    assert.rejects(addRoot(client, path.join(tmpdir(), 'no such folder'), {}), { code: 'INPUT_MISSING' }));
  it('files of a root', async () => {
    const { stdout } = await wordsOf(() => listFiles(client, 'r1', 'sub', false));
    assert.equal(stdout, '            12  a.mov\n                day/\n');
    assert.deepEqual([last().path, last().query], [{ id: 'r1' }, { path: 'sub' }]);
  });
});
