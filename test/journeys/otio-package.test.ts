// The library as its users get it: built, imported by its own name, the README's example run by plain Node; and bundled for a browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transformSync } from 'esbuild';
import { type Clip, read, type Timeline, write } from '../../otio/index.ts';
import { longTimeline } from '../fixtures/long-timeline.ts';
import { root } from '../house/files.ts';
import { scratchFolder } from '../support/media.ts';

const otio = join(root, 'otio');

describe('journeys: the package otio-ts', function () {
  this.timeout(120_000);
  const folder = scratchFolder('otio-package');
  const installed = join(folder.path, 'node_modules', 'otio-ts');
  after(() => folder[Symbol.dispose]());

  before(() => {
    mkdirSync(installed, { recursive: true });
    execFileSync(process.execPath, [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      otio,
      '--outDir',
      join(installed, 'build'),
    ]);
    writeFileSync(join(installed, 'package.json'), readFileSync(join(otio, 'package.json')));
    for (const dependency of ['saxes', 'yauzl', 'yazl'])
      symlinkSync(join(root, 'node_modules', dependency), join(folder.path, 'node_modules', dependency));
  });

  it('runs the example of its README', () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(otio, 'README.md'), 'utf8'))!;
    writeFileSync(join(folder.path, 'cut.otio'), write(longTimeline(5)));
    writeFileSync(join(folder.path, 'example.mjs'), transformSync(example!, { loader: 'ts' }).code);
    execFileSync(process.execPath, ['example.mjs'], { cwd: folder.path, stdio: 'pipe' });
    const made = read(readFileSync(join(folder.path, 'cut-2.otio'), 'utf8'), { mode: 'strict' }).root as Timeline;
    assert.equal(made.findClips().filter((clip: Clip) => clip.name === 'shot_000000').length, 2);
  });

  for (const entry of ['index.ts', 'opentime/index.ts', 'fill/index.ts', 'adapters/index.ts'])
    it(`${entry} needs nothing of Node`, async () => {
      const { outputFiles } = await build({
        entryPoints: [join(otio, entry)],
        bundle: true,
        platform: 'browser',
        format: 'esm',
        write: false,
        logLevel: 'silent',
      });
      assert.doesNotMatch(outputFiles[0]!.text, /\beval\(|new Function\(/);
    });
});
