// TimeRange: ends, algebra and relations, on whole numbers and by properties.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_EPSILON, TimeRange } from '../../../otio/opentime/index.ts';
import { range as r, time as t } from '../../fixtures/timeline.ts';

describe('TimeRange', () => {
  describe('makes', () => {
    function check(name: string, found: unknown, expected: unknown) {
      it(name, () => assert.deepEqual(found, expected));
    }
    check('an empty one', new TimeRange(), r(0, 0, 1));
    check('one of a start', new TimeRange(t(5)), r(5, 0));
    check('one of a duration', new TimeRange(undefined, t(5)), r(0, 5));
    check('one from start to end', TimeRange.rangeFromStartEndTime(t(10), t(40, 48)), r(10, 10));
    check('one from start to last', TimeRange.rangeFromStartEndTimeInclusive(t(10), t(40, 48)), r(10, 11));
    check('its exclusive end', r(10, 5).endTimeExclusive(), t(15));
    check('its last frame', r(10, 5).endTimeInclusive(), t(14));
    check('its last whole frame', r(0, 10.5).endTimeInclusive(), t(10));
    check('its only frame', r(10, 1).endTimeInclusive(), t(10));
    check('its start when empty', r(10, 0).endTimeInclusive(), t(10));
    check('a longer one', r(10, 5).durationExtendedBy(t(2)), r(10, 7));
    check('one over both', r(10, 5).extendedBy(r(20, 5)), r(10, 15));
    check('a cut one', r(10, 5).clamped(r(12, 9)), r(12, 3));
    check('an earlier one moved in, and only then cut', r(10, 5).clamped(r(8, 4)), r(10, 4));
    check('a time brought in', [r(10, 5).clamped(t(2)), r(10, 5).clamped(t(20))], [t(10), t(14)]);
  });

  describe('relates', () => {
    const ten = r(10, 10);
    function check(name: string, truth: boolean, expected = true) {
      it(name, () => assert.equal(truth, expected));
    }
    check('contains what is strictly inside', ten.contains(r(11, 8)));
    check('does not contain itself', ten.contains(ten), false);
    check('contains its start', ten.contains(t(10)));
    check('does not contain its end', ten.contains(t(20)), false);
    check('contains a time at another rate', ten.contains(t(39, 48)));
    check('overlaps a later one', ten.overlaps(r(15, 10)));
    check('does not overlap an earlier one', r(15, 10).overlaps(ten), false);
    check('overlaps a time inside', ten.overlaps(t(10)));
    check('is before what follows after a gap', ten.before(r(21, 1)));
    check('is not before what it meets', ten.before(r(20, 1)), false);
    check('is before a time', ten.before(t(21)));
    check('meets', ten.meets(r(20, 1)));
    check('does not meet what began', ten.meets(r(19, 1)), false);
    check('begins a longer one', ten.begins(r(10, 11)));
    check('does not begin itself', ten.begins(ten), false);
    check('begins at its start', ten.begins(t(10)));
    check('finishes a longer one', ten.finishes(r(9, 11)));
    check('finishes at its end', ten.finishes(t(20)));
    check('intersects itself', ten.intersects(ten));
    check('does not intersect what it meets', ten.intersects(r(20, 1)), false);
    check('takes an epsilon', ten.meets(r(20.5, 1), 1 / 24));
    check('equals itself at another rate', ten.equals(r(20, 20, 48)));
    check('is not one frame more', ten.equals(r(10, 11)), false);
    check('is not valid with a negative duration', r(0, -1).isInvalidRange());
    check('is valid when empty', r(0, 0).isValidRange());
  });

  const ranges = fc
    .tuple(
      fc.integer({ min: -500, max: 500 }),
      fc.integer({ min: 1, max: 500 }),
      fc.constantFrom(24, 24000 / 1001, 25, 60),
    )
    .map(([start, duration, rate]) => r(start, duration, rate));
  const holds = (name: string, property: (a: TimeRange, b: TimeRange) => void) =>
    it(name, () => fc.assert(fc.property(ranges, ranges, property)));

  holds('is its start and its end', (a) =>
    assert.ok(TimeRange.rangeFromStartEndTime(a.startTime, a.endTimeExclusive()).equals(a)),
  );
  holds('is its start and its last frame', (a) =>
    assert.ok(TimeRange.rangeFromStartEndTimeInclusive(a.startTime, a.endTimeInclusive()).equals(a)),
  );
  holds('extended covers both, either way', (a, b) => {
    const both = a.extendedBy(b);
    assert.ok(both.equals(b.extendedBy(a)));
    for (const part of [a, b]) assert.ok(part.clamped(part).equals(both.clamped(part)));
  });
  holds('cuts to what lies in both, for one that starts later', (a, b) => {
    if (!a.intersects(b) || b.startTime.lt(a.startTime)) return;
    const cut = a.clamped(b);
    for (const whole of [a, b]) assert.ok(whole.extendedBy(cut).equals(whole));
    assert.ok(cut.endTimeExclusive().almostEqual(a.endTimeExclusive(), 1e-6) || cut.equals(b));
  });
  holds('is before, meets, or intersects, one way or the other', (a, b) => {
    const apart = [a.before(b), b.before(a), a.intersects(b)].filter(Boolean).length;
    const touch = [a, b].some((x, i) => {
      const gap = [b, a][i]!.startTime.toSeconds() - x.endTimeExclusive().toSeconds();
      return Math.abs(gap) < DEFAULT_EPSILON;
    });
    assert.equal(apart, touch ? 0 : 1);
  });
  holds('keeps a clamped time in', (a, b) => {
    const kept = a.clamped(b.startTime);
    assert.ok(kept.ge(a.startTime) && kept.le(a.endTimeInclusive()));
  });
});
