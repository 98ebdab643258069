// Ranges in frames, seconds and timecode mean the frames a person expects.
import assert from 'node:assert/strict';
import { CompanionError } from '../../../../companion/api/errors.ts';
import type { StartTimecode } from '../../../../companion/media/description.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import type { Timing } from '../../../../companion/media/timing.ts';
import { readRange } from '../../../../companion/operations/interpolate/clip-range.ts';

const clip: Timing = { kind: 'constant', rate: new Rational(25n), frames: 100, start: Rational.ZERO };
const variable: Timing = {
  kind: 'variable',
  ticks: BigInt64Array.of(0n, 100n, 300n, 350n, 900n),
  timeBase: new Rational(1n, 1000n),
  frames: 5,
  endTick: 1000n,
  start: Rational.ZERO,
};
const hour: StartTimecode = { text: '01:00:00:00', dropFrame: false };

describe('readRange', () => {
  const check =
    (
      text: string,
      expected: [from: number, to: number] | string,
      timing: Timing = clip,
      timecode: StartTimecode | null = null,
    ) =>
    () => {
      if (typeof expected === 'string') {
        assert.throws(
          () => readRange(text, timing, timecode),
          (error) => error instanceof CompanionError && error.code === expected,
        );
      } else {
        const { from, count } = readRange(text, timing, timecode);
        assert.deepEqual([from, from + count], expected);
      }
    };
  it('frames', check('24-48', [24, 48]));
  it('from a frame to the end', check('90-', [90, 100]));
  it('from the start', check('-10', [0, 10]));
  it('everything', check('-', [0, 100]));
  it('beyond the end ends at the end', check('90-500', [90, 100]));
  it('seconds', check('1s-3s', [25, 75]));
  it('decimal seconds', check('0.5-1.02', [13, 26])); // frame 12 is at 0.48 s, 13 at 0.52; frame 25 at 1.00, 26 at 1.04
  it('seconds among uneven stamps', check('0.1-0.9', [1, 4], variable));
  it('between uneven stamps', check('0.11s-0.91s', [2, 5], variable));
  it('timecode without a start of its own', check('00:00:01:00-00:00:02:12', [25, 62]));
  it('timecode after the start of the clip', check('01:00:01:00-01:00:02:00', [25, 50], clip, hour));
  it('timecode before the clip', check('00:59:59:00-01:00:02:00', 'RANGE_EMPTY', clip, hour));
  it('timecode on uneven stamps counts at the rate rounded up', check('00:00:00:01-', [2, 5], variable)); // 5 fps: 1/5 s
  it('backwards', check('48-24', 'RANGE_EMPTY'));
  it('nothing', check('24-24', 'RANGE_EMPTY'));
  it('after the end', check('100-', 'RANGE_EMPTY'));
  for (const text of ['', '12', 'a-b', '1-2-3', '1..2', '00:00:01-00:00:02'])
    it(`refuses "${text}"`, check(text, 'PARAM_INVALID'));
});
