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

/** A millisecond: what Matroska's clock and a person's ear allow. */
export const millisecond = new Rational(1, 1000);

type Fact = string | number | boolean | Rational;

export function same(what: string, expected: Fact, found: Fact): Check {
  return check(what, String(expected), String(found), String(expected) === String(found));
}

export function check(what: string, expected: string, found: string, passed: boolean): Check {
  return { what, expected, found, passed };
}

export const seconds = (value: Rational): string => `${value.toFixed(6)} s`;
