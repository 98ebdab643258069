// p_i = p_0 + i · (s/t) · σ, worked out by hand.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';

type Rate = readonly [num: number, den: number];
const rate = ([num, den]: Rate): otio.ExactRate => ({ num, den });

interface Expected {
  readonly step: Rate;
  readonly period: number;
  readonly needs: readonly [first: number, last: number];
  readonly interpolated: number;
}

function check(track: Rate, source: Rate, speed: Rate, start: number, frames: number, expected: Expected): void {
  const shown = otio.fill.samplePositions({
    trackRate: rate(track),
    sourceRate: rate(source),
    speed: rate(speed),
    start,
    frames,
  });
  const { step, period, first, last, interpolated } = shown;
  assert.deepEqual(
    { step: [Number(step.num), Number(step.den)], period, needs: [first, last], interpolated },
    expected,
  );
  for (const i of [-3, 0, 1, frames - 1, frames + 2]) {
    const { num, den } = shown.at(i);
    assert.ok(Math.abs(Number(num) / Number(den) - (start + (i * expected.step[0]) / expected.step[1])) < 1e-9);
  }
}

describe('otio/fill: sample positions', () => {
  it('24 on 60: every 5 frames 2 of the source', () =>
    check([60, 1], [24, 1], [1, 1], 100, 11, { step: [2, 5], period: 5, needs: [100, 104], interpolated: 8 }));
  it('23.976 on 59.94: the same', () =>
    check([60000, 1001], [24000, 1001], [1, 1], 0, 5, { step: [2, 5], period: 5, needs: [0, 2], interpolated: 4 }));
  it('23.976 on 60', () =>
    check([60, 1], [24000, 1001], [1, 1], 0, 2, { step: [400, 1001], period: 1001, needs: [0, 1], interpolated: 1 }));
  it('23.976 on 25', () =>
    check([25, 1], [24000, 1001], [1, 1], 0, 1002, {
      step: [960, 1001],
      period: 1001,
      needs: [0, 960],
      interpolated: 1000,
    }));
  it('slow motion at 0.4', () =>
    check([24, 1], [24, 1], [2, 5], 7, 6, { step: [2, 5], period: 5, needs: [7, 9], interpolated: 4 }));
  it('backwards', () =>
    check([24, 1], [24, 1], [-1, 1], 50, 10, { step: [-1, 1], period: 1, needs: [41, 50], interpolated: 0 }));
  it('a freeze', () =>
    check([24, 1], [25, 1], [0, 1], 50, 10, { step: [0, 1], period: 1, needs: [50, 50], interpolated: 0 }));
  it('from between two frames: never whole', () => {
    const start = { num: 1n, den: 3n };
    const shown = otio.fill.samplePositions({ trackRate: rate([24, 1]), sourceRate: rate([24, 1]), start, frames: 4 });
    assert.deepEqual([shown.first, shown.last, shown.interpolated], [0, 4, 4]);
  });
});
