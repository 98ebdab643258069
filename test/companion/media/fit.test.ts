// Geometry of the four rules: what is cut, how large it becomes, where it lies.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Fit, fits, placementOf, type Side } from '../../../companion/media/fit.ts';

describe('placementOf', () => {
  const side = (size: string, pixelAspect = 1, grid: Side['grid'] = [1, 1]): Side => {
    const [width, height] = size.split('x').map(Number) as [number, number];
    return { width, height, pixelAspect, grid };
  };

  /** `crop` and `place` as WIDTHxHEIGHT+X+Y. */
  const check = (fit: Fit, source: Side, target: Side, crop: string, place: string) =>
    it(`${fit}: ${source.width}x${source.height} in ${target.width}x${target.height}, ${place}`, () => {
      const found = placementOf(source, target, fit);
      const text = (box: typeof found.crop): string => `${box.width}x${box.height}+${box.x}+${box.y}`;
      assert.deepEqual([text(found.crop), text(found)], [crop, place]);
    });
  check('contain', side('400x300'), side('1600x900'), '400x300+0+0', '1200x900+200+0');
  check('contain', side('300x400'), side('1600x900'), '300x400+0+0', '675x900+462+0');
  check('contain', side('1600x400'), side('1600x900'), '1600x400+0+0', '1600x400+0+250');
  check('contain', side('300x400'), side('1600x900', 1, [2, 1]), '300x400+0+0', '676x900+462+0');
  check('contain', side('720x576', 64 / 45), side('1024x576'), '720x576+0+0', '1024x576+0+0');
  check('contain', side('1440x1080', 4 / 3), side('1920x1080'), '1440x1080+0+0', '1920x1080+0+0');
  check('contain', side('1920x1080'), side('1440x1080', 4 / 3), '1920x1080+0+0', '1440x1080+0+0');
  check('contain', side('33x17'), side('33x17', 1, [2, 2]), '33x17+0+0', '33x17+0+0');
  check('contain', side('8192x16'), side('64x48', 1, [2, 2]), '8192x16+0+0', '64x2+0+22');
  check('cover', side('400x300'), side('1600x900'), '400x225+0+37', '1600x900+0+0');
  check('cover', side('300x400'), side('1600x900'), '300x169+0+115', '1600x900+0+0');
  check('cover', side('1600x400'), side('1600x900'), '711x400+444+0', '1600x900+0+0');
  check('cover', side('400x300', 1, [2, 2]), side('1600x900'), '400x226+0+36', '1600x900+0+0');
  check('stretch', side('400x300'), side('1600x900'), '400x300+0+0', '1600x900+0+0');
  check('none', side('400x300'), side('1600x900'), '400x300+0+0', '400x300+600+300');
  check('none', side('2000x300'), side('1600x900'), '1600x300+200+0', '1600x300+0+300');
  check('none', side('33x17'), side('64x48', 1, [2, 1]), '32x17+0+0', '32x17+16+15');

  it('keeps within both, on their grids, for any sizes', () => {
    const length = fc.integer({ min: 16, max: 8192 });
    const aspect = fc.constantFrom(1, 16 / 11, 12 / 11, 4 / 3, 3 / 4);
    const grid = fc.constantFrom<Side['grid']>([1, 1], [2, 1], [2, 2]);
    const sides = fc.record({ width: length, height: length, pixelAspect: aspect, grid });
    fc.assert(
      fc.property(sides, sides, fc.constantFrom(...fits), (source, target, fit) => {
        const { crop, ...place } = placementOf(source, target, fit);
        for (const [box, whole] of [
          [crop, source],
          [place, target],
        ] as const) {
          const [across, down] = whole.grid;
          assert.ok(box.width >= 1 && box.height >= 1);
          assert.ok(box.x >= 0 && box.x + box.width <= whole.width && box.x % across === 0);
          assert.ok(box.y >= 0 && box.y + box.height <= whole.height && box.y % down === 0);
          assert.ok(box.width === whole.width || box.width % across === 0);
          assert.ok(box.height === whole.height || box.height % down === 0);
        }
        const [fills, all] = [
          place.width === target.width && place.height === target.height,
          crop.width === source.width && crop.height === source.height,
        ];
        assert.ok(fit === 'none' || (fit === 'contain' ? all : fills), fit);
        assert.ok(fit !== 'none' || (crop.width === place.width && crop.height === place.height));
      }),
    );
  });
});
