// Following jobs: events come over one socket; what it loses is fetched, and without a socket everything is.
import { io } from 'socket.io-client';
import { CompanionError } from './errors.ts';
import { hasEnded } from './job.ts';
import type { Pass } from './pass.ts';
import { type EventPage, type JobPage, socketWords, type WireEvent } from './wire.ts';

export interface Following {
  /** Resolves when the followed job has ended or after `stop`. Rejects (CompanionError) when it cannot be followed: unknown, not allowed, daemon gone. */
  readonly over: Promise<void>;
  stop(): void;
}

/** The socket of a client, shared by all it follows. */
export interface Line {
  readonly connected: boolean;
  /** `heard` gets events, `turned` is called when the socket opens or is lost. Returns what stops both. */
  join(heard: (event: WireEvent) => void, turned: () => void): () => void;
  say(word: string, body: unknown): void;
  close(): void;
}

/** A daemon lets go of a guest that says too much at once. Milliseconds between two words. */
const gapMs = 25;

/** A socket that the daemon let go or did not let in tries again after this. Milliseconds. */
const backMs = 250;

/** Connects with the first that joins, and lets go with the last that leaves. */
export function openLine(url: string, pass: Pass): Line {
  let shown: string | null = null;
  const socket = io(url, {
    auth: (show) => {
      const showNow = (token: string | null): void => {
        shown = token;
        show({ token });
      };
      pass.token().then(showNow, () => showNow(null)); // fetching says why there is none
    },
    transports: ['websocket'],
    autoConnect: false,
    forceNew: true,
    reconnectionDelay: 250,
    reconnectionDelayMax: 2000,
  });
  const unsaid: [word: string, body: unknown][] = [];
  let speaking: ReturnType<typeof setTimeout> | undefined;
  const speak = (): void => {
    const next = socket.connected ? unsaid.shift() : undefined;
    if (next) socket.emit(...next);
    speaking = next && setTimeout(speak, gapMs);
  };
  const listeners = new Set<{ heard: (event: WireEvent) => void; turned: () => void }>();
  let again: ReturnType<typeof setTimeout> | undefined;
  const callAgain = (): void => {
    clearTimeout(again);
    again = setTimeout(() => listeners.size > 0 && socket.connect(), backMs);
  };
  const turn = (): void => {
    for (const { turned } of listeners) turned();
  };
  socket.on('connect', turn);
  socket.on('disconnect', (reason) => {
    unsaid.length = 0; // all is said again when it is back
    // a daemon that ends says goodbye, as to a token that does, and a socket that was told so does not call again by itself
    if (reason === 'io server disconnect') callAgain();
    turn();
  });
  socket.on('connect_error', (error) => {
    if (error.message === 'TOKEN_REFUSED' && pass.renew(shown)) callAgain();
  });
  socket.on(socketWords.job, (event: WireEvent) => {
    for (const { heard } of listeners) heard(event);
  });
  return {
    get connected() {
      return socket.connected;
    },
    join(heard, turned) {
      const listener = { heard, turned };
      listeners.add(listener);
      if (!socket.active) socket.connect();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(again);
        socket.disconnect();
      };
    },
    say: (word, body) => {
      unsaid.push([word, body]);
      if (speaking === undefined) speak();
    },
    close: () => {
      clearTimeout(again);
      clearTimeout(speaking);
      listeners.clear();
      socket.disconnect();
    },
  };
}

/** What following asks of a client. */
export interface Door {
  events(id: string, since: number): Promise<EventPage>;
  /** The newest jobs. */
  newest(): Promise<JobPage>;
  readonly line: Line;
  readonly patienceMs: number;
  readonly pollMs: number;
}

/** See `Client.follow`. */
export function followJob(door: Door, id: string, since: number, hear: (event: WireEvent) => void): Following {
  let known = since;
  const held: WireEvent[] = [];
  const tell = (event: WireEvent): void => {
    if (event.seq <= known || watch.stopped) return;
    known = event.seq;
    hear(event);
    if (hasEnded(event.job.job)) watch.stop();
  };
  const fetchMissing = async (): Promise<void> => {
    for (;;) {
      const before = known;
      const { events, job } = await door.events(id, known);
      for (const event of events) tell(event);
      if (known < job.seq && known > before) continue; // a page of many
      tell({ id, seq: job.seq, at: Date.now(), job }); // events that are kept no longer
      if (hasEnded(job.job)) watch.stop(); // it had ended before `since`
      break;
    }
    for (const event of held.splice(0).sort((a, b) => a.seq - b.seq)) tell(event);
  };
  const watch = keepWatch(door, { id, since: () => known }, fetchMissing, (event, fetching) => {
    if (event.id !== id) return 'fine';
    if (!fetching && event.seq === known + 1) {
      tell(event);
      return 'fine';
    }
    if (event.seq <= known) return 'fine';
    held.push(event);
    return 'gap';
  });
  return watch;
}

/** See `Client.follow`: every job, from now on. After a loss the newest jobs are compared with what was heard of them. */
export function followAll(door: Door, hear: (event: WireEvent) => void): Following {
  const known = new Map<string, number>();
  let begun = false;
  const tell = (event: WireEvent): void => {
    if (event.seq <= (known.get(event.id) ?? -1) || watch.stopped) return;
    known.set(event.id, event.seq);
    hear(event);
  };
  const compare = async (): Promise<void> => {
    const { jobs } = await door.newest();
    for (const job of jobs.toReversed()) {
      if (begun) tell({ id: job.id, seq: job.seq, at: Date.now(), job });
      else known.set(job.id, Math.max(known.get(job.id) ?? -1, job.seq));
    }
    begun = true;
  };
  const watch = keepWatch(door, { id: 'all', since: () => 0 }, compare, (event) => {
    tell(event);
    return 'fine';
  });
  return watch;
}

/** The part that both share: joins the line, fetches when the socket opens, when `take` finds a gap, and by the clock while there is no socket. */
function keepWatch(
  { line, patienceMs, pollMs }: Door,
  what: { readonly id: string; since(): number },
  fetchMissing: () => Promise<void>,
  take: (event: WireEvent, fetching: boolean) => 'fine' | 'gap',
): Following & { readonly stopped: boolean } {
  let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const over = new Promise<void>((fulfil, fail) => {
    [resolve, reject] = [fulfil, fail];
  });
  over.catch(() => {}); // who does not ask is not told
  let stopped = false;
  let fetching = false;
  let wanted = false;
  let goneAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leave = line.join(
    (event) => {
      if (!stopped && take(event, fetching) === 'gap') void fetchNow();
    },
    () => {
      if (line.connected) line.say(socketWords.follow, { id: what.id, since: what.since() });
      void fetchNow();
    },
  );
  const end = (how: () => void): void => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    leave();
    how();
  };
  const fetchNow = async (): Promise<void> => {
    wanted = true;
    if (fetching) return;
    fetching = true;
    while (wanted && !stopped) {
      wanted = false;
      try {
        await fetchMissing();
        goneAt = null;
      } catch (error) {
        const gone = error instanceof CompanionError && error.code === 'DAEMON_UNREACHABLE';
        goneAt ??= Date.now();
        if (!gone || Date.now() - goneAt >= patienceMs) end(() => reject(error));
      }
    }
    fetching = false;
    clearTimeout(timer);
    if (!stopped && (!line.connected || goneAt !== null)) timer = setTimeout(() => void fetchNow(), pollMs);
  };
  if (line.connected) line.say(socketWords.follow, { id: what.id, since: what.since() });
  void fetchNow();
  return {
    over,
    stop: () => end(resolve),
    get stopped() {
      return stopped;
    },
  };
}
