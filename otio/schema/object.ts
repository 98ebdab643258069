// The base of all objects, and how a class is made of its list of fields.
import { explained } from '../depth.ts';
import { OtioError } from '../errors.ts';
import { cloneDictionary, equalDictionaries } from './compare.ts';
import type { Field, Fields, Members } from './fields.ts';
import type { Dictionary } from './value.ts';

/** One step of a version: changes the members of an object, as its file has them, in place. */
export type Step = (members: Dictionary) => void;

export interface SchemaSteps {
  /** From version `n`, the key, to `n + 1`. */
  readonly upgrade?: { readonly [version: number]: Step };
  /** From version `n`, the key, to `n - 1`. */
  readonly downgrade?: { readonly [version: number]: Step };
}

export interface FieldEntry {
  /** As in the file: `source_range`. */
  readonly key: string;
  /** As in the class: `sourceRange`. */
  readonly name: string;
  readonly field: Field<unknown>;
}

/** A schema: its name, version and members in the order of the file. */
export class Schema {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly FieldEntry[];
  /** Place of a key in `fields`. */
  readonly places: ReadonlyMap<string, number>;
  readonly steps: SchemaSteps;

  constructor(name: string, version: number, fields: readonly FieldEntry[], steps: SchemaSteps = {}) {
    this.name = name;
    this.version = version;
    this.fields = fields;
    this.places = new Map(fields.map(({ key }, place) => [key, place]));
    this.steps = steps;
  }
}

/** Gives the value of each field in turn to a constructor: how objects are read without being built twice. */
export abstract class Supply {
  /** Members the schema does not have, or null. */
  abstract readonly dynamicFields: Dictionary | null;
  abstract value(entry: FieldEntry, place: number): unknown;
}

export class SerializableObject {
  static readonly schema: Schema = new Schema('SerializableObject', 1, []);

  /** Members that the schema does not define; they are kept and written back. Null: none. */
  dynamicFields: Dictionary | null;

  constructor(values: object | Supply = {}) {
    const { fields } = (this.constructor as typeof SerializableObject).schema;
    const own = this as unknown as Record<string, unknown>;
    if (values instanceof Supply) {
      this.dynamicFields = values.dynamicFields;
      for (let place = 0; place < fields.length; place++)
        own[fields[place]!.name] = values.value(fields[place]!, place);
    } else {
      this.dynamicFields = null;
      const given = values as Record<string, unknown>;
      for (const { name, field } of fields) own[name] = given[name] === undefined ? field.fresh() : given[name];
    }
  }

  get schemaName(): string {
    return (this.constructor as typeof SerializableObject).schema.name;
  }
  get schemaVersion(): number {
    return (this.constructor as typeof SerializableObject).schema.version;
  }

  /** A deep copy without parent. @throws OtioError LIMIT_EXCEEDED for what stands too deep */
  clone(): this {
    const type = this.constructor as new (values: Supply) => this;
    try {
      return new type(new Copy(this));
    } catch (error) {
      throw explained(error);
    }
  }

  /** Whether both are of one schema and equal member by member; parents do not count. @throws OtioError LIMIT_EXCEEDED for what stands too deep */
  isEquivalentTo(other: SerializableObject): boolean {
    if (this === other) return true;
    if (this.constructor !== other.constructor) return false;
    const { fields } = (this.constructor as typeof SerializableObject).schema;
    const [a, b] = [this, other] as unknown as Record<string, unknown>[];
    try {
      return (
        equalDictionaries(this.dynamicFields ?? {}, other.dynamicFields ?? {}) &&
        fields.every(({ name, field }) => field.equal(a![name], b![name]))
      );
    } catch (error) {
      throw explained(error);
    }
  }
}

class Copy extends Supply {
  readonly dynamicFields: Dictionary | null;
  readonly #from: Record<string, unknown>;
  constructor(from: SerializableObject) {
    super();
    this.#from = from as unknown as Record<string, unknown>;
    this.dynamicFields = from.dynamicFields && cloneDictionary(from.dynamicFields);
  }
  value({ name, field }: FieldEntry): unknown {
    return field.clone(this.#from[name]);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: constructors of many shapes
export type SchemaClass = (new (values?: any) => SerializableObject) & { readonly schema: Schema };

// biome-ignore lint/suspicious/noExplicitAny: inferred from any constructor
type InitOf<B> = B extends new (values?: infer V) => any ? Exclude<V, Supply | undefined> : object;

/** A class of a schema: its constructor takes any of the members. */
export type Defined<B extends SchemaClass, F extends Fields> = {
  new (values?: Supply | (InitOf<B> & Partial<Members<F>>)): InstanceType<B> & Members<F>;
  readonly schema: Schema;
};

const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What timed fields tell when they are set. */
export interface Watching {
  /** Something that what follows on the track depends on has changed. */
  timesChanged(): void;
}

/**
 * A class with the fields of `base` and its own, in the order of the file. A field of the base that is named again takes the new kind and keeps its place.
 * @example class Marker extends define(WithMetadata, 'Marker', 2, { color: text('GREEN'), marked_range: required(timeRange()) }) {}
 */
export function define<B extends SchemaClass, const F extends Fields>(
  base: B,
  name: string,
  version: number,
  fields: F,
  steps: SchemaSteps = {},
): Defined<B, F> {
  const entries = Object.entries(fields).map(([key, field]): FieldEntry => ({ key, name: camel(key), field }));
  const inherited = base.schema.fields.map((entry) => entries.find(({ key }) => key === entry.key) ?? entry);
  const added = entries.filter(({ key }) => !base.schema.places.has(key));
  const type = class extends (base as SchemaClass) {
    static override readonly schema = new Schema(name, version, [...inherited, ...added], steps);
  };
  for (const { name: member, field } of entries) if (field.timed) watch(type.prototype, member);
  return type as unknown as Defined<B, F>;
}

function watch(prototype: object, member: string): void {
  const slot = `#${member}`;
  Object.defineProperty(prototype, member, {
    get(this: Record<string, unknown>) {
      return this[slot];
    },
    set(this: Record<string, unknown> & Watching, value: unknown) {
      this[slot] = value;
      this.timesChanged();
    },
  });
}

/** Schemas by name. */
export class Registry {
  readonly #classes = new Map<string, SchemaClass>();

  /** @throws OtioError SCHEMA_ALREADY_REGISTERED */
  register(type: SchemaClass, ...aliases: readonly string[]): void {
    for (const name of [type.schema.name, ...aliases]) {
      if (this.#classes.has(name))
        throw new OtioError('SCHEMA_ALREADY_REGISTERED', `There is a schema named ${name} already.`);
      this.#classes.set(name, type);
    }
  }
  find(name: string): SchemaClass | undefined {
    return this.#classes.get(name);
  }
  /** A registry that knows the same and can be added to. */
  copy(): Registry {
    const copy = new Registry();
    for (const [name, type] of this.#classes) copy.#classes.set(name, type);
    return copy;
  }
}
