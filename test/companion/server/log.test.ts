// The log says what happened and never about what: paths, prompts, names and tokens are hashes.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { hashed, openLog, redacted } from '../../../companion/server/log.ts';
import { newToken } from '../../../companion/server/tokens.ts';
import { openDoor } from './opened.ts';

describe('door: the log', () => {
  const token = newToken();
  const check = (value: unknown, ...hidden: string[]): void => {
    it(`hides ${hidden.join(', ')}`, () => {
      const lines: string[] = [];
      const log = openLog({ stream: { write: (line: string) => void lines.push(line) } });
      log.info({ value }, 'said');
      log.error({ err: value }, String(value instanceof Error ? value.message : value));
      for (const word of hidden) assert.ok(!lines.join('').includes(word), lines.join(''));
      assert.equal(lines.length, 2);
    });
  };
  check('/srv/anna/films/secret.mov', 'anna', 'secret');
  check('cannot read "/srv/anna/films/secret.mov": EACCES', 'anna', 'secret');
  check('C:\\Users\\anna\\secret.mov', 'anna', 'secret');
  check('file:///srv/anna/secret.mov', 'anna', 'secret');
  check(`a token ${token} in a sentence`, token);
  check(
    { token: 'plain', prompt: 'a quiet harbour', inputs: ['clip one.mov'], deep: { output: 'x y z.mov' } },
    'plain',
    'harbour',
    'clip one',
    'x y z',
  );
  check({ params: { sheet: 'my picture', prompt: 'a quiet harbour' } }, 'my picture', 'harbour');
  check(new CompanionError('INPUT_MISSING', { path: '/srv/anna/secret.mov' }), 'anna', 'secret');
  check(new Error('x', { cause: new Error('/srv/anna/secret.mov') }), 'anna', 'secret');
  it('the same text has the same hash', () => assert.equal(redacted('a', 'path'), hashed('a')));
  it('keeps what is nobody’s', () =>
    assert.deepEqual(redacted({ route: 'submit', status: 200, holder: null }), {
      route: 'submit',
      status: 200,
      holder: null,
    }));

  it('of a day at the door holds no path, no token, no code, no name', async () => {
    const door = await openDoor();
    writeFileSync(path.join(door.folder, 'harbour.mov'), 'x');
    const { token: own } = await door.paired('submit');
    const { code } = (await door.ask('POST', '/v1/codes', {})).body;
    const session = (await door.ask('POST', '/v1/session', { code }, null)).body.token;
    await door.ask('POST', '/v1/jobs', { verb: 'interpolate', inputs: [path.join(door.folder, 'harbour.mov')] });
    await door.ask('POST', '/v1/roots', { name: 'harbour', path: door.folder, write: false });
    await door.ask('GET', '/v1/jobs/harbour?token=harbour');
    await door.ask('POST', '/v1/jobs', { verb: 'harbour', inputs: ['harbour'] });
    const { url } = (await door.ask('POST', '/v1/media', { file: path.join(door.folder, 'harbour.mov') })).body;
    await door.ask('GET', url, undefined, null);
    await door.close();
    const text = door.log.join('');
    assert.ok(door.log.length > 8, 'something was written');
    for (const word of ['harbour', 'panel', door.token, own, session, code, door.folder, url.slice(10, 60)])
      assert.ok(!text.includes(word), word);
  });
  it('in a file is for the user alone', () => {
    const file = path.join(tmpdir(), `inbetween-log-${process.pid}`);
    openLog({ file }).info('said');
    assert.match(readFileSync(file, 'utf8'), /"msg":"said"/);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
    rmSync(file);
  });
  it('in a file grows to its bound, steps aside once, and loses its oldest lines alone', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-log-'));
    const file = path.join(folder, 'daemon.log');
    const log = openLog({ file, mostBytes: 2000 });
    for (let count = 0; count < 200; count++) log.info({ count }, 'said');
    assert.deepEqual(readdirSync(folder).sort(), ['daemon.log', 'daemon.log.1']);
    const lines = ['daemon.log.1', 'daemon.log'].flatMap((name) =>
      readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n'),
    );
    const counts = lines.map((line) => (JSON.parse(line) as { count: number }).count);
    assert.deepEqual(
      counts,
      counts.map((_, index) => 200 - counts.length + index),
    );
    for (const name of readdirSync(folder)) {
      assert.ok(statSync(path.join(folder, name)).size < 2200, name);
      if (process.platform !== 'win32') assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o600);
    }
    rmSync(folder, { recursive: true });
    log.info('said to nobody'); // its folder is gone: no error
  });
});
