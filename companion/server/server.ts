// The door of the daemon: HTTP and sockets on the loopback of this machine, and nowhere else.
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer } from 'node:net';
import express from 'express';
import { CompanionError } from '../api/errors.ts';
import { type CheckLine, protocol } from '../api/wire.ts';
import { type Folders, makeFolders } from '../jobs/folders.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { openPresets } from '../jobs/presets.ts';
import { verbs } from '../jobs/run.ts';
import { AttachedJobs, type Patience } from './attached.ts';
import { type Clock, openRate } from './clock.ts';
import { openCodes } from './codes.ts';
import type { Door } from './door.ts';
import { publishEndpoint } from './endpoint.ts';
import {
  answerHeaders,
  demandBody,
  demandPlace,
  identify,
  mostPerSecond,
  type Places,
  placesOf,
  setAnswerHeaders,
} from './guard.ts';
import { type Log, openLog } from './log.ts';
import { openMedia } from './media.ts';
import { answerErrors, type Locals, mountRoutes } from './mount.ts';
import { mountPage } from './page.ts';
import { openPairing } from './pairing.ts';
import { openRoots } from './roots.ts';
import { accessRoutes } from './routes/access.ts';
import { daemonRoutes } from './routes/daemon.ts';
import { fileRoutes } from './routes/files.ts';
import { jobRoutes } from './routes/jobs.ts';
import { presetRoutes } from './routes/presets.ts';
import { queueRoutes } from './routes/queue.ts';
import { openSignIn } from './sign-in.ts';
import { openSockets } from './sockets.ts';
import { hashOf, openTokens } from './tokens.ts';

/** The ports the daemon is to be found at; the first free one is taken. */
export const ports: readonly number[] = Array.from({ length: 20 }, (_, index) => 47600 + index);

export interface ServerOptions {
  readonly jobs: Jobs;
  readonly folders: Folders;
  /** Of the product. */
  readonly version: string;
  readonly doctor: () => Promise<CheckLine[]>;
  /** A guest asked for the end of the daemon; its answer is on its way. */
  readonly onStop: () => void;
  /** By default `ports`; 0 is any. */
  readonly ports?: readonly number[];
  /** Address to listen at. Loopback alone is possible. */
  readonly host?: string;
  /** Origins of guests beside the daemon's own page. */
  readonly origins?: readonly string[];
  /** By default stderr. */
  readonly log?: Log;
  readonly clock?: Clock;
  readonly patience?: Patience;
  /** How long a request may take to arrive: its head, and all of it. Milliseconds. */
  readonly arrival?: { readonly headMs: number; readonly wholeMs: number };
  /** Whether answers are held against their schemas; for tests. */
  readonly checkAnswers?: boolean;
}

export interface Server {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Whether ::1 answers too. */
  readonly six: boolean;
  /** Guests that hold a socket. */
  guests(): number;
  /** When a guest last asked for something. Milliseconds since 1970. */
  lastAskedAt(): number;
  /** Answers what was asked, lets every guest go, and takes `endpoint.json` away. The queue stays open. */
  close(): Promise<void>;
}

/** Tokens whose time is over are looked for so often: their sockets are let go. Milliseconds. */
const sweepMs = 10_000;
/** Answers that have begun may take this long when the door closes. Milliseconds. */
const closingMs = 2000;

