// Exact fractions of whole numbers: rates in frames per second, instants and lengths in seconds. Never a float on the way.

import { CompanionError } from '../api/errors.ts';

type Whole = bigint | number;

const pattern = /^\s*([+-]?(?:\d+|(?=\.\d)))(?:(?:\/|:)(\d+)|\.(\d+))?\s*$/;

/** Rates that are spoken as decimals but mean k·1000/1001. */
const spoken = new Map<string, readonly [bigint, bigint]>(
  [
    [24, ['23.976', '23.98', '23.97602', '23.976024']],
    [30, ['29.97', '29.97003', '29.970030']],
    [48, ['47.952', '47.95', '47.952048']],
    [60, ['59.94', '59.94006', '59.940060']],
    [96, ['95.904', '95.9']],
    [120, ['119.88', '119.88012', '119.880120']],
  ].flatMap(([rate, names]) =>
    (names as string[]).map((name): [string, readonly [bigint, bigint]] => [
      name,
      [BigInt(rate as number) * 1000n, 1001n],
    ]),
  ),
);

function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** A fraction in lowest terms with a positive denominator. Immutable. */
export class Rational {
  static readonly ZERO = new Rational(0n);
  static readonly ONE = new Rational(1n);

  readonly num: bigint;
  readonly den: bigint;

  /** @throws RangeError when the denominator is 0 or a number is not whole. */
  constructor(num: Whole, den: Whole = 1n) {
    let n = BigInt(num);
    let d = BigInt(den);
    if (d === 0n) throw new RangeError('A fraction with denominator 0 is no number.');
    if (d < 0n) [n, d] = [-n, -d];
    const common = gcd(n, d);
    this.num = common === 1n ? n : n / common;
    this.den = common === 1n ? d : d / common;
  }

  /**
   * Reads `60`, `24000/1001`, `16:15`, `0.4` exactly as written. With `as: 'rate'` the well-known NTSC decimals (23.976, 29.97, 59.94 …) mean k·1000/1001.
   * @throws CompanionError PARAM_INVALID, naming `name`.
   */
  static parse(text: string, options: { readonly as?: 'rate' | 'number'; readonly name?: string } = {}): Rational {
    const known = options.as === 'number' ? undefined : spoken.get(text.trim());
    if (known) return new Rational(...known);
    const match = pattern.exec(text);
    if (!match || (match[2] !== undefined && /^0+$/.test(match[2]))) {
      throw new CompanionError('PARAM_INVALID', {
        name: options.name ?? 'number',
        expected: 'a whole number, a decimal or a fraction such as 24000/1001',
        received: text,
      });
    }
    const [, whole = '', den, decimals] = match;
    if (decimals !== undefined) return new Rational(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
    return new Rational(BigInt(whole), BigInt(den ?? 1));
  }

  get sign(): -1 | 0 | 1 {
    return this.num > 0n ? 1 : this.num < 0n ? -1 : 0;
  }

  get isWhole(): boolean {
    return this.den === 1n;
  }

  add(other: Rational): Rational {
    return new Rational(this.num * other.den + other.num * this.den, this.den * other.den);
  }

  sub(other: Rational): Rational {
    return new Rational(this.num * other.den - other.num * this.den, this.den * other.den);
  }

  mul(other: Rational): Rational {
    return new Rational(this.num * other.num, this.den * other.den);
  }

  /** @throws RangeError when `other` is 0. */
  div(other: Rational): Rational {
    return new Rational(this.num * other.den, this.den * other.num);
  }

  negate(): Rational {
    return new Rational(-this.num, this.den);
  }

  abs(): Rational {
    return this.num < 0n ? this.negate() : this;
  }

  floor(): bigint {
    const q = this.num / this.den;
    return this.num < 0n && q * this.den !== this.num ? q - 1n : q;
  }

  ceil(): bigint {
    return -this.negate().floor();
  }

  /** Nearest whole number, halves away from zero. */
  round(): bigint {
    const twice = new Rational(2n * (this.num < 0n ? -this.num : this.num) + this.den, 2n * this.den).floor();
    return this.num < 0n ? -twice : twice;
  }

  /** −1, 0 or 1 as this is less than, equal to or greater than `other`. */
  compare(other: Rational): -1 | 0 | 1 {
    const a = this.num * other.den;
    const b = other.num * this.den;
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: Rational): boolean {
    return this.num === other.num && this.den === other.den;
  }

  /** Nearest double; exact up to rounding even where numerator or denominator do not fit a double. */
  toNumber(): number {
    if (this.den === 1n) return Number(this.num);
    const whole = this.num / this.den;
    const rest = this.num % this.den;
    if (this.den < 1n << 53n) return Number(whole) + Number(rest) / Number(this.den);
    return Number(whole) + Number((rest << 64n) / this.den) / 2 ** 64;
  }

  /** `24000/1001`, or `60` when whole. */
  toString(): string {
    return this.den === 1n ? `${this.num}` : `${this.num}/${this.den}`;
  }

  /** Decimal text with `places` digits after the point, rounded half away from zero. For programs that take no fractions. */
  toFixed(places: number): string {
    const scaled = this.mul(new Rational(10n ** BigInt(places))).round();
    const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    return scaled < 0n ? `-${text}` : text;
  }

  toJSON(): string {
    return this.toString();
  }
}
