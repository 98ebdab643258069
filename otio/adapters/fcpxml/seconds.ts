// The clock of FCPXML: seconds as a fraction of whole numbers. Nothing is rounded until somebody asks for frames.
import { type ExactRate, framesAt, type RationalTime, rationalRate } from '../../opentime/index.ts';

/** Ticks of a second that all frame and sample rates divide, many times over. */
const FINEST = 705_600_000n * 1001n * 10n ** 24n;

export class Seconds {
  /** In lowest terms; `den` is above 0. */
  readonly num: bigint;
  readonly den: bigint;
  static readonly zero = new Seconds(0n);

  constructor(num: bigint, den = 1n) {
    const common = divisor(num < 0n ? -num : num, den < 0n ? -den : den) * (den < 0n ? -1n : 1n);
    const tooFine = den / common > FINEST; // sums of a hostile file's fractions would grow without end
    this.num = tooFine ? (num * FINEST) / den : num / common;
    this.den = tooFine ? FINEST : den / common;
  }

  /** `-1001/24000s`, `5s` or `2.5s`; null for anything else. */
  static parse(text: string): Seconds | null {
    const [, num, decimals = '', den = '1'] =
      /^\s*(-?\d{1,20})(?:\.(\d{1,15}))?(?:\/(\d{1,20}))?s\s*$/.exec(text) ?? [];
    if (num === undefined || BigInt(den) === 0n) return null;
    return new Seconds(BigInt(num + decimals), BigInt(den) * 10n ** BigInt(decimals.length));
  }

  static ofFrames(frames: number | bigint, { num, den }: ExactRate): Seconds {
    return new Seconds(BigInt(frames) * BigInt(den), BigInt(num));
  }

  /** A time of a file, at the nearest whole frame of its own rate. */
  static ofTime(time: RationalTime): Seconds {
    if (time.value === 0) return Seconds.zero;
    const rate = rationalRate(time.rate);
    return Seconds.ofFrames(framesAt(time, rate, 'round'), rate);
  }

  plus(other: Seconds): Seconds {
    return new Seconds(this.num * other.den + other.num * this.den, this.den * other.den);
  }
  minus(other: Seconds): Seconds {
    return new Seconds(this.num * other.den - other.num * this.den, this.den * other.den);
  }
  times(factor: Seconds): Seconds {
    return new Seconds(this.num * factor.num, this.den * factor.den);
  }
  /** @throws RangeError for a factor of 0 */
  over(factor: Seconds): Seconds {
    return new Seconds(this.num * factor.den, this.den * factor.num);
  }
  /** Below 0, 0 or above as this is before, at or after the other. */
  compare(other: Seconds): number {
    return Number(this.num * other.den - other.num * this.den);
  }
  get value(): number {
    return quotient(this.num, this.den);
  }

  /** Frames at a rate: a whole number where it is one. */
  framesAt({ num, den }: ExactRate): number {
    const frames = new Seconds(this.num * BigInt(num), this.den * BigInt(den));
    return quotient(frames.num, frames.den);
  }

  /** As editors write it: over the rate's own clock where that can say it. */
  text({ num }: ExactRate): string {
    if (this.den === 1n) return `${this.num}s`;
    const ticks = BigInt(num);
    return ticks % this.den === 0n ? `${this.num * (ticks / this.den)}/${ticks}s` : `${this.num}/${this.den}s`;
  }
}

function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b);
}

/** The nearest double; nearly so where both are beyond whole doubles. */
function quotient(num: bigint, den: bigint): number {
  const [n, d] = [Number(num), Number(den)];
  if (Number.isSafeInteger(n) && Number.isSafeInteger(d)) return n / d;
  const whole = num / den;
  return Number(whole) + Number(num - whole * den) / Number(den);
}

/** A speed as a fraction, the simplest within 10^-9: 0.4 is 2/5. */
export function fraction(value: number): Seconds {
  let [num, den, lastNum, lastDen] = [BigInt(Math.floor(value)), 1n, 1n, 0n];
  for (let rest = value - Math.floor(value); Math.abs(quotient(num, den) - value) > 1e-9 && rest > 1e-12; ) {
    const term = Math.floor(1 / rest);
    rest = 1 / rest - term;
    [num, den, lastNum, lastDen] = [BigInt(term) * num + lastNum, BigInt(term) * den + lastDen, num, den];
  }
  return new Seconds(num, den);
}
