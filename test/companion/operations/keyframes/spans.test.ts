// What comes between two stills: a morph where they show one thing that moved, a dissolve where they have nothing in common. With the engine itself.
import assert from 'node:assert/strict';
import { decided, decideSpans, type Manner } from '../../../../companion/operations/keyframes/spans.ts';
import type { FittedStills } from '../../../../companion/operations/keyframes/stills.ts';
import { openEngine } from '../../../../native/index.ts';

const format = { width: 192, height: 128, layout: 'gray', depth: 8, alpha: false } as const;

/** Smooth noise of a seed, moved by so many pixels: four octaves of interpolated chance. */
function texture(seed: number, moved: number): Uint8Array {
  const chance = (x: number, y: number, octave: number): number => {
    const value = Math.sin(x * 127.1 + y * 311.7 + (seed + octave) * 74.7) * 43758.5453;
    return value - Math.floor(value);
  };
  const smooth = (t: number): number => t * t * (3 - 2 * t);
  const noise = (x: number, y: number, octave: number): number => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [smooth(x - left), smooth(y - top)];
    const row = (at: number): number => chance(left, at, octave) * (1 - u) + chance(left + 1, at, octave) * u;
    return row(top) * (1 - v) + row(top + 1) * v;
  };
  return Uint8Array.from({ length: format.width * format.height }, (_, i) => {
    const [x, y] = [(i % format.width) - moved, Math.floor(i / format.width)];
    const octaves = [32, 16, 8, 4].map((size, octave) => (noise(x / size, y / size, octave) - 0.5) / (octave + 1));
    return Math.max(0, Math.min(255, 128 + 150 * octaves.reduce((sum, value) => sum + value, 0)));
  });
}

describe('decideSpans', () => {
  async function spansOf(pictures: readonly Uint8Array[], manners: readonly Manner[]) {
    const stills = { at: async (index: number) => pictures[index]! } as FittedStills;
    const steps: number[] = [];
    using engine = openEngine({ threads: 2 });
    const spans = await decideSpans({
      ...{ engine, picture: format, stills, effort: 'best', signal: new AbortController().signal },
      asked: manners.map((manner) => ({ manner, ease: 'linear' })),
      progress: (done) => void steps.push(done),
    });
    assert.deepEqual(steps, [...manners.keys(), manners.length]);
    return spans;
  }
  const [one, moved, other] = [texture(1, 0), texture(1, 6), texture(7, 0)];

  it('morphs what moved, dissolves what has nothing in common, and says why', async () => {
    const spans = await spansOf([one, moved, other], ['auto', 'auto']);
    assert.deepEqual(
      spans.map(({ manner }) => manner),
      ['morph', 'dissolve'],
    );
    assert.match(spans[0]!.reason, /^same shot, \d+ % of the picture moves the same/);
    assert.match(spans[1]!.reason, /^different shots, \d+ %|no motion was found/);
    assert.ok(spans[0]!.trust! > 0.5 && spans[1]!.trust! < 0.25);
  });
  it('the same picture twice is a morph that stands still', async () => {
    const [span] = await spansOf([one, one], ['auto']);
    assert.deepEqual([span!.manner, span!.reason], ['morph', 'the same picture']);
  });
  it('does as it is told, without a look where none is needed', async () => {
    const spans = await spansOf([one, moved, one, moved], ['dissolve', 'cut', 'morph']);
    assert.deepEqual(
      spans.map(({ manner }) => manner),
      ['dissolve', 'cut', 'morph'],
    );
    assert.deepEqual(
      spans.map(({ trust }) => trust === null),
      [true, true, false],
    );
    assert.match(spans[2]!.reason, /^asked for; same shot/);
  });
});

describe('decided', () => {
  const likeness = { meanDifference: 20, worstBlock: 60, histogramDistance: 0.2 };
  const judged = (relation: 'motion' | 'junk' | 'cut', trust: number) => ({
    relation: trust >= 0.25 ? ('same shot' as const) : ('different shots' as const),
    trust,
    report: { ...likeness, relation, cutScore: relation === 'cut' ? 0.9 : 0, agreement: trust },
  });
  it('a morph of different shots is made where it was asked for', () =>
    assert.equal(decided('morph', judged('cut', 0.1)).manner, 'morph'));
  it('without any motion it is a dissolve, and says so', () =>
    assert.deepEqual(decided('morph', judged('junk', 0.02)), {
      manner: 'dissolve',
      reason: 'a morph was asked for, but no motion was found',
    }));
  it('by itself it is one only of one shot', () =>
    assert.deepEqual(
      [0.2, 0.6].map((trust) => decided('auto', judged('motion', trust)).manner),
      ['dissolve', 'morph'],
    ));
});
