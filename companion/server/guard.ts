// Who may ask. Every request and every socket passes here before anything else looks at it; what is compared is compared as strings, nothing is parsed.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { CompanionError } from '../api/errors.ts';
import { routes } from '../api/routes.ts';
import { protocol } from '../api/wire.ts';
import type { Rate } from './clock.ts';
import type { Holder, Tokens } from './tokens.ts';

/** Requests a second a client may make. */
export const mostPerSecond = 50;

/** Headers of a request. Node lets those after the 2000th drop, an Origin too: long before that nothing is answered. */
const mostHeaders = 100;

export interface Places {
  /** What a Host may say, exactly. */
  readonly hosts: ReadonlySet<string>;
  /** What an Origin may say, exactly; `null` is never among them. */
  readonly origins: ReadonlySet<string>;
}

/** The daemon's own names at a port, and the origins of guests that are known beforehand. */
export function placesOf(port: number, origins: readonly string[] = []): Places {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  const known = [...hosts.map((host) => `http://${host}`), ...origins];
  return { hosts: new Set(hosts), origins: new Set(known.filter((origin) => origin !== '' && origin !== 'null')) };
}

/** The part of a request that the guard looks at. */
export type Asked = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>;

/**
 * Whether the request was meant for this daemon and sent by a page of ours or by no page at all.
 * @throws CompanionError HOST_REFUSED (rebinding), ORIGIN_REFUSED (another page), REQUEST_INVALID (an address that is no path)
 */
export function demandPlace({ headers, rawHeaders, url }: Asked, places: Places): void {
  if (rawHeaders.length > 2 * mostHeaders)
    throw new CompanionError('REQUEST_INVALID', { reason: 'it has too many headers' });
  const given = (name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  const [host, ...moreHosts] = given('host');
  if (host === undefined || moreHosts.length > 0 || !places.hosts.has(host)) throw new CompanionError('HOST_REFUSED');
  const [origin, ...moreOrigins] = given('origin');
  if (moreOrigins.length > 0 || (origin !== undefined && !places.origins.has(origin)))
    throw new CompanionError('ORIGIN_REFUSED');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new CompanionError('ORIGIN_REFUSED');
  if (!url?.startsWith('/')) throw new CompanionError('REQUEST_INVALID', { reason: 'its address is no path' });
}

/** The token of `Authorization: Bearer …`. */
export const bearerOf = (headers: IncomingHttpHeaders): string | undefined =>
  /^Bearer ([\w.~+/=-]{1,200})$/.exec(headers.authorization ?? '')?.[1];

/** By these guests get in; what they cost is little, and they have limits of their own. So a flood of others without a token keeps no guest out. */
const entrances: ReadonlySet<string> = new Set([routes.signInStart, routes.signInFinish].map(({ url }) => url));

/**
 * Who asks, if anybody whom a token tells; counted against the rate of that client, all without a token being one.
 * @throws CompanionError RATE_EXCEEDED
 */
export function identify({ headers, url }: Asked, tokens: Tokens, rate: Rate): Holder | undefined {
  const holder = tokens.find(bearerOf(headers));
  if (!holder && entrances.has(url?.split('?')[0] ?? '')) return undefined;
  const waitMs = rate.take(holder?.id ?? 'nobody');
  if (waitMs > 0) throw new CompanionError('RATE_EXCEEDED', { waitMs });
  return holder;
}

/** A body is plain JSON, and there is none where none belongs. @throws CompanionError TYPE_REFUSED, BODY_TOO_LARGE */
export function demandBody(headers: IncomingHttpHeaders, wanted: boolean, mostBytes: number): void {
  const length = headers['content-length'];
  if (!wanted) {
    if (headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0'))
      throw new CompanionError('TYPE_REFUSED');
    return;
  }
  const type = /^application\/json(?:; ?charset=utf-8)?$/i;
  const encoding = headers['content-encoding'];
  if (!type.test(headers['content-type'] ?? '') || (encoding !== undefined && encoding !== 'identity'))
    throw new CompanionError('TYPE_REFUSED');
  if (Number(length ?? 0) > mostBytes) throw new CompanionError('BODY_TOO_LARGE', { most: mostBytes });
}

/** What every answer carries. */
export const answerHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Referrer-Policy': 'no-referrer',
  'Inbetween-Protocol': `${protocol.major}.${protocol.minor}`,
};

export function setAnswerHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(answerHeaders)) response.setHeader(name, value);
}
