// The kinds of members a schema can have: how each is read, written, compared and copied. A schema class lists its fields once; all else follows.
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange } from '../opentime/index.ts';
import { cloneDictionary, cloneValue, equalDictionaries, equalValues } from './compare.ts';
import { SerializableObject } from './object.ts';
import { type AnyValue, Box2d, Color, type Dictionary, dictionary, isDictionary } from './value.ts';

export interface Field<T> {
  /** A file without it is refused. */
  readonly required: boolean;
  /** Setting it moves what follows on the track. */
  readonly timed: boolean;
  /** A null in a file is read as fresh, and reported. */
  readonly forgivesNull: boolean;
  /** The value of a new object, and of one that was read without the member. */
  fresh(): T;
  /** The value of a member that was read. @throws OtioError TYPE_MISMATCH */
  read(value: AnyValue): T;
  /** What in it a strict reader refuses, in a sentence, or null. */
  foreign(value: T): string | null;
  /** The value as it is written. */
  stored(value: T): AnyValue;
  equal(a: T, b: T): boolean;
  clone(value: T): T;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of fields of many types
export type Fields = { readonly [key: string]: Field<any> };

/** `source_range` → `sourceRange`. */
export type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;

/** The members that a list of fields gives its class. */
export type Members<F extends Fields> = {
  -readonly [K in keyof F & string as Camel<K>]: F[K] extends Field<infer T> ? T : never;
};

const mismatch = (wanted: string, found: AnyValue): OtioError =>
  new OtioError('TYPE_MISMATCH', `Expected ${wanted}, but found ${describe(found)}.`);

function describe(value: AnyValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof SerializableObject) return `a ${brief(value.schemaName)}`;
  if (typeof value === 'bigint') return `the integer ${brief(String(value))}`;
  if (typeof value === 'object') return isDictionary(value) ? 'a plain dictionary' : `a ${value.constructor.name}`;
  return `the ${typeof value === 'number' ? 'double' : typeof value} ${brief(String(value))}`;
}

/** As much of what a file says as a message can take. */
const brief = (text: string): string => text.slice(0, 40);

function field<T>(kind: Partial<Field<T>> & Pick<Field<T>, 'fresh' | 'read'>): Field<T> {
  return {
    required: false,
    timed: false,
    forgivesNull: false,
    foreign: () => null,
    stored: (value) => value as AnyValue,
    equal: (a, b) => equalValues(a as AnyValue, b as AnyValue),
    clone: (value) => value,
    ...kind,
  };
}

/** The same, but a file must have it. */
export const required = <T>(of: Field<T>): Field<T> => ({ ...of, required: true });
/** The same, but what follows on a track depends on it. */
export const timed = <T>(of: Field<T>): Field<T> => ({ ...of, timed: true });
/** The same, or null. */
export const nullable = <T>(of: Field<T>): Field<T | null> => ({
  ...of,
  forgivesNull: false,
  fresh: () => null,
  read: (value) => (value === null ? null : of.read(value)),
  foreign: (value) => (value === null ? null : of.foreign(value)),
  stored: (value) => (value === null ? null : of.stored(value)),
  equal: (a, b) => a === b || (a !== null && b !== null && of.equal(a, b)),
  clone: (value) => (value === null ? null : of.clone(value)),
});

export const text = (fresh = ''): Field<string> =>
  field({
    fresh: () => fresh,
    read(value) {
      if (value === null) return ''; // as the reference has it
      if (typeof value !== 'string') throw mismatch('a string', value);
      return value;
    },
  });

export const word = <W extends string>(...words: readonly [W, ...W[]]): Field<W> =>
  field({
    fresh: () => words[0],
    read(value) {
      if (typeof value !== 'string') throw mismatch('a string', value);
      if (!words.includes(value as W))
        throw new OtioError('JSON_PARSE_ERROR', `Expected one of ${words.join(', ')}, but found '${brief(value)}'.`);
      return value as W;
    },
  });

export const flag = (fresh: boolean): Field<boolean> =>
  field({
    forgivesNull: true,
    fresh: () => fresh,
    read(value) {
      if (typeof value !== 'boolean') throw mismatch('true or false', value);
      return value;
    },
  });

