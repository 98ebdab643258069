// JSON as OTIO means it: integers stay apart from doubles, the first of duplicate keys wins, NaN and infinities are numbers.
// One pass by recursive descent; whoever calls may turn each object into what it stands for as soon as it ends.
import { OtioError } from '../errors.ts';

/** A value of a text whose objects became `T`. An integer is a `bigint`, a double is a `number`. */
export type Json<T> = null | boolean | number | bigint | string | T | Json<T>[];

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
const DEPTH = 512;
/** The longest string of V8, 512 MiB less a header. */
const SIZE = 2 ** 29 - 24;
/** Converting digits to an integer takes more than linear time; a number of this length is an attack. */
const DIGITS = 10_000;
/** Objects with more members look duplicates up instead of comparing keys. */
const WIDE = 16;

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const LOWER_E = 0x65;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

const POWERS_OF_TEN = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const SMALL_INTEGERS = Array.from({ length: 1024 }, (_, value) => BigInt(value));
const WORDS: readonly [string, Json<never>][] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
];
const ESCAPES = new Map([...'"\\/bfnrt'].map((letter, i) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(i)]));

/**
 * The value of a JSON text (SPEC §1.1); bytes must be UTF-8, a byte-order mark is dropped.
 * Strings may be slices that keep the text in memory.
 * @throws {OtioError} JSON_PARSE_ERROR, LIMIT_EXCEEDED, or what the hook throws; with path and line.
 */
export function parse(text: string | Uint8Array, limits?: ParseLimits): JsonValue;
export function parse<T>(text: string | Uint8Array, options: ParseOptions<T>): Json<T>;
export function parse<T>(text: string | Uint8Array, options: Partial<ParseOptions<T>> = {}): Json<T | JsonDictionary> {
  const { maxDepth = DEPTH, maxSize = SIZE, object = dictionary } = options;
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
    if (!(cause instanceof TypeError)) throw tooLong(bytes.length, SIZE, cause);
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

const isDigit = (unit: number): boolean => unit >= ZERO && unit <= NINE;
const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800;

function among(keys: string[], key: string): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true;
  return false;
}

/** Reads one text; `#at` stands on the next unit to read. */
class Parser<T> {
  readonly #text: string;
  readonly #object: ObjectHook<T>;
  readonly #maxDepth: number;
  /** Short strings seen, by a hash of their units; keys and schema names come again and again. */
  readonly #seen: (string | undefined)[] = new Array(1024).fill(undefined);
  #at = 0;
  #line = 1;
  #depth = 0;
  /** Filled while an error rises: line of the innermost container, and the keys and indices from there to the root. */
  #faultLine = 0;
  readonly #faultPath: (string | number)[] = [];

  constructor(text: string, object: ObjectHook<T>, maxDepth: number) {
    this.#text = text;
    this.#object = object;
    this.#maxDepth = maxDepth;
  }

  root(): Json<T> {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    try {
      const value = this.#value(this.#next());
      if (this.#next() !== -1) throw this.#unexpected('the end of the text');
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

  /** Passes over white space; gives the unit that follows, −1 at the end. */
  #next(): number {
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === SPACE) continue;
      if (unit === NEWLINE) this.#line++;
      else if (unit !== RETURN && unit !== TAB) {
        this.#at = at;
        return unit;
      }
    }
    this.#at = at;
    return -1;
  }

