// Typed values: times, ranges, colours and the like, each made of the members of its JSON object.
import { OtioError } from '../errors.ts';
import { RationalTime, TimeRange, TimeTransform } from '../opentime/index.ts';
import { type AnyValue, Box2d, Color, V2d } from '../schema/value.ts';

/** @throws OtioError KEY_NOT_FOUND, TYPE_MISMATCH */
export type TypedReader = (keys: readonly string[], values: readonly AnyValue[]) => AnyValue;

function member(keys: readonly string[], values: readonly AnyValue[], key: string): AnyValue {
  const value = values[keys.indexOf(key)];
  if (value === undefined) throw new OtioError('KEY_NOT_FOUND', `There is no '${key}'.`);
  return value;
}

function real(keys: readonly string[], values: readonly AnyValue[], key: string): number {
  const value = member(keys, values, key);
  if (typeof value === 'number') return value;
  const double = typeof value === 'bigint' ? Number(value) : Number.NaN;
  if (!Number.isFinite(double))
    throw new OtioError('TYPE_MISMATCH', `'${key}' must be a number that a double can hold.`);
  return double;
}

function words(keys: readonly string[], values: readonly AnyValue[], key: string): string {
  const value = member(keys, values, key);
  if (typeof value !== 'string') throw new OtioError('TYPE_MISMATCH', `'${key}' must be a string.`);
  return value;
}

function timeOf(keys: readonly string[], values: readonly AnyValue[], key: string): RationalTime {
  const value = member(keys, values, key);
  if (!(value instanceof RationalTime)) throw new OtioError('TYPE_MISMATCH', `'${key}' must be a RationalTime.`);
  return value;
}

function cornerOf(keys: readonly string[], values: readonly AnyValue[], key: string): V2d {
  const value = member(keys, values, key);
  if (!(value instanceof V2d)) throw new OtioError('TYPE_MISMATCH', `'${key}' must be a V2d.`);
  return value;
}

/** By schema string. */
export const TYPED = new Map<string, TypedReader>([
  ['RationalTime.1', (k, v) => new RationalTime(real(k, v, 'value'), real(k, v, 'rate'))],
  ['TimeRange.1', (k, v) => new TimeRange(timeOf(k, v, 'start_time'), timeOf(k, v, 'duration'))],
  ['TimeTransform.1', (k, v) => new TimeTransform(timeOf(k, v, 'offset'), real(k, v, 'scale'), real(k, v, 'rate'))],
  ['V2d.1', (k, v) => new V2d(real(k, v, 'x'), real(k, v, 'y'))],
  ['Box2d.1', (k, v) => new Box2d(cornerOf(k, v, 'min'), cornerOf(k, v, 'max'))],
  [
    'Color.1',
    (k, v) => new Color(real(k, v, 'r'), real(k, v, 'g'), real(k, v, 'b'), real(k, v, 'a'), words(k, v, 'name')),
  ],
]);
