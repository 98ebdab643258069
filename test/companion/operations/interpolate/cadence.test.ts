// Repeats are found by how little moved, and taken out so that time stays right.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Rational } from '../../../../companion/media/rational.ts';
import type { Timing } from '../../../../companion/media/timing.ts';
import { findRepeats, retime } from '../../../../companion/operations/interpolate/cadence.ts';

const constant = (frames: number, rate = new Rational(24n)): Timing => ({
  kind: 'constant',
  rate,
  frames,
  start: Rational.ZERO,
});

/** `abbcd`: a letter for each frame; the same letter again is a repeat. */
const repeatsOf = (film: string): boolean[] => [...film].map((picture, i) => i > 0 && picture === film[i - 1]);

/** Kept pictures with the source frame times they are shown at, e.g. `a0 b1.25`. */
function shown(film: string, timing = constant(film.length)): string {
  const { kept, timing: retimed } = retime(timing, repeatsOf(film));
  const perFrame = timing.kind === 'constant' ? timing.rate : Rational.ONE;
  return [...kept]
    .map((frame, i) => {
      const at = new Rational(retimed.ticks[i]!).mul(retimed.timeBase).mul(perFrame);
      return `${film[frame]}${at.isWhole ? at : at.toFixed(2).replace(/0$/, '')}`;
    })
    .join(' ');
}

describe('retime', () => {
  const check = (film: string, expected: string) => () => assert.equal(shown(film), expected);

  it('keeps a clip without repeats', check('abcdef', 'a0 b1 c2 d3 e4 f5'));
  it('drops a lone repeat and leaves the others where they were', check('abccdef', 'a0 b1 c2 d4 e5 f6'));
  it('animation on twos is even already', check('aabbccdd', 'a0 b2 c4 d6'));
  it('animation on threes too', check('aaabbbcccddd', 'a0 b3 c6 d9'));
  it(
    'spreads 1 in 5 over its cycle',
    check('abcddefghhijkll', 'a0 b1.25 c2.5 d3.75 e5 f6.25 g7.5 h8.75 i10 j11.25 k12.5 l13.75'),
  );
  it('spreads 1 in 4', check('abccdeffghii', 'a0 b1.33 c2.67 d4 e5.33 f6.67 g8 h9.33 i10.67'));
  it('spreads 2:3 pulldown', check('aabbbccdddeefff', 'a0 b2.5 c5 d7.5 e10 f12.5'));
  it('takes two turns for chance', check('abcddefghh', 'a0 b1 c2 d3 e5 f6 g7 h8'));
  it('keeps every frame of a long hold', check('abccccccccd', 'a0 b1 c2 c3 c4 c5 c6 c7 c8 c9 d10'));

  it('is as long as its source', () => {
    const { timing } = retime(constant(15), repeatsOf('abcddefghhijkll'));
    assert.equal(new Rational(timing.endTick).mul(timing.timeBase).toString(), '5/8');
  });

  it('a hold is longer than a quarter of a second', () => {
    const hold = (frames: number): number =>
      retime(
        constant(40),
        repeatsOf(
          `ab${'c'.repeat(frames)}${'defghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(0, 38 - frames)}`,
        ),
      ).heldFrames;
    assert.equal(hold(6), 0); // 6 frames at 24 are exactly 0.25 s
    assert.equal(hold(7), 6);
  });

  it('names the cycle it found', () => {
    const { cycles } = retime(constant(17), repeatsOf('xyabccdeffghiijkl'));
    assert.deepEqual(
      cycles.map(({ frames, distinct }) => [frames, distinct]),
      [[4, 3]],
    );
  });

  it('honours the stamps of a variable clip', () => {
    const timing: Timing = {
      kind: 'variable',
      ticks: BigInt64Array.of(0n, 40n, 90n, 100n),
      timeBase: new Rational(1n, 1000n),
      frames: 4,
      endTick: 150n,
      start: Rational.ZERO,
    };
    const { kept, timing: retimed } = retime(timing, repeatsOf('abbc'));
    assert.deepEqual([...kept], [0, 1, 3]);
    assert.deepEqual([...retimed.ticks], [0n, 40n, 100n]);
  });

  it('any film: first frame kept, stamps rise, length stays, every dropped frame repeats one that is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), (flags) => {
        const repeats = flags.map((flag, i) => i > 0 && flag);
        const { kept, timing } = retime(constant(repeats.length), repeats);
        assert.equal(kept[0], 0);
        for (let i = 1; i < kept.length; i++) {
          assert.ok(timing.ticks[i]! > timing.ticks[i - 1]!);
          for (let frame = kept[i - 1]! + 1; frame < kept[i]!; frame++) assert.ok(repeats[frame]);
        }
        assert.ok(timing.ticks.at(-1)! < timing.endTick);
        assert.ok(new Rational(timing.endTick).mul(timing.timeBase).equals(new Rational(repeats.length, 24)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('findRepeats', () => {
  /** Each pair: mean difference and that of the worst block. */
  const check = (pairs: readonly (readonly [number, number])[], expected: string) => () => {
    const likeness = pairs.map(([meanDifference, worstBlock]) => ({
      meanDifference,
      worstBlock,
      histogramDistance: 0,
    }));
    assert.equal(
      findRepeats(likeness)
        .map((repeat) => (repeat ? '=' : '.'))
        .join(''),
      expected,
    );
  };
  const motion = [6, 40] as const;
  const exact = [0, 0] as const;
  const coded = [0.4, 3] as const;

  it('exact repeats', check([motion, exact, motion, exact, motion], '..=.=.'));
  it('repeats that were coded again', check([motion, motion, coded, motion, motion, motion, coded], '...=...='));
  it(
    'slow motion is motion',
    check(
      [
        [0.4, 3],
        [0.4, 3],
        [0.5, 3.2],
        [0.4, 2.9],
      ],
      '.....',
    ),
  );
  it('a small thing that moves is motion', check([motion, motion, [0.1, 12], motion, motion], '......'));
  it('a still shot only repeats', check([exact, exact, exact], '.==='));
  it(
    'grain in every frame hides nothing and invents nothing',
    check(
      [
        [8, 14],
        [8, 15],
        [8, 14],
        [8, 14],
      ],
      '.....',
    ),
  );
});
