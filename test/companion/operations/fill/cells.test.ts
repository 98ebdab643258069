// Cells are the means of their part of the picture, the same part in every plane.
import assert from 'node:assert/strict';
import { cellsOf, lumaOf } from '../../../../companion/operations/fill/cells.ts';
import { formatOf, layouts, paint } from './painted.ts';

describe('cellsOf', () => {
  for (const layout of layouts)
    for (const depth of [8, 10, 12, 16])
      it(`${layout}, ${depth} bits: planes apart, alpha left out, odd sizes`, () => {
        const format = formatOf(layout, depth, { width: 37, height: 23, alpha: true });
        const { planes, width, height } = cellsOf(
          paint(format, (plane) => 40 + 30 * plane),
          format,
        );
        assert.equal(planes.length, layout === 'gray' ? 1 : 3);
        planes.forEach((plane, i) => {
          assert.deepEqual([...new Set(plane)], [40 + 30 * i]);
          assert.equal(plane.length, width * height);
        });
      });

  it('a cell of 4:2:0 is two by two at least', () => {
    const format = formatOf('yuv420', 8, { width: 4, height: 2 });
    const { cell, planes } = cellsOf(Uint8Array.of(10, 20, 50, 60, 30, 40, 70, 80, 1, 2, 3, 4), format);
    assert.equal(cell, 2);
    assert.deepEqual(
      planes.map((plane) => [...plane]),
      [
        [25, 65],
        [1, 2],
        [3, 4],
      ],
    );
  });

  it('a large picture becomes some ten thousand cells, each with its mean', () => {
    const format = formatOf('yuv420', 8, { width: 1280, height: 720 });
    const { width, height, cell, planes } = cellsOf(
      paint(format, (_, x) => x % 200),
      format,
    );
    assert.deepEqual([width, height, cell], [320, 180, 4]);
    assert.deepEqual([...planes[0]!.subarray(0, 3)], [1.5, 5.5, 9.5]);
    assert.deepEqual([...planes[1]!.subarray(0, 3)], [1, 5, 9]);
  });

  it('of large cells some lines are enough', () => {
    const format = formatOf('gray', 8, { width: 2560, height: 1440 });
    const { cell, planes } = cellsOf(
      paint(format, (_, x, y) => 100 + (Math.floor(x / 8) % 8) + (Math.floor(y / 8) % 8)),
      format,
    );
    assert.equal(cell, 8);
    assert.deepEqual([...planes[0]!.subarray(0, 9)], [100, 101, 102, 103, 104, 105, 106, 107, 100]);
  });

  it('words may lie at an odd byte', () => {
    const format = formatOf('gray', 10, { width: 16, height: 16 });
    const picture = paint(format, () => 90);
    const odd = new Uint8Array(picture.length + 1).subarray(1);
    odd.set(picture);
    assert.deepEqual([...new Set(cellsOf(odd, format).planes[0]!)], [90]);
  });

  it('luma of RGB has the weights of BT.709', () => {
    const format = formatOf('rgb', 8, { width: 1, height: 1 });
    const luma = lumaOf(cellsOf(Uint8Array.of(100, 50, 200), format)); // G B R
    assert.ok(Math.abs(luma[0]! - (0.7152 * 100 + 0.0722 * 50 + 0.2126 * 200)) < 1e-4);
  });
});
