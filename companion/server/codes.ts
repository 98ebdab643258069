// One-time codes: the command line asks for one and puts it into the address of a page, which exchanges it for a token.
import { randomBytes } from 'node:crypto';
import { CompanionError } from '../api/errors.ts';
import type { Clock } from './clock.ts';
import { hashOf } from './tokens.ts';

const goodMs = 60_000;
/** Codes that wait at once; the oldest gives way. */
const most = 16;

export interface Codes {
  make(): { code: string; expiresAt: number };
  /** Uses a code up. @throws CompanionError CODE_REFUSED when it is unknown, used or too old */
  take(code: string): void;
}

export function openCodes(clock: Clock): Codes {
  /** Hash of the code → when it ends: looking it up tells nothing about how near a guess was. */
  const waiting = new Map<string, number>();
  return {
    make() {
      const code = randomBytes(32).toString('base64url');
      const expiresAt = clock() + goodMs;
      const [oldest] = waiting.keys();
      if (waiting.size >= most && oldest !== undefined) waiting.delete(oldest);
      waiting.set(hashOf(code), expiresAt);
      return { code, expiresAt };
    },
    take(code) {
      const hash = hashOf(code);
      const expiresAt = waiting.get(hash);
      waiting.delete(hash);
      if (expiresAt === undefined || clock() >= expiresAt) throw new CompanionError('CODE_REFUSED');
    },
  };
}
