// JSON as OTIO means it: integers stay apart from doubles, the first of duplicate keys wins, NaN and infinities are numbers.
// One pass by recursive descent; whoever calls may turn each object into what it stands for as soon as it ends.
import { OtioError } from '../errors.ts';
import { NEWLINE, QUOTE, type Scalar, Scanner } from './scanner.ts';

/** A value of a text whose objects became `T`. An integer is a `bigint`, a double is a `number`. */
export type Json<T> = Scalar | T | Json<T>[];

/** An object as it is read by default: it has no prototype, so every key is legal. */
export interface JsonDictionary {
  [key: string]: JsonValue;
}

export type JsonValue = Json<JsonDictionary>;

/**
 * What an object becomes; called when it ends, inner objects before outer ones, and also for objects under a duplicate key
 * that is dropped. `keys` and `values` are as long as each other, in the order of the text, without duplicates, and the
 * hook's to keep; `line` is where the object opens. An `OtioError` without a place gets that line and the object's path;
 * its own path, if it has one, is taken as one inside the object.
 */
export type ObjectHook<T> = (keys: string[], values: Json<T>[], line: number) => T;

export interface ParseLimits {
  /** Containers inside each other; 512 if not said, never more than `DEEPEST`. */
  readonly maxDepth?: number;
  /** Length of the text, in bytes or UTF-16 units; 512 MiB (what a string can hold) if not said. */
  readonly maxSize?: number;
}

export interface ParseOptions<T> extends ParseLimits {
  readonly object: ObjectHook<T>;
}

/** Nesting that no option allows to pass, in reading as in writing: the stack must hold it. */
export const DEEPEST = 2000;
/** Nesting that is read if nothing is said. */
export const DEPTH = 512;
/** What a string can hold, of all engines: V8's 512 MiB less a header. */
export const LONGEST_TEXT = 2 ** 29 - 24;
/** Objects with more members look duplicates up instead of comparing keys. */
const WIDE = 16;

const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/**
 * The value of a JSON text (SPEC §1.1); bytes must be UTF-8, a byte-order mark is dropped.
 * Strings may be slices that keep the text in memory.
 * @throws {OtioError} JSON_PARSE_ERROR, LIMIT_EXCEEDED, or what the hook throws; with path and line.
 */
export function parse(text: string | Uint8Array, limits?: ParseLimits): JsonValue;
export function parse<T>(text: string | Uint8Array, options: ParseOptions<T>): Json<T>;
export function parse<T>(text: string | Uint8Array, options: Partial<ParseOptions<T>> = {}): Json<T | JsonDictionary> {
  const { maxDepth = DEPTH, maxSize = LONGEST_TEXT, object = dictionary } = options;
  if (text.length > maxSize) throw tooLong(text.length, maxSize);
  const parser = new Parser<T | JsonDictionary>(
    typeof text === 'string' ? text : decoded(text),
    object as ObjectHook<T | JsonDictionary>,
    Math.min(maxDepth, DEEPEST),
  );
  return parser.root();
}

function dictionary(keys: string[], values: JsonValue[]): JsonDictionary {
  const members: JsonDictionary = Object.create(null);
  for (let i = 0; i < keys.length; i++) members[keys[i]!] = values[i]!;
  return members;
}

function tooLong(length: number, most: number, cause?: unknown): OtioError {
  return new OtioError(
    'LIMIT_EXCEEDED',
    `The text is ${length} long, more than the ${most} that may be read at once; use the streaming reader or a smaller file`,
    { cause },
  );
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw tooLong(bytes.length, LONGEST_TEXT, cause);
    const line = firstBadLine(bytes);
    throw new OtioError('JSON_PARSE_ERROR', 'The text is not UTF-8', { line, cause });
  }
}

/** The line, from 1, that is not UTF-8; a newline is never part of a longer character. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(NEWLINE, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    start = end + 1;
  }
}

function among(keys: string[], key: string): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true;
  return false;
}

/** Reads the containers of one text. */
class Parser<T> extends Scanner {
  readonly #object: ObjectHook<T>;
  readonly #maxDepth: number;
  #depth = 0;
  /** Filled while an error rises: line of the innermost container, and the keys and indices from there to the root. */
  #faultLine = 0;
  readonly #faultPath: (string | number)[] = [];

  constructor(text: string, object: ObjectHook<T>, maxDepth: number) {
    super(text);
    this.#object = object;
    this.#maxDepth = maxDepth;
  }

  root(): Json<T> {
    try {
      const value = this.#value(this.next());
      if (this.next() !== -1) throw this.unexpected('the end of the text');
      return value;
    } catch (error) {
      if (!(error instanceof OtioError)) throw error;
      const { code, details, line = this.#faultLine, cause } = error;
      const path = this.#faultPath
        .reverse()
        .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`);
      throw new OtioError(code, details, { path: path.join('') + (error.path ?? ''), line, cause });
    }
  }

  #value(unit: number): Json<T> {
    if (unit === QUOTE) return this.string();
    if (unit === BRACE) return this.#members();
    if (unit === BRACKET) return this.#elements();
    return this.scalar(unit);
  }

  #members(): T {
    const line = this.line;
    const keys: string[] = [];
    const values: Json<T>[] = [];
    let wide: Set<string> | undefined;
    let key: string | undefined;
    this.#enter();
    try {
      let unit = this.next();
      while (unit !== BRACE_END) {
        if (unit !== QUOTE)
          throw this.unexpected(keys.length > 0 ? 'a key in double quotes' : 'a key in double quotes or "}"');
        key = this.string();
        if (this.next() !== COLON) throw this.unexpected('":" after the key');
        this.at++;
        const value = this.#value(this.next());
        if (wide === undefined ? !among(keys, key) : !wide.has(key)) {
          keys.push(key);
          values.push(value);
          if (keys.length > WIDE) wide = wide?.add(key) ?? new Set(keys);
        }
        key = undefined;
        unit = this.next();
        if (unit === COMMA) {
          this.at++;
          unit = this.next();
          if (unit === BRACE_END) throw this.unexpected('a key in double quotes');
        } else if (unit !== BRACE_END) throw this.unexpected('"," or "}"');
      }
      this.#leave();
      return this.#object(keys, values, line);
    } catch (error) {
      this.#trace(line, key);
      throw error;
    }
  }

  #elements(): Json<T>[] {
    const line = this.line;
    const values: Json<T>[] = [];
    this.#enter();
    try {
      let unit = this.next();
      while (unit !== BRACKET_END) {
        values.push(this.#value(unit));
        unit = this.next();
        if (unit === COMMA) {
          this.at++;
          unit = this.next();
          if (unit === BRACKET_END) throw this.unexpected('a value');
        } else if (unit !== BRACKET_END) throw this.unexpected('"," or "]"');
      }
      this.#leave();
      return values;
    } catch (error) {
      this.#trace(line, values.length);
      throw error;
    }
  }

  #enter(): void {
    if (++this.#depth > this.#maxDepth)
      throw this.fault(
        'LIMIT_EXCEEDED',
        `More than ${this.#maxDepth} containers stand inside each other ${this.place()}`,
      );
    this.at++;
  }

  #leave(): void {
    this.#depth--;
    this.at++;
  }

  #trace(line: number, step: string | number | undefined): void {
    this.#faultLine ||= line;
    if (step !== undefined) this.#faultPath.push(step);
  }
}
