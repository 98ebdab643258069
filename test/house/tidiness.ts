// Habits of the house that a program can check: layout, size, names, opening comments, kernels with contract and case, errors in use, plain paths.
import type { Files } from './files.ts';

const ROOT_FOLDERS = ['plugin', 'companion', 'native', 'otio', 'test', 'docs'];
const ROOT_FILES = ['package.json', 'tsconfig.json', 'manifest.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];
/** npm's own record; it must lie beside package.json. */
const NPM = 'package-lock.json';

/** What lies at the top level and should not, or should and does not. Dotfiles are free. */
export function rootLayout(paths: readonly string[]): string[] {
  const top = new Set(paths.map((path) => path.split('/')[0]!));
  const folders = new Set(paths.filter((path) => path.includes('/')).map((path) => path.split('/')[0]!));
  const wanted = [...ROOT_FOLDERS, ...ROOT_FILES];
  return [
    ...[...top]
      .filter((name) => !name.startsWith('.') && name !== NPM && !wanted.includes(name))
      .map((name) => `${name} does not belong at the top level`),
    ...ROOT_FOLDERS.filter((name) => !folders.has(name)).map((name) => `${name}/ is missing`),
    ...ROOT_FILES.filter((name) => !top.has(name)).map((name) => `${name} is missing`),
  ];
}

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js|cpp|h|hpp|cu)$/.test(path);
export const MOST_LINES = 500;

export function longFiles(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    const lines = text.split('\n').length - 1;
    return isCode(path) && lines > MOST_LINES
      ? [`${path} has ${lines} lines; ${MOST_LINES} are enough for one idea`]
      : [];
  });
}

const VAGUE = /(^|[-_.])(utils?|helpers?|managers?|misc|common|impl|stuff)([-_.]|$)/i;

/** Files whose names say nothing, or are in the wrong case for their language. */
export function vagueNames(paths: readonly string[]): string[] {
  return paths.filter(isCode).flatMap((path) => {
    const name = path.split('/').at(-1)!;
    if (VAGUE.test(name)) return [`${path} has a name that says nothing`];
    const pattern = /\.(cpp|h|hpp|cu)$/.test(name) ? /^[a-z0-9_]+(\.test)?\.\w+$/ : /^[a-z0-9-]+(\.test|\.d)?\.\w+$/;
    return pattern.test(name) ? [] : [`${path} is not in the case of its language`];
  });
}

/** `class FooManager`, `function parseUtils` and the like. */
export function vagueDeclarations(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    if (!isCode(path)) return [];
    return [...text.matchAll(/^\s*(?:export\s+)?(?:abstract\s+)?(?:class|interface|struct|namespace|type)\s+(\w+)/gm)]
      .filter((match) => /(Manager|Utils?|Helpers?|Impl)$/i.test(match[1]!) || /^I[A-Z][a-z]/.test(match[1]!))
      .map((match) => `${path} declares ${match[1]}: say what it is`);
  });
}

/** Code files that do not open with a comment (a first line `#!` is passed over; a `.cpp` that opens with its own header is told by that). */
export function silentFiles(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    if (!isCode(path)) return [];
    const opening = text.replace(/^#![^\n]*\n/, '').trimStart();
    const header = /([^/]+)\.cpp$/.exec(path)?.[1];
    const told =
      header !== undefined && files.has(path.replace(/\.cpp$/, '.h')) && opening.startsWith(`#include "${header}.h"`);
    return told || opening.startsWith('//') || opening.startsWith('/*') ? [] : [`${path} does not say what it is for`];
  });
}

/** Kernels without a contract or without a C++ case that includes it or is named after it. */
export function lonelyKernels(files: Files): string[] {
  const cases = [...files].filter(([path]) => path.startsWith('native/') && path.endsWith('.test.cpp'));
  return [...files.keys()].flatMap((path) => {
    const stem = /^native\/kernels\/(\w+)\.cpp$/.exec(path)?.[1];
    if (stem === undefined) return [];
    const header = `native/kernels/${stem}.h`;
    const contract = files.get(header);
    const included = new RegExp(`#\\s*include\\s*"(?:[\\w./]*/)?${stem}\\.h"`);
    return [
      ...(contract === undefined ? [`${path} has no contract ${header}`] : []),
      ...(cases.some(([, text]) => included.test(text)) ? [] : [`${path} is in no *.test.cpp case`]),
    ];
  });
}

/** Codes of the error table that nothing throws, and thrown codes that are not in the table. */
export function strayErrors(files: Files, codes: readonly string[]): string[] {
  const elsewhere = [...files]
    .filter(([path]) => /^(companion|native)\/.*\.(ts|mjs|cpp|h)$/.test(path) && path !== 'companion/api/errors.ts')
    .map(([, text]) => text);
  const used = new Set(
    elsewhere.flatMap((text) =>
      [...text.matchAll(/['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)['"]/g)].map((match) => match[1]!),
    ),
  );
  const thrown = new Set(
    elsewhere.flatMap((text) => [...text.matchAll(/new CompanionError\(\s*['"](\w+)['"]/g)].map((match) => match[1]!)),
  );
  return [
    ...codes.filter((code) => !used.has(code)).map((code) => `error ${code} is thrown by nothing`),
    ...[...thrown].filter((code) => !codes.includes(code)).map((code) => `error ${code} has no row`),
  ];
}

/** The newest heading must be Unreleased, with something under it. */
export function changelogFaults(text: string): string[] {
  const first = /^## +(.*)$/m.exec(text);
  if (first === null || !/^\[?Unreleased\]?$/i.test(first[1]!.trim()))
    return ['CHANGELOG.md does not open with Unreleased'];
  const body = text.slice(first.index + first[0].length).split(/^## /m)[0]!;
  return /^- \S/m.test(body) ? [] : ['CHANGELOG.md: nothing stands under Unreleased'];
}

const LOCAL = [
  /\/(?:home|Users|root|work)\/[\w.-]+/,
  /\b[A-Z]:\\Users\\/,
  /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|10\.\d+|192\.168)[\w.:]*\/[\w-]*(?:npm|registry|simple)/i,
];
const FOREIGN_REGISTRY = /"resolved":\s*"(https?:\/\/[^/"]+)/g;

/** Paths of somebody's machine, and registries other than npm's public one in the lock file. */
export function machineTraces(files: Files): string[] {
  return [...files].flatMap(([path, text]) => {
    if (path.startsWith('test/house/')) return [];
    const local = LOCAL.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map(
      (found) => `${path} names a place of one machine: ${found}`,
    );
    const hosts = [...text.matchAll(FOREIGN_REGISTRY)]
      .map((match) => match[1]!)
      .filter((host) => host !== 'https://registry.npmjs.org');
    return [...local, ...[...new Set(hosts)].map((host) => `${path} names the registry ${host}`)];
  });
}

/** Promises in place of work. */
export function openPromises(files: Files): string[] {
  const mark = new RegExp(`\\b(${['TO', 'FIX', 'XX'].map((a, i) => a + ['DO', 'ME', 'X'][i]).join('|')})\\b`);
  return [...files].flatMap(([path, text]) =>
    isCode(path) && mark.test(text) ? [`${path} leaves a ${mark.exec(text)![1]}`] : [],
  );
}
