// Where values lie in a tree, as JSON pointers.
import { compareKeys } from '../json/index.ts';
import { SerializableObject } from './object.ts';
import { UnknownSchema } from './unknown.ts';
import { type AnyValue, type Dictionary, isDictionary } from './value.ts';

/** The members of an object by their keys, in the order of a file. */
export function membersOf(object: SerializableObject): [key: string, value: AnyValue][] {
  if (object instanceof UnknownSchema) return sorted(object.members);
  const own = object as unknown as Record<string, unknown>;
  const { fields } = (object.constructor as typeof SerializableObject).schema;
  return [
    ...sorted(object.dynamicFields ?? {}),
    ...fields.map(({ key, name, field }): [string, AnyValue] => [key, field.stored(own[name])]),
  ];
}

const sorted = (members: Dictionary): [string, AnyValue][] =>
  Object.entries(members).sort(([a], [b]) => compareKeys(a, b));

/** JSON pointers of those of `wanted` that lie in the tree. */
export function pathTo(root: AnyValue, wanted: ReadonlySet<unknown>): Map<unknown, string> {
  const found = new Map<unknown, string>();
  const walk = (value: AnyValue, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if (wanted.has(value)) found.set(value, path);
    const step = (key: string | number, below: AnyValue) =>
      walk(below, `${path}/${String(key).replace(/~/g, '~0').replace(/\//g, '~1')}`);
    if (Array.isArray(value)) for (const [i, element] of value.entries()) step(i, element);
    else if (value instanceof SerializableObject) for (const [key, below] of membersOf(value)) step(key, below);
    else if (isDictionary(value)) for (const key of Object.keys(value)) step(key, (value as Dictionary)[key]!);
  };
  walk(root, '');
  return found;
}
