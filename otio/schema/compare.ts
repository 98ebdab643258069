// Equality and copies of any value; objects bring their own.
import { explained } from '../depth.ts';
import { RationalTime, TimeRange, TimeTransform } from '../opentime/index.ts';
import { SerializableObject } from './object.ts';
import { type AnyValue, type Dictionary, dictionary, isDictionary, isTyped } from './value.ts';

/**
 * Integers equal integers only and doubles doubles; times by what they say (10@24 = 20@48); dictionaries regardless of order. What is NaN or infinite in
 * both is equal: the same file twice is equivalent.
 * @throws OtioError LIMIT_EXCEEDED for what stands too deep
 */
export function equalValues(a: AnyValue, b: AnyValue): boolean {
  if (isSame(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof SerializableObject) return b instanceof SerializableObject && a.isEquivalentTo(b);
  if (isTyped(a)) return equalTyped(a, b);
  try {
    if (Array.isArray(a))
      return Array.isArray(b) && a.length === b.length && a.every((value, i) => equalValues(value, b[i]));
  } catch (error) {
    throw explained(error);
  }
  return isDictionary(a) && isDictionary(b) && equalDictionaries(a, b);
}

const isSame = (a: unknown, b: unknown): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

export function equalDictionaries(a: Dictionary, b: Dictionary): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  try {
    return keys.every((key) => Object.hasOwn(b, key) && equalValues(a[key]!, b[key]!));
  } catch (error) {
    throw explained(error);
  }
}

function equalTyped(a: object, b: object): boolean {
  if (a.constructor !== b.constructor) return false;
  if (sameMembers(a, b)) return true;
  if (a instanceof RationalTime) return a.equals(b as RationalTime);
  if (a instanceof TimeRange) return a.equals(b as TimeRange);
  return a instanceof TimeTransform && a.equals(b as TimeTransform);
}

/** Whether two typed values of one class are written alike. */
function sameMembers(a: object, b: object): boolean {
  const other = b as Record<string, unknown>;
  return Object.entries(a).every(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? sameMembers(value, other[name] as object)
      : isSame(value, other[name]),
  );
}

/** A deep copy; typed values are immutable and shared. @throws OtioError LIMIT_EXCEEDED for what stands too deep */
export function cloneValue<T extends AnyValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof SerializableObject) return value.clone() as T;
  try {
    if (Array.isArray(value)) return value.map((element: AnyValue) => cloneValue(element)) as unknown as T;
  } catch (error) {
    throw explained(error);
  }
  return isDictionary(value) ? (cloneDictionary(value) as T) : value;
}

export function cloneDictionary(from: Dictionary): Dictionary {
  const copy = dictionary();
  try {
    for (const key in from) copy[key] = cloneValue(from[key]!);
  } catch (error) {
    throw explained(error);
  }
  return copy;
}
