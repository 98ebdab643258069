// CIEDE2000 gives the published differences of its test pairs.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ciede2000, colourDifference } from '../../../../companion/operations/fill/colour-difference.ts';

/** Sharma, Wu, Dalal 2005, table 1: L*, a*, b* of both, and ΔE2000. */
const published = `
50 2.6772 -79.7751   50 0 -82.7485   2.0425
50 3.1571 -77.2803   50 0 -82.7485   2.8615
50 2.8361 -74.0200   50 0 -82.7485   3.4412
50 -1.3802 -84.2814   50 0 -82.7485   1.0000
50 -1.1848 -84.8006   50 0 -82.7485   1.0000
50 -0.9009 -85.5211   50 0 -82.7485   1.0000
50 0 0   50 -1 2   2.3669
50 -1 2   50 0 0   2.3669
50 2.4900 -0.0010   50 -2.4900 0.0009   7.1792
50 2.4900 -0.0010   50 -2.4900 0.0010   7.1792
50 2.4900 -0.0010   50 -2.4900 0.0011   7.2195
50 2.4900 -0.0010   50 -2.4900 0.0012   7.2195
50 -0.0010 2.4900   50 0.0009 -2.4900   4.8045
50 -0.0010 2.4900   50 0.0010 -2.4900   4.8045
50 -0.0010 2.4900   50 0.0011 -2.4900   4.7461
50 2.5 0   50 0 -2.5   4.3065
50 2.5 0   73 25 -18   27.1492
50 2.5 0   61 -5 29   22.8977
50 2.5 0   56 -27 -3   31.9030
50 2.5 0   58 24 15   19.4535
50 2.5 0   50 3.1736 0.5854   1.0000
50 2.5 0   50 3.2972 0   1.0000
50 2.5 0   50 1.8634 0.5757   1.0000
50 2.5 0   50 3.2592 0.3350   1.0000
60.2574 -34.0099 36.2677   60.4626 -34.1751 39.4387   1.2644
63.0109 -31.0961 -5.8663   62.8187 -29.7946 -4.0864   1.2630
61.2901 3.7196 -5.3901   61.4292 2.2480 -4.9620   1.8731
35.0831 -44.1164 3.7933   35.0232 -40.0716 1.5901   1.8645
22.7233 20.0904 -46.6940   23.0331 14.9730 -42.5619   2.0373
36.4612 47.8580 18.3852   36.2715 50.5065 21.2231   1.4146
90.8027 -2.0831 1.4410   91.1528 -1.6435 0.0447   1.4441
90.9257 -0.5406 -0.9208   88.6381 -0.8985 -0.7239   1.5381
6.7747 -0.2908 -2.4247   5.8714 -0.0985 -2.2286   0.6377
2.0776 0.0795 -1.1350   0.9033 -0.0636 -0.5514   0.9082`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/).map(Number)) as [number, number, number, number, number, number, number][];

describe('ciede2000', () => {
  published.forEach(([l1, a1, b1, l2, a2, b2, expected], i) => {
    it(`published pair ${i + 1}`, () => {
      assert.equal(ciede2000(l1, a1, b1, l2, a2, b2).toFixed(4), expected.toFixed(4));
      assert.equal(ciede2000(l2, a2, b2, l1, a1, b1).toFixed(4), expected.toFixed(4));
    });
  });

  it('is no less than 0, and 0 only for one colour', () => {
    const lab = fc.tuple(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.double({ min: -120, max: 120, noNaN: true }),
      fc.double({ min: -120, max: 120, noNaN: true }),
    );
    fc.assert(
      fc.property(lab, lab, (one, other) => {
        assert.equal(ciede2000(...one, ...one), 0);
        const far = Math.hypot(...one.map((value, i) => value - other[i]!)) > 0.01;
        const difference = ciede2000(...one, ...other);
        assert.ok(far ? difference > 0 : difference >= 0, `${one} ${other}: ${difference}`);
      }),
    );
  });
});

describe('colourDifference', () => {
  it('mean and 95th percentile of a picture', () => {
    // L* 50 and a shift of L* only: dL' / S_L with S_L = 1 + 0.015 · (L̄ − 50)² / √(20 + (L̄ − 50)²)
    const [plain, lighter] = [new Float32Array(300), new Float32Array(300)];
    for (let i = 0; i < 300; i += 3) plain[i] = lighter[i] = 50;
    for (let i = 0; i < 18; i += 3) lighter[i] = 52; // 6 of 100 cells
    const one = 2 / (1 + 0.015 / Math.sqrt(21));
    const { mean, p95 } = colourDifference(plain, lighter);
    assert.ok(Math.abs(mean - 0.06 * one) < 1e-6, `${mean}`);
    assert.ok(Math.abs(p95 - one) < 1e-6, `${p95}`);
    assert.equal(colourDifference(plain, plain).p95, 0);
  });
});
