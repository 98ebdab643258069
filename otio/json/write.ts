// JSON as the reference writes it, byte for byte: doubles with a point, integers without, dictionaries sorted by code point.
// The writer is pushed one member at a time and gives up its text whenever asked, so a long timeline never lies in memory as text.
import { OtioError } from '../errors.ts';
import { DEEPEST } from './parse.ts';

/** A double as text that reads back to the same double and never looks like an integer. */
export function formatDouble(x: number): string {
  if (Object.is(x, -0)) return '-0.0';
  const text = String(x);
  if (Number.isInteger(x)) return Math.abs(x) < 1e21 ? `${text}.0` : text.replace('+', '');
  return text;
}

// Quotes, backslashes, control characters and surrogates: all but the ranges named.
const SPECIAL = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
// Whole pairs match first and stay; a surrogate that the class still finds is half a pair.
const EACH_SPECIAL = /[\ud800-\udbff][\udc00-\udfff]|[^ !#-[\]-\ud7ff\ue000-\uffff]/g;
const ESCAPES = new Map([...'"\\\b\f\n\r\t'].map((character, i) => [character, `\\${'"\\bfnrt'[i]}`]));

/** A string in quotes. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD. */
export function quote(text: string): string {
  return SPECIAL.test(text) ? `"${text.replace(EACH_SPECIAL, escaped)}"` : `"${text}"`;
}

function escaped(special: string): string {
  if (special.length === 2) return special;
  if (special >= '\ud800') return '\ufffd';
  return ESCAPES.get(special) ?? `\\u${special.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Order by code point, which is that of the UTF-8 bytes; the order of UTF-16 units puts astral characters before U+E000. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates, the units of astral characters, come after all others. */
const rank = (unit: number): number => ((unit & 0xf800) === 0xd800 ? unit + 0x10000 : unit);

/** Writes an object that is no array into the writer it is given; `writer.dictionary` is the default. */
export type ObjectWriter = (object: object, writer: JsonWriter) => void;

/** Text is joined whenever this much has come: a rope of thousands of pieces dies young, one of millions burdens the collector. */
const PIECE = 16 * 1024;
const KEYS = 4096;

/**
 * Writes one JSON value. Inside an object every value follows its `key`; calls must nest.
 *
 *     writer.beginObject(); writer.key('rate'); writer.double(24); writer.endObject(); writer.take()   // {"rate":24.0}
 */
export class JsonWriter {
  readonly #writeObject: ObjectWriter;
  readonly #space: string;
  readonly #colon: string;
  /** New line and indentation by depth, and the same after a comma. */
  readonly #breaks: string[];
  readonly #commas = [''];
  /** Keys as they stand in the text, with their colon. */
  readonly #keys = new Map<string, string>();
  #depth = 0;
  /** Whether the innermost container has nothing in it yet. */
  #empty = true;
  /** What stands between the text so far and the next key or value. */
  #lead = '';
  #pieces: string[] = [];
  #text = '';
  #joined = 0;

  /** `indent` spaces a level; 0 writes no white space at all. `object` is asked for each object that `value` meets. */
  constructor({ indent = 4, object }: { indent?: number; object?: ObjectWriter } = {}) {
    this.#space = ' '.repeat(indent);
    this.#colon = indent > 0 ? ': ' : ':';
    this.#breaks = [indent > 0 ? '\n' : ''];
    this.#writeObject = object ?? writeDictionary;
  }

  beginObject(): void {
    this.#begin('{');
  }

  endObject(): void {
    this.#end('}');
  }

  beginArray(): void {
    this.#begin('[');
  }

  endArray(): void {
    this.#end(']');
  }

  key(name: string): void {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = quote(name) + this.#colon;
      if (this.#keys.size < KEYS) this.#keys.set(name, key);
    }
    this.#text += this.#lead + key;
    this.#lead = '';
  }

  null(): void {
    this.#put('null');
  }

  boolean(value: boolean): void {
    this.#put(value ? 'true' : 'false');
  }

  double(value: number): void {
    this.#put(formatDouble(value));
  }

  integer(value: bigint): void {
    this.#put(value.toString());
  }

  string(value: string): void {
    this.#put(quote(value));
  }

  /** Any value: a `number` is a double, a `bigint` an integer; arrays keep their order. */
  value(value: unknown): void {
    if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number') this.double(value);
    else if (typeof value === 'bigint') this.integer(value);
    else if (typeof value === 'boolean') this.boolean(value);
    else if (value === null) this.null();
    else if (Array.isArray(value)) this.#array(value);
    else if (typeof value === 'object') this.#writeObject(value, this);
    else throw new OtioError('TYPE_MISMATCH', `A value of type ${typeof value} cannot be written as JSON`);
  }

  /** An object's own members, sorted by code point. */
  dictionary(members: object): void {
    this.beginObject();
    for (const name of Object.keys(members).sort(compareKeys)) {
      this.key(name);
      this.value(members[name as keyof typeof members]);
    }
    this.endObject();
  }

  /** Characters written and not yet taken. Who streams takes them when there are some 64 Ki. */
  get size(): number {
    return this.#joined + this.#text.length;
  }

  /** What was written since the last call; after the last end it completes the text. */
  take(): string {
    const text = this.#pieces.join('') + this.#text;
    this.#pieces = [];
    this.#joined = 0;
    this.#text = '';
    return text;
  }

  #array(values: readonly unknown[]): void {
    this.beginArray();
    for (const value of values) this.value(value);
    this.endArray();
  }

  #begin(bracket: string): void {
    if (this.#depth === DEEPEST) {
      const sentence = `More than ${DEEPEST} containers stand inside each other, or one inside itself`;
      throw new OtioError('LIMIT_EXCEEDED', sentence);
    }
    this.#text += this.#lead + bracket;
    this.#depth++;
    if (this.#depth === this.#breaks.length) {
      this.#breaks.push(this.#breaks.at(-1)! + this.#space);
      this.#commas.push(`,${this.#breaks.at(-1)!}`);
    }
    this.#lead = this.#breaks[this.#depth]!;
    this.#empty = true;
  }

  #end(bracket: string): void {
    this.#depth--;
    this.#text += this.#empty ? bracket : this.#breaks[this.#depth]! + bracket;
    this.#ended();
  }

  #put(text: string): void {
    this.#text += this.#lead + text;
    this.#ended();
  }

  #ended(): void {
    this.#empty = false;
    this.#lead = this.#commas[this.#depth]!;
    if (this.#text.length > PIECE) this.#join();
  }

  #join(): void {
    this.#text.charCodeAt(0); // joins the rope
    this.#pieces.push(this.#text);
    this.#joined += this.#text.length;
    this.#text = '';
  }
}

function writeDictionary(members: object, writer: JsonWriter): void {
  writer.dictionary(members);
}
