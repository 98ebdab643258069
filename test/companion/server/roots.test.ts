// What a guest may name: only what lies in a root, after every link was followed, and only for what the root is open for.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { isWithin, openWithin, segmentsOf } from '../../../companion/server/paths.ts';
import { openRoots, type Purpose, type Roots } from '../../../companion/server/roots.ts';
import type { Holder } from '../../../companion/server/tokens.ts';
import { type Opened, openDoor } from './opened.ts';

const guest: Holder = { id: 'c1', kind: 'client', scope: 'submit' };
const admin: Holder = { id: 'admin', kind: 'admin', scope: 'admin' };

describe('door: roots', () => {
  let folder: string;
  let inside: string;
  let config: string;
  let roots: Roots;
  let open: string;
  let closed: string;
  before(() => {
    folder = realpathSync.native(mkdtempSync(path.join(tmpdir(), 'inbetween-roots-')));
    inside = path.join(folder, 'inside');
    config = path.join(inside, 'own', 'config');
    mkdirSync(path.join(inside, 'deep', 'deeper'), { recursive: true });
    mkdirSync(path.join(folder, 'insider'));
    mkdirSync(config, { recursive: true });
    mkdirSync(path.join(folder, 'outside'));
    for (const file of [
      'inside/a.mov',
      'inside/deep/b.mov',
      'outside/secret',
      'insider/secret',
      'inside/own/config/token',
    ])
      writeFileSync(path.join(folder, file), file);
    symlinkSync('../outside', path.join(inside, 'out'));
    symlinkSync('../outside/secret', path.join(inside, 'out.mov'));
    symlinkSync('deep', path.join(inside, 'in'));
    symlinkSync('deep/b.mov', path.join(inside, 'in.mov'));
    symlinkSync('../outside/new', path.join(inside, 'nowhere.mov'));
    symlinkSync('/', path.join(inside, 'top'));
    symlinkSync('loop', path.join(inside, 'loop'));
    roots = openRoots(config, [config]);
    open = roots.add('open', inside, true).id;
    closed = roots.add('closed', inside, false).id;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const check = (name: string, purpose: Purpose, expected: string | null): void => {
    it(`${purpose} ${JSON.stringify(name)} → ${expected ?? 'refused'}`, () => {
      const resolve = () => roots.resolve({ root: open, path: name }, guest, purpose);
      if (expected === null) assert.throws(resolve, { code: 'PATH_REFUSED' });
      else assert.equal(resolve(), path.join(inside, expected));
    });
  };
  check('a.mov', 'input', 'a.mov');
  check('deep/b.mov', 'input', 'deep/b.mov');
  check('', 'input', '');
  check('in/b.mov', 'input', 'deep/b.mov');
  check('in.mov', 'input', 'deep/b.mov');
  check('new.mov', 'output', 'new.mov');
  check('new/er/x.mov', 'output', 'new/er/x.mov');
  check('in/new.mov', 'output', 'deep/new.mov');
  check('deep/', 'output', 'deep/');
  check('100%25.mov', 'output', '100%25.mov');
  check('%2e%2e/x.mov', 'output', '%2e%2e/x.mov');
  check('クリップ 1.mov', 'output', 'クリップ 1.mov');
  check('out/secret', 'input', null);
  check('out.mov', 'input', null);
  check('top/etc/passwd', 'input', null);
  check('loop', 'input', null);
  check('out/x.mov', 'output', null);
  check('out.mov', 'output', null);
  check('in.mov', 'output', null);
  check('nowhere.mov', 'output', null);
  check('nowhere.mov', 'input', null);
  check('nowhere.mov/x', 'output', null);
  check('own/config/token', 'input', null);
  check('own/config/x.mov', 'output', null);
  check('own/config', 'input', null);
  for (const name of [
    ...[
      '..',
      '../outside/secret',
      'deep/../../outside/secret',
      './a.mov',
      'deep/./b.mov',
      'deep/..',
      'a.mov/..',
      '/',
      '/etc/passwd',
      '//host/share/x',
    ],
    ...[
      'deep//b.mov',
      '..\\outside\\secret',
      'deep\\b.mov',
      '\\\\host\\share',
      '\\\\?\\C:\\x',
      'C:\\x',
      'C:x',
      'C:/x',
      'a.mov:stream',
      'a.mov::$DATA',
      'file:///etc/passwd',
    ],
    ...[
      'a.mov\0',
      'a\0.mov',
      '\0',
      'a\n.mov',
      'a\x7f',
      'CON',
      'con',
      'nul.mov',
      'deep/AUX',
      'COM1',
      'com¹.mov',
      'LPT9.txt',
      'CONIN$',
      'prn .mov',
      'a.mov.',
      'a.mov ',
      '...',
      ' ',
      '. .',
      '.. /x',
    ],
    ...[
      'x'.repeat(256),
      'é'.repeat(128),
      'http://evil.test/x',
      '/..',
      '../',
      '..//',
      'deep/../',
      '../inside/a.mov',
      '../insider/secret',
    ],
  ])
    for (const purpose of ['input', 'output', 'name'] as const) check(name, purpose, null);

  it('a root for reading takes no output', () =>
    assert.throws(() => roots.resolve({ root: closed, path: 'x.mov' }, guest, 'output'), { code: 'PATH_REFUSED' }));
  it('a root nobody knows', () =>
    assert.throws(() => roots.resolve({ root: 'r0', path: 'a.mov' }, guest, 'input'), { code: 'ROOT_UNKNOWN' }));
  it('absolute paths are the user’s alone', () => {
    const file = path.join(inside, 'a.mov');
    assert.throws(() => roots.resolve(file, guest, 'input'), { code: 'PATH_REFUSED' });
    assert.equal(roots.resolve(file, admin, 'input'), file);
    assert.equal(roots.resolve(inside + path.sep, admin, 'output'), inside + path.sep);
    for (const bad of ['a.mov', '../a.mov', '', `${file}\0`])
      assert.throws(() => roots.resolve(bad, admin, 'input'), { code: 'PATH_REFUSED' });
  });
  it('lists what may be used', () =>
    assert.deepEqual(
      roots.files(open, '').map(({ name, folder: is }) => (is ? `${name}/` : name)),
      ['a.mov', 'deep/', 'in/', 'in.mov', 'own/'],
    ));
  it('lists no secret', () => assert.deepEqual(roots.files(open, 'own'), []));
  it('a folder that is not there', () => assert.throws(() => roots.files(open, 'gone'), { code: 'INPUT_MISSING' }));
  for (const bad of ['inside', '/nowhere/at/all', '', '.', `/${'\0'}`])
    it(`no root at ${JSON.stringify(bad)}`, () =>
      assert.throws(() => roots.add('x', bad, true), { code: 'PATH_REFUSED' }));
  it('no root at the daemon’s own', () => assert.throws(() => roots.add('x', config, true), { code: 'PATH_REFUSED' }));
  it('no root at a file', () =>
    assert.throws(() => roots.add('x', path.join(inside, 'a.mov'), true), { code: 'PATH_REFUSED' }));
  it('are there after a start', () => assert.deepEqual(openRoots(config, [config]).list(), roots.list()));
  it('a root whose folder was exchanged for a link is closed', () => {
    const place = path.join(folder, 'moved');
    mkdirSync(place);
    const { id } = roots.add('moved', place, true);
    renameSync(place, path.join(folder, 'elsewhere'));
    symlinkSync('outside', place);
    assert.throws(() => roots.resolve({ root: id, path: 'secret' }, guest, 'input'), { code: 'PATH_REFUSED' });
    roots.remove(id);
    assert.throws(() => roots.remove(id), { code: 'ROOT_UNKNOWN' });
  });

  const pieces = fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '\\',
    'a',
    'deep',
    'out',
    'in',
    'top',
    'own',
    'config',
    'loop',
    'nowhere.mov',
    '\0',
    ':',
    '~',
    '%2e%2e',
    '‥',
    '．．',
    '∕',
    'CON',
    ' ',
    'etc',
    'passwd',
    'secret',
  );
  const names = fc.oneof(
    fc.array(pieces, { maxLength: 8 }).map((all) => all.join('/')),
    fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  it('nothing that resolves lies outside, or in what is the daemon’s', () => {
    fc.assert(
      fc.property(names, fc.constantFrom<Purpose>('input', 'output', 'name'), (name, purpose) => {
        let found: string;
        try {
          found = roots.resolve({ root: open, path: name }, guest, purpose);
        } catch (error) {
          assert.ok(['PATH_REFUSED'].includes((error as { code: string }).code), String(error));
          return;
        }
        let there = found;
        while (!realpathOf(there)) there = path.dirname(there);
        assert.ok(isWithin(inside, realpathOf(there)!), found);
        assert.ok(!isWithin(config, found), found);
      }),
      { numRuns: 3000 },
    );
  });
  it('names that pass have none of what is refused', () => {
    fc.assert(
      fc.property(names, (name) => {
        let segments: string[];
        try {
          segments = segmentsOf(name);
        } catch {
          return;
        }
        assert.equal(segments.join('/'), name.replace(/\/$/, ''));
        assert.ok(segments.every((each) => each !== '' && each !== '.' && each !== '..' && !/[\\:\0]/.test(each)));
      }),
      { numRuns: 3000 },
    );
  });

  it('a folder exchanged for a link while files are opened leaks nothing', async () => {
    const place = path.join(inside, 'race');
    const aside = path.join(inside, 'aside');
    mkdirSync(place);
    writeFileSync(path.join(place, 'secret'), 'mine');
    const swapper = new Worker(
      `const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
      const { place, aside } = require('node:worker_threads').workerData;
      for (;;) {
        renameSync(place, aside);
        symlinkSync('../outside', place);
        unlinkSync(place);
        renameSync(aside, place);
      }`,
      { eval: true, workerData: { place, aside } },
    );
    await once(swapper, 'online');
    const seen = { mine: 0, refused: 0 };
    let failed = false;
    swapper.once('error', () => {
      failed = true;
    });
    try {
      for (let count = 0; count < 3000; count++) {
        const opened = await roots.open({ root: open, path: 'race/secret' }, guest).catch(() => undefined);
        if (!opened) {
          seen.refused++;
          continue;
        }
        assert.equal(await opened.handle.readFile('utf8').finally(() => opened.handle.close()), 'mine');
        seen.mine++;
      }
    } finally {
      await swapper.terminate();
    }
    assert.equal(failed, false, 'it was exchanged all the time');
    assert.ok(seen.mine > 0 && seen.refused > 0, JSON.stringify(seen));
  });
  it('a path that was checked and then turned into a link is not opened', async () => {
    const place = path.join(inside, 'turn');
    mkdirSync(place);
    writeFileSync(path.join(place, 'secret'), 'mine');
    const found = roots.resolve({ root: open, path: 'turn/secret' }, guest, 'input');
    rmSync(place, { recursive: true });
    symlinkSync('../outside', place);
    await assert.rejects(openWithin(inside, found), { code: 'PATH_REFUSED' });
    unlinkSync(place);
    mkdirSync(place);
    symlinkSync('../../outside/secret', path.join(place, 'secret'));
    await assert.rejects(openWithin(inside, found), { code: 'PATH_REFUSED' });
  });
});

const realpathOf = (file: string): string | undefined => {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
};

describe('door: what a guest may order', () => {
  let door: Opened;
  let token: string;
  let open: string;
  let closed: string;
  before(async () => {
    door = await openDoor();
    token = (await door.paired('submit')).token;
    for (const name of ['open', 'closed']) {
      mkdirSync(path.join(door.folder, name));
      writeFileSync(path.join(door.folder, name, 'a.mov'), 'x');
    }
    const add = async (name: string, write: boolean): Promise<string> =>
      (await door.ask('POST', '/v1/roots', { name, path: path.join(door.folder, name), write })).body.id;
    [open, closed] = [await add('open', true), await add('closed', false)];
  });
  after(() => door.close());
  const order = async (
    root: () => string,
    more: (ids: { open: string; closed: string }) => object,
  ): Promise<string> => {
    const body = { verb: 'interpolate', inputs: [{ root: root(), path: 'a.mov' }], ...more({ open, closed }) };
    const answer = await door.ask('POST', '/v1/jobs', body, token);
    return answer.status === 200 ? 'taken' : answer.body.error.code;
  };
  const check = (name: string, root: () => string, more: Parameters<typeof order>[1], expected: string): void => {
    it(`${name}: ${expected}`, async () => assert.equal(await order(root, more), expected));
  };
  check(
    'beside an input in a root for writing',
    () => open,
    () => ({}),
    'taken',
  );
  check(
    'beside an input in a root for reading',
    () => closed,
    () => ({}),
    'PATH_REFUSED',
  );
  check(
    'only a plan of it',
    () => closed,
    () => ({ dryRun: true }),
    'taken',
  );
  check(
    'into a root for writing',
    () => closed,
    (ids) => ({ place: { output: { root: ids.open, path: 'b.mov' } } }),
    'taken',
  );
  check(
    'into a root for reading',
    () => open,
    (ids) => ({ place: { output: { root: ids.closed, path: 'b.mov' } } }),
    'PATH_REFUSED',
  );
  check(
    'an absolute output',
    () => open,
    () => ({ place: { output: '/tmp/x.mov' } }),
    'PATH_REFUSED',
  );
  check(
    'an absolute input',
    () => open,
    () => ({ inputs: ['/etc/passwd'] }),
    'PATH_REFUSED',
  );
  check(
    'a script as output',
    () => open,
    (ids) => ({ place: { output: { root: ids.open, path: 'b.sh' } } }),
    'PATH_REFUSED',
  );
  check(
    'something replaced',
    () => open,
    () => ({ place: { force: true } }),
    'SCOPE_SHORT',
  );
  check(
    'a path within the parameters',
    () => open,
    (ids) => ({
      verb: 'compare',
      inputs: [
        { root: ids.open, path: 'a.mov' },
        { root: ids.closed, path: 'a.mov' },
      ],
      params: { sheet: '/tmp/x.png' },
    }),
    'PATH_REFUSED',
  );
  check(
    'a verb nobody knows',
    () => open,
    () => ({ verb: 'x' }),
    'VERB_UNKNOWN',
  );
});