export const real = (fresh: number): Field<number> =>
  field({
    fresh: () => fresh,
    read(value) {
      if (typeof value === 'number') return value;
      const double = typeof value === 'bigint' ? Number(value) : Number.NaN;
      if (!Number.isFinite(double)) throw mismatch('a number that a double can hold', value);
      return double;
    },
  });

/** An integer of the file, a whole number here. */
export const whole = (fresh: number): Field<number> =>
  field({
    fresh: () => fresh,
    read(value) {
      if (typeof value !== 'bigint') throw mismatch('an integer', value);
      if (!Number.isSafeInteger(Number(value))) throw mismatch('an integer within ±2^53', value);
      return Number(value);
    },
    stored(value) {
      if (!Number.isSafeInteger(value))
        throw new OtioError('TYPE_MISMATCH', `An integer within ±2^53 can be written here, but it is ${value}.`);
      return BigInt(value);
    },
  });

// biome-ignore lint/suspicious/noExplicitAny: constructors of many shapes
type AnyClass<T> = abstract new (...values: any[]) => T;

const instance = <T extends AnyValue & object>(type: AnyClass<T>, fresh: () => T): Field<T> =>
  field({
    fresh,
    read(value) {
      if (!(value instanceof type)) throw mismatch(`a ${type.name}`, value);
      return value;
    },
  });

export const time = (): Field<RationalTime> => instance(RationalTime, () => new RationalTime());
export const timeRange = (): Field<TimeRange> => instance(TimeRange, () => new TimeRange());
export const color = (): Field<Color> => instance(Color, () => new Color());
export const bounds = (): Field<Box2d> => instance(Box2d, () => new Box2d());

export const metadata = (): Field<Dictionary> =>
  field({
    forgivesNull: true,
    fresh: dictionary,
    read(value) {
      if (!isDictionary(value)) throw mismatch('a dictionary', value);
      return value;
    },
    equal: equalDictionaries,
    clone: cloneDictionary,
  });

/** An object of a class. */
export const object = <T extends SerializableObject>(type: AnyClass<T>, fresh: () => T): Field<T> => ({
  ...instance(type, fresh),
  clone: (value) => value.clone(),
});

/** Objects of a class, or of schemas unknown here, which keep their places. */
export const list = <T extends SerializableObject, U extends SerializableObject>(
  type: AnyClass<T>,
  unknown: AnyClass<U>,
): Field<(T | U)[]> =>
  field({
    forgivesNull: true,
    fresh: () => [],
    read(value) {
      if (!Array.isArray(value)) throw mismatch('a list', value);
      for (const element of value)
        if (!(element instanceof type) && !(element instanceof unknown))
          throw mismatch(`a ${type.name} in the list`, element);
      return value as (T | U)[];
    },
    foreign(value) {
      const element = value.find((one) => !(one instanceof type));
      return element === undefined ? null : mismatch(`a ${type.name} in the list`, element).details;
    },
    clone: (value) => value.map((element) => cloneValue(element)),
  });

/** Objects of a class by key; unknown schemas and nulls keep their places. */
export const map = <T extends SerializableObject, U extends SerializableObject>(
  type: AnyClass<T>,
  unknown: AnyClass<U>,
  fresh: () => { [key: string]: T | U | null },
): Field<{ [key: string]: T | U | null }> =>
  field<{ [key: string]: T | U | null }>({
    fresh,
    read(value) {
      if (!isDictionary(value)) throw mismatch('a dictionary', value);
      for (const key of Object.keys(value)) {
        const element = value[key]!;
        if (element !== null && !(element instanceof type) && !(element instanceof unknown))
          throw mismatch(`a ${type.name} under '${brief(key)}'`, element);
      }
      return value as { [key: string]: T | U | null };
    },
    foreign(value) {
      const key = Object.keys(value).find((one) => !(value[one] instanceof type));
      return key === undefined ? null : mismatch(`a ${type.name} under '${brief(key)}'`, value[key]!).details;
    },
    equal: equalDictionaries,
    clone: (value) => cloneDictionary(value) as { [key: string]: T | U | null },
  });
