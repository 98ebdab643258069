// The typed client of the daemon, made of the route table. Runs in Node, browsers and UXP: it needs `fetch`, chance from `crypto` and socket.io-client alone.
import { z } from 'zod';
import { CompanionError, isErrorCode } from './errors.ts';
import { type Door, type Following, followAll, followJob, type Line, openLine } from './follow.ts';
import { type Failure, failure } from './job.ts';
import { type Credential, demandProven, openPass, type Paired } from './pass.ts';
import { newNonce, portOf, proofOf } from './proof.ts';
import { type Route, type RouteName, routes } from './routes.ts';
import { type Hello, protocol, type Scope, type WireEvent } from './wire.ts';

type Table = typeof routes;
type Part = 'path' | 'query' | 'body';
type Given<Name extends RouteName> = {
  [P in Part & keyof Table[Name]]: Table[Name][P] extends z.ZodType ? z.input<Table[Name][P]> : never;
};
type Empty = Record<never, never>;
/** What may be empty may be left out. */
type Optional<T> = { [K in keyof T as Empty extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as Empty extends T[K] ? K : never]?: T[K];
};
/** What a call of a route takes: its `path`, `query` and `body`, as far as it has them. */
export type Asked<Name extends RouteName> = Optional<Given<Name>>;
export type Answer<Name extends RouteName> = z.output<Table[Name]['answer']>;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface Client {
  readonly url: string;
  /**
   * Who answers.
   * @throws CompanionError DAEMON_UNREACHABLE; DAEMON_OTHER where it is no daemon of ours or speaks another major version
   */
  greet(options?: CallOptions): Promise<Hello>;
  /**
   * Calls a route by its name. Where that is too much at once, it waits as long as it is told.
   * @throws CompanionError with code and facts of the daemon's error, DAEMON_UNREACHABLE, DAEMON_OTHER; DAEMON_SAID for a code this version does not know
   */
  call<Name extends RouteName>(
    name: Name,
    ...asked: Empty extends Asked<Name>
      ? [asked?: Asked<Name>, options?: CallOptions]
      : [asked: Asked<Name>, options?: CallOptions]
  ): Promise<Answer<Name>>;
  /**
   * Hears the events of a job after number `since`, each once and in order, until the job has ended; or (`all`) those of every job from now on.
   * What the socket lost is fetched; where no socket can be had, all of it.
   */
  follow(id: string, since: number, hear: (event: WireEvent) => void): Following;
  /** Lets the socket go. What is followed ends. */
  close(): void;
}

export interface ClientOptions {
  /** How long a daemon that was there may be gone, while it is followed, before that is an error. Milliseconds. */
  readonly patienceMs?: number;
  /** How often is asked where there is no socket. Milliseconds. */
  readonly pollMs?: number;
}

/**
 * With what a paired guest keeps, the client signs in by itself, and again where its token has ended; calls and followings then throw what `signIn` throws, too.
 * Null: only the routes that need no token. Nothing is sent before the first call.
 */
export function openClient(url: string, credential: Credential, options: ClientOptions = {}): Client {
  const base = url.replace(/\/+$/, '');
  const pass = openPass(credential, (paired) => signInSoon(base, paired));
  let line: Line | undefined;
  const followings = new Set<Following>();
  const call = async (name: RouteName, asked: Loose = {}, { signal }: CallOptions = {}): Promise<unknown> => {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const token = routes[name].scope === null ? null : await pass.token();
      try {
        return await ask(base, token, routes[name], asked, signal);
      } catch (error) {
        if (!renewed && isTokenRefused(error) && pass.renew(token)) {
          renewed = true;
          continue;
        }
        const waitMs = soonMs(error);
        if (waitMs === null || attempt === mostAttempts) throw error;
        // of many who are told the same, not all come again at once
        const laterMs = Math.min(longestWaitMs, waitMs * (1 + Math.random() * 2 ** attempt));
        await new Promise((resolve) => setTimeout(resolve, laterMs));
      }
    }
  };
  const client: Client = {
    url: base,
    call: call as Client['call'],
    greet: async (given) => acceptable(base, await call('hello', {}, given)),
    follow: (id, since, hear) => {
      line ??= openLine(base, pass);
      const { patienceMs = 30_000, pollMs = 500 } = options;
      const door: Door = {
        events: (job, after) => client.call('events', { path: { id: job }, query: { since: after } }),
        newest: () => client.call('jobs', { query: { limit: 500 } }),
        line,
        patienceMs,
        pollMs,
      };
      const following = id === 'all' ? followAll(door, hear) : followJob(door, id, since, hear);
      followings.add(following);
      const forget = (): unknown => followings.delete(following);
      following.over.then(forget, forget);
      return following;
    },
    close: () => {
      for (const following of followings) following.stop();
      line?.close();
      line = undefined;
    },
  };
  return client;
}

