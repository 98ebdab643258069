// Raw clips survive the way through YUV4MPEG2, and broken ones are refused.
import assert from 'node:assert/strict';
import { frameSize, luma, type RawClip, readY4m, writeY4m } from './y4m.ts';

const clip = (depth: number, chroma: RawClip['chroma'], width = 6, height = 4): RawClip => {
  const shape = { width, height, depth, chroma };
  const { frame } = frameSize(shape);
  return {
    ...shape,
    rate: [24000, 1001],
    frames: [0, 1, 2].map((k) =>
      Uint8Array.from({ length: frame }, (_, i) => (i * 7 + k * 10) & (depth > 8 && i % 2 === 1 ? 3 : 255)),
    ),
  };
};

describe('support: y4m', () => {
  const check = (given: RawClip): void => {
    const back = readY4m(writeY4m(given));
    assert.deepEqual({ ...back, frames: [] }, { ...given, frames: [] });
    assert.deepEqual(
      back.frames.map((frame) => [...frame]),
      given.frames.map((frame) => [...frame]),
    );
  };
  it('4:2:0', () => check(clip(8, '420')));
  it('4:2:2', () => check(clip(8, '422')));
  it('4:4:4', () => check(clip(8, '444')));
  it('10 bit', () => check(clip(10, '420')));
  it('odd sides round chroma up', () =>
    assert.equal(frameSize({ width: 5, height: 3, depth: 8, chroma: '420' }).frame, 15 + 2 * 3 * 2));
  it('10-bit luma is read as numbers', () =>
    assert.deepEqual(
      [...luma({ width: 1, height: 1, depth: 10, chroma: '444' }, Uint8Array.of(1, 2, 0, 0, 0, 0))],
      [513],
    ));
  it('something else is refused', () => assert.throws(() => readY4m(Buffer.from('RIFF....\n')), RangeError));
  it('a cut frame is refused', () =>
    assert.throws(() => readY4m(writeY4m(clip(8, '420')).subarray(0, -1)), /cut short/));
});
