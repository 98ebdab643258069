// The habits of the house hold in every file, and each checker catches a planted fault.
import assert from 'node:assert/strict';
import { errorRows } from '../../companion/api/errors.ts';
import { houseFiles } from './files.ts';
import {
  changelogFaults,
  lonelyKernels,
  longFiles,
  MOST_LINES,
  machineTraces,
  openPromises,
  rootLayout,
  silentFiles,
  strayErrors,
  vagueDeclarations,
  vagueNames,
} from './tidiness.ts';

const files = houseFiles();
const paths = [...files.keys()];
const one = (path: string, text: string): Map<string, string> => new Map([[path, text]]);
const holds = (faults: readonly string[]): void => assert.deepEqual(faults, []);
const catches = (faults: readonly string[]): void => assert.equal(faults.length, 1, faults.join('\n'));
const whole = [
  'plugin/a',
  'companion/a',
  'native/a',
  'otio/a',
  'test/a',
  'docs/a',
  'package.json',
  'tsconfig.json',
  'manifest.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

describe('house: top level', () => {
  it('holds', () => holds(rootLayout(paths)));
  it('the planned layout passes, with dotfiles and the lock file', () =>
    holds(rootLayout([...whole, '.ci/run', '.biome.json', 'package-lock.json'])));
  it('a stray file is caught', () => catches(rootLayout([...whole, 'notes.txt'])));
  it('a stray folder is caught', () => catches(rootLayout([...whole, 'src/index.ts'])));
  it('a missing room is caught', () => catches(rootLayout(whole.filter((path) => path !== 'otio/a'))));
  it('a missing file is caught', () => catches(rootLayout(whole.filter((path) => path !== 'LICENSE'))));
});

describe('house: files', () => {
  it('none is too long', () => holds(longFiles(files)));
  it('a long one is caught', () => catches(longFiles(one('a.ts', '\n'.repeat(MOST_LINES + 1)))));
  it('one just short enough passes', () => holds(longFiles(one('a.ts', '\n'.repeat(MOST_LINES)))));
  it('names say something', () => holds(vagueNames(paths)));
  for (const name of [
    'utils.ts',
    'string-utils.ts',
    'job-manager.ts',
    'frame_helpers.cpp',
    'fooBar.ts',
    'warp-line.cpp',
  ])
    it(`${name} is caught`, () => catches(vagueNames([name])));
  it('declarations say something', () => holds(vagueDeclarations(files)));
  it('a manager is caught', () => catches(vagueDeclarations(one('a.ts', 'export class JobManager {}'))));
  it('every one says what it is for', () => holds(silentFiles(files)));
  it('a silent one is caught', () => catches(silentFiles(one('a.ts', "import './b.ts';"))));
  it('a comment after #! counts', () => holds(silentFiles(one('a.mjs', '#!/usr/bin/env node\n// what for\n'))));
  it('none promises work', () => holds(openPromises(files)));
  it('a promise is caught', () => catches(openPromises(one('a.ts', `// ${'TO'}${'DO'}: later`))));
  it('none names a machine or a private registry', () => holds(machineTraces(files)));
  for (const text of ['/home/ann/clip.mov', 'C:\\Users\\ann', '"resolved": "https://npm.example.com/a.tgz"'])
    it(`${text} is caught`, () => catches(machineTraces(one('a.md', text))));
});

describe('house: kernels', () => {
  const trio = new Map([
    ['native/kernels/warp.cpp', ''],
    ['native/kernels/warp.h', ''],
    ['native/kernels/warp.test.cpp', '#include "warp.h"'],
  ]);
  const without = (path: string): Map<string, string> => new Map([...trio].filter(([each]) => each !== path));
  it('each has a contract and a case', () => holds(lonelyKernels(files)));
  it('a complete one passes', () => holds(lonelyKernels(trio)));
  it('a missing contract is caught', () => catches(lonelyKernels(without('native/kernels/warp.h'))));
  it('a missing case is caught', () => catches(lonelyKernels(without('native/kernels/warp.test.cpp'))));
});

describe('house: errors', () => {
  const codes = errorRows().map(({ code }) => code);
  it('every row is used and every code has a row', () => holds(strayErrors(files, codes)));
  it('an unused row is caught', () => catches(strayErrors(new Map(), ['NEVER_THROWN'])));
  it('a code without a row is caught', () =>
    catches(strayErrors(one('companion/media/a.ts', `throw new CompanionError('UNHEARD_OF', {});`), [])));
});

describe('house: changelog', () => {
  it('opens with Unreleased', () => holds(changelogFaults(files.get('CHANGELOG.md') ?? '')));
  it('a release on top is caught', () => catches(changelogFaults('# Changelog\n\n## 1.0.0\n\n- a\n')));
  it('an empty Unreleased is caught', () =>
    catches(changelogFaults('# Changelog\n\n## Unreleased\n\n## 1.0.0\n\n- a\n')));
});
