// What a gap is filled by, and why: a table of facts and choices; black borders; one shot told from two.
import assert from 'node:assert/strict';
import {
  type ChoiceFacts,
  chooseStrategy,
  isBlack,
  type Judgement,
  judge,
} from '../../../../companion/operations/fill/choose.ts';
import type { PictureFormat } from '../../../../native/index.ts';
import { renderScene } from '../../../fixtures/render.ts';
import { contextFor } from '../../../support/verb-context.ts';

const judged = (relation: Judgement['relation'], trust: number): Judgement => ({
  relation,
  trust,
  report: { relation: 'motion', cutScore: 0, agreement: trust, meanDifference: 1, worstBlock: 1, histogramDistance: 0 },
});
const shot = judged('same shot', 0.9);
const shots = judged('different shots', 0);
const usual: ChoiceFacts = {
  frames: 5,
  hasA: true,
  hasB: true,
  blackA: false,
  blackB: false,
  judgement: shot,
  longest: 240,
};

describe('the choice of a strategy', () => {
  const check = (name: string, facts: Partial<ChoiceFacts>, strategy: string, reason: RegExp, risk?: string): void => {
    it(name, () => {
      const choice = chooseStrategy({ ...usual, ...facts });
      assert.equal(choice.strategy, strategy);
      assert.match(choice.reason, reason);
      if (risk !== undefined) assert.equal(choice.risk, risk);
      assert.equal(
        choice.engine,
        { leave: null, generate: 'weights' }[strategy as string] ?? (strategy === 'leave' ? null : 'flow'),
      );
    });
  };
  check('one frame of a shot', { frames: 1 }, 'bridge', /one shot/, 'low');
  check('eight frames of a shot', { frames: 8 }, 'bridge', /8 of at most 8/);
  check('nine frames of a shot', { frames: 9 }, 'morph', /9 frames/, 'middle');
  check('two seconds of a shot', { frames: 48 }, 'morph', /48 frames/, 'high');
  check('motion that is hardly known', { judgement: judged('same shot', 0.3) }, 'bridge', /30 %/, 'middle');
  check('two shots', { frames: 12, judgement: shots }, 'dissolve', /two different shots/);
  check('two shots, five frames', { frames: 5, judgement: shots }, 'hold', /too short/);
  check('too long', { frames: 241 }, 'generate', /241 frames are more than the 240/, 'high');
  check('no clip before', { hasA: false }, 'leave', /before/);
  check('no clip after', { hasB: false }, 'leave', /after/);
  check('black before', { blackA: true }, 'leave', /before it is black/);
  check('black after', { blackB: true }, 'leave', /after it is black/);
});

describe('black', () => {
  const tags = (range: 'tv' | 'pc' | null) => ({
    primaries: null,
    transfer: null,
    matrix: null,
    range,
    chromaLocation: null,
  });
  const check = (
    name: string,
    value: number,
    more: Partial<PictureFormat>,
    range: 'tv' | 'pc' | null,
    expected: boolean,
  ): void => {
    it(name, () => {
      const format: PictureFormat = { width: 16, height: 16, layout: 'gray', depth: 8, alpha: false, ...more };
      const picture =
        format.depth === 8 ? new Uint8Array(256).fill(value) : new Uint8Array(new Uint16Array(256).fill(value).buffer);
      assert.equal(isBlack(picture, format, tags(range)), expected);
    });
  };
  check('of video', 16, {}, 'tv', true);
  check('of video, with noise', 18, {}, null, true);
  check('a dark grey', 24, {}, 'tv', false);
  check('of full range', 1, {}, 'pc', true);
  check('16 of full range is none', 16, {}, 'pc', false);
  check('of ten bits', 66, { depth: 10 }, 'tv', true);
  check('grey of ten bits', 100, { depth: 10 }, 'tv', false);
});

describe('one shot or two', function () {
  this.timeout(60_000);
  const size = { width: 320, height: 180 };
  const format: PictureFormat = { ...size, layout: 'yuv420', depth: 8, alpha: false };
  let scene: Map<number, Uint8Array>;
  const times = [0.5, 0.6, 0.9, 1.2, 2, 2.2, 2.5]; // cut at 1.75
  before(async () => {
    const frames = await renderScene(size, times);
    scene = new Map(times.map((time, i) => [time, frames[i]!]));
  });
  const check = (from: number, to: number, expected: Judgement['relation']): void => {
    it(`${from} s to ${to} s: ${expected}`, async () => {
      const side = (time: number) => ({ pictures: [scene.get(time)!], ages: [0] });
      const { engine } = contextFor([], undefined);
      assert.equal((await judge(engine, format, side(from), side(to), { effort: 'best' })).relation, expected);
    });
  };
  check(0.5, 0.6, 'same shot');
  check(0.5, 0.9, 'same shot');
  check(2, 2.2, 'same shot');
  check(2, 2.5, 'same shot');
  check(1.2, 2, 'different shots');
  check(0.5, 2.5, 'different shots');
});
