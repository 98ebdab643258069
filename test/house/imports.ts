// The directions of docs/architecture.md: which room may import which, and the few things only one file may do.
import { posix } from 'node:path';
import type { Files } from './files.ts';

export interface Import {
  readonly from: string;
  /** Written as `import type` or `export type`. */
  readonly typeOnly: boolean;
}

const STATEMENT = /(?:^|[;\n])\s*(?:import|export)\s+(type\s+)?(?:[\w*${}\s,]*?\sfrom\s*)?['"]([^'"]+)['"]/g;
const DYNAMIC = /(?:\bimport|\brequire)\(\s*['"]([^'"]+)['"]/g;

/** Every import and re-export of a TypeScript or JavaScript source. A list in which every name is marked `type` counts as type-only. */
export function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
  const fixed = [...code.matchAll(STATEMENT)].map((match) => {
    const names =
      /\{([^}]*)\}/
        .exec(match[0])?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '') ?? [];
    const bare = !/\{/.test(match[0]) || /(?:import|export)\s+\w+\s*,/.test(match[0]);
    return {
      from: match[2]!,
      typeOnly:
        match[1] !== undefined || (!bare && names.length > 0 && names.every((name) => name.startsWith('type '))),
    };
  });
  return [...fixed, ...[...code.matchAll(DYNAMIC)].map((match) => ({ from: match[1]!, typeOnly: false }))];
}

/** The room a path lies in; undefined for files of the root. */
export function roomOf(path: string): string | undefined {
  const [first, second] = path.split('/');
  if (first === 'companion' && second !== undefined && path.split('/').length > 2) return `companion/${second}`;
  return path.includes('/') ? first : undefined;
}

type Rule = { readonly rooms: readonly string[]; readonly types?: readonly string[] };

const MAY: Record<string, Rule> = {
  otio: { rooms: [] },
  native: { rooms: [] },
  'companion/api': { rooms: ['otio'] },
  'companion/media': { rooms: ['companion/api'], types: ['native'] },
  'companion/timeline': { rooms: ['companion/api', 'companion/media', 'otio'] },
  'companion/operations': {
    rooms: ['companion/api', 'companion/media', 'companion/timeline', 'otio'],
    types: ['native'],
  },
  'companion/jobs': { rooms: ['companion/api', 'companion/operations', 'companion/media'], types: ['native'] },
  'companion/server': { rooms: ['companion/api', 'companion/jobs', 'companion/media'] },
  'companion/cli': { rooms: ['companion/api', 'companion/jobs', 'companion/timeline', 'otio'] },
  plugin: { rooms: ['companion/api', 'otio'] },
};

/** Files that may do more than their room. */
const MORE: Record<string, readonly string[]> = {
  'companion/cli/inbetween.mjs': ['companion/build'],
  'companion/jobs/worker.ts': ['native'],
  'companion/cli/serve.ts': ['companion/server'],
  'companion/cli/probe.ts': ['companion/media'],
  'companion/cli/picture.ts': ['companion/media'],
  'companion/cli/otio/write.ts': ['companion/media'],
};

const PACKAGES: Record<string, string> = {
  '@inbetween/native': 'native',
  'otio-ts': 'otio',
  '@inbetween/plugin': 'plugin',
};

function target(path: string, from: string): string | undefined {
  if (from.startsWith('.')) return roomOf(posix.normalize(posix.join(posix.dirname(path), from)));
  const name = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  if (name === '@inbetween/companion') return roomOf(`companion/${from.slice(name.length + 1)}`);
  return PACKAGES[name];
}

const isSource = (path: string): boolean => /\.(m?ts|tsx|mjs|js)$/.test(path);

/** Imports that go against the directions. */
export function wrongDirections(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    const room = roomOf(path);
    const rule = room === undefined ? undefined : MAY[room];
    if (!isSource(path) || rule === undefined) return [];
    return importsOf(text).flatMap(({ from, typeOnly }) => {
      const to = target(path, from);
      if (to === undefined || to === room) return [];
      const allowed =
        rule.rooms.includes(to) || MORE[path]?.includes(to) === true || (typeOnly && rule.types?.includes(to) === true);
      return allowed ? [] : [`${path} imports ${from}${typeOnly ? ' (types)' : ''}: ${room} may not import ${to}`];
    });
  });
}

const SPAWNERS = ['companion/media/process.ts', 'companion/jobs/run.ts', 'companion/cli/start.ts', 'native/build.mjs'];

/** Sources outside the allowed files that start processes. Tests and the build may. */
export function strayProcesses(files: Files): string[] {
  return [...files].flatMap(([path, text]) =>
    isSource(path) &&
    !path.startsWith('test/') &&
    !SPAWNERS.includes(path) &&
    importsOf(text).some(({ from, typeOnly }) => !typeOnly && /^(node:)?(child_process|cluster)$/.test(from))
      ? [`${path} starts processes; only ${SPAWNERS.join(', ')} may`]
      : [],
  );
}

/** C++ files outside native/addon that see Node-API. */
export function strayNodeApi(files: Files): string[] {
  return [...files].flatMap(([path, text]) =>
    /\.(h|cpp|hpp|cu)$/.test(path) &&
    !path.startsWith('native/addon/') &&
    /#\s*include\s*[<"](napi|node_api|js_native_api|node)\.h[>"]/.test(text)
      ? [`${path} includes Node-API; only native/addon may`]
      : [],
  );
}

const LAYERS = ['core', 'kernels', 'flow', 'addon'];

/** C++ includes that point up: core ◄ kernels ◄ flow ◄ addon. */
export function upwardIncludes(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    const level = LAYERS.indexOf(path.split('/')[1] ?? '');
    if (!path.startsWith('native/') || level < 0 || !/\.(h|cpp)$/.test(path) || path.endsWith('.test.cpp')) return [];
    return [...text.matchAll(/#\s*include\s*"([^"]+)"/g)].flatMap((match) => {
      const named = /(?:^|\/)(core|kernels|flow|addon)\//.exec(match[1]!)?.[1];
      return named !== undefined && LAYERS.indexOf(named) > level
        ? [`${path} includes ${match[1]}: ${LAYERS[level]} may not see ${named}`]
        : [];
    });
  });
}
