// From text to objects. Lenient reading loses nothing: what cannot be what its schema says is kept as it stands, in its place, and reported.
import { OtioError, type OtioErrorCode } from './errors.ts';
import { parse } from './json/index.ts';
import { RationalTime, TimeRange, TimeTransform } from './opentime/index.ts';
import { release } from './schema/index.ts';
import { type FieldEntry, type Registry, type SchemaClass, type SerializableObject, Supply } from './schema/object.ts';
import { pathTo } from './schema/path.ts';
import { UnknownSchema } from './schema/unknown.ts';
import { type AnyValue, Box2d, Color, type Dictionary, dictionary, isDictionary, V2d } from './schema/value.ts';

export interface ReadOptions {
  /** `strict` refuses what the reference refuses; `lenient` keeps it and reports. */
  readonly mode?: 'lenient' | 'strict';
  readonly registry?: Registry;
  /** Most containers inside one another; 512 by default. */
  readonly maxDepth?: number;
}

/** Something a strict reader would refuse. */
export interface Problem {
  readonly code: OtioErrorCode;
  readonly message: string;
  /** JSON pointer of the object concerned, as the value that was read is written. */
  readonly path: string;
  /** Line of the text where the object ends, from 1; 0 where it is not known. */
  readonly line: number;
}

export interface ReadResult {
  readonly root: AnyValue;
  readonly problems: readonly Problem[];
}

/**
 * Reads a file's text.
 * @throws OtioError JSON_PARSE_ERROR, LIMIT_EXCEEDED; when strict also KEY_NOT_FOUND, TYPE_MISMATCH, MALFORMED_SCHEMA, SCHEMA_VERSION_UNSUPPORTED,
 * UNRESOLVED_OBJECT_REFERENCE, DUPLICATE_OBJECT_REFERENCE, OBJECT_CYCLE
 */
export function read(text: string | Uint8Array, options: ReadOptions = {}): ReadResult {
  const { mode = 'lenient', registry = release, maxDepth } = options;
  const limits = maxDepth === undefined ? {} : { maxDepth };
  try {
    const reading = new Reading(mode === 'strict', registry, false);
    const root = parse<AnyValue>(text, {
      ...limits,
      object: (keys, values, line) => reading.object(keys, values as AnyValue[], line),
    }) as AnyValue;
    return { root, problems: reading.problemsIn(root) };
  } catch (error) {
    if (!(error instanceof HasReferences)) throw error;
  }
  const reading = new Reading(mode === 'strict', registry, true);
  const root = reading.resolve(parse(text, limits) as AnyValue);
  return { root, problems: reading.problemsIn(root) };
}

/** Thrown at the first reference: such a file is read again, as plain dictionaries first. */
class HasReferences extends Error {}

const SCHEMA = 'OTIO_SCHEMA';
const REFERENCE_ID = 'OTIO_REF_ID';
const REFERENCE = 'SerializableObjectRef.1';

interface Noted {
  readonly code: OtioErrorCode;
  readonly message: string;
  readonly line: number;
  subject: unknown;
}

class Reading extends Supply {
  readonly #strict: boolean;
  readonly #registry: Registry;
  readonly #resolving: boolean;
  readonly #noted: Noted[] = [];
  readonly #labels = new Map<string, { readonly name: string; readonly version: number } | null>();
  // of the object at hand
  #slots: (AnyValue | undefined)[] = [];
  #line = 0;
  dynamicFields: Dictionary | null = null;

  constructor(strict: boolean, registry: Registry, resolving: boolean) {
    super();
    this.#strict = strict;
    this.#registry = registry;
    this.#resolving = resolving;
  }

  /** The value of a JSON object. */
  object(keys: readonly string[], values: readonly AnyValue[], line: number): AnyValue {
    this.#line = line;
    const at = keys[0] === SCHEMA ? 0 : keys.indexOf(SCHEMA);
    if (at < 0) return collect(keys, values, -1);
    const label = values[at]!;
    if (typeof label !== 'string') return this.#keep(keys, values, 'TYPE_MISMATCH', `${SCHEMA} must be a string.`);
    const type = TYPED.get(label);
    if (type !== undefined) return this.#typed(type, keys, values);
    if (label === REFERENCE && !this.#resolving) throw new HasReferences();
    let schema = this.#labels.get(label);
    if (schema === undefined) {
      const [, name, version] = /^(.*)\.(-?\d+)[^.]*$/s.exec(label) ?? [];
      schema = name === undefined ? null : { name, version: Number(version) };
      this.#labels.set(label, schema);
    }
    if (schema === null)
      return this.#keep(
        keys,
        values,
        'MALFORMED_SCHEMA',
        `A schema is written 'Name.1', but here it is '${label.slice(0, 80)}'.`,
      );
    return this.#schema(schema.name, schema.version, keys, values, at);
  }

