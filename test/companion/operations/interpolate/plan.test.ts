// Requests nobody means are refused before anything is counted, and jobs that find no room before anything is opened.
import assert from 'node:assert/strict';
import { CompanionError } from '../../../../companion/api/errors.ts';
import { Rational } from '../../../../companion/media/rational.ts';
import type { Timing } from '../../../../companion/media/timing.ts';
import { aimOf } from '../../../../companion/operations/interpolate/aim.ts';
import { demandSensible, planClip } from '../../../../companion/operations/interpolate/plan.ts';
import { interpolate } from '../../../../companion/operations/interpolate.ts';
import { openFakeEngine } from '../../../support/fake-engine.ts';
import { folder, make, picture } from '../../media/footage.ts';

const number = (text: string): Rational => Rational.parse(text, { as: 'number' });

describe('demandSensible', () => {
  /** A clip of 10 s at 25 frames a second. `refused`: what the error must name; null: it is taken. */
  const check = (asked: { fps?: string; factor?: string; slow?: string }, refused: RegExp | null) => () => {
    const rate = new Rational(25);
    const timing: Timing = { kind: 'constant', rate, frames: 250, start: Rational.ZERO };
    const params = Object.fromEntries(Object.entries(asked).map(([name, text]) => [name, number(text)])) as never;
    const work = () => demandSensible(params, aimOf(params, rate).conversion, timing);
    if (!refused) return work();
    assert.throws(work, (error) => {
      assert.ok(error instanceof CompanionError && error.code === 'PARAM_INVALID');
      assert.match(error.message, refused);
      return true;
    });
  };
  it('1000 frames a second', check({ fps: '1000' }, null));
  it('more', check({ fps: '1000.5' }, /^fps must be .*1000 frames a second.* but was "2001\/2"\.$/));
  it('40 times 25', check({ factor: '40' }, null));
  it('41 times 25', check({ factor: '41' }, /^factor must be .*\(not 1025\), but was "41"\.$/));
  // 250 frames at speed 1/40000 are 10 million
  it('10 million frames', check({ slow: '1/40000' }, null));
  it('one step slower', check({ slow: '1/40001' }, /^slow must be .*10000000 frames, but was "1\/40001"\.$/));
  it('beyond counting', check({ slow: '1/1000000000000000000' }, /10000000 frames/));
});

describe('planClip', () => {
  const plan = async (plannedBytes: number) =>
    planClip(interpolate.params.parse({ fps: '50' }), {
      inputs: [await make('short.mkv', ...picture('25', 0.2), '-c:v', 'ffv1')],
      output: undefined,
      spared: [],
      force: false,
      from: folder,
      engine: {
        ...openFakeEngine(),
        plannedBytes: () => plannedBytes,
        interpolator: () => assert.fail('it was opened'),
      },
      signal: new AbortController().signal,
      progress: () => {},
      note: () => {},
      claim: () => {},
      seal: () => async () => {},
    });
  it('counts what the engine says it takes, and opens nothing', async () => {
    const [less, more] = [await plan(1000), await plan(5000)].map((prepared) => prepared.plan.memoryBytes);
    assert.equal(more! - less!, 4000);
  });
  it('refuses a job that does not fit the memory, and opens nothing', () =>
    assert.rejects(plan(2 ** 50), (error) => error instanceof CompanionError && error.code === 'MEMORY_SHORT'));
});
