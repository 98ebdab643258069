// The clip one sees at a time.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import { at, clip, cross, gap, opaque, span, stack, track } from './tracks.ts';

describe('topClipAtTime', () => {
  const check = (given: otio.Stack, time: number, expected: string | null) =>
    assert.equal(otio.topClipAtTime(given, at(time))?.name ?? null, expected, `at ${time}`);
  const off = <T extends otio.Item>(item: T): T => Object.assign(item, { enabled: false });

  it('the topmost track with a clip there', () => {
    const given = stack(track(clip('a', 0, 30)), track(gap(5), clip('b', 0, 5)), track(gap(8), clip('c', 0, 1)));
    for (const [time, name] of [
      [0, 'a'],
      [4, 'a'],
      [5, 'b'],
      [8, 'c'],
      [9, 'b'],
      [10, 'a'],
      [29, 'a'],
      [30, null],
      [-1, null],
    ] as const)
      check(given, time, name);
  });
  it('not what is disabled, nor transitions, nor what it does not know', () => {
    check(stack(track(clip('a', 0, 9)), off(track(clip('b', 0, 9)))), 3, 'a');
    check(stack(track(clip('a', 0, 9)), track(off(clip('b', 0, 9)))), 3, 'a');
    check(stack(track(clip('a', 0, 9), cross(2, 2), clip('b', 0, 9))), 10, 'b');
    check(stack(track(clip('a', 0, 9)), track(opaque(9)), opaque(5)), 3, 'a');
  });
  it('through source ranges and nested stacks', () => {
    const inner = track(clip('a', 0, 5), clip('b', 0, 5));
    inner.sourceRange = span(4, 3);
    const given = stack(track(gap(10), stack(inner)));
    for (const [time, name] of [
      [9, null],
      [10, 'a'],
      [11, 'b'],
      [12, 'b'],
      [13, null],
    ] as const)
      check(given, time, name);
  });
});
