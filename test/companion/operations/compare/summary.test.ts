// Sums of measures follow their formulas.
import assert from 'node:assert/strict';
import { type FrameMeasure, summarise } from '../../../../companion/operations/compare/summary.ts';

const frame = (number: number, psnr: number | null, ssim = 1): FrameMeasure => ({
  frame: number,
  seconds: number,
  psnr: [psnr],
  ssim,
});
const near = (found: number | null | undefined, expected: number): void =>
  assert.ok(typeof found === 'number' && Math.abs(found - expected) < 1e-9, `${found}`);

describe('summarise', () => {
  it('equal clips', () => {
    const { psnr, meanPsnr, equalFrames, worst, ssim } = summarise([frame(0, null), frame(1, null)], 3);
    assert.deepEqual(
      { psnr, meanPsnr, equalFrames, worst, ssim },
      { psnr: [null], meanPsnr: [null], equalFrames: 2, worst: [], ssim: 1 },
    );
  });
  it('of one value it is that value', () => near(summarise([frame(0, 37)], 1).psnr[0], 37));
  it('half the frames equal: the error halves, 3.01 dB more', () =>
    near(summarise([frame(0, 30), frame(1, null)], 1).psnr[0], 30 + 10 * Math.log10(2)));
  it('errors are averaged, not decibels', () =>
    near(summarise([frame(0, 20), frame(1, 40)], 1).psnr[0], -10 * Math.log10((0.01 + 0.0001) / 2)));
  it('the mean of decibels leaves equal frames out', () =>
    near(summarise([frame(0, 20), frame(1, 40), frame(2, null)], 1).meanPsnr[0], 30));
  it('worst first', () =>
    assert.deepEqual(
      summarise([frame(0, 40), frame(1, 20), frame(2, null), frame(3, 30)], 2).worst.map((each) => each.frame),
      [1, 3],
    ));
  it('SSIM', () => {
    const { ssim, leastSsim } = summarise([frame(0, 30, 0.9), frame(1, 30, 0.8)], 1);
    near(ssim, 0.85);
    near(leastSsim, 0.8);
  });
});
