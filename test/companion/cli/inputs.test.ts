// Folders and patterns on the command line become the files a person means, in an order a person expects.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expandInputs, type InputOptions } from '../../../companion/cli/inputs.ts';

describe('expandInputs', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-inputs-'));
    for (const name of ['day/night', 'day/.hidden', 'empty', 'a[1]'])
      mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of [
      ...['shot10.mov', 'shot2.mov', 'shot1.MP4', '.secret.mov', 'notes.txt', 'half.mov.partial', 'clip.60fps.mov'],
      ...['day/one.mkv', 'day/night/two.mkv', 'day/.hidden/three.mkv', 'a[1]/x.mov', 'list.{1}.mov'],
      ...['day/one.mkv.json', 'plan.json'],
    ])
      writeFileSync(path.join(folder, name), '');
    symlinkSync(path.join(folder, 'day'), path.join(folder, 'day/night/round'), 'junction');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const found = (words: readonly string[], options: Partial<InputOptions> = {}): string[] =>
    expandInputs(
      words.map((word) => path.join(folder, word)),
      { folders: true, ...options },
    ).map((file) => path.relative(folder, file).replaceAll('\\', '/'));
  const check =
    (words: readonly string[], expected: readonly string[], options: Partial<InputOptions> = {}) =>
    () =>
      assert.deepEqual(found(words, options), expected);
  const stays = (word: string, options: Partial<InputOptions> = {}) =>
    check([word, 'shot2.mov'], [word, 'shot2.mov'], options);
  const shots = ['clip.60fps.mov', 'list.{1}.mov', 'shot1.MP4', 'shot2.mov', 'shot10.mov'];

  it('a file is itself', check(['shot2.mov'], ['shot2.mov']));
  it('a file that ends unlike a clip too', check(['notes.txt'], ['notes.txt']));
  it('a file that is missing stays, for a better sentence', check(['none.mov'], ['none.mov']));
  it('a folder means its clips, numbers in order', check(['.'], shots));
  it('not those of its folders', check(['day'], ['day/one.mkv']));
  it('but with --recursive', check(['day'], ['day/one.mkv', 'day/night/two.mkv'], { recursive: true }));
  it('a folder stays one where clips are wanted in pairs', check(['day'], ['day'], { folders: false }));
  it('a folder without clips stays, for a better sentence', stays('empty'));
  it('and with --recursive too', stays('empty', { recursive: true }));

  it('*', check(['shot*.mov'], ['shot2.mov', 'shot10.mov']));
  it('?', check(['shot?.mov'], ['shot2.mov']));
  it('[]', check(['shot[0-9].mov'], ['shot2.mov']));
  it('[!]', check(['shot[!2]*.mov'], ['shot10.mov']));
  it('{}', check(['shot{1,2}.{mov,MP4}'], ['shot1.MP4', 'shot2.mov']));
  it('takes any file it matches', check(['n*'], ['notes.txt']));
  it('a folder in the middle', check(['d*/*.mkv'], ['day/one.mkv']));
  it('**', check(['**/*.mkv'], ['day/one.mkv', 'day/night/two.mkv']));
  it('** also means none', check(['day/**/one.*'], ['day/one.mkv']));
  it(
    'no hidden file',
    check(
      ['*.mov'],
      shots.filter((name) => name.endsWith('.mov')),
    ),
  );
  it('but one that is written', check(['.s*'], ['.secret.mov']));
  it('a dot is a dot', stays('shot2?mkv'));
  it('what exists is no pattern', check(['list.{1}.mov', 'a[1]'], ['list.{1}.mov', 'a[1]/x.mov']));
  it('a folder is not its records', check(['day'], ['day/one.mkv']));
  it('nor is a pattern', check(['day/*'], ['day/one.mkv']));
  it('nor are words a shell made of one', check(['day/one.mkv', 'day/one.mkv.json'], ['day/one.mkv']));
  it('a record by itself stays, for a better sentence', check(['day/one.mkv.json'], ['day/one.mkv.json']));
  it('other JSON stays too', check(['shot2.mov', 'plan.json'], ['shot2.mov', 'plan.json']));
  it('none twice', check(['shot2.mov', 'shot*.mov'], ['shot2.mov', 'shot10.mov']));
  it('a pattern that matches nothing stays', stays('*.wav'));
  it('a range that runs backwards matches nothing', stays('shot[9-0].mov'));
  it('a pattern below what is no folder', stays('notes.txt/*'));
});
