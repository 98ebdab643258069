// Who holds which token: the user (a file only he can read), pages opened with a one-time code and guests that signed in (both in memory). And the
// secrets of paired guests (another such file).
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type Client, client, type Scope, scopes } from '../api/wire.ts';
import { readConfig, writeConfig, writeWhole } from '../jobs/config-file.ts';
import { inHome } from '../jobs/folders.ts';
import type { Clock } from './clock.ts';

/** Who asks, as far as a token tells. Each session has a holder of its own; those of a paired guest have one id. */
export interface Holder {
  readonly id: string;
  readonly kind: 'admin' | 'session' | 'client';
  readonly scope: Scope;
}

/** A page's token is good for this long. Milliseconds. */
const pageMs = 24 * 3600_000;
/** Pages at once; the oldest gives way. */
const mostPages = 64;
/** The token of a sign-in is good for this long. Milliseconds. */
const signedInMs = 3600_000;
/** Tokens of one guest at once; the oldest gives way. Each command of the user has one. */
const mostSignedIn = { client: 8, admin: 1000 } as const;
/** Paired guests. */
const mostClients = 100;

const clientFile = z.strictObject({
  version: z.literal(1),
  clients: z.array(z.strictObject({ ...client.shape, secret: z.string().regex(/^ibs_[\w-]{43}$/) })),
});
type Stored = z.output<typeof clientFile>['clients'][number];

/** 256 bits of chance, recognisable in a log: a token is sent, a secret never. */
const chance = (kind: 'ibt' | 'ibs'): string => `${kind}_${randomBytes(32).toString('base64url')}`;
export const newToken = (): string => chance('ibt');
export const tokenShape = /ib[ts]_[A-Za-z0-9_-]{43}/;
/** SHA-256, hexadecimal. Looking a token up by it tells nothing about how near a guess was. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

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
  /** The holder of a token; undefined when nobody has it. */
  find(token: unknown): Holder | undefined;
  /** A holder of that id, as long as there is a token for it. */
  byId(id: string): Holder | undefined;
  /** A token for a page. */
  openSession(scope: Scope): string;
  /** A secret for a new paired guest. @throws CompanionError USAGE when there are too many */
  addClient(name: string, scope: Scope): { client: Client; secret: string };
  /** Of a paired guest; of `admin` the user's token. Undefined for others. */
  secretOf(id: string): string | undefined;
  /** A token for whoever has proved such a secret. @throws CompanionError CLIENT_UNKNOWN */
  openSessionOf(id: string): { token: string; scope: Scope; expiresAt: number };
  clients(): Client[];
  /** Lets a guest in no more; its tokens end. @throws CompanionError CLIENT_UNKNOWN */
  removeClient(id: string): void;
  /** Calls `hear` with every holder whose token has ended. */
  onGone(hear: (holder: Holder) => void): void;
  /** Ends the tokens whose time is over. `find` and `byId` do so, too. */
  sweep(): void;
  /** Writes down when guests were seen last. */
  close(): void;
}

/** Tokens of a folder of configuration. @throws CompanionError CONFIG_DAMAGED */
export function openTokens(folder: string, clock: Clock): Tokens {
  const file = path.join(folder, 'clients.json');
  const admin = adminToken(path.join(folder, 'token'));
  let clients: readonly Stored[] = readConfig(file, clientFile, { version: 1, clients: [] }).clients;
  let seen = false;
  const user: Holder = { id: 'admin', kind: 'admin', scope: 'admin' };
  const userHash = hashOf(admin);
  /** Hash of the token → whose it is and how long. */
  const sessions = new Map<string, { readonly holder: Holder; readonly until: number }>();
  const listeners: ((holder: Holder) => void)[] = [];
  const keep = (next: readonly Stored[]): void => {
    writeConfig(file, { version: 1, clients: next });
    clients = next;
    seen = false;
  };
  const end = (hash: string): void => {
    const session = sessions.get(hash);
    if (!session) return;
    sessions.delete(hash);
    for (const hear of listeners) hear(session.holder);
  };
  const sweep = (): void => {
    for (const [hash, { until }] of sessions) if (clock() >= until) end(hash);
  };
  const open = (holder: Holder, goodMs: number, most: number, alike: (other: Holder) => boolean) => {
    const [oldest, ...others] = [...sessions].filter(([, session]) => alike(session.holder));
    if (oldest && others.length >= most - 1) end(oldest[0]);
    const token = newToken();
    const expiresAt = clock() + goodMs;
    sessions.set(hashOf(token), { holder, until: expiresAt });
    return { token, scope: holder.scope, expiresAt };
  };
  const demandClient = (id: string): Stored => {
    const found = clients.find((each) => each.id === id);
    if (!found) throw new CompanionError('CLIENT_UNKNOWN', { id });
    return found;
  };
  const shown = ({ secret: _, ...rest }: Stored): Client => rest;
  return {
    admin,
    find(token) {
      if (typeof token !== 'string' || token.length > 200) return undefined;
      sweep();
      const hash = hashOf(token);
      return hash === userHash ? user : sessions.get(hash)?.holder;
    },
    byId(id) {
      sweep();
      return id === user.id ? user : [...sessions.values()].find(({ holder }) => holder.id === id)?.holder;
    },
    openSession(scope) {
      const id = `s${randomBytes(9).toString('hex')}`;
      return open({ id, kind: 'session', scope }, pageMs, mostPages, ({ kind }) => kind === 'session').token;
    },
    addClient(name, scope) {
      if (clients.length >= mostClients)
        throw new CompanionError('USAGE', { reason: `${mostClients} guests are paired already. Remove some first.` });
      const id = `c${randomBytes(9).toString('hex')}`;
      const added: Stored = { id, name, scope, pairedAt: clock(), seenAt: null, secret: chance('ibs') };
      keep([...clients, added]);
      return { client: shown(added), secret: added.secret };
    },
    secretOf: (id) => (id === user.id ? admin : clients.find((each) => each.id === id)?.secret),
    openSessionOf(id) {
      const holder: Holder = id === user.id ? { ...user } : { id, kind: 'client', scope: demandClient(id).scope };
      clients = clients.map((each) => (each.id === id ? { ...each, seenAt: clock() } : each));
      seen ||= holder.kind === 'client';
      const most = holder.kind === 'client' ? mostSignedIn.client : mostSignedIn.admin;
      return open(holder, signedInMs, most, (other) => other.id === id);
    },
    clients: () => clients.map(shown),
    removeClient(id) {
      demandClient(id);
      keep(clients.filter((each) => each.id !== id));
      for (const [hash, { holder }] of sessions) if (holder.id === id) end(hash);
    },
    onGone: (hear) => void listeners.push(hear),
    sweep,
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
  inHome(path.dirname(file), () => writeWhole(file, `${token}\n`));
  return token;
}
