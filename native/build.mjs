// Builds the engine: with CMake where there is one, else with one compiler call. Needs no Node headers, no python and no network.
//   node native/build.mjs            the addon, if its sources are newer than it; without a compiler: says so and succeeds
//   node native/build.mjs --force    the addon, from scratch
//   node native/build.mjs --tests [--asan]   the program of the C++ cases
// INBETWEEN_NO_CMAKE=1 takes the compiler call; CXX names the compiler.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;
const flags = new Set(process.argv.slice(2));
const tests = flags.has('--tests');
const asan = flags.has('--asan');
const name = tests ? (process.platform === 'win32' ? 'engine_cases.exe' : 'engine_cases') : 'engine.node';
const folder = path.join(here, 'build', asan ? 'asan' : 'release');
const target = path.join(folder, name);

const has = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd: here });
  if (status === 0) return;
  console.error(`inbetween: ${command} could not build the engine${error ? ` (${error.message})` : ''}.`);
  process.exit(status ?? 1);
};

const wanted = (file) => /\.(cpp|h)$/.test(file) && (tests ? true : !file.endsWith('.test.cpp'));
const rooms = tests ? ['core', 'kernels', 'flow'] : ['core', 'kernels', 'flow', 'addon'];
const files = rooms.flatMap((room) =>
  readdirSync(path.join(here, room))
    .filter(wanted)
    .map((file) => path.join(here, room, file)),
);
const settings = ['CMakeLists.txt', 'flags.txt', 'build.mjs'].map((file) => path.join(here, file));
const newest = Math.max(...[...files, ...settings].map((file) => statSync(file).mtimeMs));
if (!flags.has('--force') && existsSync(target) && statSync(target).mtimeMs > newest) process.exit(0);

const compiler = process.env.CXX || ['c++', 'g++', 'clang++'].find(has);
const cmake = !process.env.INBETWEEN_NO_CMAKE && has('cmake');
if (!compiler && !(cmake && process.platform === 'win32')) {
  console.error(
    'inbetween: no C++ compiler was found, so the engine was not built. Everything else works; to interpolate, install one ' +
      '(Debian and Ubuntu: apt install g++ · macOS: xcode-select --install · Windows: LLVM or MinGW-w64) and run `npm run build:native`.',
  );
  process.exit(tests ? 1 : 0);
}

const require = createRequire(import.meta.url);
const headers = ['node-api-headers/package.json', 'node-addon-api/package.json'].map((file) =>
  path.dirname(require.resolve(file)),
);
const includes = [path.join(headers[0], 'include'), headers[1]];

mkdirSync(folder, { recursive: true });
if (cmake) {
  const work = path.join(folder, tests ? 'cmake-cases' : 'cmake');
  if (flags.has('--force')) rmSync(work, { recursive: true, force: true });
  const switches = [
    `-DENGINE_TESTS=${tests ? 'ON' : 'OFF'}`,
    `-DENGINE_ASAN=${asan ? 'ON' : 'OFF'}`,
    `-DENGINE_HEADERS=${includes.join(';')}`,
  ];
  run('cmake', ['-S', here, '-B', work, '-DCMAKE_BUILD_TYPE=None', ...switches]);
  run('cmake', ['--build', work, '--parallel', '2']);
  // copied under another name first: a running process may have the old file mapped
  copyFileSync(path.join(work, name), `${target}.new`);
} else {
  const sources = files.filter((file) => file.endsWith('.cpp'));
  const shared = tests
    ? []
    : ['-shared', '-DNAPI_VERSION=8', '-DNAPI_CPP_EXCEPTIONS', ...includes.map((folder) => `-I${folder}`)];
  const apple = process.platform === 'darwin' && !tests ? ['-undefined', 'dynamic_lookup'] : [];
  const sanitizers = asan ? ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : [];
  const common = readFileSync(path.join(here, 'flags.txt'), 'utf8').trim().split('\n');
  run(compiler, [
    '-std=c++17',
    '-fPIC',
    '-fvisibility=hidden',
    ...common,
    ...sanitizers,
    `-I${here}`,
    ...shared,
    ...apple,
    ...sources,
    '-pthread',
    '-o',
    `${target}.new`,
  ]);
}
renameSync(`${target}.new`, target);
