// SMPTE timecode both ways: known labels, refusals, drop frame against counting by hand, and the round trip at every rate.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RationalTime } from '../../../otio/opentime/index.ts';

const [film, ntsc, high, ntscHigh] = [24000 / 1001, 30000 / 1001, 48000 / 1001, 60000 / 1001];
const rates = [film, 24, 25, ntsc, 30, high, 48, 50, ntscHigh, 60];
const code = (code: string) => ({ name: 'OtioError', code });

/** Labels in order, as a drop-frame counter shows them: minutes but each tenth begin after the dropped numbers. */
function* countDropFrame(nominal: number, dropped: number, minutes: number): Generator<string> {
  const two = (n: number): string => String(n).padStart(2, '0');
  for (let m = 0; m < minutes; m++)
    for (let s = 0; s < 60; s++)
      for (let f = s === 0 && m % 10 !== 0 ? dropped : 0; f < nominal; f++)
        yield `${two(Math.floor(m / 60))}:${two(m % 60)}:${two(s)};${two(f)}`;
}

describe('timecode', () => {
  describe('of a time', () => {
    function check(
      frame: number,
      rate: number,
      expected: string,
      drop?: boolean,
      time = new RationalTime(frame, rate),
    ) {
      it(`frame ${time.value} at ${time.rate.toFixed(3)} is ${expected} at ${rate.toFixed(3)}`, () =>
        assert.equal(time.toTimecode(rate, drop), expected));
    }
    check(0, 24, '00:00:00:00');
    check(86399, 24, '00:59:59:23');
    check(86400, film, '01:00:00:00');
    check(1800, ntsc, '00:01:00;02');
    check(1799, ntsc, '00:00:59;29');
    check(1800, ntsc, '00:01:00:00', false);
    check(17982, ntsc, '00:10:00;00');
    check(3600, ntscHigh, '00:01:00;04');
    check(24 * 86400 - 1, 24, '23:59:59:23');
    check(24 * 86400, 24, '00:00:00:00');
    check(24 * 86400 - 1, film, '23:59:59:23');
    // R7: the reference's non-drop day is 86.4 s short here.
    check(30 * 86400 - 1, ntsc, '23:59:59:29', false);
    check(30 * 86400, ntsc, '00:00:00:00', false);
    check(2589407, ntsc, '23:59:59;29');
    check(2589408, ntsc, '00:00:00;00');
    check(1440.9, 24, '00:01:00:00');
    check(1000, 23.98, '00:00:41:16');
    check(0, 25, '00:00:02:00', undefined, new RationalTime(48, 24));
  });

  describe('refuses', () => {
    function check(value: number, rate: number, expected: string, drop?: boolean) {
      it(`${value} at ${rate}${drop ? ', drop frame' : ''}: ${expected}`, () =>
        assert.throws(() => new RationalTime(value, rate).toTimecode(rate, drop), code(expected)));
    }
    check(-1, 24, 'NEGATIVE_VALUE');
    check(0, 120, 'INVALID_TIMECODE_RATE');
    check(0, 120000 / 1001, 'INVALID_TIMECODE_RATE');
    check(0, 12, 'INVALID_TIMECODE_RATE');
    check(0, 0, 'INVALID_TIMECODE_RATE');
    check(0, 24.2, 'INVALID_TIMECODE_RATE');
    check(0, Number.NaN, 'INVALID_TIMECODE_RATE');
    check(0, 24, 'INVALID_RATE_FOR_DROP_FRAME_TIMECODE', true);
    check(Number.POSITIVE_INFINITY, 24, 'INVALID_TIMECODE_STRING');
    check(Number.NaN, 24, 'INVALID_TIMECODE_STRING');
  });

  describe('as a time', () => {
    function check(text: string, rate: number, expected: number | string, strict = false) {
      it(`"${text}" at ${rate.toFixed(3)}${strict ? ', strict' : ''}: ${expected}`, () => {
        const parse = () => RationalTime.fromTimecode(text, rate, { strict });
        if (typeof expected === 'number') assert.deepEqual(parse(), new RationalTime(expected, rate));
        else assert.throws(parse, code(expected));
      });
    }
    check('01:00:00:00', film, 86400);
    check('01:00:00;00', ntsc, 107892);
    check('00:01:00;02', ntsc, 1800, true);
    check('00:10:00;00', ntsc, 17982, true);
    check('00:01:00;00', ntsc, 1798);
    check('00:01:00;00', ntsc, 'INVALID_TIMECODE_STRING', true);
    check('00:01:00;03', ntscHigh, 'INVALID_TIMECODE_STRING', true);
    check('00:01:00;04', ntscHigh, 3600, true);
    check('-1:00:00:00', ntsc, -108000);
    check('-1:00:00:00', ntsc, 'INVALID_TIMECODE_STRING', true);
    check('00h00m01s00', 25, 25);
    check('00h00m01s00', 25, 'INVALID_TIMECODE_STRING', true);
    check('00:60:00:00', 25, 90000);
    check('00:60:00:00', 25, 'INVALID_TIMECODE_STRING', true);
    check('00:00:60:00', 25, 'INVALID_TIMECODE_STRING', true);
    check('00:00:00:00 ', 25, 'INVALID_TIMECODE_STRING', true);
    check('00:00:01.05', 25, 30, true);
    check('00:00:00:25', 25, 'TIMECODE_RATE_MISMATCH');
    check('00:00:01;00', 25, 'INVALID_RATE_FOR_DROP_FRAME_TIMECODE');
    check('00:00:01:00', 29.97, 'INVALID_TIMECODE_RATE');
    check('00:00:01:00', 0, 'INVALID_TIMECODE_RATE');
    check('', 25, 'INVALID_TIMECODE_STRING');
    check('00:00:00', 25, 'INVALID_TIMECODE_STRING');
  });

  describe('at the nearest rate', () => {
    function check(rate: number, nearest: number, expected: string) {
      it(`one second at ${rate} is ${expected}`, () => {
        assert.equal(RationalTime.nearestSmpteTimecodeRate(rate), nearest);
        assert.equal(new RationalTime(1, 1).toNearestTimecode(rate), expected);
      });
    }
    check(23.976, film, '00:00:00:23');
    check(120, 60, '00:00:01:00');
    check(29.97, ntsc, '00:00:00;29');
    // R8: 0 is no rate, so nothing is nearest to it.
    check(1, film, '00:00:00:23');
    check(0, film, '00:00:00:23');
  });

  for (const [rate, nominal, dropped] of [
    [ntsc, 30, 2],
    [ntscHigh, 60, 4],
  ] as const)
    it(`drop frame at ${rate.toFixed(2)} counts as a counter does`, () => {
      let frame = 0;
      for (const label of countDropFrame(nominal, dropped, 71))
        assert.equal(new RationalTime(frame++, rate).toTimecode(), label);
      assert.equal(frame, nominal * 60 * 71 - dropped * (71 - 8));
    });

  for (const rate of rates)
    it(`goes there and back at ${rate.toFixed(3)}`, () =>
      fc.assert(
        fc.property(fc.nat(Math.round(rate) * 86400 - 90_000), fc.boolean(), (frame, drop) => {
          const timecode = new RationalTime(frame, rate).toTimecode(rate, drop ? undefined : false);
          assert.equal(RationalTime.fromTimecode(timecode, rate, { strict: true }).value, frame);
          assert.equal(RationalTime.fromTimecode(timecode, rate).value, frame);
        }),
      ));

  it('takes any text without another kind of error', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 14 }), fc.constantFrom(...rates), fc.boolean(), (text, rate, strict) => {
        try {
          assert.ok(Number.isInteger(RationalTime.fromTimecode(text, rate, { strict }).value));
        } catch (error) {
          assert.match((error as { code: string }).code, /TIMECODE/);
        }
      }),
    ));
});
