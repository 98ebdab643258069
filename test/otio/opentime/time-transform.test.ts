// TimeTransform on times, ranges and transforms.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TimeRange, TimeTransform } from '../../../otio/opentime/index.ts';
import { time as t } from '../../fixtures/timeline.ts';

const x = (offset: number, scale = 1, rate = -1): TimeTransform => new TimeTransform(t(offset), scale, rate);

describe('TimeTransform', () => {
  function check(name: string, found: unknown, expected: unknown) {
    it(name, () => assert.deepEqual(found, expected));
  }
  check('shifts', x(10).appliedTo(t(5)), t(15));
  check('scales, then shifts', x(10, 2).appliedTo(t(5)), t(20));
  check('keeps the rate of the time', x(10).appliedTo(t(5, 12)), t(10, 12));
  check('counts at its own rate', x(10, 2, 48).appliedTo(t(5)), t(40, 48));
  check('moves both ends of a range', x(10, 2).appliedTo(new TimeRange(5, 3, 24)), new TimeRange(20, 6, 24));
  check('turns a range round', x(0, -1).appliedTo(new TimeRange(5, 3, 24)), new TimeRange(-5, -3, 24));
  check('joins another', x(10, 2, 48).appliedTo(x(5, 3, 25)), x(15, 6, 48));
  check('takes the rate of the other when it has none', x(10, 2).appliedTo(x(5, 3, 25)), x(15, 6, 25));
  check('equals its like at another rate', x(10).equals(new TimeTransform(t(20, 48))), true);
  check('differs by scale', x(10).equals(x(10, 2)), false);

  it('without anything changes nothing', () =>
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(24, 25, 24000 / 1001), (value, rate) =>
        assert.ok(new TimeTransform().appliedTo(t(value, rate)).strictlyEqual(t(value, rate))),
      ),
    ));
  it('shifts by the sum of two shifts', () =>
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(9999), fc.nat(9999), (a, b, c) =>
        assert.deepEqual(x(a).appliedTo(x(b)).appliedTo(t(c)), x(a).appliedTo(x(b).appliedTo(t(c)))),
      ),
    ));
});
