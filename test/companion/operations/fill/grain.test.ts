// Grain and sharpness are found as they were planted.
import assert from 'node:assert/strict';
import { texturesOf } from '../../../../companion/operations/fill/grain.ts';
import type { Layout } from '../../../../native/index.ts';
import { type Code, formatOf, grainy, paint, tags, texture } from './painted.ts';

/** Smooth at its left, textured at its right. */
const scene: Code = (plane, x, y) => (x < 96 ? 90 + x / 8 : texture()(plane, x * 3, y * 3));

describe('texturesOf', () => {
  const check = (deviation: number, layout: Layout, depth: number) =>
    it(`grain of ${deviation} in ${layout}, ${depth} bits`, () => {
      const format = formatOf(layout, depth);
      const [found] = texturesOf([paint(format, grainy(scene, deviation, 7, layout === 'rgb'))], format, tags());
      // a tenth: the median of some 24 blocks; and the rounding to codes, whose deviation is √(1/12) of one
      const expected = Math.hypot(deviation, Math.sqrt(1 / 12) / 2 ** (depth - 8));
      assert.ok(Math.abs(found!.grain - expected) < 0.1 * expected, `${found!.grain} instead of ${expected}`);
    });
  check(1, 'yuv420', 8);
  check(3, 'yuv420', 8);
  check(6, 'gray', 8);
  check(0.5, 'yuv422', 10);
  check(2, 'yuv444', 12);
  check(2, 'rgb', 16);

  const format = formatOf('gray');
  const of = (...codes: Code[]) =>
    texturesOf(
      codes.map((code) => paint(format, code)),
      format,
      tags(),
    );

  it('texture alone is little grain', () => {
    assert.ok(of((_, x, y) => texture()(0, x, y))[0]!.grain < 0.4);
  });
  it('black bars are not looked at', () => {
    const noisy = grainy(scene, 4, 3);
    const barred: Code = (plane, x, y) => (y < 96 ? 16 : noisy(plane, x, y));
    assert.ok(Math.abs(of(barred)[0]!.grain - 4) < 0.8);
  });
  it('blur takes sharpness away, by as much as it damps a wave', () => {
    // a box of 5 damps a wave of k radians a pixel by sin(5k/2) / (5 sin(k/2))
    const k = 0.5;
    const wave: Code = (_, x) => 125 + 50 * Math.sin(k * x);
    const blurred: Code = (_, x) => [-2, -1, 0, 1, 2].reduce((sum, i) => sum + wave(0, x + i, 0) / 5, 0);
    const [sharp, soft] = of(wave, blurred);
    const damped = Math.sin(2.5 * k) / (5 * Math.sin(k / 2));
    assert.ok(Math.abs(soft!.sharpness / sharp!.sharpness - damped) < 0.01);
  });
  it('pictures are compared over the same blocks', () => {
    const halves =
      (left: number, right: number): Code =>
      (_, x, y) =>
        (x < 96 ? left : right) * Math.sin(x / 3) * Math.sin(y / 3) + 120;
    const [one, other] = of(halves(40, 0), halves(0, 40));
    assert.equal(one!.sharpness > 0, true);
    assert.ok(Math.abs(one!.sharpness - other!.sharpness) < 0.2 * one!.sharpness);
  });
  it('too small a picture has neither', () => {
    const tiny = formatOf('yuv420', 8, { width: 12, height: 40 });
    assert.deepEqual(texturesOf([paint(tiny, scene)], tiny, tags()), [{ grain: 0, sharpness: 0 }]);
  });
});
