// What makes work the same: order of names does not, content, parameters and the name's extension do.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { canonical, engineClass, keysOf, markCode, markInput, namesFile } from '../../../companion/jobs/key.ts';
import type { AnyOperation } from '../../../companion/operations/context.ts';
import { gaps } from '../../../companion/operations/gaps.ts';
import { interpolate } from '../../../companion/operations/interpolate.ts';
import { orderOf } from '../../support/queue.ts';

describe('key', () => {
  let folder: string;
  let clip: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-key-'));
    clip = path.join(folder, 'a.mov');
    writeFileSync(clip, Buffer.alloc(1_000_000, 7));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const keys = (params: Record<string, unknown>, output: string | null = null) =>
    keysOf(orderOf(clip, { verb: 'interpolate', params, output }), interpolate as AnyOperation, [markInput(clip)]);

  const same = (what: string, a: Record<string, unknown>, b: Record<string, unknown>): unknown =>
    it(`${what}: the same work`, () => assert.deepEqual(keys(a), keys(b)));
  describe('code', () => {
    const place = (name: string) => pathToFileURL(path.join(folder, 'code', name));
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, 'code', name)), { recursive: true });
      writeFileSync(path.join(folder, 'code', name), text);
    };
    const mark = (): string => markCode([place('a/'), place('b.node')]);
    let first: string;
    before(() => {
      write('a/x.ts', '1');
      write('a/deep/y.ts', '2');
      write('b.node', '3');
      first = mark();
    });
    const differs = (what: string, name: string, changed: string, original: string) =>
      it(`${what}: another mark`, () => {
        write(name, changed);
        assert.notEqual(mark(), first);
        write(name, original);
        assert.equal(mark(), first);
      });
    differs('another file', 'a/x.ts', '2', '1');
    differs('a file deep inside', 'a/deep/y.ts', '', '2');
    differs('another engine', 'b.node', '4', '3');
    it('a file that is gone: another mark', () => {
      rmSync(place('b.node'));
      assert.notEqual(mark(), first);
      write('b.node', '3');
    });
    it('a file that moved: another mark', () => {
      renameSync(place('a/x.ts'), place('a/z.ts'));
      assert.notEqual(mark(), first);
      renameSync(place('a/z.ts'), place('a/x.ts'));
      assert.equal(mark(), first);
    });
  });

  same('nothing and a default', {}, { effort: 'best' });
  same('a rate in two spellings', { fps: '60' }, { fps: '60/1' });
  same('NTSC in two spellings', { fps: '59.94' }, { fps: '60000/1001' });
  same('names in another order', { fps: '60', effort: 'fast' }, { effort: 'fast', fps: '60' });
  it('another rate: other work', () => assert.notEqual(keys({ fps: '60' }).work, keys({ fps: '50' }).work));
  it('another place, same extension: same work, another ask', () => {
    const [a, b] = [keys({}, '/x/a.mov'), keys({}, '/y/b.MOV')];
    assert.equal(a.work, b.work);
    assert.notEqual(a.ask, b.ask);
  });
  it('of a timeline a guest that is confined asks for something else: it may find fewer media; of a clip the same', () => {
    const [gapsAsk, clipAsk] = [gaps, interpolate].map((verb) => (confined: boolean) => {
      const operation = verb as unknown as AnyOperation;
      return keysOf(orderOf(clip, { verb: verb.name, params: {}, confined }), operation, [markInput(clip)]).ask;
    });
    assert.notEqual(gapsAsk!(true), gapsAsk!(false));
    assert.equal(clipAsk!(true), clipAsk!(false));
  });
  it('another extension may be another codec', () =>
    assert.notEqual(keys({}, '/x/a.mov').work, keys({}, '/x/a.mp4').work));
  it('a folder that is there and one by its separator leave the name to the verb', () => {
    const there = path.join(folder, 'there.mov');
    mkdirSync(there);
    assert.equal(keys({}, there).work, keys({}).work);
    assert.equal(keys({}, '/nowhere/').work, keys({}).work);
  });

  describe('an input is another', () => {
    const check = (what: string, change: () => void): unknown =>
      it(what, () => {
        const before = markInput(clip);
        change();
        assert.notDeepEqual(markInput(clip), before);
      });
    check('when it grows', () => writeFileSync(clip, Buffer.alloc(1_000_001, 7)));
    check('when its time changes', () => utimesSync(clip, 1, 1));
    check('when another takes its place with the same size and time', () => {
      writeFileSync(`${clip}.new`, Buffer.alloc(1_000_001, 8));
      utimesSync(`${clip}.new`, 1, 1);
      renameSync(`${clip}.new`, clip);
    });
    check('when its end changes in place and the time is put back', () => {
      const bytes = Buffer.alloc(1_000_001, 8);
      bytes[1_000_000] = 9;
      writeFileSync(clip, bytes);
      utimesSync(clip, 1, 1);
    });
  });
  it('a place below a file names a file', () => assert.ok(namesFile(path.join(clip, 'out.mov'))));
  it('an input that is gone, or a folder, is marked as such', () => {
    const gone = { path: '/none', bytes: null, changed: null, inode: null, sample: null };
    assert.deepEqual(markInput('/none'), gone);
    assert.equal(markInput(folder).sample, null);
  });
  it('levels of the processor are one class, versions are not', () => {
    const of = (version: string, level: string): string => engineClass({ version, level, threads: 1 });
    assert.equal(of('1', 'avx2'), of('1', 'scalar'));
    assert.notEqual(of('1', 'avx2'), of('2', 'avx2'));
    assert.notEqual(of('1', 'avx2'), of('1', 'sm_90'));
  });
  it('canonical text does not depend on the order of names, and is the value', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(canonical(reversed), canonical(value));
        assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
      }),
    ));
});
