// The build without CMake and without a compiler, and what the engine says where it was not built; in copies of the sources.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { standAside } from '../support/stand-aside.ts';
import { typescriptLoader } from '../support/typescript.ts';
import { compiler, native } from './built.ts';

const folders: string[] = [];
/** A copy of `native/` without what was built, in a new folder outside the repository. */
function copy(): string {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'inbetween-native-'));
  folders.push(folder);
  const room = path.join(folder, 'native');
  mkdirSync(room);
  for (const name of readdirSync(native()))
    if (name !== 'build' && name !== 'node_modules') cpSync(native(name), path.join(room, name), { recursive: true });
  const packages = path.join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of ['node-addon-api', 'node-api-headers'])
    symlinkSync(native('..', 'node_modules', name), path.join(packages, name), 'junction');
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  return room;
}

const build = (room: string, env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, [path.join(room, 'build.mjs')], { encoding: 'utf8', env });
const load = (room: string) =>
  spawnSync(
    process.execPath,
    [
      '--import',
      typescriptLoader,
      '--input-type=module',
      '--eval',
      `const { openEngine } = await import(${JSON.stringify(pathToFileURL(path.join(room, 'index.ts')).href)});
       try {
         const engine = openEngine({ threads: 2 });
         const format = { width: 64, height: 48, layout: 'gray', depth: 8, alpha: false };
         const picture = Uint8Array.from({ length: 64 * 48 }, (_, i) => i * 7);
         const report = await engine.interpolator(format, { effort: 'best', cutThreshold: 0.5 }).load(picture, picture);
         console.log(report.relation);
       } catch (error) {
         console.log(error.code, error.message);
       }`,
    ],
    { encoding: 'utf8' },
  );

describe('native: build', () => {
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('without a compiler: succeeds, says what to install, and so does the first use of the engine', () => {
    const room = copy();
    const { CXX: _, ...env } = process.env;
    const { status, stderr } = build(room, { ...env, PATH: '', Path: '' });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /no C\+\+ compiler.*apt install g\+\+.*xcode-select.*npm run build:native/s);
    assert.equal(existsSync(path.join(room, 'build', 'release', 'engine.node')), false);
    const said = load(room).stdout;
    assert.match(said, /^ENGINE_MISSING .*could not be loaded.*apt install g\+\+.*npm run build:native/s);
  });

  it('without CMake: one compiler call makes an engine that works, and nothing is done the second time', function () {
    this.timeout(180_000);
    const reason = compiler();
    if (reason !== undefined) standAside(this, reason);
    const room = copy();
    const flags = path.join(room, 'flags.txt');
    writeFileSync(flags, readFileSync(flags, 'utf8').replace('-O3', '-O0')); // the same engine, slower, in a third of the time
    const env = { ...process.env, INBETWEEN_NO_CMAKE: '1' };
    const { status, stdout, stderr } = build(room, env);
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.doesNotMatch(stdout + stderr, /warning/i);
    assert.equal(existsSync(path.join(room, 'build', 'release', 'cmake')), false);
    assert.equal(load(room).stdout.trim(), 'still');
    const start = performance.now();
    assert.equal(build(room, env).status, 0);
    assert.ok(performance.now() - start < 5000, 'built again although nothing had changed');
  });

  it('a compiler that fails is a failed build with its name', () => {
    const room = copy();
    const { status, stderr } = build(room, { ...process.env, INBETWEEN_NO_CMAKE: '1', CXX: 'no-such-compiler' });
    assert.notEqual(status, 0);
    assert.match(stderr, /no-such-compiler could not build the engine/);
  });
});