  #schema(name: string, version: number, keys: readonly string[], values: readonly AnyValue[], at: number): AnyValue {
    const known = this.#registry.find(name);
    if (known === undefined) return new UnknownSchema(name, version, collect(keys, values, at));
    if (version > known.schema.version) {
      const kept = new UnknownSchema(name, version, collect(keys, values, at));
      const fact = `${name}.${version} is newer than ${name}.${known.schema.version}, the newest known here.`;
      this.#note('SCHEMA_VERSION_UNSUPPORTED', fact, 'It is kept as it is.', kept);
      return kept;
    }
    const before = this.#noted.length;
    try {
      const built =
        version < known.schema.version
          ? this.#raised(known, version, keys, values, at)
          : this.#built(known, keys, values, at);
      for (let i = before; i < this.#noted.length; i++) this.#noted[i]!.subject = built;
      return built;
    } catch (error) {
      if (this.#strict || !(error instanceof OtioError)) throw error;
      this.#noted.length = before;
      const kept = new UnknownSchema(name, version, collect(keys, values, at));
      this.#note(error.code, error.details, `The ${name} is kept as it is.`, kept);
      return kept;
    }
  }

  #built(type: SchemaClass, keys: readonly string[], values: readonly AnyValue[], at: number): SerializableObject {
    const { places, fields } = type.schema;
    const slots = this.#slots;
    slots.length = fields.length;
    slots.fill(undefined);
    this.dynamicFields = null;
    for (let i = 0; i < keys.length; i++) {
      if (i === at) continue;
      const place = places.get(keys[i]!);
      if (place !== undefined) slots[place] = values[i]!;
      else if (keys[i] !== REFERENCE_ID) {
        this.dynamicFields ??= dictionary();
        this.dynamicFields[keys[i]!] = values[i]!;
      } else if (!this.#resolving) throw new HasReferences();
    }
    return new type(this);
  }

  #raised(
    type: SchemaClass,
    version: number,
    keys: readonly string[],
    values: readonly AnyValue[],
    at: number,
  ): SerializableObject {
    const members = collect(keys, values, at);
    for (const [from, step] of Object.entries(type.schema.steps.upgrade ?? {}))
      if (Number(from) >= version) step(members);
    const raised = Object.keys(members);
    return this.#built(
      type,
      raised,
      raised.map((key) => members[key]!),
      -1,
    );
  }

  /** One field of the object at hand. */
  value({ key, field }: FieldEntry, place: number): unknown {
    const value = this.#slots[place];
    if (value === undefined) {
      if (field.required) this.#note('KEY_NOT_FOUND', `There is no '${key}'.`, 'The default is taken.', null);
      return field.fresh();
    }
    if (value === null && field.forgivesNull) {
      this.#note('TYPE_MISMATCH', `'${key}' is null.`, 'The default is taken.', null);
      return field.fresh();
    }
    try {
      const read = field.read(value);
      const foreign = field.foreign(read);
      if (foreign !== null) this.#note('TYPE_MISMATCH', foreign, 'It is kept in its place.', null);
      return read;
    } catch (error) {
      throw error instanceof OtioError ? new OtioError(error.code, `'${key}': ${error.details}`) : error;
    }
  }

  #typed(type: TypedReader, keys: readonly string[], values: readonly AnyValue[]): AnyValue {
    try {
      return type(keys, values);
    } catch (error) {
      if (!(error instanceof OtioError)) throw error;
      return this.#keep(keys, values, error.code, error.details);
    }
  }

  /** What is no object of a schema, as a plain dictionary. */
  #keep(keys: readonly string[], values: readonly AnyValue[], code: OtioErrorCode, message: string): Dictionary {
    const kept = collect(keys, values, -1);
    this.#note(code, message, 'It is kept as it is.', kept);
    return kept;
  }

  #note(code: OtioErrorCode, fact: string, remedy: string, subject: unknown): void {
    if (this.#strict) throw new OtioError(code, fact);
    this.#noted.push({ code, message: `${fact} ${remedy}`, line: this.#line, subject });
  }

  problemsIn(root: AnyValue): Problem[] {
    if (this.#noted.length === 0) return [];
    const paths = pathTo(root, new Set(this.#noted.map(({ subject }) => subject)));
    return this.#noted.map(({ code, message, line, subject }) => ({
      code,
      message,
      line,
      path: paths.get(subject) ?? '',
    }));
  }

  /** Builds a tree of plain dictionaries with every reference replaced by a copy of what it names. */
  resolve(raw: AnyValue): AnyValue {
    const named = new Map<string, Dictionary>();
    let count = 0;
    const gather = (value: AnyValue): void => {
      count++;
      if (Array.isArray(value)) for (const element of value) gather(element);
      else if (isDictionary(value)) {
        const id = value[REFERENCE_ID];
        if (typeof id === 'string') {
          if (named.has(id)) throw new OtioError('DUPLICATE_OBJECT_REFERENCE', `Two objects have the id '${id}'.`);
          named.set(id, value);
        }
        for (const key in value) gather(value[key]!);
      }
    };
    gather(raw);
    let left = Math.max(100_000, 4 * count);
    const inside = new Set<string>();
    let unresolved: string | null = null;
    const build = (value: AnyValue): AnyValue => {
      if (--left < 0) throw new OtioError('LIMIT_EXCEEDED', 'The references of the file multiply it beyond reason.');
      if (Array.isArray(value)) return value.map(build);
      if (!isDictionary(value)) return value;
      const id = value[SCHEMA] === REFERENCE ? value.id : null;
      if (typeof id === 'string') {
        const target = named.get(id);
        if (target === undefined) {
          unresolved ??= id;
          return value;
        }
        if (inside.has(id)) throw new OtioError('OBJECT_CYCLE', `The object '${id}' contains itself.`);
        return build(target);
      }
      const own = value[REFERENCE_ID];
      if (typeof own === 'string') {
        if (inside.has(own)) throw new OtioError('OBJECT_CYCLE', `The object '${own}' contains itself.`);
        inside.add(own);
      }
      const keys = Object.keys(value);
      const built = this.object(
        keys,
        keys.map((key) => build(value[key]!)),
        0,
      );
      if (typeof own === 'string') inside.delete(own);
      return built;
    };
    const root = build(raw);
    if (unresolved !== null)
      this.#note(
        'UNRESOLVED_OBJECT_REFERENCE',
        `No object has the id '${unresolved}'.`,
        'The reference is kept as it is.',
        root,
      );
    return root;
  }
}

