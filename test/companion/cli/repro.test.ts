// The command that makes a result again: from the record beside it, or from the daemon; safe to paste into a shell. And what is not as it was.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { type KnownRecords, quoted, repro } from '../../../companion/cli/repro.ts';
import { recordBeside } from '../../../companion/jobs/beside.ts';
import { hashOf } from '../../../companion/jobs/hash.ts';
import { markInput, ownVersion } from '../../../companion/jobs/key.ts';
import type { ResultRecord } from '../../../companion/jobs/record.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { wordsOf } from '../../support/words.ts';

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
    notOnWindows(this, 'there is no such shell');
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

describe('inbetween repro', () => {
  let folder: string;
  let input: string;
  let result: string;
  let record: ResultRecord;
  const unknown = (): Promise<unknown> => Promise.resolve(undefined);
  const nobody: KnownRecords = { ofResult: unknown, ofJob: unknown };
  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-repro-')));
    [input, result] = [path.join(folder, 'my clip.mov'), path.join(folder, 'b.mov')];
    writeFileSync(input, 'clip');
    writeFileSync(result, 'frames');
    record = {
      ...{ inbetween: 'record', format: 1, version: ownVersion, job: `j${'0'.repeat(20)}`, key: 'k' },
      ...{ verb: 'interpolate', params: { fps: '50', dedup: true } },
      inputs: [{ ...markInput(input) }],
      output: { path: result, sha256: await hashOf(result) },
      command: ['inbetween', 'interpolate', input, '--fps', '50', '--dedup', '-o', result],
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const lay = (at = result, what: unknown = record): void => writeFileSync(recordBeside(at), JSON.stringify(what));
  const said = (named = result, known = nobody) => wordsOf(() => repro(named, false, known));
  const told = async (named = result, known = nobody) =>
    JSON.parse((await wordsOf(() => repro(named, true, known))).stdout);

  it('says the command, and that all is as it was', async () => {
    lay();
    const { stdout, stderr, result: exit } = await said();
    assert.equal(stdout, `inbetween interpolate '${input}' --fps 50 --dedup -o ${result}\n`);
    assert.equal(stderr, `${input} is what it was.\n${result} is as it was made.\n`);
    assert.equal(exit, 0);
  });
  it('as JSON', async () => {
    lay();
    assert.deepEqual(await told(), {
      command: record.command,
      result: { path: result, standing: 'same' },
      inputs: [{ path: input, standing: 'same' }],
      recordFile: recordBeside(result),
      record,
    });
  });

  describe('says of', () => {
    const check = (what: string, happened: () => void, words: RegExp, standings: [input: string, result: string]) =>
      it(what, async () => {
        lay();
        happened();
        const { stdout, stderr, result: exit } = await said();
        assert.match(stderr, words);
        assert.match(stdout, /^inbetween interpolate/);
        assert.equal(exit, 0);
        const json = await told();
        assert.deepEqual([json.inputs[0].standing, json.result.standing], standings);
      });
    check('an input of another size', () => writeFileSync(input, 'clips'), /my clip\.mov has changed since/, [
      'changed',
      'same',
    ]);
    check('an input of other bytes', () => writeFileSync(input, 'clap'), /my clip\.mov has changed since/, [
      'changed',
      'same',
    ]);
    check('an input that is gone', () => rmSync(input), /my clip\.mov is not there any more/, ['gone', 'same']);
    check('an input copied back', () => writeFileSync(input, 'clip'), /my clip\.mov is what it was/, ['same', 'same']);
    check('a result that was changed', () => writeFileSync(result, 'framed'), /b\.mov is not as it was made/, [
      'same',
      'changed',
    ]);
    check('a result that is gone', () => rmSync(result), /b\.mov is not there any more/, ['same', 'gone']);
    if (process.platform !== 'win32' && process.getuid?.() !== 0)
      check('a result nobody may read', () => chmodSync(result, 0), /b\.mov cannot be read/, ['same', 'unreadable']);
  });
  it('another version of ours', async () => {
    lay(result, { ...record, version: '0.0.1' });
    assert.match((await said()).stderr, /made by version 0\.0\.1, and this is .*other bytes/);
  });
  it('a folder of stills, by its name with and without a separator', async () => {
    const stills = path.join(folder, 'shot');
    mkdirSync(stills);
    writeFileSync(path.join(stills, 'shot.000001.png'), 'picture');
    lay(stills, { ...record, output: { path: stills, sha256: await hashOf(stills) } });
    for (const named of [stills, stills + path.sep]) assert.equal((await told(named)).result.standing, 'same');
    const moved = path.join(folder, 'take');
    renameSync(stills, moved);
    renameSync(recordBeside(stills), recordBeside(moved));
    assert.equal((await told(moved)).result.standing, 'same');
    writeFileSync(path.join(moved, 'shot.000002.png'), 'picture');
    assert.equal((await told(moved)).result.standing, 'changed');
  });
  it('a result that was moved with its record', async () => {
    const moved = path.join(folder, 'c.mov');
    renameSync(result, moved);
    lay(moved);
    const { stderr } = await said(moved);
    assert.match(stderr, /c\.mov is as it was made\.\nIt was made as .*b\.mov, and the command makes it there\./);
  });
  it('a result by a link to it', async function () {
    notOnWindows(this, 'links need a right of their own');
    lay();
    const link = path.join(folder, 'link.mov');
    symlinkSync(result, link);
    assert.equal((await told(link)).result.standing, 'same');
  });
  it('takes the record itself, with the result beside it or where it was made', async () => {
    lay();
    assert.deepEqual((await told(recordBeside(result))).result, { path: result, standing: 'same' });
    const away = path.join(folder, 'kept');
    lay(away);
    assert.deepEqual((await told(recordBeside(away))).result, { path: result, standing: 'same' });
  });
  it('takes the id of a job', async () => {
    const json = await told(record.job, { ...nobody, ofJob: (id) => Promise.resolve({ ...record, job: id }) });
    assert.deepEqual([json.result.standing, json.recordFile, json.record.job], ['same', null, record.job]);
  });
  it('takes the id of a job that made no file', async () => {
    const json = await told(record.job, { ...nobody, ofJob: () => Promise.resolve({ ...record, output: null }) });
    assert.deepEqual([json.result, json.inputs[0].standing], [null, 'same']);
  });
  it('asks the daemon where no record lies beside, or something else does', async () => {
    for (const foreign of [false, true]) {
      if (foreign) writeFileSync(recordBeside(result), '{"mine":1}');
      const asked: string[] = [];
      const ofResult = (file: string): Promise<unknown> => {
        asked.push(file);
        return Promise.resolve(record);
      };
      const json = await told(result, { ...nobody, ofResult });
      assert.deepEqual([asked, json.recordFile, json.record], [[result], null, record]);
    }
  });

  const fails = (code: string, message: RegExp, named = result) =>
    assert.rejects(
      repro(named, false, nobody),
      (error: Error & { code?: string }) => error.code === code && message.test(error.message),
    );
  it('refuses what is not there', () => fails('INPUT_MISSING', /c\.mov/, path.join(folder, 'c.mov')));
  it('refuses a result without a record', () => fails('RECORD_MISSING', /b\.mov\.json is not there, and the daemon/));
  it('refuses a record that is none', () => {
    writeFileSync(recordBeside(result), '[1');
    return fails('RECORD_UNREADABLE', /it is no JSON/);
  });
  it('refuses a record of something else', () => {
    lay(result, { ...record, verb: 1 });
    return fails('RECORD_UNREADABLE', /does not say how the result was made \(verb\)/);
  });
  it('refuses a file that is no record', () => {
    const file = path.join(folder, 'list.json');
    writeFileSync(file, '{}');
    return fails('RECORD_UNREADABLE', /list\.json is no record.*\(inbetween\)/, file);
  });
});
