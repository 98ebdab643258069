// A clock that stands still until a test moves it, and rounds that come when a test says so.
import type { Clock } from '../../companion/jobs/clock.ts';

export interface FakeClock extends Clock {
  /** Milliseconds since 1970; a test may set it to anything. */
  at: number;
  /** Fires every timer once. */
  round(): void;
}

export function fakeClock(at = 1_795_000_000_000): FakeClock {
  const timers = new Set<() => void>();
  return {
    at,
    now() {
      return this.at;
    },
    every: (_, act) => {
      timers.add(act);
      return () => timers.delete(act);
    },
    round: () => {
      for (const act of timers) act();
    },
  };
}
