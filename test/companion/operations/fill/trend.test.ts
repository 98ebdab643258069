// Steps that a trend explains are no fault.
import assert from 'node:assert/strict';
import { beyondTrends } from '../../../../companion/operations/fill/trend.ts';

describe('beyondTrends', () => {
  const check = (step: number, trends: (number | null)[], expected: number) =>
    it(`a step of ${step} beside ${trends}`, () => assert.equal(beyondTrends(step, trends), expected));
  check(4, [], 4);
  check(4, [null, null], 4);
  check(4, [0, 0], 4);
  check(4, [3, null], 1);
  check(2, [3, 0], 0);
  check(4, [1, 5], 0);
  check(4, [-3, -1], 4);
  check(-4, [-3, 1], -1);
  check(0, [5, -5], 0);
});