  #value(unit: number): Json<T> {
    if (unit === QUOTE) return this.#string();
    if (unit === BRACE) return this.#members();
    if (unit === BRACKET) return this.#elements();
    if (isDigit(unit) || (unit === MINUS && isDigit(this.#unit(this.#at + 1)))) return this.#number(unit === MINUS);
    return this.#word();
  }

  #members(): T {
    const line = this.#line;
    const keys: string[] = [];
    const values: Json<T>[] = [];
    let wide: Set<string> | undefined;
    let key: string | undefined;
    this.#enter();
    try {
      let unit = this.#next();
      while (unit !== BRACE_END) {
        if (unit !== QUOTE)
          throw this.#unexpected(keys.length > 0 ? 'a key in double quotes' : 'a key in double quotes or "}"');
        key = this.#string();
        if (this.#next() !== COLON) throw this.#unexpected('":" after the key');
        this.#at++;
        const value = this.#value(this.#next());
        if (wide === undefined ? !among(keys, key) : !wide.has(key)) {
          keys.push(key);
          values.push(value);
          if (keys.length > WIDE) wide = wide?.add(key) ?? new Set(keys);
        }
        key = undefined;
        unit = this.#next();
        if (unit === COMMA) {
          this.#at++;
          unit = this.#next();
          if (unit === BRACE_END) throw this.#unexpected('a key in double quotes');
        } else if (unit !== BRACE_END) throw this.#unexpected('"," or "}"');
      }
      this.#leave();
      return this.#object(keys, values, line);
    } catch (error) {
      this.#trace(line, key);
      throw error;
    }
  }

  #elements(): Json<T>[] {
    const line = this.#line;
    const values: Json<T>[] = [];
    this.#enter();
    try {
      let unit = this.#next();
      while (unit !== BRACKET_END) {
        values.push(this.#value(unit));
        unit = this.#next();
        if (unit === COMMA) {
          this.#at++;
          unit = this.#next();
          if (unit === BRACKET_END) throw this.#unexpected('a value');
        } else if (unit !== BRACKET_END) throw this.#unexpected('"," or "]"');
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
      throw this.#fault(
        'LIMIT_EXCEEDED',
        `More than ${this.#maxDepth} containers stand inside each other ${this.#place()}`,
      );
    this.#at++;
  }

  #leave(): void {
    this.#depth--;
    this.#at++;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let hash = 0;
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.#at = at + 1;
        if (at - start > 32) return text.slice(start, at);
        const slot = (hash ^ (hash >>> 10)) & 1023;
        const seen = this.#seen[slot];
        if (seen !== undefined && seen.length === at - start && text.startsWith(seen, start)) return seen;
        const fresh = text.slice(start, at);
        this.#seen[slot] = fresh;
        return fresh;
      }
      if (unit === BACKSLASH || unit < SPACE || isSurrogate(unit)) return this.#rareString(start, at);
      hash = (Math.imul(hash, 31) + unit) | 0;
    }
    return this.#rareString(start, text.length);
  }

