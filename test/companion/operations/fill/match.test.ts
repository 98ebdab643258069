// The correction takes away what was planted, ramps, keeps what is right, and gives the same bytes every time.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { planesIn, sampleBytes } from '../../../../companion/media/pixels.ts';
import { texturesOf } from '../../../../companion/operations/fill/grain.ts';
import { applyMatch, type Match, planMatch } from '../../../../companion/operations/fill/match.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { type Code, formatOf, grainy, layouts, means, paint, tags, texture } from './painted.ts';

const colour = tags();
const plain = formatOf('yuv420');
const still = texture();
const changed =
  (code: Code, gain: number, offset: number): Code =>
  (plane, x, y) =>
    gain * code(plane, x, y) + offset;

interface Planted {
  readonly head?: readonly [outside: readonly Code[], inside: readonly Code[]];
  readonly tail?: readonly [outside: readonly Code[], inside: readonly Code[]];
  readonly middle?: Code;
  readonly frames?: number;
  readonly format?: PictureFormat;
}
function plan({ head, tail, middle, frames = 8, format = plain }: Planted): Match {
  const painted = (codes: readonly Code[]): Uint8Array[] => codes.map((code) => paint(format, code));
  const side = (of: Planted['head']) => (of ? { outside: painted(of[0]), inside: painted(of[1]) } : null);
  return planMatch({
    ...{ format, colour, frames, head: side(head), tail: side(tail) },
    middle: middle && paint(format, middle),
  });
}
const apply = (match: Match, code: Code, i: number, frames = 8, format = plain): Uint8Array =>
  applyMatch(match, paint(format, code), i, frames, format);

/** By how much each plane's mean is off, 8-bit code values. */
const offBy = (picture: Uint8Array, code: Code): number => {
  const wanted = means(paint(plain, code), plain);
  return Math.max(...means(picture, plain).map((mean, plane) => Math.abs(mean - wanted[plane]!)));
};

describe('planMatch and applyMatch: tone', () => {
  for (const layout of layouts)
    for (const depth of [8, 10, 12, 16])
      for (const [gain, offset] of [
        [1, 4],
        [1.1, -9],
        [0.92, 6],
      ] as const)
        it(`${layout}, ${depth} bits: a gain of ${gain} and an offset of ${offset} go`, () => {
          const format = formatOf(layout, depth, { alpha: true });
          const [good, bad] = [still, changed(still, gain, offset)].map((code) => paint(format, code));
          const side = { outside: [good!, good!], inside: [bad!, bad!] };
          const match = planMatch({ format, colour, head: side, tail: side, frames: 8 });
          assert.equal(match.facts.corrected, true);
          const wanted = means(good!, format);
          for (const i of [0, 3, 7]) {
            const found = means(applyMatch(match, bad!, i, 8, format), format);
            assert.ok(
              found.every((mean, plane) => Math.abs(mean - wanted[plane]!) < 0.5),
              `${found} instead of ${wanted}`,
            );
          }
        });

  it('is found while the picture pans', () => {
    const planted = (i: number): Code => changed(texture(3 * i, i), 1.06, -3);
    const match = plan({
      head: [
        [texture(0), texture(-3, -1)],
        [planted(1), planted(2)],
      ],
    });
    assert.ok(offBy(apply(match, planted(1), 0), texture(3, 1)) < 0.5);
  });
  it('ramps from one end to the other', () => {
    const match = plan({
      head: [
        [still, still],
        [changed(still, 1, 6), changed(still, 1, 6)],
      ],
      tail: [
        [still, still],
        [still, still],
      ],
    });
    const flat: Code = () => 100;
    const lifted = [0, 1, 2, 3].map((i) => means(apply(match, flat, i, 4), plain)[0]!);
    assert.deepEqual(lifted, [94, 96, 98, 100]);
  });
  it('a fill of one picture gets the mean of both ends', () => {
    const match = plan({
      head: [[still, still], [changed(still, 1, 6)]],
      tail: [[still, still], [still]],
      frames: 1,
    });
    assert.ok(Math.abs(match.facts.head[0]!.offset + 3) < 0.05);
    assert.deepEqual(match.facts.head, match.facts.tail);
  });
  it('one picture of material is enough', () => {
    const planted = changed(still, 1, 5);
    assert.ok(offBy(apply(plan({ head: [[still], [planted]] }), planted, 0), still) < 0.5);
  });
  it('is clamped', () => {
    const match = plan({
      head: [
        [still, still],
        [changed(still, 1, 40), changed(still, 1, 40)],
      ],
    });
    const [luma] = match.facts.head;
    assert.ok(luma!.offset === 0 || Math.abs(luma!.offset) <= 16.01, `${luma!.offset}`);
  });
  it('is clipped to what the depth holds', () => {
    const format = formatOf('gray', 10, { width: 16, height: 16 });
    const match: Match = {
      range: [16, 235],
      facts: {
        ...{ corrected: true, grain: { head: 0, middle: 0, tail: 0 } },
        ...{ head: [{ gain: 1.25, offset: -20 }], tail: [{ gain: 1.25, offset: -20 }] },
      },
    };
    const ramp = paint(format, (_, x) => x * 17);
    const words = new Uint16Array(applyMatch(match, ramp, 0, 1, format).buffer);
    const expected = Array.from({ length: 16 }, (_, x) => Math.min(1023, Math.max(0, Math.round(1.25 * 68 * x - 80))));
    assert.deepEqual([...words.subarray(0, 16)], expected);
  });
});

