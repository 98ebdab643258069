// `inbetween presets …` and `--preset NAME`: parameters of a verb under a name.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { flagOf, flagsOf } from '../api/operation.ts';
import { type Preset, preset } from '../api/wire.ts';
import { findFolders, makeFolders } from '../jobs/folders.ts';
import { openPresets, type Presets } from '../jobs/presets.ts';
import { verbs } from '../jobs/run.ts';
import { paramsFrom } from './flags.ts';
import { data, say } from './terminal.ts';

/** What `export` writes and `import` reads. */
const presetFile = z.strictObject({
  inbetween: z.literal('presets'),
  version: z.literal(1),
  presets: z.array(preset.pick({ verb: true, name: true, params: true })).max(1000),
});

const text = (json: unknown): string => JSON.stringify(json, null, 2);

/** The presets of this user, in the file the daemon serves them from. @throws CompanionError CONFIG_DAMAGED */
export function ownPresets(): Presets {
  const folders = findFolders();
  makeFolders(folders);
  return openPresets(folders.config, verbs);
}

/**
 * A preset by its name or id; the user's own before one that came along.
 * @throws CompanionError USAGE, naming those there are
 */
export function findPreset(presets: readonly Preset[], name: string, verb?: string): Preset {
  const candidates = presets.filter((each) => verb === undefined || each.verb === verb);
  const same = (a: string): boolean => a.toLowerCase() === name.toLowerCase();
  const found = candidates.filter((each) => each.id === name || same(each.name));
  const own = found.filter(({ builtIn }) => !builtIn);
  const best = own.length > 0 ? own : found;
  if (best.length === 1) return best[0]!;
  const of = verb === undefined ? '' : ` of ${verb}`;
  if (best.length > 1) {
    const ids = best.map(({ id }) => id).join(', ');
    throw new CompanionError('USAGE', { reason: `Several presets are called ${name}: name one by its id: ${ids}.` });
  }
  const known = candidates.map((each) => each.name).join(', ') || 'none';
  throw new CompanionError('USAGE', { reason: `There is no preset ${name}${of}. There are: ${known}.` });
}

export function listPresets(shelf: Presets, json: boolean): number {
  const presets = shelf.list();
  if (json) data(text(presets));
  else
    for (const { verb, name, builtIn, params } of presets)
      data(`${verb.padEnd(12)} ${name.padEnd(24)} ${flagsOf(params).join(' ')}${builtIn ? '  (came along)' : ''}`);
  return 0;
}

export function showPreset(shelf: Presets, name: string, json: boolean): number {
  const found = findPreset(shelf.list(), name);
  if (json) data(text(found));
  else {
    data(`${found.name}: ${found.verb}${found.builtIn ? ', came along' : ''} (${found.id})`);
    for (const [param, value] of Object.entries(found.params))
      data(`  ${flagOf(param)} ${value}${found.differs.includes(param) ? '' : '  (as it is anyway)'}`);
  }
  return 0;
}

/** Keeps flags under a name. */
export function savePreset(
  shelf: Presets,
  name: string,
  verbName: string,
  options: Readonly<Record<string, unknown>>,
  json: boolean,
): number {
  const verb = verbs.find((each) => each.name === verbName)!;
  const saved = shelf.save(verbName, name, paramsFrom(options, verb.params));
  if (json) data(text(saved));
  else say(`${saved.name} keeps ${flagsOf(saved.params).join(' ') || 'the defaults'} for ${saved.verb}.`);
  return 0;
}

export function removePreset(shelf: Presets, name: string, json: boolean): number {
  const { id, name: own } = findPreset(shelf.list(), name);
  shelf.remove(id);
  if (json) data(text({ removed: id }));
  else say(`${own} is forgotten.`);
  return 0;
}

/** Writes the user's presets, or those named, as one JSON document to stdout. */
export function exportPresets(shelf: Presets, names: readonly string[]): number {
  const all = shelf.list();
  const chosen = names.length > 0 ? names.map((name) => findPreset(all, name)) : all.filter(({ builtIn }) => !builtIn);
  const presets = chosen.map(({ verb, name, params }) => ({ verb, name, params }));
  data(text({ inbetween: 'presets', version: 1, presets }));
  return 0;
}

/**
 * Reads what `export` wrote. One of the same verb and name is replaced.
 * @throws CompanionError INPUT_MISSING, INPUT_UNREADABLE, and as `Presets.saveAll`
 */
export function importPresets(shelf: Presets, file: string, json: boolean): number {
  const read = presetFile.safeParse(readJson(file));
  if (!read.success) {
    const issue = read.error.issues[0]!;
    const reason = `it is no file of presets (${[...issue.path, issue.message].join(': ')})`;
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason, advice: 'Correct it.' });
  }
  const saved = shelf.saveAll(read.data.presets);
  if (json) data(text(saved));
  else
    say(
      `${saved.length} preset${saved.length === 1 ? '' : 's'} taken over: ${saved.map(({ name }) => name).join(', ')}.`,
    );
  return 0;
}

function readJson(file: string): unknown {
  const full = path.resolve(file);
  try {
    return JSON.parse(readFileSync(full, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new CompanionError('INPUT_MISSING', { path: full });
    const reason = cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message;
    const advice = (cause as NodeJS.ErrnoException).code === undefined ? 'Correct it.' : undefined;
    throw new CompanionError('INPUT_UNREADABLE', { path: full, reason, advice }, { cause });
  }
}
