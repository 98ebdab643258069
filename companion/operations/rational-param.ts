// A parameter that is an exact number: whole, decimal or a fraction.
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { Rational } from '../media/rational.ts';

/** A number above 0. As a `rate`, NTSC decimals mean k·1000/1001. */
export const rational = (name: string, as: 'rate' | 'number'): z.ZodType<Rational, string> =>
  z.string().transform((text, check) => {
    try {
      const value = Rational.parse(text, { as, name });
      if (value.sign > 0) return value;
    } catch (error) {
      if (!(error instanceof CompanionError)) throw error;
    }
    check.addIssue({ code: 'custom', message: 'a number above 0: whole, decimal or a fraction such as 60000/1001' });
    return z.NEVER;
  });
