// What cannot be written is refused, not changed.
import assert from 'node:assert/strict';
import { type AnyValue, ImageSequenceReference, RationalTime, write } from '../../otio/index.ts';

describe('otio: what a file cannot hold', () => {
  const check = (value: unknown): void => assert.throws(() => write(value as AnyValue), { code: 'TYPE_MISMATCH' });

  it('objects of other libraries', () => {
    check({ at: new Date(0) });
    check([new Map([[1, 2]])]);
    check(new (class Ticks extends RationalTime {})(1, 24));
  });
  it('nothing at all', () => check({ at: undefined }));
  it('a fraction where an integer belongs', () => {
    for (const startFrame of [1.5, Number.NaN, 2 ** 60]) check(new ImageSequenceReference({ startFrame }));
  });
});
