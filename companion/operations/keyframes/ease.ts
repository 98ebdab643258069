// How a picture goes from one keyframe to the next: even, or slower at one end or both.

export const eases = ['linear', 'in', 'out', 'in-out'] as const;
export type Ease = (typeof eases)[number];

/** Share of the way at a share of the time; 0 and 1 stay. `in` and `out` are of even acceleration; `in-out` (3t² − 2t³) is at rest at both ends. */
export const eased: Readonly<Record<Ease, (time: number) => number>> = {
  linear: (t) => t,
  in: (t) => t * t,
  out: (t) => t * (2 - t),
  'in-out': (t) => t * t * (3 - 2 * t),
};
