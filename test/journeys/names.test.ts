// Files may be called anything: the result is named for its input and lands beside it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ended, travel, treeOf } from '../support/journey.ts';
import { ffmpeg, findTools } from '../support/media.ts';
import { withNpmTools } from '../support/npm-tools.ts';
import { standAside } from '../support/stand-aside.ts';

/** Inputs and what their results are called. */
const names: Readonly<Record<string, string>> = {
  'with spaces.mov': 'with spaces.60fps.mov',
  'it\'s "quoted".mov': 'it\'s "quoted".60fps.mov',
  '-y.mov': '-y.60fps.mov',
  'frame%03d.mov': 'frame%03d.60fps.mov',
  '日本語の映像.mov': '日本語の映像.60fps.mov',
  '🎬🎞️.mov': '🎬🎞️.60fps.mov',
  'cafe\u0301.mov': 'cafe\u0301.60fps.mov', // NFD
  'file:clip.mov': 'file:clip.60fps.mov',
  'concat:a|b.mov': 'concat:a|b.60fps.mov',
  '$(touch x);`id`&.mov': '$(touch x);`id`&.60fps.mov',
  'two.dots.mov': 'two.dots.60fps.mov',
  noextension: 'noextension.60fps.mov',
  [`${'n'.repeat(246)}.mov`]: `${'n'.repeat(240)}.60fps.mov`,
};

describe('journeys: names', () => {
  withNpmTools();
  let folder: string;
  let ended: Ended;
  let written: string[];

  before(async function () {
    if (process.platform === 'win32') standAside(this, 'Windows forbids half of these names');
    folder = mkdtempSync(path.join(tmpdir(), 'inbetween-names-'));
    const original = path.join(folder, 'original.mov');
    const tools = await findTools();
    await ffmpeg(tools, ['-f', 'lavfi', '-i', 'testsrc=s=32x32:r=24:d=0.125', '-c:v', 'mpeg4', original]);
    const place = path.join(folder, 'in');
    mkdirSync(place);
    for (const name of Object.keys(names)) copyFileSync(original, path.join(place, name));
    ended = await travel(['interpolate', '--quiet', '--', ...Object.keys(names)], { cwd: place });
    written = treeOf(place).filter((name) => !(name in names));
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it('all of them are done', () => assert.equal(ended.code, 0, ended.stderr));
  for (const [input, output] of Object.entries(names)) {
    it(input.length > 60 ? 'a name of 250 bytes' : input, () => {
      assert.ok(written.includes(output), `${output} is not among ${written.join(', ')}`);
      assert.ok(ended.stdout.split('\n').some((line) => path.basename(line) === output));
    });
  }
  it('and nothing else was written but their records', () =>
    assert.deepEqual(
      written,
      Object.values(names)
        .flatMap((output) => [output, `${output}.json`])
        .sort(),
    ));
}).timeout(180_000);
