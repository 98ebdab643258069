// RationalTime: construction, rescaling, arithmetic at mixed rates, comparison, rounding.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RationalTime } from '../../../otio/opentime/index.ts';
import { time as t } from '../../fixtures/timeline.ts';

const times = fc
  .tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.constantFrom(1, 24, 24000 / 1001, 25, 30, 48, 60, 48000))
  .map(([value, rate]) => t(value, rate));

describe('RationalTime', () => {
  function check(name: string, found: RationalTime, expected: RationalTime) {
    it(name, () => assert.deepEqual(found, expected));
  }
  check('is 0 at 1', new RationalTime(), t(0, 1));
  check('adds at the larger rate', t(10).add(t(10, 48)), t(30, 48));
  check('adds at the larger rate, whichever comes first', t(10, 48).add(t(10)), t(30, 48));
  check('subtracts at the larger rate', t(10).sub(t(10, 48)), t(10, 48));
  check('is negated', t(10).neg(), t(-10));
  check('is rescaled', t(10).rescaledTo(48), t(20, 48));
  check('is rescaled to the rate of another', t(10).rescaledTo(t(1, 12)), t(5, 12));
  check('is rescaled from no rate to 0', t(10, 0).rescaledTo(24), t(0));
  check('rounds down', t(-1.5).floor(), t(-2));
  check('rounds up', t(1.1).ceil(), t(2));
  check('rounds halves away from zero', t(-2.5).round(), t(-3));
  check('rounds 2.5 to 3', t(2.5).round(), t(3));
  check('rounds the double below a half down', t(0.49999999999999994).round(), t(0));
  check('comes from frames, cut', RationalTime.fromFrames(-1.9, 24), t(-1));
  check('comes from seconds', RationalTime.fromSeconds(2, 24), t(48));
  check('comes from seconds at rate 1', RationalTime.fromSeconds(2), t(2, 1));
  check('has a duration', RationalTime.durationFromStartEndTime(t(10), t(40, 48)), t(10));
  check('has an inclusive duration', RationalTime.durationFromStartEndTimeInclusive(t(10), t(40, 48)), t(11));

  function holds(name: string, truth: boolean) {
    it(name, () => assert.equal(truth, true));
  }
  holds('10@24 equals 20@48', t(10).equals(t(20, 48)));
  holds('but not strictly', !t(10).strictlyEqual(t(20, 48)));
  holds('almost equal is inclusive', t(10).almostEqual(t(21, 48), 1) && !t(10).almostEqual(t(21, 48), 0.9));
  holds(
    'orders across rates',
    t(10).lt(t(21, 48)) && t(10).le(t(20, 48)) && t(10).ge(t(20, 48)) && t(11).gt(t(21, 48)),
  );
  holds('NaN is not valid', t(Number.NaN).isInvalidTime() && t(0, Number.NaN).isInvalidTime());
  holds('rate 0 is not valid', t(1, 0).isInvalidTime());
  holds('a negative time is valid', t(-1).isValidTime());

  it('cuts frames towards zero, never to −0', () => {
    assert.equal(t(-1.9).toFrames(), -1);
    assert.ok(Object.is(t(-0.5).toFrames(), 0));
    assert.equal(t(1).toFrames(48), 2);
    assert.equal(t(2 ** 40).toFrames(), 2 ** 40);
  });

  it('adds in any order', () => fc.assert(fc.property(times, times, (a, b) => assert.deepEqual(a.add(b), b.add(a)))));
  it('takes away what it added', () =>
    fc.assert(fc.property(times, times, (a, b) => assert.ok(a.add(b).sub(b).almostEqual(a, 1e-3)))));
  it('compares one way', () =>
    fc.assert(
      fc.property(times, times, (a, b) => {
        assert.equal(a.compare(b) + b.compare(a), 0);
        assert.equal(a.lt(b), b.gt(a));
        assert.equal(a.le(b), !a.gt(b));
      }),
    ));
  it('keeps its seconds when rescaled', () =>
    fc.assert(
      fc.property(times, times, (a, b) => assert.ok(Math.abs(a.rescaledTo(b).toSeconds() - a.toSeconds()) < 1e-6)),
    ));
});
