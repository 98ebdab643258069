// Who holds which token: the user (a file only he can read), pages opened with a one-time code (in memory), paired guests (stored as hashes).
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type Client, client, type Scope, scopes } from '../api/wire.ts';
import { readConfig, writeConfig, writeWhole } from '../jobs/config-file.ts';
import type { Clock } from './clock.ts';

/** Who asks, as far as a token tells. */
export interface Holder {
  readonly id: string;
  readonly kind: 'admin' | 'session' | 'client';
  readonly scope: Scope;
}

/** A page's token is good for this long. Milliseconds. */
const sessionMs = 24 * 3600_000;
/** Pages at once; the oldest gives way. */
const mostSessions = 64;
/** Paired guests. */
const mostClients = 100;

const clientFile = z.strictObject({
  version: z.literal(1),
  clients: z.array(z.strictObject({ ...client.shape, hash: z.string().regex(/^[0-9a-f]{64}$/) })),
});
type Stored = z.output<typeof clientFile>['clients'][number];

/** A token: 256 bits of chance, recognisable in a log. */
export const newToken = (): string => `ibt_${randomBytes(32).toString('base64url')}`;
export const tokenShape = /ibt_[A-Za-z0-9_-]{43}/;
const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
/** SHA-256, hexadecimal. */
export const hashOf = (token: string): string => digestOf(token).toString('hex');

export const allows = (has: Scope, needed: Scope): boolean => scopes.indexOf(has) >= scopes.indexOf(needed);

/** @throws CompanionError TOKEN_REFUSED, SCOPE_SHORT */
export function demandScope(holder: Holder | undefined, needed: Scope): Holder {
  if (!holder) throw new CompanionError('TOKEN_REFUSED');
  if (!allows(holder.scope, needed)) throw new CompanionError('SCOPE_SHORT', { needed, has: holder.scope });
  return holder;
}

export interface Tokens {
  /** Of the user. */
  readonly admin: string;
  /** The holder of a token; undefined when nobody has it. Every known token is compared, each in constant time. */
  find(token: unknown): Holder | undefined;
  /** The holder of that id, as long as it has its token. */
  byId(id: string): Holder | undefined;
  /** A token for a page. */
  openSession(scope: Scope): string;
  /** A token for a paired guest. @throws CompanionError USAGE when there are too many */
  addClient(name: string, scope: Scope): { token: string; client: Client };
  clients(): Client[];
  /** Takes a guest's token back. @throws CompanionError CLIENT_UNKNOWN */
  removeClient(id: string): void;
  /** Calls `hear` with the id of every holder that has lost its token. */
  onGone(hear: (id: string) => void): void;
  /** Writes down when guests were seen last. */
  close(): void;
}

/** Tokens of a folder of configuration. @throws CompanionError CONFIG_DAMAGED */
export function openTokens(folder: string, clock: Clock): Tokens {
  const file = path.join(folder, 'clients.json');
  const admin = adminToken(path.join(folder, 'token'));
  let clients: readonly Stored[] = readConfig(file, clientFile, { version: 1, clients: [] }).clients;
  let seen = false;
  const sessions = new Map<string, { holder: Holder; digest: Buffer; until: number }>();
  const listeners: ((id: string) => void)[] = [];
  const keep = (next: readonly Stored[]): void => {
    writeConfig(file, { version: 1, clients: next });
    clients = next;
    seen = false;
  };
  const tellGone = (id: string): void => {
    for (const hear of listeners) hear(id);
  };
  const endSession = (id: string): void => {
    if (sessions.delete(id)) tellGone(id);
  };
  const known = (): { holder: Holder; digest: Buffer }[] => {
    for (const [id, { until }] of sessions) if (clock() >= until) endSession(id);
    return [
      { holder: { id: 'admin', kind: 'admin', scope: 'admin' }, digest: digestOf(admin) },
      ...sessions.values(),
      ...clients.map(({ id, scope, hash }) => ({
        holder: { id, kind: 'client' as const, scope },
        digest: Buffer.from(hash, 'hex'),
      })),
    ];
  };
  const shown = ({ hash: _, ...rest }: Stored): Client => rest;
  return {
    admin,
    find(token) {
      if (typeof token !== 'string' || token.length > 200) return undefined;
      const digest = digestOf(token);
      const [found] = known().filter((each) => timingSafeEqual(each.digest, digest));
      if (found?.holder.kind === 'client') {
        clients = clients.map((each) => (each.id === found.holder.id ? { ...each, seenAt: clock() } : each));
        seen = true;
      }
      return found?.holder;
    },
    byId: (id) => known().find(({ holder }) => holder.id === id)?.holder,
    openSession(scope) {
      const token = newToken();
      const id = `s${randomBytes(9).toString('hex')}`;
      const [oldest] = sessions.keys();
      if (sessions.size >= mostSessions && oldest !== undefined) endSession(oldest);
      sessions.set(id, { holder: { id, kind: 'session', scope }, digest: digestOf(token), until: clock() + sessionMs });
      return token;
    },
    addClient(name, scope) {
      if (clients.length >= mostClients)
        throw new CompanionError('USAGE', { reason: `${mostClients} guests are paired already. Remove some first.` });
      const token = newToken();
      const id = `c${randomBytes(9).toString('hex')}`;
      const added: Stored = { id, name, scope, pairedAt: clock(), seenAt: null, hash: hashOf(token) };
      keep([...clients, added]);
      return { token, client: shown(added) };
    },
    clients: () => clients.map(shown),
    removeClient(id) {
      const others = clients.filter((each) => each.id !== id);
      if (others.length === clients.length) throw new CompanionError('CLIENT_UNKNOWN', { id });
      keep(others);
      tellGone(id);
    },
    onGone: (hear) => void listeners.push(hear),
    close: () => {
      if (seen) keep(clients);
    },
  };
}

/** The token of the file, if nobody else could read it; else a new one. It stays from start to start, so that guests find their way back. */
function adminToken(file: string): string {
  try {
    const { mode, uid } = statSync(file);
    const own = process.platform === 'win32' || ((mode & 0o077) === 0 && uid === process.getuid?.());
    const token = readFileSync(file, 'utf8').trim();
    if (own && tokenShape.exec(token)?.[0] === token) return token;
  } catch {
    // there is none yet
  }
  const token = newToken();
  writeWhole(file, `${token}\n`);
  return token;
}
