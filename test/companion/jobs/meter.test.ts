// Speed and time left are measured from what was really done.
import assert from 'node:assert/strict';
import { Meter } from '../../../companion/jobs/meter.ts';

describe('Meter', () => {
  /** Steps of (ms, done) of 1000; expected speed and time left after the last. */
  const check =
    (steps: readonly (readonly [ms: number, done: number])[], expected: { fps: number | null; etaMs: number | null }) =>
    () => {
      let now = 0;
      const meter = new Meter(() => now);
      let last: { fps: number | null; etaMs: number | null } | undefined;
      for (const [ms, done] of steps) {
        now = ms;
        last = meter.measure({ phase: 'render', done, total: 1000, unit: 'frames' });
      }
      assert.deepEqual({ fps: last!.fps, etaMs: last!.etaMs }, expected);
    };
  it('knows nothing at first', check([[0, 0]], { fps: null, etaMs: null }));
  it(
    'knows nothing after an instant',
    check(
      [
        [0, 0],
        [50, 3],
      ],
      { fps: null, etaMs: null },
    ),
  );
  it(
    'measures',
    check(
      [
        [0, 0],
        [1000, 100],
      ],
      { fps: 100, etaMs: 9000 },
    ),
  );
  it(
    'forgets what is long past',
    check(
      [
        [0, 0],
        [1000, 500],
        [6500, 500],
        [7500, 600],
      ],
      { fps: 100 / 6.5, etaMs: (400 / (100 / 6.5)) * 1000 },
    ),
  );
  it(
    'says nothing while nothing moves',
    check(
      [
        [0, 7],
        [1000, 7],
      ],
      { fps: null, etaMs: null },
    ),
  );
  it('a phase begins anew', () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.measure({ phase: 'analyse', done: 0, total: 10, unit: 'frames' });
    now = 1000;
    assert.equal(meter.measure({ phase: 'analyse', done: 5, total: 10, unit: 'frames' }).fps, 5);
    assert.equal(meter.measure({ phase: 'render', done: 0, total: 10, unit: 'frames' }).fps, null);
  });
  it('without a total there is speed but no end', () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.measure({ phase: 'stamps', done: 0, total: 0, unit: 'frames' });
    now = 500;
    const { fps, etaMs } = meter.measure({ phase: 'stamps', done: 50, total: 0, unit: 'frames' });
    assert.deepEqual([fps, etaMs], [100, null]);
  });
});
