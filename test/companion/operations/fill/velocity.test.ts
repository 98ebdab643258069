// Known motion is found, and a change of it.
import assert from 'node:assert/strict';
import { cellsOf } from '../../../../companion/operations/fill/cells.ts';
import {
  blockMotion,
  type SmallLuma,
  smallLumaOf,
  velocityStep,
} from '../../../../companion/operations/fill/velocity.ts';
import { type Code, formatOf, paint, texture } from './painted.ts';

const small = (code: Code, width = 192, height = 128): SmallLuma => {
  const format = formatOf('yuv420', 8, { width, height });
  return smallLumaOf(cellsOf(paint(format, code), format));
};

describe('blockMotion', () => {
  const check = (right: number, downward: number) =>
    it(`${right}, ${downward} pixels`, () => {
      const { vectors, sure } = blockMotion(small(texture()), small(texture(right, downward)));
      const believed = [...sure.keys()].filter((block) => sure[block]! > 0.5);
      assert.ok(believed.length > sure.length / 3, `${believed.length} of ${sure.length} blocks are sure`);
      const middle = (of: 0 | 1): number =>
        believed.map((block) => vectors[2 * block + of]!).sort((a, b) => a - b)[believed.length >> 1]!;
      const found = [middle(0), middle(1)];
      assert.ok(Math.hypot(found[0]! - right, found[1]! - downward) < 0.3, `${found}`);
    });
  check(0, 0);
  check(6, 0);
  check(-6, 4);
  check(3, -5);
  check(1.5, 0.7);
  check(-12.4, 8.3);

  it('flat pictures and stripes are not sure', () => {
    const flat = small(() => 100);
    const stripes = small((_, x) => 125 + 40 * Math.sin(x / 7));
    for (const luma of [flat, stripes]) assert.ok(blockMotion(luma, luma).sure.every((sure) => sure < 0.01));
  });
  it('a picture smaller than a window has no blocks', () => {
    const tiny = small(texture(), 16, 16);
    assert.equal(blockMotion(tiny, tiny).sure.length, 0);
  });
});

describe('velocityStep', () => {
  const check = (
    name: string,
    codes: [Code, Code, Code],
    expected: number | null,
    size: [number, number] = [192, 128],
  ) =>
    it(name, () => {
      const [before, here, after] = codes.map((code) => small(code, ...size)) as [SmallLuma, SmallLuma, SmallLuma];
      const step = velocityStep(before, here, after);
      if (expected === null) assert.equal(step, null);
      else assert.ok(Math.abs(step! - expected) < 0.5, `${step} instead of ${expected}`);
    });
  check('still', [texture(), texture(), texture()], 0);
  check('steady', [texture(-5), texture(), texture(5)], 0);
  check('stops', [texture(-5), texture(), texture()], 5);
  check('jumps ahead', [texture(-4), texture(), texture(12)], 8);
  check('turns', [texture(-3), texture(), texture(0, 4)], 5);
  check('a change of light is no motion', [texture(-4), texture(), (p, x, y) => texture(4)(p, x, y) + 20], 0);
  check('flat: nothing is known', [() => 90, () => 90, () => 90], null);
  check(
    'in pixels of a large picture',
    [
      (p, x, y) => texture()(p, x / 4 + 6, y / 4),
      (p, x, y) => texture()(p, x / 4, y / 4),
      (p, x, y) => texture()(p, x / 4, y / 4),
    ],
    24,
    [1280, 720],
  );
});
