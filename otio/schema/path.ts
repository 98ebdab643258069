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

/** The JSON pointer of keys and indices from a root. */
export const pointerTo = (steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** JSON pointers of those of `wanted` that lie in the tree. */
export function pathTo(root: AnyValue, wanted: ReadonlySet<unknown>): Map<unknown, string> {
  const found = new Map<unknown, string>();
  const steps: (string | number)[] = [];
  const walk = (value: AnyValue): void => {
    if (typeof value !== 'object' || value === null || found.size === wanted.size) return;
    if (wanted.has(value)) found.set(value, pointerTo(steps));
    const step = (key: string | number, below: AnyValue): void => {
      steps.push(key);
      walk(below);
      steps.pop();
    };
    if (Array.isArray(value)) for (const [i, element] of value.entries()) step(i, element);
    else if (value instanceof SerializableObject) for (const [key, below] of membersOf(value)) step(key, below);
    else if (isDictionary(value)) for (const key of Object.keys(value)) step(key, (value as Dictionary)[key]!);
  };
  walk(root);
  return found;
}