/**
 * Opens the door.
 * @throws CompanionError LISTEN_REFUSED, PORT_TAKEN, CONFIG_DAMAGED
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { jobs, folders, version, clock = Date.now, log = openLog() } = options;
  if (options.host !== undefined && !['127.0.0.1', '::1', 'localhost'].includes(options.host))
    throw new CompanionError('LISTEN_REFUSED', { host: options.host });
  makeFolders(folders);
  const { headMs, wholeMs } = options.arrival ?? { headMs: 5000, wholeMs: 15_000 };
  const http = createHttpServer({
    headersTimeout: headMs,
    requestTimeout: wholeMs,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: Math.min(1000, headMs),
    requireHostHeader: false, // the guard says it, as it says everything
  });
  http.maxConnections = 1024;
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    const heads = Object.entries(answerHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status}\r\n${heads.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`);
    setTimeout(() => socket.destroy(), 1000).unref();
  });
  const tokens = openTokens(folders.config, clock);
  const roots = openRoots(folders.config, [folders.config, folders.data]);
  const presets = openPresets(folders.config, verbs);
  let places: Places = { hosts: new Set(), origins: new Set() }; // until the port is known nothing is ours
  const attached = new AttachedJobs(jobs, options.patience ?? { backMs: 2000, firstMs: 10_000, startMs: 30_000 });
  const pairing = openPairing(tokens, clock);
  const sockets = openSockets({ jobs, tokens, attached, log, places: () => places });
  pairing.onStart(sockets.tellPairing);
  const media = openMedia(roots, tokens, clock);
  const startedAt = clock();
  const door: Door = {
    ...{ version, startedAt, jobs, verbs, roots, presets, media, tokens, pairing, attached },
    ...{ signIn: openSignIn(tokens, () => port, clock) },
    ...{ codes: openCodes(clock), doctor: options.doctor, stop: options.onStop, queueChanged: sockets.queueChanged },
  };

  const rate = openRate(mostPerSecond, 1000, clock);
  let lastAskedAt = clock();
  const app = express()
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', false)
    .enable('strict routing')
    .enable('case sensitive routing');
  app.use((request, response, next) => {
    const began = performance.now();
    const locals = response.locals as Locals;
    setAnswerHeaders(response);
    response.once('close', () => {
      const { route = 'none', holder } = locals;
      const ms = Math.round(performance.now() - began);
      log.info({ route, method: request.method, status: response.statusCode, ms, holder: holder?.id ?? null }, 'asked');
    });
    demandPlace(request, places);
    locals.holder = identify(request, tokens, rate);
    if (locals.holder) lastAskedAt = clock();
    if (!['GET', 'POST', 'DELETE'].includes(request.method)) throw new CompanionError('ROUTE_UNKNOWN');
    next();
  });
  mountPage(app);
  app.get('/v1/media/:sealed', async (request, response) => {
    (response.locals as Locals).route = 'media file';
    demandBody(request.headers, false, 0);
    await media.answer(request.params.sealed, request, response, (response.locals as Locals).holder);
  });
  mountRoutes(
    app,
    {
      ...{ ...daemonRoutes(door), ...jobRoutes(door), ...queueRoutes(door) },
      ...{ ...fileRoutes(door), ...presetRoutes(door), ...accessRoutes(door) },
    },
    options.checkAnswers ?? false,
  );
  app.use(() => {
    throw new CompanionError('ROUTE_UNKNOWN');
  });
  app.use(answerErrors(log));
  http.on('request', app);
  http.on('checkExpectation', (request, response) => http.emit('request', request, response)); // the guard says it
  sockets.attach(http);
  http.prependListener('request', (_, response) => setAnswerHeaders(response));

  const six = await listen(http, options.ports ?? ports).catch(async (error) => {
    await sockets.close();
    throw error;
  });
  const { port } = http.address() as AddressInfo;
  places = placesOf(port, options.origins);
  const url = `http://127.0.0.1:${port}`;
  const takeBack = publishEndpoint(folders.config, {
    ...{ url, pid: process.pid, startedAt, protocol, tokenHash: hashOf(tokens.admin) },
  });
  log.info({ port, six: six !== null }, 'the door is open');
  const sweeping = setInterval(tokens.sweep, sweepMs).unref();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    takeBack();
    clearInterval(sweeping);
    attached.close();
    await sockets.close();
    const ended = new Promise((resolve) => http.close(resolve));
    six?.close();
    http.closeIdleConnections();
    const force = setTimeout(() => http.closeAllConnections(), closingMs);
    await ended;
    clearTimeout(force);
    http.closeAllConnections();
    tokens.close();
    log.info({ port }, 'the door is closed');
  };
  return {
    ...{ url, port, six: six !== null, guests: sockets.count, lastAskedAt: () => lastAskedAt },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Takes the first port that is free on 127.0.0.1 and, where there is one, on ::1. Null: there is no ::1. */
async function listen(http: HttpServer, candidates: readonly number[]): Promise<NetServer | null> {
  let reason = 'none was given';
  for (const candidate of candidates) {
    try {
      await listening(http, candidate, '127.0.0.1');
    } catch (error) {
      reason = String((error as NodeJS.ErrnoException).code);
      continue;
    }
    const six = createNetServer((socket) => void http.emit('connection', socket));
    six.maxConnections = 1024;
    try {
      await listening(six, (http.address() as AddressInfo).port, '::1');
      return six;
    } catch (error) {
      reason = String((error as NodeJS.ErrnoException).code);
      if (reason === 'EADDRNOTAVAIL' || reason === 'EAFNOSUPPORT' || reason === 'EINVAL') return null;
      await new Promise((resolve) => http.close(resolve)); // somebody else would answer to half of the name localhost
    }
  }
  throw new CompanionError('PORT_TAKEN', { ports: `${candidates[0]}–${candidates.at(-1)}`, reason });
}

const listening = (server: HttpServer | NetServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
