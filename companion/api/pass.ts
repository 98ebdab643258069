// What a client shows at the door: a token it was given, or the one of its last sign-in.
import { CompanionError } from './errors.ts';
import { isProof } from './proof.ts';

/** What a guest keeps of its pairing; of the user, id `admin` and the token of the file. */
export interface Paired {
  readonly id: string;
  readonly secret: string;
}

/** A token, what a paired guest keeps, or nothing. */
export type Credential = string | Paired | null;

export interface Pass {
  /** The token to show. Rejects as the sign-in does. */
  token(): Promise<string | null>;
  /** `token` was refused: whether there can be another. */
  renew(token: string | null): boolean;
}

export function openPass(credential: Credential, signIn: (paired: Paired) => Promise<{ token: string }>): Pass {
  if (credential === null || typeof credential === 'string')
    return { token: () => Promise.resolve(credential), renew: () => false };
  let session: Promise<string> | undefined;
  let last: string | null = null;
  return {
    token() {
      session ??= signIn(credential).then(({ token }) => {
        last = token;
        return token;
      });
      const asked = session;
      asked.catch(() => {
        if (session === asked) session = undefined;
      });
      return asked;
    },
    renew(token) {
      if (token !== null && token === last) [session, last] = [undefined, null]; // the first of those refused sees to it
      return true;
    },
  };
}

/** @throws CompanionError DAEMON_UNPROVEN */
export function demandProven(url: string, given: unknown, expected: string): void {
  if (typeof given !== 'string' || !isProof(given, expected)) throw new CompanionError('DAEMON_UNPROVEN', { url });
}
