// Time strings both ways: forms, refusals, tiny fractions, and the round trip.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RationalTime } from '../../../otio/opentime/index.ts';

describe('time string', () => {
  describe('of seconds', () => {
    function check(seconds: number, expected: string) {
      it(`${seconds} is ${expected}`, () => assert.equal(new RationalTime(seconds, 1).toTimeString(), expected));
    }
    check(0, '00:00:00.0');
    check(-0, '-00:00:00.0');
    check(1.5, '00:00:01.5');
    check(-1.5, '-00:00:01.5');
    check(3661.25, '01:01:01.25');
    check(86400, '00:00:00.0');
    check(90061.25, '01:01:01.25');
    check(1 / 3, '00:00:00.333333');
    check(0.001, '00:00:00.001');
    // R11: the reference prints an exponent for these.
    check(0.000001, '00:00:00.000001');
    check(0.0000123456, '00:00:00.000012');
    check(1e-9, '00:00:00.000000');
    check(1e-20, '00:00:00.0');
    // Rounded to seven digits this is the next second, which the clock has not counted.
    check(59.99999999, '00:00:59.999999');
    it('refuses what is not finite', () =>
      assert.throws(() => new RationalTime(Number.NaN, 1).toTimeString(), { code: 'INVALID_TIME_STRING' }));
  });

  describe('as a time at 24', () => {
    function check(text: string, expected: number | string) {
      it(`"${text}": ${expected}`, () => {
        const parse = () => RationalTime.fromTimeString(text, 24).toSeconds();
        if (typeof expected === 'number') assert.ok(Math.abs(parse() - expected) < 1e-9, `${parse()}`);
        else assert.throws(parse, { name: 'OtioError', code: expected });
      });
    }
    check('', 0);
    check('1', 1);
    check('.5', 0.5);
    check('1.', 1);
    check(':1', 1);
    check('90', 90);
    check('90:00', 5400);
    check('100:00:00', 360000);
    check('1:2:3.25', 3723.25);
    check('-1:00:00.5', -3600.5);
    check('+5', 5);
    for (const text of [
      '00:60',
      '60:00:60',
      '1:2:3:4',
      '1:',
      ':',
      '::1',
      '1.2.3',
      '1e3',
      ' 1',
      '-',
      '+',
      '--1',
      '1:.5',
      '.',
      '1:-2',
    ])
      check(text, 'INVALID_TIME_STRING');
    it('refuses rates without timecode', () =>
      assert.throws(() => RationalTime.fromTimeString('1', 29.97), { code: 'INVALID_TIMECODE_RATE' }));
  });

  it('goes there and back within a microsecond', () =>
    fc.assert(
      fc.property(fc.double({ min: -86399.9, max: 86399.9, noNaN: true }), (seconds) => {
        const back = RationalTime.fromTimeString(new RationalTime(seconds, 1).toTimeString(), 25).toSeconds();
        assert.ok(Math.abs(back - seconds) < 1.1e-6, `${seconds} came back as ${back}`);
      }),
    ));
});
