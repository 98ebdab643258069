// What is planted at a seam is measured there, and told.
import assert from 'node:assert/strict';
import { defaultLimits, faultsOf, measureSeam, type SeamMeasure } from '../../../../companion/operations/fill/seam.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { type Code, formatOf, grainy, layouts, paint, tags, texture } from './painted.ts';

const plain = formatOf('yuv420');

/** Measures a seam of painted pictures, nearest first. */
function seam(outside: readonly Code[], inside: readonly Code[], format: PictureFormat = plain): SeamMeasure {
  const [out, ins] = [outside, inside].map((codes) => codes.map((code) => paint(format, code)));
  return measureSeam({ format, colour: tags(), outside: out!, inside: ins! });
}
const near = (value: number, expected: number, within: number): void =>
  assert.ok(Math.abs(value - expected) <= within, `${value} instead of ${expected}`);

/** Each fault must hold its word, in order. */
const check = (measure: SeamMeasure, ...words: RegExp[]): void => {
  const faults = faultsOf(measure, defaultLimits);
  assert.equal(faults.length, words.length, faults.join('; '));
  words.forEach((word, i) => {
    assert.match(faults[i]!, word);
  });
};

const still = texture();
const lifted =
  (code: Code, by: number, only?: number): Code =>
  (plane, x, y) =>
    code(plane, x, y) + (only === undefined ? (plane === 0 ? by : 0) : plane === only ? by : 0);

describe('measureSeam', () => {
  for (const layout of layouts)
    for (const depth of [8, 10, 16]) {
      const format = formatOf(layout, depth, { alpha: true });
      it(`nothing is seen between equal pictures: ${layout}, ${depth} bits`, () => {
        const measure = seam([still, still, still], [still, still], format);
        const { grain, sharpness, ...rest } = measure;
        const none = { mean: 0, p95: 0 };
        assert.deepEqual(rest, {
          deltaE: none,
          natural: none,
          own: none,
          lumaStep: 0,
          velocity: rest.velocity,
          width: 192,
        });
        near(rest.velocity!, 0, 1e-6);
        assert.equal(grain.ratio, 1);
        assert.equal(sharpness.ratio, 1);
        check(measure);
      });
      it(`a step of four code values: ${layout}, ${depth} bits`, () => {
        const brighter: Code = (plane, x, y) => still(plane, x, y) + (layout === 'rgb' || plane === 0 ? 4 : 0);
        const measure = seam([still, still], [brighter, brighter], format);
        near(measure.lumaStep, 4, 0.02);
        check(measure, /brighter by 4\.0 code values \(at most 2\.0\)/);
      });
    }

  it('a fade that goes on is no step', () => {
    const at = (i: number): Code => lifted(still, 3 * i);
    const measure = seam([at(0), at(-1), at(-2)], [at(1), at(2)]);
    near(measure.lumaStep, 0, 0.02);
    check(measure);
  });
  it('what is beyond the fade is', () => {
    const at = (i: number): Code => lifted(still, 3 * i);
    const measure = seam([at(0), at(-1)], [at(-1), at(0)]);
    near(measure.lumaStep, -3, 0.02);
    check(measure, /darker by 3\.0/);
  });
  it('a tint jumps in colour and not in light', () => {
    const tinted = lifted(still, 12, 1);
    const measure = seam([still, still], [tinted, tinted]);
    near(measure.lumaStep, 0, 0.01);
    assert.deepEqual(measure.natural, { mean: 0, p95: 0 });
    check(measure, /colours jump by ΔE \d+\.\d over the picture, \d+\.\d more than .*\(at most 2\.0\)/, /worst places/);
  });
  it('a part of the picture that jumps is seen in the worst places', () => {
    const spot: Code = (plane, x, y) => still(plane, x, y) + (plane === 0 && x < 20 ? 30 : 0);
    const measure = seam([still, still], [spot, spot]);
    assert.ok(measure.deltaE.p95 > 4 * measure.deltaE.mean);
  });
  it('lost grain', () => {
    const noisy = [1, 2, 3].map((seed) => grainy(still, 4, seed));
    const measure = seam(noisy, [still, still]);
    near(measure.grain.outside, 4, 0.5);
    assert.ok(measure.grain.ratio < 0.2);
    assert.ok(
      faultsOf(measure, defaultLimits).some((fault) =>
        /0\.\d\d of the material's grain \(0\.50 to 2\.00\)/.test(fault),
      ),
    );
  });
  it('the same grain on both sides passes', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((seed) => grainy(still, 3, seed)) as [Code, Code, Code, Code];
    check(seam([a, b], [c, d]));
  });
  it('blur', () => {
    const fine: Code = (plane, x, y) =>
      125 + (plane === 0 ? 40 * Math.sin(x * 0.7) * Math.sin(y * 0.7) * Math.sin(x / 40) : 0);
    const soft: Code = (plane, x, y) =>
      [-2, -1, 0, 1, 2]
        .flatMap((u) => [-2, -1, 0, 1, 2].map((v) => fine(plane, x + u, y + v) / 25))
        .reduce((a, b) => a + b);
    const measure = seam([fine, fine], [soft, soft]);
    assert.ok(measure.sharpness.ratio < 0.6, `${measure.sharpness.ratio}`);
    assert.ok(faultsOf(measure, defaultLimits).some((fault) => fault.startsWith('the fill is softer')));
  });
  it('a steady pan passes', () => {
    const at = (i: number): Code => texture(4 * i, -2 * i);
    const measure = seam([at(0), at(-1), at(-2)], [at(1), at(2)]);
    near(measure.velocity!, 0, 0.5);
    check(measure);
  });
  it('a pan that stops shows by as much as it moved', () => {
    const at = (i: number): Code => texture(4 * i, 3 * i);
    const measure = seam([at(0), at(-1)], [at(0), at(0)]);
    near(measure.velocity!, 5, 0.5);
    check(measure, /motion changes by \d\.\d pixels a frame \(at most 1\.9\)/);
  });
  it('with one picture outside, motion is compared with that of the fill', () => {
    const measure = seam([still], [texture(6), texture(6)]);
    assert.equal(measure.natural, null);
    near(measure.velocity!, 6, 0.5);
  });
  it('with one picture on both sides no motion is known', () => {
    const measure = seam([still], [texture(4)]);
    assert.deepEqual([measure.natural, measure.own, measure.velocity], [null, null, null]);
  });
  it('another shot', () => {
    const other: Code = (plane, x, y) =>
      texture()(plane, y * 1.7 + 40, x * 0.6) + (plane === 1 ? 20 : plane === 0 ? -30 : 0);
    const measure = seam([still, still], [other, other]);
    assert.ok(faultsOf(measure, defaultLimits).length >= 3);
  });
  it('jerky material excuses as much as it jerks', () => {
    const at = (i: number): Code => texture(6 * i);
    const calm = seam([at(0), at(0)], [at(1), at(1)]);
    const jerky = seam([at(0), at(0), at(-1)], [at(1), at(1)]);
    assert.ok(jerky.natural!.mean > 2);
    near(jerky.natural!.mean, calm.deltaE.mean, 0.3);
    check(jerky, /motion changes/);
    assert.ok(faultsOf(calm, defaultLimits).some((fault) => /colours jump/.test(fault)));
  });
  it('needs a picture on both sides', () => {
    assert.throws(() => seam([], [still]), RangeError);
    assert.throws(() => seam([still], []), RangeError);
  });
});

