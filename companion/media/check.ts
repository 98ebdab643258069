// One thing about a finished output that must be so, and what was found.

import { Rational } from './rational.ts';

export interface Check {
  /** `frames`, `rate`, `audio 1 packets` … */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of frames counted so far: it rises to `expectation.frames`. */
  readonly progress?: (frames: number) => void;
}

/** Whether two instants are one: to a millisecond, which is a tick of Matroska and of a movie's edits, and the rounding of a sample. */
export const together = (a: Rational, b: Rational): boolean => a.sub(b).abs().compare(new Rational(21, 20_000)) < 0;

type Fact = string | number | boolean | Rational;

export function same(what: string, expected: Fact, found: Fact): Check {
  return check(what, String(expected), String(found), String(expected) === String(found));
}

export function check(what: string, expected: string, found: string, passed: boolean): Check {
  return { what, expected, found, passed };
}

export const seconds = (value: Rational): string => `${value.toFixed(6)} s`;
