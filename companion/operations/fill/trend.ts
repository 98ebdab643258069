// What of a step over a seam is no fault, because the picture was changing anyway.

/**
 * The part of a step that no trend explains: material and fill may go on, or come to rest, as they do on their side, so every step between 0 and a trend is
 * natural. All in the direction of time into the fill; null where a side has one picture only.
 */
export function beyondTrends(step: number, trends: readonly (number | null)[]): number {
  const known = trends.filter((trend) => trend !== null);
  const [least, most] = [Math.min(0, ...known), Math.max(0, ...known)];
  return step - Math.min(most, Math.max(least, step));
}