describe('faultsOf', () => {
  const good = seam([still, still], [still, still]);
  const faulty =
    (change: Partial<SeamMeasure>, ...words: RegExp[]) =>
    () =>
      check({ ...good, ...change }, ...words);
  const jump = { mean: 5, p95: 9 };
  it(
    'a jump above calm material',
    faulty({ deltaE: jump }, /ΔE 5\.0 over the picture, 5\.0 more/, /ΔE 9\.0 in its worst/),
  );
  it('as much as the material does', faulty({ deltaE: jump, natural: jump }));
  it('as much as a dissolve does', faulty({ deltaE: jump, own: jump }));
  it(
    'a fill that jumps itself excuses little',
    faulty({ deltaE: { mean: 30, p95: 60 }, own: { mean: 40, p95: 70 } }, /22\.0 more/, /40\.0 more/),
  );
  it('darker', faulty({ lumaStep: -2.5 }, /darker by 2\.5/));
  it('too much grain', faulty({ grain: { outside: 1, inside: 3, ratio: 2.6 } }, /2\.60 of the material's grain/));
  it('grain too fine to be seen', faulty({ grain: { outside: 0.1, inside: 0.5, ratio: 2.1 } }));
  it(
    'sharper',
    faulty({ sharpness: { outside: 5, inside: 10, ratio: 1.9 } }, /the fill is sharper.*1\.90.*0\.60 to 1\.60/),
  );
  it('a velocity within a hundredth of the width', faulty({ velocity: 1.9 }));
  it('the same in a small picture', faulty({ velocity: 1.9, width: 100 }, /motion changes by 1\.9 .*at most 1\.0/));
  it('unknown motion', faulty({ velocity: null }));
  it('own limits', () => {
    assert.equal(faultsOf({ ...good, lumaStep: 1 }, { ...defaultLimits, lumaStep: 0.5 }).length, 1);
  });
});
