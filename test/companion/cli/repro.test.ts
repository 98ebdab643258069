// The command that makes a result again: from the record beside it, or from the daemon; safe to paste into a shell.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { commandOf, quoted, recordBeside, repro } from '../../../companion/cli/repro.ts';
import { wordsOf } from '../../support/words.ts';

const record = { verb: 'interpolate', params: { fps: '50', dedup: true }, inputs: ['/clips/my clip.mov'] };

describe('quoted', () => {
  const check =
    (word: string, expected: string, platform: NodeJS.Platform = 'linux') =>
    () =>
      assert.equal(quoted(word, platform), expected);
  it('plain words stay', check('/clips/a-1.mov', '/clips/a-1.mov'));
  it('spaces', check('my clip.mov', `'my clip.mov'`));
  it('quotes', check(`it's.mov`, `'it'\\''s.mov'`));
  it('nothing', check('', `''`));
  it('Windows paths stay', check('C:\\clips\\a.mov', 'C:\\clips\\a.mov', 'win32'));
  it('Windows spaces', check('C:\\my clips\\a.mov', '"C:\\my clips\\a.mov"', 'win32'));
  it('a shell reads back what was meant', function () {
    if (process.platform === 'win32') this.skip();
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
          { minLength: 1, maxLength: 5 },
        ),
        (words) => {
          const line = `printf '%s\\0' ${words.map((word) => quoted(word, 'linux')).join(' ')}`;
          assert.equal(
            execFileSync('sh', ['-c', line], { encoding: 'utf8' }),
            words.map((word) => `${word}\0`).join(''),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('commandOf', () => {
  const check = (given: Partial<typeof record> & Record<string, unknown>, expected: string) => () =>
    assert.equal(commandOf({ ...record, ...given }, '/out/b.mov').join('|'), expected);
  it('inputs, flags, output', check({}, 'interpolate|/clips/my clip.mov|--fps|50|--dedup|-o|/out/b.mov'));
  it(
    'inputs with their marks',
    check({ inputs: [{ path: '/a.mov', bytes: 1 }] as never }, 'interpolate|/a.mov|--fps|50|--dedup|-o|/out/b.mov'),
  );
  it(
    'a name like a flag is none',
    check({ inputs: ['--help'], params: {} as never }, 'interpolate|./--help|-o|/out/b.mov'),
  );
});

describe('inbetween repro', () => {
  let folder: string;
  let result: string;
  const nobody = (): Promise<unknown> => Promise.resolve(undefined);
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-repro-')));
    result = path.join(folder, 'b.mov');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('reads the record beside the result', async () => {
    writeFileSync(result, '');
    writeFileSync(recordBeside(result), JSON.stringify(record));
    const { stdout } = await wordsOf(() => repro(result, false, nobody));
    assert.equal(stdout, `inbetween interpolate '/clips/my clip.mov' --fps 50 --dedup -o ${result}\n`);
  });
  it('of a result that is gone too', async () => {
    writeFileSync(recordBeside(result), JSON.stringify(record));
    assert.equal((await wordsOf(() => repro(result, false, nobody))).result, 0);
  });
  it('else asks the daemon', async () => {
    writeFileSync(result, '');
    const asked: string[] = [];
    const { stdout } = await wordsOf(() =>
      repro(result, true, (file) => {
        asked.push(file);
        return Promise.resolve(record);
      }),
    );
    assert.deepEqual(asked, [result]);
    const told = JSON.parse(stdout);
    assert.deepEqual(told.record, record);
    assert.deepEqual(told.command.slice(0, 3), ['inbetween', 'interpolate', '/clips/my clip.mov']);
  });
  const fails = (code: string, message: RegExp) =>
    assert.rejects(
      repro(result, false, nobody),
      (error: Error & { code?: string }) => error.code === code && message.test(error.message),
    );
  it('no such file', () => fails('INPUT_MISSING', /b\.mov/));
  it('no record anywhere', () => {
    writeFileSync(result, '');
    return fails('INPUT_UNREADABLE', /no record beside it \(b\.mov\.json\)/);
  });
  it('a record that is none', () => {
    writeFileSync(recordBeside(result), '[1');
    return fails('INPUT_UNREADABLE', /it is no JSON/);
  });
  it('a record of something else', () => {
    writeFileSync(recordBeside(result), '{"verb":1}');
    return fails('INPUT_UNREADABLE', /does not say how it was made \(verb\)/);
  });
});
