// Where the engine's sources and its build lie, and whether this machine can build.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const room = path.resolve(import.meta.dirname, '../../native');

/** A path in `native/`. */
export const native = (...parts: string[]): string => path.join(room, ...parts);

/** Why nothing can be built here; undefined where there is a compiler. */
export function compiler(): string | undefined {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const found = names.some((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  return found || process.platform === 'win32'
    ? undefined
    : `this machine has no C++ compiler (tried ${names.join(', ')})`;
}

/** Why the engine cannot be loaded here; undefined where it was built. */
export function engineMissing(): string | undefined {
  return existsSync(native('build', 'release', 'engine.node'))
    ? undefined
    : (compiler() ?? 'the engine was not built: npm run build:native');
}
