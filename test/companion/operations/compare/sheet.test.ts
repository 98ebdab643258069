// Pictures for looking at have the colours they should.
import assert from 'node:assert/strict';
import type { ColourTags } from '../../../../companion/media/description.ts';
import { WorstFrames } from '../../../../companion/operations/compare/sheet.ts';
import { toRgb } from '../../../../companion/operations/contact-sheet.ts';
import type { PictureFormat } from '../../../../native/index.ts';

const tags = (range: 'tv' | 'pc', matrix: string | null): ColourTags => ({
  primaries: null,
  transfer: null,
  matrix,
  range,
  chromaLocation: null,
});
const form = (layout: PictureFormat['layout'], depth = 8): PictureFormat => ({
  width: 2,
  height: 2,
  layout,
  depth,
  alpha: false,
});

describe('toRgb', () => {
  /** Expected colour of the first pixel; within a code value of the formulas of BT.601 and BT.709. */
  const check = (picture: Uint8Array, format: PictureFormat, colour: ColourTags, expected: number[]) => () => {
    const rgb = [...toRgb(picture, format, colour).subarray(0, 3)];
    assert.ok(
      rgb.every((value, i) => Math.abs(value - expected[i]!) <= 1),
      `${rgb} instead of ${expected}`,
    );
  };
  it('video black', check(Uint8Array.of(16, 16, 16, 16, 128, 128), form('yuv420'), tags('tv', 'bt709'), [0, 0, 0]));
  it(
    'video white',
    check(Uint8Array.of(235, 235, 235, 235, 128, 128), form('yuv420'), tags('tv', 'bt709'), [255, 255, 255]),
  );
  it(
    'red of 75 % bars, BT.709',
    check(Uint8Array.of(51, 51, 51, 51, 109, 212), form('yuv420'), tags('tv', 'bt709'), [191, 0, 0]),
  );
  it(
    'red of 75 % bars, BT.601',
    check(Uint8Array.of(65, 65, 65, 65, 100, 212), form('yuv420'), tags('tv', 'smpte170m'), [191, 0, 0]),
  );
  it('full range', check(Uint8Array.of(200, 200, 200, 200), form('gray'), tags('pc', null), [200, 200, 200]));
  it(
    '10 bit white',
    check(
      new Uint8Array(Uint16Array.of(940, 940, 940, 940).buffer),
      form('gray', 10),
      tags('tv', null),
      [255, 255, 255],
    ),
  );
  it(
    'planes of rgb are G B R',
    check(Uint8Array.of(2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0), form('rgb'), tags('pc', null), [1, 2, 3]),
  );
});

describe('WorstFrames', () => {
  const check = (count: number, decibels: readonly (number | null)[], expected: number[]) => () => {
    const worst = new WorstFrames(count);
    for (const [frame, psnr] of decibels.entries())
      worst.offer({ frame, seconds: 0, psnr: [psnr], ssim: 1 }, Uint8Array.of(frame), Uint8Array.of(0));
    assert.deepEqual(
      worst.frames.map(({ a }) => a[0]),
      expected,
    );
  };
  it('keeps the worst', check(2, [30, 20, 40, 10], [3, 1]));
  it('keeps none', check(0, [30, 20], []));
  it('takes fewer', check(5, [30, 20], [1, 0]));
  it('an early one wins a tie', check(1, [20, 20], [0]));
});
