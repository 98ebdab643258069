// Sockets: the same guard as the routes, the token with the handshake, and events of jobs for those who follow them.
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type Socket, Server as SocketServer } from 'socket.io';
import { hasEnded } from '../api/job.ts';
import { follow, type QueueView, socketWords, type WireEvent } from '../api/wire.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { AttachedJobs } from './attached.ts';
import { openRate } from './clock.ts';
import { demandPlace, mostPerSecond, type Places } from './guard.ts';
import type { Log } from './log.ts';
import type { Waiting } from './pairing.ts';
import { allows, type Holder, type Tokens } from './tokens.ts';

/** A guest says little: `follow`, and an id. Bytes. */
const mostBytes = 16_384;
const mostSockets = 256;
/** Connections that have shown no token yet; the oldest gives way, so that strangers keep no guest out. */
const mostStrangers = 64;
/** Jobs one socket follows. */
const mostFollowed = 1000;
/** Packets that wait for a guest that does not read; then it is let go, and finds what it missed by GET. */
const mostUnread = 500;
/** Pages of old events sent to one that follows. */
const mostPages = 20;
/** Changes of the queue are told at most so often. Milliseconds. */
const queueGapMs = 100;

/** What the address of a socket may hold: never a token. */
const plainQuery = /^(?:(?:EIO=4|transport=websocket|t=[\w.-]{1,40})(?:&|$)){1,3}$/;

interface Member {
  readonly socket: Socket;
  readonly holder: Holder;
  readonly follows: Set<string>;
}

export interface Sockets {
  /** Hears upgrades of a server. */
  attach(http: HttpServer): void;
  /** Guests that are connected. */
  count(): number;
  tellPairing(waiting: Waiting): void;
  /** The queue may be another now. */
  queueChanged(): void;
  close(): Promise<void>;
}

export interface SocketParts {
  readonly jobs: Jobs;
  readonly tokens: Tokens;
  readonly attached: AttachedJobs;
  readonly log: Log;
  readonly places: () => Places;
}

export function openSockets({ jobs, tokens, attached, log, places }: SocketParts): Sockets {
  const members = new Map<string, Member>();
  const knocks = openRate(20 * mostPerSecond, 1000, Date.now);
  const words = openRate(mostPerSecond, 1000, Date.now);

  const admits = (request: IncomingMessage): boolean => {
    try {
      demandPlace(request, places());
    } catch {
      return false;
    }
    if (!plainQuery.test(request.url?.split('?').slice(1).join('?') ?? '')) return false;
    return knocks.take('all') === 0 && members.size < mostSockets;
  };
  const io = new SocketServer({
    serveClient: false,
    transports: ['websocket'],
    maxHttpBufferSize: mostBytes,
    perMessageDeflate: false,
    connectTimeout: 5000,
    destroyUpgradeTimeout: 100,
    allowRequest: (request, decide) => decide(null, admits(request)),
  });

  const letGo = (socket: Socket, why: string): void => {
    log.warn({ why }, 'a socket was closed');
    socket.disconnect(true);
  };
  const send = ({ socket }: Member, word: string, body: unknown): void => {
    if (!members.has(socket.id)) return;
    const unread = Reflect.get(socket.conn, 'writeBuffer') as { readonly length: number };
    if (unread.length > mostUnread) letGo(socket, 'it does not read');
    else socket.emit(word, body);
  };

  /** In the order they came. */
  const strangers = new Set<Socket['conn']>();
  const greet = (connection: Socket['conn']): void => {
    strangers.add(connection);
    connection.once('close', () => strangers.delete(connection));
    const [oldest] = strangers;
    if (!oldest || strangers.size <= mostStrangers) return;
    strangers.delete(oldest);
    oldest.request.socket.destroy(); // a farewell would wait for its answer
  };
  io.use((socket, next) => {
    const holder = tokens.find(socket.handshake.auth.token);
    if (holder) {
      strangers.delete(socket.conn);
      members.set(socket.id, { socket, holder, follows: new Set() });
      socket.once('disconnect', (reason) => {
        members.delete(socket.id);
        attached.leave(socket.id, reason !== 'server namespace disconnect' && reason !== 'ping timeout');
      });
      next();
      return;
    }
    next(new Error('TOKEN_REFUSED'));
    setImmediate(() => socket.conn.close());
  });
  io.on('connection', (socket) => {
    const member = members.get(socket.id);
    if (!member || tokens.find(socket.handshake.auth.token) !== member.holder) {
      socket.disconnect(true);
      return;
    }
    socket.onAny((word: unknown, ...rest: unknown[]) => {
      const asked = follow.safeParse(rest[0]);
      if (words.take(socket.id) > 0) letGo(socket, 'it says too much');
      else if (word !== socketWords.follow || rest.length !== 1 || !asked.success)
        letGo(socket, 'it says what no guest says');
      else if (member.follows.size >= mostFollowed) letGo(socket, 'it follows too many jobs');
      else begin(member, asked.data);
    });
  });

  const begin = (member: Member, { id, since }: { id: string; since: number }): void => {
    if (id !== 'all') {
      try {
        let known = since;
        for (let pages = 0; pages < mostPages; pages++) {
          const { events, job } = jobs.events(id, known);
          for (const event of events) send(member, socketWords.job, event);
          known = events.at(-1)?.seq ?? job.seq;
          if (known >= job.seq) break;
        }
      } catch {
        return; // there is no such job: asking for it by GET says so
      }
    }
    if (!members.has(member.socket.id)) return;
    member.follows.add(id);
    attached.follow(member.socket.id, member.holder.id, member.follows);
    if (id === 'all') send(member, socketWords.queue, jobs.queue());
  };

  let lastQueue = '';
  let queueTimer: NodeJS.Timeout | undefined;
  const tellQueue = (): void => {
    queueTimer = undefined;
    const listeners = [...members.values()].filter(({ follows }) => follows.has('all'));
    if (listeners.length === 0) return;
    const view: QueueView = jobs.queue();
    if (JSON.stringify(view) === lastQueue) return;
    lastQueue = JSON.stringify(view);
    for (const member of listeners) send(member, socketWords.queue, view);
  };
  const queueChanged = (): void => {
    queueTimer ??= setTimeout(tellQueue, queueGapMs).unref();
  };
  const stopHearing = jobs.onEvent((event: WireEvent) => {
    for (const member of members.values())
      if (member.follows.has(event.id) || member.follows.has('all')) send(member, socketWords.job, event);
    if (hasEnded(event.job.job)) attached.ended(event.id);
    queueChanged();
  });
  tokens.onGone((gone) => {
    for (const { socket, holder } of members.values()) if (holder === gone) socket.disconnect(true);
  });

  return {
    attach(http) {
      io.attach(http);
      io.engine.on('connection', greet);
    },
    count: () => members.size,
    tellPairing(waiting) {
      for (const member of members.values())
        if (allows(member.holder.scope, 'admin')) send(member, socketWords.pairing, waiting);
    },
    queueChanged,
    async close() {
      stopHearing();
      clearTimeout(queueTimer);
      io.disconnectSockets(true);
      io.engine?.close();
    },
  };
}
