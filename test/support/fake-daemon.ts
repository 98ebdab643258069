// A door without a house: answers the routes of the table with what a test says, refuses wrong tokens, and tells events over its socket.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { newNonce, proofOf } from '../../companion/api/proof.ts';
import { type Route, type RouteName, routes } from '../../companion/api/routes.ts';
import { protocol, socketWords, type WireEvent } from '../../companion/api/wire.ts';
import { failureOf } from '../../companion/jobs/failure.ts';

export interface FakeCall {
  readonly name: RouteName;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a route answers; what it throws travels as an error. */
export type Answers = Partial<Record<RouteName, (call: FakeCall) => unknown>>;

export interface FakeDaemon {
  readonly url: string;
  readonly port: number;
  readonly calls: readonly FakeCall[];
  /** What sockets asked to follow, in order. */
  readonly follows: readonly unknown[];
  /** To every socket. */
  tell(event: WireEvent): void;
  /** Cuts every socket off, as a daemon that dies does. */
  drop(): void;
  /** Ends the door. */
  close(): Promise<void>;
}

export interface FakeDaemonOptions {
  readonly token?: string;
  readonly answers?: Answers;
  /** Whether sockets are let in. */
  readonly sockets?: boolean;
  readonly port?: number;
}

export const fakeHello = {
  product: 'inbetween',
  version: '0.1.0',
  protocol,
  startedAt: 0,
  pid: process.pid,
  scope: 'admin',
} as const;

export async function openFakeDaemon({
  token = 'secret',
  answers = {},
  sockets = true,
  port = 0,
}: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const calls: FakeCall[] = [];
  let at = 0;
  const follows: unknown[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, token, { ...signInOf(token, () => at), ...answers }, calls).catch(
      (error: unknown) => {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: failureOf(error) }));
      },
    );
  });
  const io = new Server(server, { serveClient: false });
  io.use((socket, next) =>
    next(sockets && socket.handshake.auth.token === token ? undefined : new Error('not let in')),
  );
  io.on('connection', (socket) => {
    socket.on(socketWords.follow, (body: unknown) => void follows.push(body));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  at = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${at}`,
    port: at,
    calls,
    follows,
    tell: (event) => void io.emit(socketWords.job, event),
    drop: () => {
      for (const socket of io.sockets.sockets.values()) socket.conn.close();
    },
    close: async () => {
      await io.close();
      server.closeAllConnections();
    },
  };
}

/** Lets in whoever takes its proof; the token of the sign-in is that of the fake. */
const signInOf = (token: string, port: () => number): Answers => ({
  signInStart: ({ body }) => {
    const { client, nonce: guestNonce } = body as { client: string; nonce: string };
    const exchange = { port: port(), id: client, guestNonce, daemonNonce: newNonce() };
    return { nonce: exchange.daemonNonce, proof: proofOf(token, 'daemon', exchange), expiresAt: Date.now() + 60_000 };
  },
  signInFinish: () => ({ token, scope: 'admin', expiresAt: Date.now() + 60_000 }),
});

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answers: Answers,
  calls: FakeCall[],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
  if (pathname.startsWith('/socket.io/')) return;
  const found = match(request.method ?? '', pathname);
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (found === undefined) return reply(404, {});
  if (routes[found.name].scope !== null && request.headers.authorization !== `Bearer ${token}`)
    return reply(401, { error: { code: 'TOKEN_WRONG', message: 'No such token.', facts: {}, exit: 4 } });
  const text = (await request.toArray()).join('');
  const call = { ...found, query: Object.fromEntries(searchParams), body: text === '' ? undefined : JSON.parse(text) };
  calls.push(call);
  const act = answers[found.name] ?? (found.name === 'hello' ? () => fakeHello : undefined);
  if (act === undefined) throw new Error(`the test answers nothing for ${found.name}`);
  reply(200, await act(call));
}

function match(method: string, pathname: string): Pick<FakeCall, 'name' | 'path'> | undefined {
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const pattern = new RegExp(`^${route.url.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const groups = pattern.exec(pathname);
    if (route.method !== method || groups === null) continue;
    const path = Object.fromEntries(
      Object.entries(groups.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    if (route.path === undefined || route.path.safeParse(path).success) return { name, path };
  }
  return undefined;
}
