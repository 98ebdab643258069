// Equality and copies of any value; objects bring their own.
import { RationalTime, TimeRange, TimeTransform } from '../opentime/index.ts';
import { SerializableObject } from './object.ts';
import { type AnyValue, Box2d, Color, type Dictionary, dictionary, isDictionary, isTyped, V2d } from './value.ts';

/** Integers equal integers only and doubles doubles; times by what they say (10@24 = 20@48); dictionaries regardless of order. */
export function equalValues(a: AnyValue, b: AnyValue): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true; // the same file twice is equivalent
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof SerializableObject) return b instanceof SerializableObject && a.isEquivalentTo(b);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, i) => equalValues(value, b[i]));
  if (isTyped(a)) return equalTyped(a, b);
  return isDictionary(a) && isDictionary(b) && equalDictionaries(a, b);
}

export function equalDictionaries(a: Dictionary, b: Dictionary): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equalValues(a[key]!, b[key]!))
  );
}

function equalTyped(a: object, b: object): boolean {
  if (a instanceof RationalTime) return b instanceof RationalTime && a.equals(b);
  if (a instanceof TimeRange) return b instanceof TimeRange && a.equals(b);
  if (a instanceof TimeTransform)
    return b instanceof TimeTransform && a.offset.equals(b.offset) && a.scale === b.scale && a.rate === b.rate;
  if (a instanceof V2d) return b instanceof V2d && a.x === b.x && a.y === b.y;
  if (a instanceof Box2d) return b instanceof Box2d && equalTyped(a.min, b.min) && equalTyped(a.max, b.max);
  if (a instanceof Color)
    return b instanceof Color && a.r === b.r && a.g === b.g && a.b === b.b && a.a === b.a && a.name === b.name;
  return false;
}

/** A deep copy; typed values are immutable and shared. */
export function cloneValue<T extends AnyValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof SerializableObject) return value.clone() as T;
  if (Array.isArray(value)) return value.map((element: AnyValue) => cloneValue(element)) as unknown as T;
  return isDictionary(value) ? (cloneDictionary(value) as T) : value;
}

export function cloneDictionary(from: Dictionary): Dictionary {
  const copy = dictionary();
  for (const key in from) copy[key] = cloneValue(from[key]!);
  return copy;
}