describe('planMatch: what is right stays', () => {
  const untouched = (name: string, planted: Planted) =>
    it(name, () => {
      const match = plan(planted);
      assert.equal(match.facts.corrected, false, JSON.stringify(match.facts));
      const picture = paint(plain, still);
      for (const i of [0, 3, 7]) assert.equal(applyMatch(match, picture, i, 8, plain), picture);
    });
  const fade = (i: number): Code => changed(still, 1, 2 * i);
  untouched('no sides', {});
  untouched('equal pictures', {
    head: [
      [still, still],
      [still, still],
    ],
    tail: [
      [still, still],
      [still, still],
    ],
    middle: still,
  });
  untouched('a fade that goes on', {
    head: [
      [fade(0), fade(-1)],
      [fade(1), fade(2)],
    ],
  });
  untouched('a fade that ends', {
    head: [
      [fade(0), fade(-1)],
      [fade(0), fade(0)],
    ],
  });
  untouched('a fill that ramps by itself', {
    head: [
      [still, still],
      [fade(1), fade(2)],
    ],
  });
  untouched('a step too small to see', {
    head: [
      [still, still],
      [changed(still, 1, 0.4), changed(still, 1, 0.4)],
    ],
  });
  const pan = (i: number): Code => texture(5 * i, 2 * i);
  untouched('a pan', {
    head: [
      [pan(0), pan(-1)],
      [pan(1), pan(2)],
    ],
    tail: [
      [pan(9), pan(10)],
      [pan(8), pan(7)],
    ],
  });
  const other: Code = (plane, x, y) => 90 + 60 * Math.sin((x - y) / (plane === 0 ? 5 : 23)) * Math.sin(y / 11);
  untouched('another shot', {
    head: [
      [still, still],
      [other, other],
    ],
  });
  const guest: Code = (plane, x, y) => (x > 150 && plane === 0 ? 220 : still(plane, x, y));
  untouched('something bright that came in', {
    head: [
      [still, still],
      [guest, guest],
    ],
  });

  it('equal pictures of any format and content', () => {
    const format = fc.record({
      layout: fc.constantFrom(...layouts),
      depth: fc.integer({ min: 8, max: 16 }),
      alpha: fc.boolean(),
      width: fc.integer({ min: 16, max: 50 }),
      height: fc.integer({ min: 16, max: 50 }),
    });
    fc.assert(
      fc.property(
        format,
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        fc.integer({ min: 1, max: 9 }),
        (of, codes, frames) => {
          const pool = [...codes.take(97)];
          const picture = paint(of, (plane, x, y) => pool[(plane * 31 + x * 7 + y * 13) % pool.length]!);
          const side = { outside: [picture, picture], inside: [picture, picture] };
          const match = planMatch({ format: of, colour, head: side, tail: side, frames, middle: picture });
          assert.equal(match.facts.corrected, false);
          for (let i = 0; i < frames; i++) assert.equal(applyMatch(match, picture, i, frames, of), picture);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('a side without pictures is an error', () => {
    assert.throws(() => plan({ head: [[], [still]] }), RangeError);
  });
});

describe('planMatch and applyMatch: grain', () => {
  const noisy = (seed: number, deviation = 3, alike = false): Code => grainy(still, deviation, seed, alike);
  const sigma = (picture: Uint8Array, format = plain): number => texturesOf([picture], format, colour)[0]!.grain;

  for (const layout of layouts)
    for (const depth of [8, 10, 16])
      it(`lost grain comes back: ${layout}, ${depth} bits`, () => {
        const format = formatOf(layout, depth, { alpha: true });
        const alike = layout === 'rgb';
        const side = [
          [noisy(1, 3, alike), noisy(2, 3, alike)],
          [still, still],
        ] as const;
        const match = plan({ head: side, tail: side, middle: still, format });
        const picture = apply(match, still, 2, 8, format);
        assert.ok(Math.abs(sigma(picture, format) - 3) < 0.4, `${sigma(picture, format)}`);
        const original = paint(format, still);
        const bytes = sampleBytes(format);
        for (const { part, offset, width, height } of planesIn(format)) {
          const [was, is] = [original, picture].map((of) => of.subarray(offset, offset + width * height * bytes));
          assert.equal(Buffer.compare(was!, is!) === 0, part === 'chroma' || part === 'alpha', part);
        }
      });

  it('only the middle lacks it: it comes and goes', () => {
    const side = [
      [noisy(1), noisy(2)],
      [noisy(3), noisy(4)],
    ] as const;
    const match = plan({ head: side, tail: side, middle: grainy(still, 1.5, 5), frames: 9 });
    const { head, middle, tail } = match.facts.grain;
    assert.deepEqual([head, tail], [0, 0]);
    assert.ok(Math.abs(middle - Math.sqrt(9 - 2.25)) < 0.4, `${middle}`);
    const flat = (i: number): number => sigma(apply(match, () => 100, i, 9));
    assert.equal(flat(0), 0);
    assert.equal(flat(8), 0);
    for (const i of [2, 4, 6]) {
      const expected = (middle * Math.min(i, 8 - i)) / 4;
      assert.ok(Math.abs(flat(i) - expected) < 0.15 * expected, `${i}: ${flat(i)} instead of ${expected}`);
    }
  });
  it('material without grain asks for none', () => {
    const match = plan({
      head: [
        [noisy(1, 0.3), noisy(2, 0.3)],
        [still, still],
      ],
    });
    assert.deepEqual(match.facts.grain, { head: 0, middle: 0, tail: 0 });
  });
  const side = [
    [noisy(1), noisy(2)],
    [still, still],
  ] as const;
  it('black bars and clipped lights stay clean', () => {
    const bars: Code = (plane, _, y) => (plane > 0 ? 128 : y < 32 ? 16 : y > 96 ? 235 : 100);
    const match = plan({ head: side, tail: side, middle: still });
    const luma = apply(match, bars, 1).subarray(0, 192 * 128);
    assert.deepEqual([...new Set(luma.subarray(0, 32 * 192))], [16]);
    assert.deepEqual([...new Set(luma.subarray(97 * 192))], [235]);
    assert.ok(new Set(luma.subarray(40 * 192, 41 * 192)).size > 5);
  });
  it('is the same every time, and another in every picture', () => {
    const match = plan({ head: side, tail: side, middle: still });
    assert.deepEqual(apply(match, still, 3), apply(match, still, 3));
    assert.deepEqual(plan({ head: side, tail: side, middle: still }), match);
    const [a, b] = [apply(match, () => 100, 3), apply(match, () => 100, 4)];
    let [product, squares] = [0, 0];
    for (let i = 0; i < 192 * 128; i++) {
      product += (a[i]! - 100) * (b[i]! - 100);
      squares += (a[i]! - 100) ** 2;
    }
    assert.ok(squares > 0 && Math.abs(product) < 0.05 * squares);
  });
});
