// Pairing: a guest without a token shows six digits, the person confirms the same digits elsewhere, and the guest collects its secret, once.
import { randomBytes, randomInt } from 'node:crypto';
import { CompanionError } from '../api/errors.ts';
import type { Client, Scope } from '../api/wire.ts';
import { type Clock, openRate } from './clock.ts';
import { hashOf, type Tokens } from './tokens.ts';

const goodMs = 120_000;
/** Starts and confirmations, each: so many, and as many again each minute. */
const tries = 5;
const triesMs = 60_000;
/** Guests that wait at once. */
const most = 5;

/** A guest that waits for a person. Its `id` here is not the one that it collects its secret with. */
export interface Waiting {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly digits: string;
  readonly expiresAt: number;
}

export interface Pairing {
  /** The `id` is a secret of 256 bits that only the guest knows. @throws CompanionError RATE_EXCEEDED */
  start(name: string, scope: Scope): { id: string; digits: string; expiresAt: number };
  waiting(): Waiting[];
  /** @throws CompanionError PAIRING_UNKNOWN; RATE_EXCEEDED at the sixth in a minute, and then nobody waits any more */
  confirm(digits: string): void;
  /** @throws CompanionError PAIRING_WAITING until confirmed; PAIRING_UNKNOWN when used, unknown or too old */
  finish(id: string): { client: Client; secret: string };
  /** Calls `hear` for every guest that begins to wait. */
  onStart(hear: (waiting: Waiting) => void): void;
}

export function openPairing(tokens: Tokens, clock: Clock): Pairing {
  const starts = openRate(tries, triesMs, clock);
  const confirms = openRate(tries, triesMs, clock);
  /** Hash of the secret → who waits. */
  const guests = new Map<string, Waiting & { confirmed: boolean }>();
  const listeners: ((waiting: Waiting) => void)[] = [];
  let lockedUntil = 0;
  const living = (): [string, Waiting & { confirmed: boolean }][] => {
    for (const [hash, { expiresAt }] of guests) if (clock() >= expiresAt) guests.delete(hash);
    return [...guests];
  };
  const shown = ({ confirmed: _, ...rest }: Waiting & { confirmed: boolean }): Waiting => rest;
  const demandUnlocked = (): void => {
    const waitMs = lockedUntil - clock();
    if (waitMs > 0) throw new CompanionError('RATE_EXCEEDED', { waitMs });
  };
  const demandRate = (waitMs: number): void => {
    if (waitMs > 0) throw new CompanionError('RATE_EXCEEDED', { waitMs });
  };
  return {
    start(name, scope) {
      demandUnlocked();
      demandRate(starts.take('start'));
      const taken = living();
      if (taken.length >= most) demandRate(Math.min(...taken.map(([, { expiresAt }]) => expiresAt)) - clock());
      let digits: string;
      do digits = String(randomInt(1_000_000)).padStart(6, '0');
      while (taken.some(([, guest]) => guest.digits === digits));
      const id = randomBytes(32).toString('base64url');
      const guest = { id: hashOf(id).slice(0, 16), name, scope, digits, expiresAt: clock() + goodMs, confirmed: false };
      guests.set(hashOf(id), guest);
      for (const hear of listeners) hear(shown(guest));
      return { id, digits, expiresAt: guest.expiresAt };
    },
    waiting: () => living().flatMap(([, guest]) => (guest.confirmed ? [] : [shown(guest)])),
    confirm(digits) {
      demandUnlocked();
      if (confirms.take('confirm') > 0) {
        guests.clear();
        lockedUntil = clock() + triesMs;
        demandUnlocked();
      }
      const [, guest] = living().find(([, each]) => each.digits === digits && !each.confirmed) ?? [];
      if (!guest) throw new CompanionError('PAIRING_UNKNOWN');
      guest.confirmed = true;
    },
    finish(id) {
      const hash = hashOf(id);
      const [, guest] = living().find(([each]) => each === hash) ?? [];
      if (!guest) throw new CompanionError('PAIRING_UNKNOWN');
      if (!guest.confirmed) throw new CompanionError('PAIRING_WAITING', { digits: guest.digits });
      guests.delete(hash);
      return tokens.addClient(guest.name, guest.scope);
    },
    onStart: (hear) => void listeners.push(hear),
  };
}
