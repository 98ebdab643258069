// `inbetween serve`: the daemon. It takes the queue, opens the door, says where it is, and ends when it is told to or, started for a while, when it is idle.
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { examine } from '../jobs/doctor.ts';
import { findFolders, inHome, makeFolders } from '../jobs/folders.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { ownVersion } from '../jobs/key.ts';
import { openJobs } from '../jobs/queue.ts';
import { type Log, openLog } from '../server/log.ts';
import { type Server, startServer } from '../server/server.ts';
import { onStopSignal } from './signals.ts';
import { data, say } from './terminal.ts';

export interface ServeOptions {
  /** 0: any that is free. By default the first free one of those the daemon is looked for at. */
  readonly port?: number;
  /** Jobs at once. */
  readonly workers?: number;
  readonly untilIdle?: boolean;
  readonly listen?: string;
  readonly json?: boolean;
  /** The log goes to stderr. */
  readonly verbose?: boolean;
  readonly worker?: URL | undefined;
}

/** A daemon that was started for a while stays this long without work and guests. Milliseconds. */
const idleMs = 5000;
const lookMs = 250;

/**
 * Runs until it is told to end.
 * @throws CompanionError DAEMON_RUNNING, HOME_UNUSABLE, LISTEN_REFUSED, PORT_TAKEN, CONFIG_DAMAGED, QUEUE_NEWER, QUEUE_ON_NETWORK
 */
export async function serve(options: ServeOptions): Promise<number> {
  if (options.listen !== undefined) throw new CompanionError('LISTEN_REFUSED', { host: options.listen });
  const { worker } = options;
  const folders = findFolders();
  makeFolders(folders);
  const file = path.join(folders.data, 'daemon.log');
  const log = options.verbose ? openLog() : inHome(folders.data, () => openLog({ file }));
  const signal = onStopSignal();
  const jobs = openJobs({
    folders,
    ...(options.workers !== undefined && { atOnce: options.workers }),
    ...(worker && { worker }),
    onRestored: ({ damaged, from }) => {
      log.warn({ restored: from !== null }, 'the queue was damaged');
      say(
        `The queue was damaged and put aside as ${damaged}. ${from === null ? 'It begins anew.' : `It goes on from ${from}.`}`,
      );
    },
  });
  try {
    let asked: () => void = () => {};
    const stop = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = await startServer({
      jobs,
      folders,
      version: ownVersion,
      doctor: () => examine({ worker, folders }),
      onStop: asked,
      log,
      ...(options.port !== undefined && { ports: [options.port] }),
    });
    try {
      if (options.json) data(JSON.stringify({ url: server.url, pid: process.pid }));
      else data(server.url);
      await Promise.race([signal, stop, ...(options.untilIdle ? [untilIdle(server, jobs)] : [])]);
    } finally {
      await server.close();
    }
  } finally {
    await jobs.close();
  }
  tellEnd(log);
  return 0;
}

const tellEnd = (log: Log): void => log.info({ pid: process.pid }, 'the daemon has ended');

/** Resolves when for a while no guest was there and nothing was to do. A queue that is paused has nothing to do. */
async function untilIdle(server: Pick<Server, 'guests' | 'lastAskedAt'>, jobs: Pick<Jobs, 'queue'>): Promise<void> {
  let since = Date.now();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const { paused, waiting, running } = jobs.queue();
    const busy = server.guests() > 0 || running > 0 || (waiting > 0 && !paused);
    if (busy) since = Date.now();
    if (Date.now() - Math.max(since, server.lastAskedAt()) >= idleMs) return;
  }
}
