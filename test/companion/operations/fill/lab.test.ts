// Code values become the Lab colours that the standards give them.
import assert from 'node:assert/strict';
import type { ColourTags } from '../../../../companion/media/description.ts';
import { cellsOf } from '../../../../companion/operations/fill/cells.ts';
import { labOf } from '../../../../companion/operations/fill/lab.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { formatOf, layouts, paint, tags } from './painted.ts';

/** Lab of a picture of one colour; codes in 8-bit values by planes. */
function labAt(format: PictureFormat, colour: Partial<ColourTags>, codes: readonly number[]): number[] {
  const lab = labOf(
    cellsOf(
      paint(format, (plane) => codes[plane]!),
      format,
    ),
    format,
    tags(colour),
  );
  return [...lab.subarray(0, 3)];
}

const small = { width: 16, height: 16 };
const check =
  (
    format: PictureFormat,
    colour: Partial<ColourTags>,
    codes: readonly number[],
    expected: readonly number[],
    within = 0.3,
  ) =>
  () => {
    const lab = labAt(format, colour, codes);
    assert.ok(
      lab.every((value, i) => Math.abs(value - expected[i]!) <= within),
      `${lab} instead of ${expected}`,
    );
  };

describe('labOf', () => {
  for (const layout of layouts)
    for (const depth of [8, 9, 10, 12, 14, 16])
      for (const range of ['tv', 'pc', null] as const) {
        const full = layout === 'rgb' || range === 'pc';
        const peak = full ? (2 ** depth - 1) / 2 ** (depth - 8) : 235;
        const format = formatOf(layout, depth, small);
        const neutral = layout === 'rgb' ? peak : 128;
        const black = full ? 0 : 16;
        it(`white and black of ${layout}, ${depth} bits, range ${range}`, () => {
          check(format, { range }, [peak, neutral, neutral], [100, 0, 0])();
          check(format, { range }, [black, neutral === 128 ? 128 : 0, neutral === 128 ? 128 : 0], [0, 0, 0])();
        });
      }

  // Lab of the primaries of sRGB, as published (B. Lindbloom)
  const srgb = { transfer: 'iec61966-2-1' };
  const [red, green, blue] = [
    [53.24, 80.09, 67.2],
    [87.73, -86.18, 83.18],
    [32.3, 79.19, -107.86],
  ] as const;
  it('red of RGB, whose planes are G B R', check(formatOf('rgb', 8, small), srgb, [0, 0, 255], red, 0.05));
  it('green of RGB', check(formatOf('rgb', 8, small), srgb, [255, 0, 0], green, 0.05));
  it('blue of RGB', check(formatOf('rgb', 8, small), srgb, [0, 255, 0], blue, 0.05));

  // 100 % red in 8-bit codes of each matrix
  const red709 = [63, 102, 240];
  const red601 = [81, 90, 240];
  const tall = { width: 16, height: 720 };
  const yuv = formatOf('yuv444', 8, small);
  it('red, BT.709', check(yuv, { ...srgb, matrix: 'bt709' }, red709, red, 0.8));
  it('red, SMPTE 170M', check(yuv, { ...srgb, matrix: 'smpte170m' }, red601, red, 0.8));
  it('red, BT.470 BG', check(yuv, { ...srgb, matrix: 'bt470bg' }, red601, red, 0.8));
  it('without a tag small pictures are BT.601', check(yuv, srgb, red601, red, 0.8));
  it('without a tag 720 lines are BT.709', check(formatOf('yuv420', 8, tall), srgb, red709, red, 0.8));
  // Kr 0.2627: Y = 16 + 219 · 0.2627; Cb = 128 − 112 · 0.2627 / (1 − 0.0593)
  const wide = { ...srgb, matrix: 'bt2020nc' };
  it('red, BT.2020 matrix', check(formatOf('yuv444', 16, small), wide, [73.5313, 96.723, 240], red, 0.1));

  it('L* of BT.2020 red is that of its luminance, 0.2627', () => {
    const [l] = labAt(formatOf('rgb', 16, small), { primaries: 'bt2020', transfer: 'linear' }, [0, 0, 255.996]);
    assert.ok(Math.abs(l! - (116 * Math.cbrt(0.2627) - 16)) < 0.05);
  });
  it('white of BT.2020 and of P3 is white', () => {
    const white = [255, 255, 255];
    check(formatOf('rgb', 8, small), { primaries: 'bt2020' }, white, [100, 0, 0])();
    check(formatOf('rgb', 8, small), { primaries: 'smpte432' }, white, [100, 0, 0])();
  });
  it('middle gray is that of a display of gamma 2.4', () => {
    const l = 116 * Math.cbrt((109.5 / 219) ** 2.4) - 16;
    check(formatOf('gray', 16, small), {}, [125.5], [l, 0, 0], 0.05)();
  });
  // ITU-R BT.2408: HDR reference white is 58 % of PQ and 75 % of HLG
  it(
    '58 % of PQ is reference white',
    check(formatOf('gray', 10, small), { transfer: 'smpte2084', range: 'pc' }, [148.5], [100, 0, 0], 0.5),
  );
  it(
    '75 % of HLG is reference white',
    check(formatOf('gray', 10, small), { transfer: 'arib-std-b67', range: 'pc' }, [191.75], [100, 0, 0], 0.5),
  );
});
