// Eases as curves: they begin and end, only rise, and are at rest where they say.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Ease, eased, eases } from '../../../../companion/operations/keyframes/ease.ts';

describe('eased', () => {
  const check = (ease: Ease, at: number, expected: number) =>
    it(`${ease} at ${at} is ${expected}`, () => assert.equal(eased[ease](at), expected));
  for (const ease of eases) {
    check(ease, 0, 0);
    check(ease, 1, 1);
  }
  check('linear', 0.25, 0.25);
  check('in', 0.25, 0.0625);
  check('out', 0.25, 0.4375);
  check('in-out', 0.25, 0.15625);
  check('in', 0.5, 0.25);
  check('out', 0.5, 0.75);
  check('in-out', 0.5, 0.5);

  /** Slope at both ends, by a difference. */
  const rests = (ease: Ease, start: number, end: number) =>
    it(`${ease} has pace ${start} at the start and ${end} at the end`, () => {
      const step = 1e-6;
      assert.ok(Math.abs(eased[ease](step) / step - start) < 1e-3);
      assert.ok(Math.abs((1 - eased[ease](1 - step)) / step - end) < 1e-3);
    });
  rests('linear', 1, 1);
  rests('in', 0, 2);
  rests('out', 2, 0);
  rests('in-out', 0, 0);

  it('rises, and stays between the two stills', () => {
    // the least and the largest phase of a span of a million frames
    const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...eases), share, share, (ease, a, b) => {
        const [x, y] = [eased[ease](Math.min(a, b)), eased[ease](Math.max(a, b))];
        assert.ok(x > 0 && y < 1 && x <= y + Number.EPSILON); // near the ends the last bit is lost
      }),
    );
  });
});
