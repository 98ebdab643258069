// Presets: parameters of a verb under a name. Some come along and can be read alone; the user's lie in `presets.json`.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type Operation, paramsOf, parseParams } from '../api/operation.ts';
import type { Preset } from '../api/wire.ts';
import { readConfig, writeConfig } from './config-file.ts';

type Params = Readonly<Record<string, unknown>>;
type Verb = Pick<Operation, 'name' | 'params'>;

/** Those that come along. */
const builtIns: readonly {
  readonly verb: string;
  readonly word: string;
  readonly name: string;
  readonly params: Params;
}[] = [
  { verb: 'interpolate', word: 'smooth-60', name: 'Smooth 60', params: { fps: '60' } },
  { verb: 'interpolate', word: 'double', name: 'Double the rate', params: { factor: '2' } },
  { verb: 'interpolate', word: 'slow-motion', name: 'Slow motion', params: { slow: '0.4' } },
  { verb: 'interpolate', word: 'animation', name: 'Animation on twos', params: { factor: '2', dedup: true } },
  { verb: 'interpolate', word: 'draft', name: 'Quick draft', params: { factor: '2', effort: 'fast', codec: 'h264' } },
  { verb: 'compare', word: 'worst-ten', name: 'Ten worst frames', params: { worst: 10 } },
];

const named = z.strictObject({
  verb: z.string(),
  name: z.string().min(1).max(100),
  params: z.record(z.string(), z.unknown()),
});
type Named = z.output<typeof named>;
const presetFile = z.strictObject({ version: z.literal(1), presets: z.array(named) });

/** What a user may keep. */
const most = 1000;

export interface Presets {
  /** Those of verbs this version has, the built-in ones first. */
  list(): Preset[];
  /** One of that verb and name is replaced. @throws CompanionError VERB_UNKNOWN, PARAM_INVALID, PARAM_UNKNOWN, USAGE */
  save(verb: string, name: string, params: Params): Preset;
  /** All of them or none. @throws CompanionError as `save` */
  saveAll(presets: readonly Named[]): Preset[];
  /** @throws CompanionError PRESET_UNKNOWN, PRESET_BUILT_IN */
  remove(id: string): void;
}

export const presetFileIn = (folder: string): string => path.join(folder, 'presets.json');

/** The user's presets as they are kept, of whatever verbs. @throws CompanionError CONFIG_DAMAGED */
export const keptPresets = (folder: string): readonly Named[] =>
  readConfig(presetFileIn(folder), presetFile, { version: 1, presets: [] }).presets;

/** Presets of a folder of configuration. @throws CompanionError CONFIG_DAMAGED, here and in every call */
export function openPresets(folder: string, verbs: readonly Verb[]): Presets {
  const read = () => keptPresets(folder);
  const write = (presets: readonly Named[]): void => writeConfig(presetFileIn(folder), { version: 1, presets });
  const verbOf = (name: string): Verb | undefined => verbs.find((verb) => verb.name === name);
  const preset = (id: string, verb: string, name: string, builtIn: boolean, params: Params): Preset[] => {
    const declared = verbOf(verb);
    return declared ? [{ id, version: 1, verb, name, builtIn, params, differs: differing(declared, params) }] : [];
  };
  const demandFit = ({ verb, name, params }: Named): void => {
    const declared = verbOf(verb);
    if (!declared) throw new CompanionError('VERB_UNKNOWN', { name: verb, known: verbs.map((each) => each.name) });
    if (!named.shape.name.safeParse(name).success)
      throw new CompanionError('PARAM_INVALID', { name: 'name', expected: '1 to 100 characters', received: name });
    parseParams(declared.params, params);
  };
  const saveAll = (fresh: readonly Named[]): Preset[] => {
    for (const each of fresh) demandFit(each);
    const byId = new Map([...read(), ...fresh].map((each) => [idOf(each.verb, each.name), each]));
    if (byId.size > most)
      throw new CompanionError('USAGE', { reason: `More than ${most} presets cannot be kept. Remove some first.` });
    write([...byId.values()]);
    return fresh.flatMap(({ verb, name, params }) => preset(idOf(verb, name), verb, name, false, params));
  };
  read();
  return {
    list: () => [
      ...builtIns.flatMap(({ verb, word, name, params }) => preset(`${verb}.${word}`, verb, name, true, params)),
      ...read().flatMap(({ verb, name, params }) => preset(idOf(verb, name), verb, name, false, params)),
    ],
    save: (verb, name, params) => saveAll([{ verb, name, params: { ...params } }])[0]!,
    saveAll,
    remove(id) {
      if (builtIns.some(({ verb, word }) => `${verb}.${word}` === id))
        throw new CompanionError('PRESET_BUILT_IN', { id });
      const presets = read();
      const others = presets.filter(({ verb, name }) => idOf(verb, name) !== id);
      if (others.length === presets.length) throw new CompanionError('PRESET_UNKNOWN', { id });
      write(others);
    },
  };
}

const idOf = (verb: string, name: string): string =>
  `u${createHash('sha256').update(`${verb}\n${name}`).digest('hex').slice(0, 20)}`;

/** Names of parameters that are not what the verb takes without them. */
function differing({ params: schema }: Verb, params: Params): string[] {
  const defaults = new Map(paramsOf(schema).map((param) => [param.name, param.default]));
  return Object.entries(params).flatMap(([name, value]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults.get(name)) ? [name] : [],
  );
}
