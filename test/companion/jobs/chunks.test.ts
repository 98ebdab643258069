// A job's finished parts: what was kept is there after any end, and what is not as it was is not believed.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasParts, openChunks } from '../../../companion/jobs/chunks.ts';

describe('a job’s finished parts', () => {
  const { signal } = new AbortController();
  let folder: string;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'inbetween-chunks-')), 'parts');
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  const at = (...name: string[]): string => path.join(folder, ...name);

  /** What a start of the job with this key finds: facts by name. */
  async function found(key = 'work'): Promise<Record<string, unknown>> {
    const parts: Record<string, unknown> = {};
    for await (const { name, facts } of openChunks(folder).takeOver(key, signal)) parts[name] = facts;
    return parts;
  }

  /** A start that keeps a file, a folder and a fact. */
  async function keepSome(): Promise<void> {
    const ledger = openChunks(folder);
    for await (const { name } of ledger.takeOver('work', signal)) assert.fail(name);
    writeFileSync(ledger.draft('a.mov'), 'pictures');
    await ledger.keep('a.mov', { first: 0, end: 10 }, signal);
    mkdirSync(ledger.draft('b'));
    for (const still of ['1.png', '2.png']) writeFileSync(path.join(ledger.draft('b'), still), still);
    await ledger.keep('b', { first: 10, end: 12 }, signal);
    await ledger.keep('c', '0110', signal);
    assert.equal(ledger.bytes, 18);
  }
  it('a draft alone is nothing to go on with', async () => {
    assert.equal(hasParts(folder), false);
    const ledger = openChunks(folder);
    for await (const { name } of ledger.takeOver('work', signal)) assert.fail(name);
    writeFileSync(ledger.draft('a.mov'), 'pictures');
    assert.equal(hasParts(folder), false);
    await ledger.keep('a.mov', { first: 0, end: 10 }, signal);
    assert.equal(hasParts(folder), true);
  });

  const a = { 'a.mov': { first: 0, end: 10 } };
  const b = { b: { first: 10, end: 12 } };
  const c = { c: '0110' };

  it('are there at the next start, under their names', async () => {
    await keepSome();
    assert.deepEqual(readdirSync(folder).sort(), ['a.mov', 'b', 'list']);
    assert.deepEqual(await found(), { ...a, ...b, ...c });
    assert.equal(openChunks(folder).bytes, 18);
    assert.deepEqual(await found(), { ...a, ...b, ...c });
  });

  const check = (what: string, happens: () => void, expected: Record<string, unknown>) =>
    it(what, async () => {
      await keepSome();
      happens();
      assert.deepEqual(await found(), expected);
      assert.deepEqual(await found(), expected, 'and again');
      for (const name of ['a.mov', 'b']) assert.equal(existsSync(at(name)), name in expected, name);
      const names = readdirSync(folder).filter((name) => !(name in expected));
      assert.deepEqual(names, ['list'], 'nothing else stays');
    });
  const flip = (file: string, place: number): void => {
    const bytes = readFileSync(file);
    bytes[place]! ^= 1;
    writeFileSync(file, bytes);
  };
  const line = (number: number): number =>
    readFileSync(at('list'), 'utf8').split('\n').slice(0, number).join('\n').length + 1;
  check('a changed byte', () => flip(at('a.mov'), 3), { ...b, ...c });
  check('a byte less', () => truncateSync(at('a.mov'), 7), { ...b, ...c });
  check('a file that is gone', () => rmSync(at('a.mov')), { ...b, ...c });
  check('a changed picture', () => flip(at('b', '2.png'), 0), { ...a, ...c });
  check('a picture less', () => rmSync(at('b', '1.png')), { ...a, ...c });
  check('a picture more', () => writeFileSync(at('b', '3.png'), ''), { ...a, ...c });
  check('drafts and strangers', () => writeFileSync(at('d.mov.draft'), 'half'), { ...a, ...b, ...c });
  check('a line that was cut off', () => appendFileSync(at('list'), 'abc'), { ...a, ...b, ...c });
  check('the last line cut off', () => truncateSync(at('list'), line(4) - 2), { ...a, ...b });
  check('a line with another byte, and what is behind it', () => flip(at('list'), line(2) + 40), a);
  check('no list', () => rmSync(at('list')), {});
  check('a list that lost its key', () => flip(at('list'), 20), {});

  it('of another work are removed', async () => {
    await keepSome();
    assert.deepEqual(await found('other work'), {});
    assert.deepEqual(readdirSync(folder), ['list']);
    assert.deepEqual(await found(), {});
  });

  it('go on after a line that was cut off', async () => {
    await keepSome();
    appendFileSync(at('list'), '{"name"');
    const ledger = openChunks(folder);
    for await (const _ of ledger.takeOver('work', signal));
    writeFileSync(ledger.draft('d'), 'more');
    await ledger.keep('d', null, signal);
    assert.deepEqual(await found(), { ...a, ...b, ...c, d: null });
  });

  it('are kept anew in place of a lost one', async () => {
    await keepSome();
    flip(at('a.mov'), 0);
    const ledger = openChunks(folder);
    for await (const _ of ledger.takeOver('work', signal));
    assert.equal(ledger.bytes, 10);
    writeFileSync(ledger.draft('a.mov'), 'pictures, again');
    await ledger.keep('a.mov', { first: 1 }, signal);
    assert.deepEqual(await found(), { ...b, ...c, 'a.mov': { first: 1 } });
  });

  it('are not kept once the job is cancelled', async () => {
    await keepSome();
    const abort = new AbortController();
    const ledger = openChunks(folder);
    for await (const _ of ledger.takeOver('work', signal));
    writeFileSync(ledger.draft('d'), 'more');
    abort.abort();
    await assert.rejects(ledger.keep('d', null, abort.signal), { name: 'AbortError' });
    assert.deepEqual(await found(), { ...a, ...b, ...c });
  });

  it('a folder that cannot be written is told', async () => {
    await keepSome();
    const ledger = openChunks(folder);
    for await (const _ of ledger.takeOver('work', signal));
    writeFileSync(ledger.draft('d'), 'more');
    rmSync(folder, { recursive: true });
    await assert.rejects(ledger.keep('d', null, signal), { code: 'OUTPUT_FOLDER_MISSING' });
  });
});
