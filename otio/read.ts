// From text to objects. Lenient reading loses nothing: what cannot be what its schema says is kept as it stands, in its place, and reported.
import { OtioError, type OtioErrorCode } from './errors.ts';
import { DEPTH, type ObjectHook, parse } from './json/index.ts';
import { REFERENCE, REFERENCE_ID, resolved, SCHEMA } from './read/references.ts';
import { TYPED, type TypedReader } from './read/typed.ts';
import { release } from './schema/index.ts';
import { type FieldEntry, type Registry, type SchemaClass, type SerializableObject, Supply } from './schema/object.ts';
import { pathTo } from './schema/path.ts';
import { UnknownSchema } from './schema/unknown.ts';
import { type AnyValue, type Dictionary, dictionary } from './schema/value.ts';

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
  /** Line of the text where the object opens, from 1. */
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
  const { mode = 'lenient', registry = release, maxDepth = DEPTH } = options;
  const parsed = (object: (keys: string[], values: AnyValue[], line: number) => AnyValue): AnyValue =>
    parse<AnyValue>(text, { maxDepth, object: object as ObjectHook<AnyValue> }) as AnyValue;
  try {
    const reading = new Reading(mode === 'strict', registry, false);
    const root = parsed((keys, values, line) => reading.object(keys, values, line));
    return { root, problems: reading.problemsIn(root) };
  } catch (error) {
    if (!(error instanceof HasReferences)) throw error;
  }
  const lines = new Map<Dictionary, number>();
  const raw = parsed((keys, values, line) => {
    const made = collect(keys, values, -1);
    lines.set(made, line);
    return made;
  });
  const reading = new Reading(mode === 'strict', registry, true);
  const root = resolved(
    { root: raw, lines, maxDepth },
    (keys, values, line) => reading.object(keys, values, line),
    (id, kept, line) => reading.unresolved(id, kept, line),
  );
  return { root, problems: reading.problemsIn(root) };
}

/** Thrown at the first reference: such a file is read again, as plain dictionaries first. */
class HasReferences extends Error {}

interface Noted {
  readonly code: OtioErrorCode;
  readonly message: string;
  readonly line: number;
  subject: unknown;
}

interface Label {
  readonly name: string;
  readonly version: number;
}

/** The parts of `Name.1`, split at the last dot; null for what is no schema, or has a version that is no number here. */
function labelled(label: string): Label | null {
  const dot = label.lastIndexOf('.');
  const version = dot < 0 ? undefined : /^-?\d+/.exec(label.slice(dot + 1))?.[0];
  if (version === undefined || !Number.isSafeInteger(Number(version))) return null;
  return { name: label.slice(0, dot), version: Number(version) };
}

class Reading extends Supply {
  readonly #strict: boolean;
  readonly #registry: Registry;
  readonly #resolving: boolean;
  readonly #noted: Noted[] = [];
  readonly #labels = new Map<string, Label | null>();
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
      schema = labelled(label);
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

  /** A reference to nothing. */
  unresolved(id: string, kept: Dictionary, line: number): void {
    this.#line = line;
    const fact = `No object has the id '${id}'.`;
    this.#note('UNRESOLVED_OBJECT_REFERENCE', fact, 'The reference is kept as it is.', kept);
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
}

function collect(keys: readonly string[], values: readonly AnyValue[], except: number): Dictionary {
  const members = dictionary();
  for (let i = 0; i < keys.length; i++) if (i !== except) members[keys[i]!] = values[i]!;
  return members;
}
