// The oracles against formulas and values worked out by hand.
import assert from 'node:assert/strict';
import { lattice } from '../fixtures/noise.ts';
import { average, largestDifference, mean, median, psnr, ssim } from './oracle.ts';

const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not within ${within} of ${expected}`);
const flat = (value: number, count = 1024): Uint8Array => new Uint8Array(count).fill(value);
const noise = (seed: number, count = 1024): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => 256 * lattice(i, 0, 0, seed));

describe('support: psnr', () => {
  it('one code value everywhere: 20 log10 255', () => near(psnr(flat(10), flat(11)), 20 * Math.log10(255), 1e-9));
  it('one of four samples off by 10: mse 25', () =>
    near(psnr(Uint8Array.of(10, 0, 0, 0), Uint8Array.of(0, 0, 0, 0)), 10 * Math.log10(65025 / 25), 1e-9));
  it('equal pictures are capped at mse 1e-4', () => near(psnr(flat(7), flat(7)), 10 * Math.log10(65025 / 1e-4), 1e-9));
  it('10 bit: one code value', () =>
    near(psnr(Uint16Array.of(500), Uint16Array.of(501), 10), 20 * Math.log10(1023), 1e-9));
  it('refuses different sizes', () => assert.throws(() => psnr(flat(0, 4), flat(0, 5)), RangeError));
});

describe('support: ssim', () => {
  it('equal pictures give 1', () => near(ssim(noise(1), noise(1), 32, 32), 1, 1e-12));
  it('flat pictures: luminance term alone', () =>
    near(ssim(flat(100), flat(120), 32, 32), (2 * 100 * 120 + 6.5025) / (100 * 100 + 120 * 120 + 6.5025), 1e-9));
  it('unrelated noise is near 0', () => near(ssim(noise(1, 4096), noise(2, 4096), 64, 64), 0, 0.06));
  it('is symmetric', () => near(ssim(noise(1), flat(90), 32, 32), ssim(flat(90), noise(1), 32, 32), 1e-12));
  it('one window: the weighted moments', () => {
    const a = noise(3, 121);
    const b = noise(4, 121);
    const weight = Float64Array.from({ length: 121 }, (_, i) =>
      Math.exp(-(((i % 11) - 5) ** 2 + (Math.floor(i / 11) - 5) ** 2) / 4.5),
    );
    const total = weight.reduce((p, q) => p + q);
    const moment = (f: (i: number) => number): number => weight.reduce((sum, w, i) => sum + w * f(i), 0) / total;
    const [ma, mb] = [moment((i) => a[i]!), moment((i) => b[i]!)];
    const [va, vb, cov] = [
      moment((i) => (a[i]! - ma) ** 2),
      moment((i) => (b[i]! - mb) ** 2),
      moment((i) => (a[i]! - ma) * (b[i]! - mb)),
    ];
    const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
    near(ssim(a, b, 11, 11), ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2)), 1e-9);
  });
});

describe('support: means', () => {
  it('mean of samples', () => assert.equal(mean(Uint8Array.of(1, 2, 6)), 3));
  it('average', () => assert.equal(average([1, 2]), 1.5));
  it('median of an odd count', () => assert.equal(median([9, 1, 5]), 5));
  it('median of an even count', () => assert.equal(median([9, 1, 5, 7]), 6));
  it('largest difference', () => assert.equal(largestDifference(Uint8Array.of(1, 9), Uint8Array.of(4, 8)), 3));
});