export interface SignedIn {
  readonly token: string;
  readonly scope: Scope;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Lets the daemon prove that it has the guest's secret, then proves the same to it, for a token that is good for an hour. The secret is not sent.
 * @throws CompanionError DAEMON_UNPROVEN before anything of worth is sent; SIGN_IN_REFUSED, RATE_EXCEEDED; as `Client.call`
 */
export async function signIn(url: string, { id, secret }: Paired, { signal }: CallOptions = {}): Promise<SignedIn> {
  const stranger = openClient(url, null);
  const options = signal ? { signal } : {};
  const guestNonce = newNonce();
  const begun = await stranger.call('signInStart', { body: { client: id, nonce: guestNonce } }, options);
  const exchange = { port: portOf(url), id, guestNonce, daemonNonce: String(begun?.nonce) };
  demandProven(url, begun?.proof, proofOf(secret, 'daemon', exchange));
  const body = { client: id, nonce: exchange.daemonNonce, proof: proofOf(secret, 'guest', exchange) };
  return await stranger.call('signInFinish', { body }, options);
}

/** A sign-in that is answered by nobody is given up after this. Milliseconds. */
const signInMs = 5000;

function signInSoon(url: string, paired: Paired): Promise<SignedIn> {
  const patience = new AbortController();
  const late = Object.assign(new Error(`no answer within ${signInMs / 1000} s`), { name: 'TimeoutError' });
  const timer = setTimeout(() => patience.abort(late), signInMs);
  return signIn(url, paired, { signal: patience.signal }).finally(() => clearTimeout(timer));
}

/** Asked too fast, a daemon says when it may be asked again, and has done nothing. Waits up to this are waited. Milliseconds. */
const longestWaitMs = 2000;
const mostAttempts = 20;

const isTokenRefused = (error: unknown): boolean => error instanceof CompanionError && error.code === 'TOKEN_REFUSED';

function soonMs(error: unknown): number | null {
  if (!(error instanceof CompanionError && error.code === 'RATE_EXCEEDED')) return null;
  const { waitMs } = error.facts;
  return typeof waitMs === 'number' && waitMs <= longestWaitMs ? Math.max(1, waitMs) : null;
}

interface Loose {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** The address of a call. */
function addressOf(base: string, route: Route, { path, query }: Loose): string {
  const url = route.url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(path?.[name] ?? ''));
  const words = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return `${base}${url}${words.length > 0 ? `?${new URLSearchParams(words)}` : ''}`;
}

async function ask(
  base: string,
  token: string | null,
  route: Route,
  asked: Loose,
  signal?: AbortSignal,
): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (route.body) headers['content-type'] = 'application/json';
  let status: number;
  let text: string;
  try {
    const response = await fetch(addressOf(base, route, asked), {
      method: route.method,
      headers,
      ...(route.body && { body: JSON.stringify(asked.body ?? {}) }),
      ...(signal && { signal }),
      credentials: 'omit',
      redirect: 'error',
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted && (signal.reason as Error)?.name !== 'TimeoutError') throw cause;
    throw new CompanionError('DAEMON_UNREACHABLE', { url: base, reason: reasonOf(cause) }, { cause });
  }
  const answer = parsed(text);
  if (status >= 200 && status < 300 && answer !== undefined) return answer;
  const told = refusal.safeParse(answer);
  if (told.success) throw revived(told.data.error);
  const found = `it answered with status ${status} and nothing of ours`;
  throw new CompanionError('DAEMON_OTHER', { url: base, found, wanted: `protocol ${protocol.major}` });
}

const refusal = z.looseObject({ error: failure.loose() });

/** The error that crossed the wire, as it was thrown on the other side. */
export function revived({ code, facts, message }: Failure): CompanionError {
  return isErrorCode(code)
    ? new CompanionError(code, facts)
    : new CompanionError('DAEMON_SAID', { code, message, facts });
}

const greeting = z.looseObject({
  product: z.literal('inbetween'),
  protocol: z.looseObject({ major: z.number(), minor: z.number() }),
});

/** @throws CompanionError DAEMON_OTHER */
function acceptable(url: string, answer: unknown): Hello {
  const wanted = `protocol ${protocol.major}`;
  const told = greeting.safeParse(answer);
  if (!told.success) throw new CompanionError('DAEMON_OTHER', { url, found: 'it is another program', wanted });
  const { major, minor } = told.data.protocol;
  if (major !== protocol.major)
    throw new CompanionError('DAEMON_OTHER', { url, found: `it speaks protocol ${major}.${minor}`, wanted });
  return answer as Hello;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON: not ours
  }
}

/** What a failed `fetch` says, the system's word before the general one. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code || (cause instanceof Error && cause.message) || String(cause);
}