function collect(keys: readonly string[], values: readonly AnyValue[], except: number): Dictionary {
  const members = dictionary();
  for (let i = 0; i < keys.length; i++) if (i !== except) members[keys[i]!] = values[i]!;
  return members;
}

type TypedReader = (keys: readonly string[], values: readonly AnyValue[]) => AnyValue;

function member(keys: readonly string[], values: readonly AnyValue[], key: string): AnyValue {
  const value = values[keys.indexOf(key)];
  if (value === undefined) throw new OtioError('KEY_NOT_FOUND', `There is no '${key}'.`);
  return value;
}

function real(keys: readonly string[], values: readonly AnyValue[], key: string): number {
  const value = member(keys, values, key);
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') throw new OtioError('TYPE_MISMATCH', `'${key}' must be a number.`);
  return Number(value);
}

function words(keys: readonly string[], values: readonly AnyValue[], key: string): string {
  const value = member(keys, values, key);
  if (typeof value !== 'string') throw new OtioError('TYPE_MISMATCH', `'${key}' must be a string.`);
  return value;
}

function timeOf(keys: readonly string[], values: readonly AnyValue[], key: string): RationalTime {
  const value = member(keys, values, key);
  if (!(value instanceof RationalTime)) throw new OtioError('TYPE_MISMATCH', `'${key}' must be a RationalTime.`);
  return value;
}

function cornerOf(keys: readonly string[], values: readonly AnyValue[], key: string): V2d {
  const value = member(keys, values, key);
  if (!(value instanceof V2d)) throw new OtioError('TYPE_MISMATCH', `'${key}' must be a V2d.`);
  return value;
}

const TYPED = new Map<string, TypedReader>([
  ['RationalTime.1', (k, v) => new RationalTime(real(k, v, 'value'), real(k, v, 'rate'))],
  ['TimeRange.1', (k, v) => new TimeRange(timeOf(k, v, 'start_time'), timeOf(k, v, 'duration'))],
  ['TimeTransform.1', (k, v) => new TimeTransform(timeOf(k, v, 'offset'), real(k, v, 'scale'), real(k, v, 'rate'))],
  ['V2d.1', (k, v) => new V2d(real(k, v, 'x'), real(k, v, 'y'))],
  ['Box2d.1', (k, v) => new Box2d(cornerOf(k, v, 'min'), cornerOf(k, v, 'max'))],
  [
    'Color.1',
    (k, v) => new Color(real(k, v, 'r'), real(k, v, 'g'), real(k, v, 'b'), real(k, v, 'a'), words(k, v, 'name')),
  ],
]);
