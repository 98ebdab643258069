// The reference of otio-ts, from its source: what each entry exports, its signature and its doc comment.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Schema } from '../otio/index.ts';
import * as library from '../otio/index.ts';

const otio = fileURLToPath(new URL('../otio/', import.meta.url));

/** Entries of the package, as its package.json has them, and what they are for. */
const ENTRIES: readonly [entry: string, file: string, about: string][] = [
  ['otio-ts', 'index.ts', 'Schemas, reading and writing, algorithms, edits. Runs in a browser.'],
  ['otio-ts/opentime', 'opentime/index.ts', 'Times and ranges alone.'],
  ['otio-ts/adapters', 'adapters/index.ts', 'Other formats.'],
  ['otio-ts/node', 'node/index.ts', 'Files, bundles and media on a disk.'],
];

interface Named {
  readonly name: string;
  readonly file: string;
}

/** The names a file exports, with the files that declare them; of a namespace, its names with the namespace in front. */
function exportsOf(file: string, within = ''): Named[] {
  const source = readFileSync(file, 'utf8');
  const at = (from: string): string => join(dirname(file), from);
  const found: Named[] = [];
  for (const [, names, from] of source.matchAll(/^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/gms))
    for (const name of names!.split(',').map((one) =>
      one
        .trim()
        .replace(/^type /, '')
        .split(' as ')
        .at(-1)!
        .trim(),
    ))
      if (name !== '') found.push({ name: within + name, file: from === undefined ? file : at(from) });
  for (const [, space, from] of source.matchAll(/^export \*(?: as (\w+))? from '([^']+)'/gm))
    found.push(...exportsOf(at(from!), space === undefined ? within : `${space}.`));
  for (const [, name] of source.matchAll(
    /^export (?:abstract )?(?:async )?(?:class|function\*?|const|interface|type) (\w+)/gm,
  ))
    found.push({ name: within + name!, file });
  return found;
}

/** The members a schema has in files, by their names here. */
function schemaOf(name: string): string {
  const { schema } = ((library as Record<string, unknown>)[name] ?? {}) as { schema?: Schema };
  if (schema === undefined) return '';
  const members = schema.fields.map((field) => `\`${field.name}\``).join(', ');
  return `Schema \`${schema.name}.${schema.version}\`${members && `; members ${members}`}.`;
}

const tidy = (comment: string): string =>
  comment
    .replace(/^\s*\/\*\*|\*\/\s*$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/@(\w+)/g, '*$1*');

/** A declaration up to its body, on one line. */
function headOf(text: string): string {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === '(' || letter === '[' || letter === '<') depth++;
    else if (letter === ')' || letter === ']' || (letter === '>' && text[i - 1] !== '=')) depth--;
    else if (depth === 0 && (letter === '{' || letter === ';' || (letter === '=' && text[i + 1] !== '>')))
      return one(text.slice(0, i));
  }
  return one(text);
}
const one = (text: string): string => text.replace(/\s+/g, ' ').trim();

const MEMBER =
  /^ {2}(?:(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*\n {2})?((?:static |async |get |override |readonly )*[a-z]\w*(?:<[^>\n]*>)?(?:\(|\??:)[\s\S]*?)(?=\n {2}\S|\n\})/gm;

/** The public members of a class or interface with their docs. */
function membersOf(body: string): string[] {
  return [...body.matchAll(MEMBER)]
    .filter(([, , declaration]) => !/^constructor|,$/.test(declaration!.trim()))
    .map(([, comment, declaration]) => {
      const head = headOf(declaration!.replace(/^override /, ''));
      return `- \`${head}\`${comment === undefined ? '' : ` – ${tidy(comment)}`}`;
    });
}

function entryOf({ name, file }: Named): string | null {
  if (!existsSync(file)) throw new Error(`${file} is not there: ${name} is exported from it`);
  const source = readFileSync(file, 'utf8');
  const own = name.split('.').at(-1)!;
  const start = new RegExp(
    `^export (?:abstract )?(?:async )?(class|function\\*?|const|interface|type) ${own}\\b`,
    'm',
  ).exec(source);
  if (start === null) return null;
  const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(source.slice(0, start.index))?.[0];
  const rest = source.slice(start.index);
  const kind = start[1]!;
  const body = kind === 'class' || kind === 'interface' ? rest.slice(0, rest.indexOf('\n}') + 2) : '';
  const head = headOf(rest.replace(/^export /, '')).replace(/ extends define.*$/, '');
  return [
    `### ${name}`,
    `\`${kind === 'type' ? head : head || own}\`${comment === undefined ? '' : ` – ${tidy(comment)}`}`,
    schemaOf(name),
    membersOf(body).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The whole page. A test compares it with the file. */
export function otioPage(): string {
  const shown = new Set<string>();
  const chapters = ENTRIES.map(([entry, file, about]) => {
    const names = exportsOf(join(otio, file)).filter(({ name, file: from }) => !shown.has(`${from} ${name}`));
    for (const { name, file: from } of names) shown.add(`${from} ${name}`);
    const parts = names.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((named) => entryOf(named) ?? []);
    return [`## ${entry}`, about, ...new Set(parts)].join('\n\n');
  });
  const opening = 'Generated by `npm run docs` from the comments in `otio/`. Do not edit.';
  return `${['# otio-ts', opening, ...chapters].join('\n\n')}\n`;
}
