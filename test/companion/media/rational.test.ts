// Exact fractions: parsing, arithmetic, rounding.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompanionError } from '../../../companion/api/errors.ts';
import { Rational } from '../../../companion/media/rational.ts';

describe('Rational', () => {
  describe('parse', () => {
    const check = (text: string, expected: string, as: 'rate' | 'number' = 'rate') =>
      it(`${text} as ${as} is ${expected}`, () => assert.equal(Rational.parse(text, { as }).toString(), expected));
    check('60', '60');
    check('24000/1001', '24000/1001');
    check('48000/2002', '24000/1001');
    check('23.976', '24000/1001');
    check('23.98', '24000/1001');
    check('29.97', '30000/1001');
    check('59.94', '60000/1001');
    check('119.88', '120000/1001');
    check('12.5', '25/2');
    check('0.4', '2/5');
    check('.5', '1/2');
    check('16:15', '16/15');
    check('59.94', '2997/50', 'number');
    check('-1.25', '-5/4', 'number');

    for (const text of ['', 'fast', '1/0', '1//2', '1e3', '0x10', '1.', 'NaN']) {
      it(`refuses ${JSON.stringify(text)}`, () =>
        assert.throws(
          () => Rational.parse(text, { name: 'fps' }),
          (error) =>
            error instanceof CompanionError && error.code === 'PARAM_INVALID' && error.message.startsWith('fps'),
        ));
    }
  });

  describe('rounding', () => {
    const check = (num: number, den: number, [floor, round, ceil]: [number, number, number]) =>
      it(`${num}/${den}`, () => {
        const value = new Rational(num, den);
        assert.deepEqual([value.floor(), value.round(), value.ceil()].map(Number), [floor, round, ceil]);
      });
    check(7, 2, [3, 4, 4]);
    check(-7, 2, [-4, -4, -3]);
    check(1, 3, [0, 0, 1]);
    check(-1, 3, [-1, 0, 0]);
    check(6, 3, [2, 2, 2]);
    check(5, -2, [-3, -3, -2]);
  });

  it('computes as a field does', () => {
    const value = fc
      .tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(1n, 10n ** 9n))
      .map(([n, d]) => new Rational(n, d));
    fc.assert(
      fc.property(value, value, (a, b) => {
        assert.ok(a.add(b).sub(b).equals(a));
        if (b.sign !== 0) assert.ok(a.mul(b).div(b).equals(a));
        assert.equal(a.compare(b), a.sub(b).sign);
        assert.ok(Math.abs(a.toNumber() - Number(a.num) / Number(a.den)) <= Math.abs(a.toNumber()) * 1e-15);
      }),
    );
  });

  it('writes decimals', () => {
    assert.equal(new Rational(1, 3).toFixed(6), '0.333333');
    assert.equal(new Rational(-2, 3).toFixed(3), '-0.667');
    assert.equal(new Rational(5).toFixed(0), '5');
  });
});
