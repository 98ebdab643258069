// The footage suite's own arithmetic: taking clips apart, finding cuts, judging.
import assert from 'node:assert/strict';
import type { RawClip } from '../support/y4m.ts';
import { findCuts, holdsCut, takeApart } from './footage/clips.ts';
import { Judge, table } from './suite.ts';

const grey = (values: readonly number[]): RawClip => ({
  width: 64,
  height: 36,
  rate: [24, 1],
  depth: 8,
  chroma: '420',
  frames: values.map((v) => new Uint8Array(64 * 36 * 1.5).fill(v)),
});

describe('conformance: taking a clip apart', () => {
  const check = (frames: number, step: number, kept: number, wanted: readonly number[]): void => {
    const task = takeApart(grey(Array.from({ length: frames }, (_, i) => i)), step);
    assert.deepEqual([task.kept.frames.length, task.wanted.map(({ index }) => index)], [kept, wanted]);
  };
  it('every second of 5', () => check(5, 2, 3, [1, 3]));
  it('an even count leaves the last out', () => check(6, 2, 3, [1, 3]));
  it('slow motion by 4', () => check(9, 4, 3, [1, 2, 3, 5, 6, 7]));
  it('the middle of 8', () => check(17, 8, 3, [4, 12]));
  it('phases are exact', () =>
    assert.deepEqual(
      takeApart(grey([0, 1, 2, 3, 4]), 4).wanted.map(({ phase }) => phase),
      [0.25, 0.5, 0.75],
    ));
  it('the kept rate is lower', () => assert.deepEqual(takeApart(grey([0, 1, 2]), 2).kept.rate, [24, 2]));
});

describe('conformance: cuts', () => {
  it('none in a fade', () => assert.deepEqual(findCuts(grey([0, 40, 80])), []));
  it('one in a jump', () => assert.deepEqual(findCuts(grey([0, 10, 90, 95])), [1]));
  it('a gap holds it', () =>
    assert.deepEqual(
      [0, 1, 2].map((pair) => holdsCut([3], 2, pair)),
      [false, true, false],
    ));
});

describe('conformance: judge', () => {
  it('counts what decides, not what is told', () => {
    const lines: string[] = [];
    const judge = new Judge((line) => lines.push(line));
    judge.decide('a', true, '');
    judge.decide('b', false, '');
    judge.stretch('c', false, '');
    judge.aside('d', 'no device');
    assert.equal(judge.summary, '1 passed, 1 failed');
    assert.equal(lines.length, 4);
  });
  it('aligns tables', () =>
    assert.equal(
      table([
        ['clip', 'dB'],
        ['a', '31.25'],
      ]),
      'clip     dB\na     31.25',
    ));
});
