// What gain and offset bring a fill to the tone of the material beside it, plane by plane.
import type { Cells } from './cells.ts';
import { beyondTrends } from './trend.ts';

/** corrected = gain · code + offset, in 8-bit code values. */
export interface Tone {
  readonly gain: number;
  readonly offset: number;
}

export const noTone: Tone = { gain: 1, offset: 0 };

/** 8-bit code values that mean or deviation of a plane may be off; and the most that is corrected. */
const tolerance = 0.5;
const mostShift = 16;
const mostGain = 1.25;
/**
 * A correction must take away a share of what the cells differ, and leave no more than this multiple of what they differ from frame to frame of the material, or half
 * of what they differed: otherwise what differs is the picture, not its tone.
 */
const worthwhile = 0.97;
const leftOfNatural = 2;
const leftOfRaw = 0.5;

/** How one plane becomes another in mean and standard deviation, 8-bit code values. */
interface Change {
  readonly mean: number;
  readonly deviation: number;
  readonly shift: number;
  readonly stretch: number;
}

/**
 * The tone of each plane but alpha that takes the step out of a seam: as much of it as neither material nor fill does from frame to frame by itself.
 * @param outside one or two pictures of material, nearest the seam first
 * @param inside one or two of the fill, nearest first
 */
export function tonesOf(outside: readonly Cells[], inside: readonly Cells[]): Tone[] {
  return outside[0]!.planes.map((_, plane) => {
    const [out, before] = outside.map(({ planes }) => planes[plane]!);
    const [ins, after] = inside.map(({ planes }) => planes[plane]!);
    return toneOf(out!, before, ins!, after);
  });
}

function toneOf(
  out: Float32Array,
  before: Float32Array | undefined,
  ins: Float32Array,
  after: Float32Array | undefined,
): Tone {
  const step = changeOf(out, ins);
  const trends = [before && changeOf(before, out), after && changeOf(ins, after)];
  const beyond = (of: 'shift' | 'stretch'): number => {
    const fault = beyondTrends(
      step[of],
      trends.map((trend) => trend?.[of] ?? null),
    );
    return Math.abs(fault) < tolerance ? 0 : fault;
  };
  const [shift, stretch] = [beyond('shift'), beyond('stretch')];
  if (shift === 0 && stretch === 0) return noTone;
  const [mean, deviation] = [step.mean + step.shift, step.deviation + step.stretch]; // of the fill
  const gain = deviation > 0 ? clamp((deviation - stretch) / deviation, 1 / mostGain, mostGain) : 1;
  const tone = { gain, offset: mean - clamp(shift, -mostShift, mostShift) - gain * mean };
  const [raw, left] = [distance(ins, out, noTone), distance(ins, out, tone)];
  const natural = before ? leftOfNatural * distance(before, out, noTone) + tolerance : 0;
  return left <= worthwhile * raw && left <= Math.max(natural, leftOfRaw * raw) ? tone : noTone;
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Mean absolute difference after a correction of `from`. */
function distance(from: Float32Array, to: Float32Array, { gain, offset }: Tone): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) sum += Math.abs(gain * from[i]! + offset - to[i]!);
  return sum / from.length;
}

/** Cells that are off by more than this multiple of the mean distance are another picture there, and left out of the next round. */
const outlier = 2;
const rounds = 4;

/**
 * Means and deviations are compared, not cell with cell: motion then is no loss of contrast. What came into the picture or left it is trimmed off, in a few rounds.
 */
function changeOf(from: Float32Array, to: Float32Array): Change {
  let change: Change = { mean: 0, deviation: 0, shift: 0, stretch: 0 };
  let most = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const { mean, shift, deviation, stretch } = change;
    const gain = deviation > 0 ? (deviation + stretch) / deviation : 1;
    const offset = mean + shift - gain * mean;
    let [count, sumFrom, sumTo, squaresFrom, squaresTo, off] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < from.length; i++) {
      const [p, q] = [from[i]!, to[i]!];
      const residual = Math.abs(q - gain * p - offset);
      off += residual;
      if (residual > most) continue;
      count++;
      sumFrom += p;
      sumTo += q;
      squaresFrom += p * p;
      squaresTo += q * q;
    }
    if (count === 0) break;
    most = (outlier * off) / from.length + tolerance;
    const before = moments(count, sumFrom, squaresFrom);
    const after = moments(count, sumTo, squaresTo);
    change = { ...before, shift: after.mean - before.mean, stretch: after.deviation - before.deviation };
  }
  return change;
}

function moments(count: number, sum: number, squares: number): { mean: number; deviation: number } {
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}
