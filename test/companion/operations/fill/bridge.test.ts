// The pictures of a fill: how many, where things are in them, and how far motion is believed.
import assert from 'node:assert/strict';
import { beliefBeside } from '../../../../companion/operations/fill/belief.ts';
import { type BridgeRequest, bridge, type Side } from '../../../../companion/operations/fill/bridge.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { contextFor } from '../../../support/verb-context.ts';

const format: PictureFormat = { width: 128, height: 64, layout: 'gray', depth: 8, alpha: false };

/** A soft blob at x on a smooth ground. */
function blob(x: number, y = 32): Uint8Array {
  const picture = new Uint8Array(format.width * format.height);
  for (let row = 0; row < format.height; row++)
    for (let column = 0; column < format.width; column++) {
      const away = ((column - x) ** 2 + (row - y) ** 2) / 90;
      picture[row * format.width + column] = Math.round(60 + 20 * Math.sin(row / 9) + 150 * Math.exp(-away));
    }
  return picture;
}

/** Where the blob is: the centre of what is brighter than the ground. */
function centre(picture: Uint8Array): number {
  let [sum, weight] = [0, 0];
  for (const [i, value] of picture.entries()) {
    const bright = Math.max(0, value - 110);
    sum += bright * (i % format.width);
    weight += bright;
  }
  return sum / weight;
}

const side = (...pictures: Uint8Array[]): Side => ({ pictures, ages: pictures.map((_, i) => i) });
const { engine } = contextFor([], undefined);
const base = { engine, format, effort: 'best' as const };

async function pictures(request: Omit<BridgeRequest, keyof typeof base>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const picture of bridge({ ...base, ...request })) all.push(Uint8Array.from(picture));
  return all;
}

describe('bridge', () => {
  for (const frames of [1, 2, 7])
    for (const manner of ['motion', 'dissolve', 'hold'] as const)
      it(`${frames} pictures by ${manner}`, async () => {
        const made = await pictures({ a: side(blob(40)), b: side(blob(56)), frames, manner });
        assert.equal(made.length, frames);
      });
  it('things move evenly from one border to the other', async () => {
    const made = await pictures({
      a: side(blob(40), blob(36), blob(32)),
      b: side(blob(56), blob(60)),
      frames: 3,
      manner: 'motion',
    });
    for (const [i, picture] of made.entries())
      assert.ok(Math.abs(centre(picture) - (44 + 4 * i)) < 0.8, `${i}: ${centre(picture)}`);
  });
  it('and on their curve where they speed up', async () => {
    const at = (t: number): number => 30 + t * t * 0.8; // frames −2 … 6 of a take, 1 … 3 missing
    const made = await pictures({
      a: side(blob(at(2)), blob(at(1)), blob(at(0))),
      b: side(blob(at(6)), blob(at(7)), blob(at(8))),
      frames: 3,
      manner: 'motion',
    });
    for (const [i, picture] of made.entries())
      assert.ok(Math.abs(centre(picture) - at(3 + i)) < 0.8, `${i}: ${centre(picture)} instead of ${at(3 + i)}`);
  });
  it('the same pictures where only some are wanted', async () => {
    const request = { a: side(blob(40)), b: side(blob(56)), frames: 5, manner: 'motion' as const };
    const [all, some] = [await pictures(request), await pictures({ ...request, only: [0, 3] })];
    assert.deepEqual(some, [all[0], all[3]]);
  });
  it('a dissolve is the mean, by phase', async () => {
    const flat = (value: number): Uint8Array => new Uint8Array(format.width * format.height).fill(value);
    const made = await pictures({ a: side(flat(10)), b: side(flat(50)), frames: 3, manner: 'dissolve' });
    assert.deepEqual(
      made.map((picture) => picture[0]),
      [20, 30, 40],
    );
  });
  it('a hold shows each side for its half', async () => {
    const [a, b] = [blob(20), blob(100)];
    const made = await pictures({ a: side(a), b: side(b), frames: 5, manner: 'hold' });
    assert.deepEqual(made, [a, a, a, b, b]);
  });
  it('a hold shows the side that is there', async () =>
    assert.deepEqual(await pictures({ a: side(), b: side(blob(9)), frames: 2, manner: 'hold' }), [blob(9), blob(9)]));
  it('nothing else can do with one side', () =>
    assert.rejects(pictures({ a: side(), b: side(blob(9)), frames: 2, manner: 'dissolve' }), RangeError));
  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(pictures({ a: side(blob(1)), b: side(blob(9)), frames: 2, manner: 'motion', signal }), {
      name: 'AbortError',
    });
  });
});

describe('belief', () => {
  const beliefOf = async (one: Side, frames: number): Promise<number | null> => {
    using interpolator = engine.interpolator(format, { effort: 'best', cutThreshold: 2 });
    return await beliefBeside(interpolator, one, frames, undefined);
  };
  const moving = Array.from({ length: 9 }, (_, i) => blob(90 - 4 * i));
  it('is full in motion that can be followed', async () => assert.ok((await beliefOf(side(...moving), 5))! > 0.9));
  it('is little where a dissolve is what happens', async () => {
    const [from, to] = [blob(62), blob(90)];
    const mean = from.map((value, i) => Math.round((value + to[i]!) / 2));
    const found = await beliefOf(side(to, mean, mean, mean, mean, from), 4);
    assert.ok(found! < 0.6, String(found));
  });
  it('is not known beside a picture that stands', async () =>
    assert.equal(await beliefOf(side(...Array.from({ length: 8 }, () => blob(50))), 5), null));
  it('is not known beside a short clip', async () => assert.equal(await beliefOf(side(blob(1), blob(2)), 5), null));
});
