// The judge of memory that must stay flat: leaks are seen through noise, warming up and chance are not taken for one.
import assert from 'node:assert/strict';
import { lattice } from '../fixtures/noise.ts';
import { slopeOf, verdictOf } from './trend.ts';

describe('support: trend', () => {
  const hour = (at: (minute: number) => number): number[] => Array.from({ length: 60 }, (_, minute) => at(minute));
  const noise = (minute: number, size: number): number => (lattice(minute, 0, 0, 7) - 0.5) * size;
  const near = (found: number, wanted: number): void => assert.ok(Math.abs(found - wanted) < 1e-9, `${found}`);

  it('the slope of a line is that of the line, without error', () => {
    const { slope, error } = slopeOf(hour((minute) => 100 + minute / 60));
    near(slope, 1);
    near(error, 0);
  });
  it('its error is that of the textbook', () => {
    // y = 0, 0, 3, 1 at x = 0 … 3: slope 0.6, rests −0.1, −0.7, 1.7, −0.9, so s² = 4.2 / 2 and the error √(2.1 / 5)
    const { slope, error } = slopeOf([0, 0, 3, 1]);
    near(slope, 0.6 * 60);
    near(error, Math.sqrt(2.1 / 5) * 60);
  });

  const check = (name: string, values: readonly number[], grows: boolean | null): void => {
    it(name, () => assert.equal(verdictOf(values, 5)?.grows ?? null, grows));
  };
  check(
    'a level line is flat',
    hour(() => 100),
    false,
  );
  check(
    'noise is flat',
    hour((minute) => 100 + noise(minute, 10)),
    false,
  );
  check(
    'warming up that has ended is flat',
    hour((minute) => 130 - 30 * Math.exp(-minute / 5)),
    false,
  );
  check(
    '8 MB an hour is a leak',
    hour((minute) => 100 + (8 * minute) / 60),
    true,
  );
  check(
    '8 MB an hour is a leak through noise too',
    hour((minute) => 100 + (8 * minute) / 60 + noise(minute, 2)),
    true,
  );
  check(
    '4 MB an hour is allowed',
    hour((minute) => 100 + (4 * minute) / 60),
    false,
  );
  check(
    'a tenth more than at first, and rising, is a leak',
    hour((minute) => 20 + (4.5 * minute) / 60),
    true,
  );
  check('three minutes say nothing', [100, 110, 120], null);
});
