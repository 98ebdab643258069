// The tokens of JSON as OTIO means it: strings, numbers apart from integers, words, and where in the text something is wrong.
import { OtioError } from '../errors.ts';

/** Converting digits to an integer takes more than linear time; a number of this length is an attack. */
const DIGITS = 10_000;

const TAB = 0x09;
export const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
export const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const LOWER_E = 0x65;

const POWERS_OF_TEN = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
const SMALL_INTEGERS = Array.from({ length: 1024 }, (_, value) => BigInt(value));
const WORDS: readonly [string, Scalar][] = [
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

const isDigit = (unit: number): boolean => unit >= ZERO && unit <= NINE;
const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800;

/** A value that is no container. */
export type Scalar = null | boolean | number | bigint | string;

/** Reads tokens of one text; `at` stands on the next unit to read. */
export class Scanner {
  readonly text: string;
  at = 0;
  line = 1;
  /** Short strings seen, by a hash of their units; keys and schema names come again and again. */
  readonly #seen: (string | undefined)[] = new Array(1024).fill(undefined);

  constructor(text: string) {
    this.text = text;
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  /** Passes over white space; gives the unit that follows, −1 at the end. */
  next(): number {
    const text = this.text;
    let at = this.at;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === SPACE) continue;
      if (unit === NEWLINE) this.line++;
      else if (unit !== RETURN && unit !== TAB) {
        this.at = at;
        return unit;
      }
    }
    this.at = at;
    return -1;
  }

  /** A value that is no container; it starts with `unit`. */
  scalar(unit: number): Scalar {
    if (unit === QUOTE) return this.string();
    if (isDigit(unit) || (unit === MINUS && isDigit(this.#unit(this.at + 1)))) return this.#number(unit === MINUS);
    return this.#word();
  }

  string(): string {
    const text = this.text;
    const start = this.at + 1;
    let hash = 0;
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.at = at + 1;
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
    const text = this.text;
    let read = text.slice(start, at);
    let units: number[] = [];
    this.at = at;
    for (;;) {
      const unit = this.#unit(this.at);
      if (unit === QUOTE) break;
      if (unit < SPACE)
        throw this.unexpected(unit < 0 ? 'the closing quote' : 'an escape in place of a control character');
      if (unit === BACKSLASH) this.#escape(units);
      else if (isSurrogate(unit)) {
        const second = this.#unit(this.at + 1);
        if (unit >= 0xdc00 || !isSurrogate(second) || second < 0xdc00) throw this.#loneSurrogate(unit);
        units.push(unit, second);
        this.at += 2;
      } else {
        units.push(unit);
        this.at++;
      }
      if (units.length > 4096) {
        read += String.fromCharCode(...units);
        units = [];
      }
    }
    this.at++;
    return read + String.fromCharCode(...units);
  }

  /** Reads the escape at `#at`, of a surrogate pair both halves. */
  #escape(units: number[]): void {
    const letter = this.#unit(this.at + 1);
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) {
      units.push(plain);
      this.at += 2;
      return;
    }
    const first = this.#hex();
    if (!isSurrogate(first)) {
      units.push(first);
      this.at += 6;
      return;
    }
    if (first >= 0xdc00 || !this.text.startsWith('\\u', this.at + 6)) throw this.#loneSurrogate(first);
    this.at += 6;
    const second = this.#hex();
    if (!isSurrogate(second) || second < 0xdc00) {
      this.at -= 6;
      throw this.#loneSurrogate(first);
    }
    units.push(first, second);
    this.at += 6;
  }

  /** The unit that the `\uXXXX` at `#at` stands for. */
  #hex(): number {
    const digits = this.text.slice(this.at + 1, this.at + 6);
    if (/^u[0-9A-Fa-f]{4}$/.test(digits)) return Number.parseInt(digits.slice(1), 16);
    this.at++;
    throw this.unexpected('one of " \\ / b f n r t or u and four hexadecimal digits after "\\"');
  }

  #number(negative: boolean): number | bigint {
    const start = this.at;
    let at = negative ? start + 1 : start;
    // Up to 15 digits the mantissa is exact, and so is its quotient with a power of ten: rounded once, correctly.
    let mantissa = 0;
    let unit = this.#unit(at);
    if (unit === ZERO && isDigit(this.#unit(at + 1))) throw this.unexpected('a number without leading zeros');
    for (; isDigit(unit); unit = this.#unit(++at)) mantissa = mantissa * 10 + (unit - ZERO);
    if (unit !== POINT && (unit | 0x20) !== LOWER_E) {
      this.at = at;
      return this.#integer(start, negative ? -mantissa : mantissa);
    }
    let decimals = 0;
    if (unit === POINT) {
      const first = at + 1;
      for (unit = this.#unit(++at); isDigit(unit); unit = this.#unit(++at)) mantissa = mantissa * 10 + (unit - ZERO);
      decimals = at - first;
      if (decimals === 0) throw this.unexpected('a digit after the point', at);
    }
    const hasExponent = (unit | 0x20) === LOWER_E;
    if (hasExponent) {
      unit = this.#unit(++at);
      if (unit === PLUS || unit === MINUS) unit = this.#unit(++at);
      if (!isDigit(unit)) throw this.unexpected('a digit in the exponent', at);
      while (isDigit(unit)) unit = this.#unit(++at);
    }
    this.at = at;
    if (!hasExponent && at - start <= 16) {
      const value = mantissa / POWERS_OF_TEN[decimals]!;
      return negative ? -value : value;
    }
    const value = Number(this.text.slice(start, at));
    if (Number.isFinite(value)) return value;
    this.at = start;
    throw this.unexpected('a number that a double can hold', start);
  }

  /** The integer between `start` and `#at`; `value` is it if it has at most 15 digits. */
  #integer(start: number, value: number): bigint {
    const length = this.at - start;
    if (length <= 15) return value >= 0 && value < SMALL_INTEGERS.length ? SMALL_INTEGERS[value]! : BigInt(value);
    if (length <= DIGITS) return BigInt(this.text.slice(start, this.at));
    this.at = start;
    throw this.fault('LIMIT_EXCEEDED', `The integer ${this.place()} has more than ${DIGITS} digits`);
  }

  #word(): Scalar {
    for (const [word, value] of WORDS)
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    throw this.unexpected('a value');
  }

  /** The unit at an index, −1 beyond the end. */
  #unit(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) : -1;
  }

  #loneSurrogate(unit: number): OtioError {
    const details = `Half a surrogate pair, U+${unit.toString(16).toUpperCase()}, stands alone ${this.place()}`;
    return this.fault('JSON_PARSE_ERROR', details);
  }

  /** An error that says what stands at a place instead of what is wanted; the scanner moves there. */
  unexpected(wanted: string, at = this.at): OtioError {
    this.at = at;
    const [found] = this.text.slice(at, at + 2); // a whole character, by its string iterator
    const name =
      found === undefined
        ? 'the end of the text'
        : found < ' ' || found > '~'
          ? `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
          : `"${found}"`;
    return this.fault('JSON_PARSE_ERROR', `Expected ${wanted} ${this.place()}, found ${name}`);
  }

  fault(code: 'JSON_PARSE_ERROR' | 'LIMIT_EXCEEDED', details: string): OtioError {
    return new OtioError(code, details, { line: this.line });
  }

  place(): string {
    const column = this.at === 0 ? 1 : this.at - this.text.lastIndexOf('\n', this.at - 1);
    return `at line ${this.line}, column ${column}`;
  }
}
