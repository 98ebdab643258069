// Sign-in: a guest and the daemon prove to each other that they have one secret, the daemon first, and the guest gets a token for a while. The command line
// does it with the user's token, which so never reaches a program that took the daemon's port.
import { CompanionError } from '../api/errors.ts';
import { isProof, newNonce, proofOf } from '../api/proof.ts';
import type { Scope } from '../api/wire.ts';
import { type Clock, openRate } from './clock.ts';
import type { Tokens } from './tokens.ts';

/** An exchange that was begun is good for this long. Milliseconds. */
const goodMs = 60_000;
/**
 * Sign-ins of one paired guest, whose id strangers do not know: so many, and as many again each minute. The user's id is known to all, so a limit would let
 * strangers keep the user out, and 256 bits need none.
 */
const tries = 10;
const triesMs = 60_000;
/** Exchanges one guest has open at once; its oldest gives way. */
const mostOpen = { paired: 8, admin: 64 } as const;

export interface SignIn {
  /** The daemon's nonce and proof. @throws CompanionError SIGN_IN_REFUSED for a guest that is not paired */
  start(id: string, guestNonce: string): { nonce: string; proof: string; expiresAt: number };
  /** Uses the exchange up, whatever comes of it. @throws CompanionError SIGN_IN_REFUSED, RATE_EXCEEDED */
  finish(id: string, nonce: string, proof: string): { token: string; scope: Scope; expiresAt: number };
}

/** `port`: where the daemon answers. */
export function openSignIn(tokens: Tokens, port: () => number, clock: Clock): SignIn {
  const rate = openRate(tries, triesMs, clock);
  const kindOf = (id: string): keyof typeof mostOpen => (id === 'admin' ? 'admin' : 'paired');
  /** The daemon's nonce → the exchange. */
  const open = new Map<string, { readonly id: string; readonly guestNonce: string; readonly expiresAt: number }>();
  const refused = (reason: string): CompanionError => new CompanionError('SIGN_IN_REFUSED', { reason });
  const demandSecret = (id: string): string => {
    const secret = tokens.secretOf(id);
    if (secret === undefined) throw refused('it is not paired here, or no longer');
    return secret;
  };
  return {
    start(id, guestNonce) {
      const secret = demandSecret(id);
      for (const [nonce, { expiresAt }] of open) if (clock() >= expiresAt) open.delete(nonce);
      const [oldest, ...others] = [...open].filter(([, exchange]) => exchange.id === id);
      if (oldest && others.length >= mostOpen[kindOf(id)] - 1) open.delete(oldest[0]);
      const nonce = newNonce();
      const expiresAt = clock() + goodMs;
      open.set(nonce, { id, guestNonce, expiresAt });
      return {
        nonce,
        proof: proofOf(secret, 'daemon', { port: port(), id, guestNonce, daemonNonce: nonce }),
        expiresAt,
      };
    },
    finish(id, nonce, proof) {
      const secret = demandSecret(id);
      const waitMs = kindOf(id) === 'admin' ? 0 : rate.take(id);
      if (waitMs > 0) throw new CompanionError('RATE_EXCEEDED', { waitMs });
      const exchange = open.get(nonce);
      open.delete(nonce);
      if (!exchange || exchange.id !== id || clock() >= exchange.expiresAt)
        throw refused('that exchange was used, or is older than a minute');
      const { guestNonce } = exchange;
      if (!isProof(proof, proofOf(secret, 'guest', { port: port(), id, guestNonce, daemonNonce: nonce })))
        throw refused('its proof is wrong');
      return tokens.openSessionOf(id);
    },
  };
}
