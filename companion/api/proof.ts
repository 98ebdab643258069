// How two sides that share a secret prove it to each other without saying it: HMAC-SHA256 over what both know of this very exchange.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';

export interface Exchange {
  /** The guest puts in where it asks, the daemon where it answers: what a program at another port passes on proves nothing. */
  readonly port: number;
  /** Of a paired guest; `admin` where the secret is the token of the user. */
  readonly id: string;
  readonly guestNonce: string;
  readonly daemonNonce: string;
}

/** 256 bits of chance, hexadecimal. */
export const newNonce = (): string => bytesToHex(randomBytes(32));

/** What `by` alone can say who has the secret; the other side's proof of the same exchange is another. 64 hexadecimal digits. */
export function proofOf(secret: string, by: 'daemon' | 'guest', exchange: Exchange): string {
  const { port, id, guestNonce, daemonNonce } = exchange;
  const told = ['inbetween proof 1', by, port, id, guestNonce, daemonNonce].join('\n');
  return bytesToHex(hmac(sha256, bytesOf(secret), bytesOf(told)));
}

/** Of an address like the daemon's. */
export const portOf = (url: string): number => Number(/^http:\/\/[^/]*:(\d+)\/*$/.exec(url)?.[1] ?? 80);

/** Compares without telling by its time how much was right. */
export function isProof(given: string, expected: string): boolean {
  let differs = given.length ^ expected.length;
  for (let index = 0; index < expected.length; index++)
    differs |= (given.charCodeAt(index) || 0) ^ expected.charCodeAt(index);
  return differs === 0;
}

/** All of it is ASCII; not every guest's world has a TextEncoder. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
