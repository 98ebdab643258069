// Rates, factors and speeds become exact conversions, and names that say so.
import assert from 'node:assert/strict';
import { Rational } from '../../../../companion/media/rational.ts';
import { aimOf } from '../../../../companion/operations/interpolate/aim.ts';

const film = Rational.parse('23.976', { as: 'rate' });
const number = (text: string): Rational => Rational.parse(text, { as: 'number' });

describe('aimOf', () => {
  const check =
    (asked: { fps?: Rational; factor?: Rational; slow?: Rational }, rate: string, speed: string, word: string) =>
    () => {
      const aim = aimOf(asked as never, film);
      assert.deepEqual(
        [aim.conversion.rate.toString(), aim.conversion.speed.toString(), aim.word],
        [rate, speed, word],
      );
    };
  it('60 where nothing is asked', check({}, '60', '1', '60fps'));
  it('NTSC rate', check({ fps: Rational.parse('59.94', { as: 'rate' }) }, '60000/1001', '1', '59.94fps'));
  it('written as a fraction', check({ fps: number('60000/1001') }, '60000/1001', '1', '59.94fps'));
  it('23.976 keeps its third decimal', check({ fps: film }, '24000/1001', '1', '23.976fps'));
  it('factor', check({ factor: number('2') }, '48000/1001', '1', 'x2'));
  it('half a factor', check({ factor: number('2.5') }, '60000/1001', '1', 'x2.5'));
  it('slow motion keeps the rate', check({ slow: number('0.4') }, '24000/1001', '2/5', 'slow0.4'));
});
