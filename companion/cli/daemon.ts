// Finds the daemon of this user, or starts one for as long as there is something to do.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Client, type ClientOptions, openClient } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import { type Endpoint, endpoint, type Hello } from '../api/wire.ts';
import { type Folders, findFolders, makeFolders } from '../jobs/folders.ts';
import { startDetached } from './start.ts';

/** How long a daemon may take to answer a greeting, and one that was started to be there. Milliseconds. */
const greetingMs = 5000;
const startMs = 60_000;
/** One that was started and ended may have lost to another, which needs a moment. Milliseconds. */
const graceMs = 5000;

export interface Daemon {
  readonly client: Client;
  readonly hello: Hello;
}

/** `gone`: nobody is there, and why that is known. */
export type Search = { readonly daemon: Daemon } | { readonly gone: string };

export interface ConnectOptions {
  readonly folders?: Folders;
  /** Program and arguments that start a daemon; by default this very command. */
  readonly start?: readonly [string, ...string[]];
  /** See `ClientOptions`. */
  readonly patienceMs?: number;
}

const ownCommand = (): [string, ...string[]] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? '',
  'serve',
  '--until-idle',
];

/**
 * Looks where the daemon says it is. A file that a dead daemon left behind, or that belongs to another token, means that nobody is there.
 * @throws CompanionError DAEMON_OTHER when something else answers, or one of another protocol
 */
export async function findDaemon(folders: Folders = findFolders(), options: ClientOptions = {}): Promise<Search> {
  const told = readEndpoint(folders);
  if (typeof told === 'string') return { gone: told };
  if (!isAlive(told)) return { gone: `the daemon with process ${told.pid} has ended without a word` };
  const token = readText(path.join(folders.config, 'token'))?.trim();
  if (token === undefined) return { gone: `there is no token in ${folders.config}` };
  if (!isHashOf(token, told.tokenHash)) return { gone: 'the token in the folder is not that of the daemon it names' };
  const client = openClient(told.url, { id: 'admin', secret: token }, options); // it proves itself before we do, and gets no token of ours
  try {
    return { daemon: { client, hello: await client.greet({ signal: AbortSignal.timeout(greetingMs) }) } };
  } catch (error) {
    client.close();
    if (error instanceof CompanionError && ['DAEMON_UNREACHABLE', 'DAEMON_UNPROVEN'].includes(error.code))
      return { gone: error.message };
    throw error;
  }
}

/** @throws CompanionError DAEMON_UNREACHABLE when nobody is there, DAEMON_OTHER */
export async function demandDaemon(folders?: Folders): Promise<Daemon> {
  const search = await findDaemon(folders);
  if ('daemon' in search) return search.daemon;
  throw new CompanionError('DAEMON_UNREACHABLE', { reason: search.gone });
}

/**
 * The daemon that is there, else one that ends when it has nothing to do and no guest.
 * @throws CompanionError DAEMON_UNREACHABLE with the words of one that could not start, DAEMON_OTHER
 */
export async function connectDaemon({
  folders = findFolders(),
  start = ownCommand(),
  patienceMs,
}: ConnectOptions = {}): Promise<Daemon> {
  const options = patienceMs === undefined ? {} : { patienceMs };
  const search = await findDaemon(folders, options);
  if ('daemon' in search) return search.daemon;
  makeFolders(folders);
  const [program, ...args] = start;
  const started = startDetached(program, args, folders.config);
  let how: string | undefined;
  let until = performance.now() + startMs;
  void started.ended.then((end) => {
    how = end;
    until = Math.min(until, performance.now() + graceMs);
  });
  try {
    while (performance.now() < until) {
      const again = await findDaemon(folders, options);
      if ('daemon' in again) return again.daemon;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    started.release();
  }
  const reason =
    how === undefined ? `it did not start within ${startMs / 1000} s` : `it could not start: ${started.words() || how}`;
  throw new CompanionError('DAEMON_UNREACHABLE', { reason });
}

/** What the daemon says of itself; else why it says nothing. */
export function readEndpoint(folders: Folders): Endpoint | string {
  const text = readText(path.join(folders.config, 'endpoint.json'));
  if (text === undefined) return 'none is running';
  try {
    return endpoint.parse(JSON.parse(text));
  } catch {
    return `${path.join(folders.config, 'endpoint.json')} cannot be read`;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether the process lives and, where the system tells, is this user's: our token goes to nobody else. */
function isAlive({ pid }: Endpoint): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false; // not there
  }
  if (process.platform !== 'linux') return true;
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

function isHashOf(token: string, hash: string): boolean {
  const [own, told] = [createHash('sha256').update(token).digest(), Buffer.from(hash, 'hex')];
  return own.length === told.length && timingSafeEqual(own, told);
}
