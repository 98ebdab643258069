// The noise is the hash that it says, nearly normal and white.
import assert from 'node:assert/strict';
import { noiseAt, noiseDeviation, noiseSeed } from '../../../../companion/operations/fill/noise.ts';

describe('noiseAt', () => {
  // MurmurHash3 x86 32 of nothing is its finaliser of the seed: 1 gives 0x514e28b7, 0xffffffff gives 0x81f16f39 (published vectors)
  it('published vectors of the hash', () => {
    assert.equal(noiseAt(0, 0), -510);
    assert.equal(noiseAt(1, 0), 0x51 + 0x4e + 0x28 + 0xb7 - 510);
    assert.equal(noiseAt(-1, 0), 0x81 + 0xf1 + 0x6f + 0x39 - 510);
  });
  it('mean, deviation and tails of a normal distribution; no echo from sample to sample, line to line, picture to picture', () => {
    const count = 200_000;
    const of = (picture: number): number[] => {
      const seed = noiseSeed(picture);
      return Array.from({ length: count }, (_, place) => noiseAt(seed, place));
    };
    const [one, next] = [of(0), of(1)];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(mean(one.map((value) => value * value)));
    assert.ok(Math.abs(mean(one)) < 2); // six times what chance gives: 148 / √200 000 = 0.33
    assert.ok(Math.abs(deviation / noiseDeviation - 1) < 0.01);
    const beyond = one.filter((value) => Math.abs(value) > 2 * noiseDeviation).length / count;
    assert.ok(Math.abs(beyond - 0.0455) < 0.005, `${beyond}`);
    const echo = (other: readonly number[], lag: number): number =>
      mean(one.slice(lag).map((value, i) => value * other[i]!)) / deviation ** 2;
    for (const lag of [1, 2, 3, 1920]) assert.ok(Math.abs(echo(one, lag)) < 0.015, `${lag}`);
    assert.ok(Math.abs(echo(next, 0)) < 0.015);
  });
});
