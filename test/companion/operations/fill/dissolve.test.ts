// A dissolve is the rounded mean of both samples, at every depth.
import assert from 'node:assert/strict';
import { dissolve } from '../../../../companion/operations/fill/dissolve.ts';

describe('dissolve', () => {
  const check = (depth: number, a: number[], b: number[], weight: number, expected: number[]) =>
    it(`${a} to ${b} at ${weight}, ${depth} bits`, () => {
      const packed = (samples: number[]): Uint8Array =>
        depth === 8 ? Uint8Array.from(samples) : new Uint8Array(Uint16Array.from(samples).buffer);
      const out = packed(a.map(() => 99));
      dissolve(packed(a), packed(b), weight, out, depth);
      assert.deepEqual(out, packed(expected));
    });
  check(8, [0, 255, 10], [255, 0, 10], 0.5, [128, 128, 10]);
  check(8, [0, 100], [255, 50], 0.25, [64, 88]);
  check(10, [0, 1023, 64], [1023, 0, 940], 0.5, [512, 512, 502]);
  check(16, [0, 65535], [65535, 0], 1 / 3, [21845, 43690]);
});
