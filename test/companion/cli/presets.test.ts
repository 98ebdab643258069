// Presets on the command line: found by name, kept, carried from one machine to another.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompanionError, type ErrorCode } from '../../../companion/api/errors.ts';
import {
  exportPresets,
  findPreset,
  importPresets,
  listPresets,
  removePreset,
  savePreset,
  showPreset,
} from '../../../companion/cli/presets.ts';
import { openPresets, type Presets } from '../../../companion/jobs/presets.ts';
import { verbs } from '../../../companion/jobs/run.ts';
import { wordsOf } from '../../support/words.ts';

describe('inbetween presets', () => {
  let folder: string;
  let shelf: Presets;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-presets-'));
    shelf = openPresets(folder, verbs);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const fails = (act: () => unknown, code: ErrorCode, message: RegExp): void =>
    assert.throws(
      act,
      (error) => error instanceof CompanionError && error.code === code && message.test(error.message),
    );

  it('is found by name, whatever its case, and by id', () => {
    const { id } = shelf.save('interpolate', 'My Film', { fps: '50' });
    for (const name of ['My Film', 'my film', id]) assert.equal(findPreset(shelf.list(), name, 'interpolate').id, id);
  });
  it('one of the user goes before one that came along', () => {
    const came = shelf.list().find(({ builtIn }) => builtIn)!;
    const own = shelf.save(came.verb, came.name, {});
    assert.equal(findPreset(shelf.list(), came.name, came.verb).id, own.id);
  });
  it('is not taken from another verb', () => {
    shelf.save('compare', 'strict', { worst: 9 });
    fails(
      () => findPreset(shelf.list(), 'strict', 'interpolate'),
      'USAGE',
      /no preset strict of interpolate\. There are: .*Smooth 60/,
    );
  });
  it('one name for two verbs needs its id', () => {
    for (const verb of ['compare', 'interpolate']) shelf.save(verb, 'same', {});
    fails(() => findPreset(shelf.list(), 'same'), 'USAGE', /Several presets are called same/);
  });

  it('save, show, list, remove', async () => {
    await wordsOf(() => savePreset(shelf, 'film', 'interpolate', { fps: '50', output: 'not a parameter' }, false));
    assert.deepEqual(shelf.list().find(({ name }) => name === 'film')?.params, { fps: '50' });
    assert.match(
      (await wordsOf(() => showPreset(shelf, 'film', false))).stdout,
      /^film: interpolate .*\n {2}--fps 50\n$/,
    );
    assert.match((await wordsOf(() => listPresets(shelf, false))).stdout, /^interpolate +film +--fps 50$/m);
    assert.deepEqual(JSON.parse((await wordsOf(() => listPresets(shelf, true))).stdout), shelf.list());
    await wordsOf(() => removePreset(shelf, 'film', false));
    assert.ok(!shelf.list().some(({ name }) => name === 'film'));
  });
  it('a wrong value is named as its flag, and nothing is kept', () => {
    const before = shelf.list();
    fails(() => savePreset(shelf, 'x', 'interpolate', { cutThreshold: 9 }, false), 'PARAM_INVALID', /^--cut-threshold/);
    assert.deepEqual(shelf.list(), before);
  });
  it('one that came along stays', () =>
    fails(() => removePreset(shelf, 'Smooth 60', false), 'PRESET_BUILT_IN', /came along/));

  it('export and import carry the user’s own to another machine', async () => {
    shelf.save('interpolate', 'film', { fps: '50', dedup: true });
    shelf.save('compare', 'strict', { worst: 9 });
    const { stdout } = await wordsOf(() => exportPresets(shelf, []));
    const file = path.join(folder, 'mine.json');
    writeFileSync(file, stdout);
    const other = openPresets(mkdtempSync(path.join(folder, 'other-')), verbs);
    await wordsOf(() => importPresets(other, file, false));
    assert.deepEqual(other.list(), shelf.list());
  });
  it('export of some', async () => {
    shelf.save('interpolate', 'film', { fps: '50' });
    const { stdout } = await wordsOf(() => exportPresets(shelf, ['Smooth 60']));
    assert.deepEqual(JSON.parse(stdout).presets, [{ verb: 'interpolate', name: 'Smooth 60', params: { fps: '60' } }]);
  });
  const refused = (text: string, code: ErrorCode, message: RegExp) => () => {
    const file = path.join(folder, 'given.json');
    writeFileSync(file, text);
    fails(() => importPresets(shelf, file, false), code, message);
  };
  const whole = (presets: unknown, version: unknown = 1): string =>
    JSON.stringify({ inbetween: 'presets', version, presets });
  it('import of no JSON', refused('presets', 'INPUT_UNREADABLE', /it is no JSON\. Correct it\.$/));
  it('import of other JSON', refused('{"presets":[]}', 'INPUT_UNREADABLE', /no file of presets/));
  it('import of another version', refused(whole([], 2), 'INPUT_UNREADABLE', /version/));
  it(
    'import of an unknown parameter',
    refused(whole([{ verb: 'interpolate', name: 'x', params: { speed: 2 } }]), 'PARAM_UNKNOWN', /speed/),
  );
  it('import of an unknown verb', refused(whole([{ verb: 'bake', name: 'x', params: {} }]), 'VERB_UNKNOWN', /bake/));
  it('import of a good and a bad one keeps neither', () => {
    const file = path.join(folder, 'mixed.json');
    const [good, bad] = [
      { verb: 'interpolate', name: 'good', params: {} },
      { verb: 'interpolate', name: 'bad', params: { zoom: 1 } },
    ];
    writeFileSync(file, whole([good, bad]));
    fails(() => importPresets(shelf, file, false), 'PARAM_UNKNOWN', /zoom/);
    assert.ok(shelf.list().every(({ builtIn }) => builtIn));
  });
  for (const name of ['', 'x'.repeat(101)])
    it(`a name of ${name.length} characters is refused, and what is kept stays readable`, () => {
      shelf.save('interpolate', 'y'.repeat(100), {});
      fails(() => shelf.save('interpolate', name, {}), 'PARAM_INVALID', /1 to 100 characters/);
      assert.equal(
        openPresets(folder, verbs)
          .list()
          .filter(({ builtIn }) => !builtIn).length,
        1,
      );
    });
  it('import of nothing', () =>
    fails(() => importPresets(shelf, path.join(folder, 'none.json'), false), 'INPUT_MISSING', /none\.json/));
});
