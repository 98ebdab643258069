// Exact rates and frames: what doubles mean, rescaling without loss, whole frames or a refusal.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { framesAt, RationalTime, rationalRate, rescale } from '../../../otio/opentime/index.ts';
import { exactDouble } from '../../../otio/opentime/rate.ts';

describe('exact rate', () => {
  function check(rate: number, num: number, den: number) {
    it(`${rate} is ${num}/${den}`, () => assert.deepEqual(rationalRate(rate), { num, den }));
  }
  for (const rate of [23.976, 23.98, 23.97, 23.976024627685547, 24000 / 1001]) check(rate, 24000, 1001);
  check(29.97, 30000, 1001);
  check(59.94, 60000, 1001);
  check(119.88, 120000, 1001);
  check(24, 24, 1);
  check(24.0000001, 24, 1);
  check(48000, 48000, 1);
  check(12.5, 25, 2);
  check(100 / 3, 100, 3);
  check(33.333333, 100, 3);
  check(0.5, 1, 2);
  check(254016000000, 254016000000, 1);

  for (const rate of [0, -24, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 1e-9])
    it(`${rate} is none`, () => assert.throws(() => rationalRate(rate), { code: 'INVALID_TIMECODE_RATE' }));

  it('as the double that files carry, where there is one', () =>
    assert.deepEqual([23.98, 25, 1e15, -1, 1e-9].map(exactDouble), [24000 / 1001, 25, 1e15, -1, 1e-9]));

  it('reads back any fraction that is far from whole and NTSC ones', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 60 }), (whole, den) => {
        const { num, den: found } = rationalRate(whole + 1 / den);
        if (num % 1000 !== 0) assert.equal(num * den, (whole * den + 1) * found);
      }),
    ));
});

describe('rescaled frames', () => {
  const ntsc = { num: 30000, den: 1001 };
  it('are a fraction with the frames around it', () =>
    assert.deepEqual(rescale(7, { num: 24, den: 1 }, { num: 60, den: 1 }), {
      num: 35n,
      den: 2n,
      floor: 17,
      ceil: 18,
      round: 18,
    }));
  it('are of whole frames', () => assert.throws(() => rescale(1.5, ntsc, ntsc), { code: 'INVALID_TIME_RANGE' }));
  it('round halves up below 0 too', () =>
    assert.deepEqual(rescale(-7, { num: 24, den: 1 }, { num: 60, den: 1 }), {
      num: -35n,
      den: 2n,
      floor: -18,
      ceil: -17,
      round: -17,
    }));
  it('come back exactly', () =>
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(24, 25, 48000), (frames, rate) => {
        const there = rescale(frames, ntsc, { num: rate, den: 1 });
        const back = rescale(there.num, { num: rate, den: 1 }, ntsc);
        assert.equal(back.num, BigInt(frames) * back.den * there.den);
        assert.ok(there.floor <= there.round && there.round <= there.ceil && there.ceil - there.floor <= 1);
      }),
    ));
});

describe('whole frames of a time', () => {
  function check(
    value: number,
    own: number,
    rate: number,
    expected: number | string,
    snap?: 'floor' | 'ceil' | 'round',
  ) {
    it(`${value}@${own.toFixed(3)} at ${rate.toFixed(3)}${snap ? `, ${snap}` : ''}: ${expected}`, () => {
      const frames = () => framesAt(new RationalTime(value, own), rate, snap);
      if (typeof expected === 'number') assert.equal(frames(), expected);
      else assert.throws(frames, { name: 'OtioError', code: expected });
    });
  }
  check(100, 24, 24, 100);
  check(100, 24, 48, 200);
  check(100, 23.976, 24000 / 1001, 100);
  check(-100, 24, 48, -200);
  check(-0, 24, 24, 0);
  check(-0.05, 24, 24, 0);
  check(-0.5, 24, 24, 0, 'ceil');
  check(0, 24, 30, 0, 'ceil');
  check(1, 0, 0, 'INVALID_TIMECODE_RATE');
  check(1001, 30, 30000 / 1001, 1000);
  check(86400.0887, 24, 24, 86400);
  check(86400.0887, 24, 48, 172800);
  check(86399.95, 24, 24, 86400);
  check(3600.5, 24, 48, 7201);
  check(3600.05, 24, 48000, 7200100);
  check(41.708333, 1, 24, 1001);
  check(100.2, 24, 24, 'INVALID_TIME_RANGE');
  check(1000, 30, 30000 / 1001, 'INVALID_TIME_RANGE');
  check(1, 24, 30, 'INVALID_TIME_RANGE');
  check(1, 24, 30, 1, 'floor');
  check(1, 24, 30, 2, 'ceil');
  check(2, 24, 30, 3, 'round');
  check(100.2, 24, 24, 101, 'ceil');
  check(1001, 30, 30000 / 1001, 1000, 'ceil');
  check(Number.NaN, 24, 24, 'INVALID_TIME_RANGE');
  check(Number.POSITIVE_INFINITY, 24, 24, 'INVALID_TIME_RANGE', 'round');
  check(1, 0, 24, 'INVALID_TIMECODE_RATE');

  it('takes an exact rate', () =>
    assert.equal(framesAt(new RationalTime(1001, 60), { num: 24000, den: 1001 }, 'floor'), 400));
  it('is exact for every whole value and multiple rate', () =>
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => assert.equal(framesAt(new RationalTime(n, 24), 24), n))));
});
