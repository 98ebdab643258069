// Import directions hold in the whole house, and every rule catches a planted violation.
import assert from 'node:assert/strict';
import { houseFiles } from './files.ts';
import { importsOf, strayNodeApi, strayProcesses, upwardIncludes, wrongDirections } from './imports.ts';

const files = houseFiles();
const house = (path: string, text: string): Map<string, string> => new Map([[path, text]]);

describe('house: imports are read as written', () => {
  const check = (text: string, expected: string[]): void => {
    assert.deepEqual(
      importsOf(text).map(({ from, typeOnly }) => (typeOnly ? `type ${from}` : from)),
      expected,
    );
  };
  it('named', () => check(`import { a } from './a.ts';`, ['./a.ts']));
  it('over several lines', () => check(`import {\n  a,\n  b,\n} from './a.ts';`, ['./a.ts']));
  it('types', () => check(`import type { A } from './a.ts';`, ['type ./a.ts']));
  it('names marked as types', () => check(`import { type A, type B } from './a.ts';`, ['type ./a.ts']));
  it('a type among values is a value import', () => check(`import { type A, b } from './a.ts';`, ['./a.ts']));
  it('a default beside types is a value import', () => check(`import d, { type A } from './a.ts';`, ['./a.ts']));
  it('for its effect', () => check(`import './a.ts';`, ['./a.ts']));
  it('everything', () => check(`import * as a from "./a.ts";`, ['./a.ts']));
  it('re-export', () => check(`export { a } from './a.ts';\nexport * from './b.ts';`, ['./a.ts', './b.ts']));
  it('dynamic', () => check(`const a = await import('./a.ts');`, ['./a.ts']));
  it('required', () => check(`const a = require('./a.cjs');`, ['./a.cjs']));
  it('not in comments', () => check(`// import { a } from './a.ts';\n/* import './b.ts'; */`, []));
});

describe('house: directions', () => {
  const check = (path: string, text: string, faults: number): void => {
    assert.equal(wrongDirections(house(path, text)).length, faults, wrongDirections(house(path, text)).join('\n'));
  };
  it('hold everywhere', () => assert.deepEqual(wrongDirections(files), []));
  it('api may not use media', () => check('companion/api/a.ts', `import { x } from '../media/x.ts';`, 1));
  it('media may use api', () => check('companion/media/a.ts', `import { x } from '../api/x.ts';`, 0));
  it('media may not use operations', () => check('companion/media/a.ts', `import { x } from '../operations/x.ts';`, 1));
  it('media may know types of the engine', () =>
    check('companion/media/a.ts', `import type { X } from '@inbetween/native';`, 0));
  it('media may not load the engine', () => check('companion/media/a.ts', `import { x } from '@inbetween/native';`, 1));
  it('operations may not load the engine', () =>
    check('companion/operations/a/b.ts', `import { x } from '../../../native/index.ts';`, 1));
  it('the worker may load the engine', () =>
    check('companion/jobs/worker.ts', `import { x } from '@inbetween/native';`, 0));
  it('nothing else in jobs may', () => check('companion/jobs/run.ts', `import { x } from '@inbetween/native';`, 1));
  it('cli may not use operations', () => check('companion/cli/a.ts', `import { x } from '../operations/x.ts';`, 1));
  it('cli may not use media', () => check('companion/cli/verb.ts', `import { x } from '../media/x.ts';`, 1));
  it('probe may', () => check('companion/cli/probe.ts', `import { x } from '../media/x.ts';`, 0));
  it('the panel may use api alone', () =>
    check('plugin/app/a.ts', `import { x } from '@inbetween/companion/media/x.ts';`, 1));
  it('native uses nothing of ours', () => check('native/index.ts', `import { x } from '../companion/api/x.ts';`, 1));
  it('tests may use everything', () => check('test/a.ts', `import { x } from '../native/index.ts';`, 0));
});

describe('house: things one place does', () => {
  it('only the allowed files start processes', () => assert.deepEqual(strayProcesses(files), []));
  it('a stray process is caught', () =>
    assert.equal(
      strayProcesses(house('companion/media/a.ts', `import { spawn } from 'node:child_process';`)).length,
      1,
    ));
  it('its type is free', () =>
    assert.equal(
      strayProcesses(house('companion/media/a.ts', `import type { ChildProcess } from 'node:child_process';`)).length,
      0,
    ));
  it('Node-API stays in native/addon', () => assert.deepEqual(strayNodeApi(files), []));
  it('a stray napi.h is caught', () =>
    assert.equal(strayNodeApi(house('native/flow/a.cpp', '#include <napi.h>\n')).length, 1));
  it('the engine points down', () => assert.deepEqual(upwardIncludes(files), []));
  it('a kernel that sees the flow is caught', () =>
    assert.equal(upwardIncludes(house('native/kernels/a.cpp', '#include "../flow/pair.h"\n')).length, 1));
});
