// Whether a figure that is looked at each minute grows without end: slope by least squares, with its standard error.

export interface Slope {
  /** What it grows by an hour. */
  readonly slope: number;
  readonly error: number;
}

/** Least squares over values a minute apart; at least three. */
export function slopeOf(values: readonly number[]): Slope {
  const n = values.length;
  const [middle, mean] = [(n - 1) / 2, values.reduce((sum, value) => sum + value, 0) / n];
  let [xx, xy] = [0, 0];
  for (const [i, value] of values.entries()) {
    xx += (i - middle) ** 2;
    xy += (i - middle) * (value - mean);
  }
  const slope = xy / xx;
  const rest = values.reduce((sum, value, i) => sum + (value - mean - slope * (i - middle)) ** 2, 0);
  return { slope: slope * 60, error: Math.sqrt(rest / (n - 2) / xx) * 60 };
}

export interface Verdict extends Slope {
  /** Most of the first quarter, and of the last five minutes. */
  readonly early: number;
  readonly late: number;
  readonly grows: boolean;
}

/** Below this many minutes warming up cannot be told from a leak. */
const leastMinutes = 20;
/** The figure may end this much above its beginning: caches fill. */
const mostRise = 1.1;

/**
 * It grows where the second half rises by more than `allowed` an hour, and that is no chance (twice the standard error is less); or where it ends above the first
 * quarter by more than a tenth while it still rises. Null: too short.
 */
export function verdictOf(values: readonly number[], allowed: number): Verdict | null {
  if (values.length < leastMinutes) return null;
  const { slope, error } = slopeOf(values.slice(Math.floor(values.length / 2)));
  const early = Math.max(...values.slice(0, Math.ceil(values.length / 4)));
  const late = Math.max(...values.slice(-5));
  const rises = slope > 2 * error;
  return { slope, error, early, late, grows: rises && (slope > allowed || late > early * mostRise) };
}