  /** A string that is not plain from `at` on: has escapes or astral characters, or is at fault. */
  #rareString(start: number, at: number): string {
    const text = this.#text;
    let read = text.slice(start, at);
    let units: number[] = [];
    this.#at = at;
    for (;;) {
      const unit = this.#unit(this.#at);
      if (unit === QUOTE) break;
      if (unit < SPACE)
        throw this.#unexpected(unit < 0 ? 'the closing quote' : 'an escape in place of a control character');
      if (unit === BACKSLASH) this.#escape(units);
      else if (isSurrogate(unit)) {
        const second = this.#unit(this.#at + 1);
        if (unit >= 0xdc00 || !isSurrogate(second) || second < 0xdc00) throw this.#loneSurrogate(unit);
        units.push(unit, second);
        this.#at += 2;
      } else {
        units.push(unit);
        this.#at++;
      }
      if (units.length > 4096) {
        read += String.fromCharCode(...units);
        units = [];
      }
    }
    this.#at++;
    return read + String.fromCharCode(...units);
  }

  /** Reads the escape at `#at`, of a surrogate pair both halves. */
  #escape(units: number[]): void {
    const letter = this.#unit(this.#at + 1);
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) {
      units.push(plain);
      this.#at += 2;
      return;
    }
    const first = this.#hex();
    if (!isSurrogate(first)) {
      units.push(first);
      this.#at += 6;
      return;
    }
    if (first >= 0xdc00 || !this.#text.startsWith('\\u', this.#at + 6)) throw this.#loneSurrogate(first);
    this.#at += 6;
    const second = this.#hex();
    if (!isSurrogate(second) || second < 0xdc00) {
      this.#at -= 6;
      throw this.#loneSurrogate(first);
    }
    units.push(first, second);
    this.#at += 6;
  }

  /** The unit that the `\uXXXX` at `#at` stands for. */
  #hex(): number {
    const digits = this.#text.slice(this.#at + 1, this.#at + 6);
    if (/^u[0-9A-Fa-f]{4}$/.test(digits)) return Number.parseInt(digits.slice(1), 16);
    this.#at++;
    throw this.#unexpected('one of " \\ / b f n r t or u and four hexadecimal digits after "\\"');
  }

  #number(negative: boolean): number | bigint {
    const start = this.#at;
    let at = negative ? start + 1 : start;
    // Up to 15 digits the mantissa is exact, and so is its quotient with a power of ten: rounded once, correctly.
    let mantissa = 0;
    let unit = this.#unit(at);
    if (unit === ZERO && isDigit(this.#unit(at + 1))) throw this.#unexpected('a number without leading zeros');
    for (; isDigit(unit); unit = this.#unit(++at)) mantissa = mantissa * 10 + (unit - ZERO);
    if (unit !== POINT && (unit | 0x20) !== LOWER_E) {
      this.#at = at;
      return this.#integer(start, negative ? -mantissa : mantissa);
    }
    let decimals = 0;
    if (unit === POINT) {
      const first = at + 1;
      for (unit = this.#unit(++at); isDigit(unit); unit = this.#unit(++at)) mantissa = mantissa * 10 + (unit - ZERO);
      decimals = at - first;
      if (decimals === 0) throw this.#unexpected('a digit after the point', at);
    }
    const hasExponent = (unit | 0x20) === LOWER_E;
    if (hasExponent) {
      unit = this.#unit(++at);
      if (unit === PLUS || unit === MINUS) unit = this.#unit(++at);
      if (!isDigit(unit)) throw this.#unexpected('a digit in the exponent', at);
      while (isDigit(unit)) unit = this.#unit(++at);
    }
    this.#at = at;
    if (!hasExponent && at - start <= 16) {
      const value = mantissa / POWERS_OF_TEN[decimals]!;
      return negative ? -value : value;
    }
    const value = Number(this.#text.slice(start, at));
    if (Number.isFinite(value)) return value;
    this.#at = start;
    throw this.#unexpected('a number that a double can hold', start);
  }

  /** The integer between `start` and `#at`; `value` is it if it has at most 15 digits. */
  #integer(start: number, value: number): bigint {
    const length = this.#at - start;
    if (length <= 15) return value >= 0 && value < SMALL_INTEGERS.length ? SMALL_INTEGERS[value]! : BigInt(value);
    if (length <= DIGITS) return BigInt(this.#text.slice(start, this.#at));
    this.#at = start;
    throw this.#fault('LIMIT_EXCEEDED', `The integer ${this.#place()} has more than ${DIGITS} digits`);
  }

  #word(): Json<never> {
    for (const [word, value] of WORDS)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    throw this.#unexpected('a value');
  }

  /** The unit at an index, −1 beyond the end. */
  #unit(at: number): number {
    return at < this.#text.length ? this.#text.charCodeAt(at) : -1;
  }

  #trace(line: number, step: string | number | undefined): void {
    this.#faultLine ||= line;
    if (step !== undefined) this.#faultPath.push(step);
  }

  #loneSurrogate(unit: number): OtioError {
    const details = `Half a surrogate pair, U+${unit.toString(16).toUpperCase()}, stands alone ${this.#place()}`;
    return this.#fault('JSON_PARSE_ERROR', details);
  }

  #unexpected(wanted: string, at = this.#at): OtioError {
    this.#at = at;
    const [found] = this.#text.slice(at, at + 2); // a whole character, by its string iterator
    const name =
      found === undefined
        ? 'the end of the text'
        : found < ' ' || found > '~'
          ? `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
          : `"${found}"`;
    return this.#fault('JSON_PARSE_ERROR', `Expected ${wanted} ${this.#place()}, found ${name}`);
  }

  #fault(code: 'JSON_PARSE_ERROR' | 'LIMIT_EXCEEDED', details: string): OtioError {
    return new OtioError(code, details, { line: this.#line });
  }

  #place(): string {
    const column = this.#at === 0 ? 1 : this.#at - this.#text.lastIndexOf('\n', this.#at - 1);
    return `at line ${this.#line}, column ${column}`;
  }
}
