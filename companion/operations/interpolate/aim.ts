// What a person asked for in time: the rate and speed of the result, and the word for it in the file's name.
import type { VideoStream } from '../../media/description.ts';
import type { Conversion } from '../../media/law.ts';
import { Rational } from '../../media/rational.ts';
import { averageRate, type Timing } from '../../media/timing.ts';
import type { InterpolateParams } from '../interpolate.ts';

export interface Aim {
  readonly conversion: Conversion;
  /** `60fps`, `59.94fps`, `x2`, `slow0.4`. */
  readonly word: string;
}

const defaultRate = new Rational(60n);

/** Rate of a source that has none of its own: what its container states, else what its stamps average to. */
export function sourceRate(timing: Timing, stream: VideoStream): Rational {
  return timing.kind === 'constant' ? timing.rate : (stream.nominalRate ?? averageRate(timing));
}

export function aimOf(params: Pick<InterpolateParams, 'fps' | 'factor' | 'slow'>, source: Rational): Aim {
  const { fps, factor, slow } = params;
  if (slow) return { conversion: { rate: source, speed: slow }, word: `slow${inName(slow)}` };
  if (factor) return { conversion: { rate: source.mul(factor), speed: Rational.ONE }, word: `x${inName(factor)}` };
  const rate = fps ?? defaultRate;
  return { conversion: { rate, speed: Rational.ONE }, word: `${inName(rate)}fps` };
}

/** A number as a file's name holds it: at most three decimals, none that say nothing. */
function inName(value: Rational): string {
  return value.isWhole ? value.toString() : value.toFixed(3).replace(/\.?0+$/, '');
}
