// What may stand anywhere in a file: JSON with integers apart from doubles, typed values, and objects.
import { explained } from '../depth.ts';
import { RationalTime, TimeRange, TimeTransform } from '../opentime/index.ts';
import type { SerializableObject } from './object.ts';

/** A JSON integer is a bigint, a JSON double a number: `5n` is written `5`, `5` is written `5.0`. */
export type AnyValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | readonly AnyValue[]
  | Dictionary
  | SerializableObject
  | TypedValue;

/** Metadata and the like. What is read has no prototype, so that any key is just a key. */
export interface Dictionary {
  [key: string]: AnyValue;
}

export type TypedValue = RationalTime | TimeRange | TimeTransform | V2d | Box2d | Color;

export class V2d {
  readonly x: number;
  readonly y: number;
  constructor(x = 0, y = 0) {
    this.x = x;
    this.y = y;
  }
}

export class Box2d {
  readonly min: V2d;
  readonly max: V2d;
  constructor(min = new V2d(), max = new V2d()) {
    this.min = min;
    this.max = max;
  }

  /** The smallest box around both. */
  union({ min, max }: Box2d): Box2d {
    return new Box2d(
      new V2d(Math.min(this.min.x, min.x), Math.min(this.min.y, min.y)),
      new V2d(Math.max(this.max.x, max.x), Math.max(this.max.y, max.y)),
    );
  }
}

/** Channels from 0 to 1. */
export class Color {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
  readonly name: string;
  constructor(r = 1, g = 1, b = 1, a = 1, name = '') {
    this.r = r;
    this.g = g;
    this.b = b;
    this.a = a;
    this.name = name;
  }
}

export const isTyped = (value: unknown): value is TypedValue =>
  value instanceof RationalTime ||
  value instanceof TimeRange ||
  value instanceof TimeTransform ||
  value instanceof V2d ||
  value instanceof Box2d ||
  value instanceof Color;

/** An empty dictionary in which every key, `__proto__` too, is just a key. */
export const dictionary = (): Dictionary => Object.create(null) as Dictionary;

export const isDictionary = (value: unknown): value is Dictionary => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** Metadata from plain JSON: whole numbers within ±2^53 become integers, other numbers stay doubles. @throws OtioError LIMIT_EXCEEDED for what stands too deep */
export function meta(json: unknown): AnyValue {
  if (typeof json === 'number') return Number.isSafeInteger(json) && !Object.is(json, -0) ? BigInt(json) : json;
  if (!Array.isArray(json) && !isDictionary(json)) return json as AnyValue;
  try {
    if (Array.isArray(json)) return json.map(meta);
    const result = dictionary();
    for (const key of Object.keys(json)) result[key] = meta(json[key]);
    return result;
  } catch (error) {
    throw explained(error);
  }
}
