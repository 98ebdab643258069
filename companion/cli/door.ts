// `inbetween open|status|stop|pair|guests|roots`: the daemon's door, seen from the inside.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import type { Folders } from '../jobs/folders.ts';
import { connectDaemon, type Daemon, demandDaemon, findDaemon } from './daemon.ts';
import { tellQueue } from './jobs.ts';
import { openBrowser } from './start.ts';
import { data, say } from './terminal.ts';

const text = (json: unknown): string => JSON.stringify(json, null, 2);
const unreachable = 5;
/** A daemon that was asked to end has this long: its workers stop where they are. Milliseconds. */
const stopMs = 20_000;

export interface OpenOptions {
  readonly browser: boolean;
  readonly json: boolean;
}

/** The page of the daemon, with a code that is good for one minute and one use. It stays behind the `#`, so that no log has it. */
export async function openPage(client: Client, { browser, json }: OpenOptions): Promise<number> {
  const { code, expiresAt } = await client.call('code');
  const url = `${client.url}/#k=${encodeURIComponent(code)}`;
  if (json) data(text({ url, expiresAt }));
  else data(url);
  if (browser && !(await openBrowser(url)))
    say('No browser could be opened: open the address yourself, within a minute.');
  return 0;
}

/** Exit code 5 where no daemon is there. */
export async function status(folders: Folders | undefined, json: boolean): Promise<number> {
  const search = await findDaemon(folders);
  if ('gone' in search) {
    data(json ? text({ running: false, reason: search.gone }) : `no daemon: ${search.gone}`);
    return unreachable;
  }
  const { client, hello } = search.daemon;
  try {
    const queue = await client.call('queue');
    if (json) data(text({ running: true, url: client.url, ...hello, queue }));
    else {
      const { major, minor } = hello.protocol;
      data(`${client.url}, version ${hello.version}, protocol ${major}.${minor}, process ${hello.pid}`);
      data(`since ${new Date(hello.startedAt).toLocaleString('sv')}; ${tellQueue(queue)}`);
    }
    return 0;
  } finally {
    client.close();
  }
}

/** Ends the daemon and waits until it is gone. One that is not there is no error. */
export async function stop(folders: Folders | undefined, json: boolean): Promise<number> {
  const search = await findDaemon(folders);
  if ('gone' in search) {
    if (json) data(text({ stopped: false, reason: search.gone }));
    else say(`No daemon is there: ${search.gone}.`);
    return 0;
  }
  const { client, hello } = search.daemon;
  await client.call('stop');
  const until = performance.now() + stopMs;
  while (await stillThere(search.daemon)) {
    if (performance.now() > until)
      throw new CompanionError('DAEMON_UNREACHABLE', {
        url: client.url,
        reason: `process ${hello.pid} was asked to end and has not within ${stopMs / 1000} s`,
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (json) data(text({ stopped: true, pid: hello.pid }));
  else say('The daemon has ended. Jobs that ran go on when it starts again.');
  return 0;
}

function stillThere({ hello }: Daemon): boolean {
  try {
    process.kill(hello.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Without digits: who waits. With them: lets that guest in. */
export async function pair(client: Client, digits: string | undefined, json: boolean): Promise<number> {
  if (digits !== undefined) {
    const plain = digits.replace(/[\s-]/g, '');
    if (!/^\d{6}$/.test(plain))
      throw new CompanionError('USAGE', { reason: `${digits} is not the six digits that the guest shows.` });
    const waiting = (await client.call('pairings')).find((each) => each.digits === plain);
    await client.call('pairConfirm', { body: { digits: plain } });
    if (json) data(text({ confirmed: plain }));
    else say(`${waiting?.name ?? 'The guest'} is let in${waiting ? ` and may ${waiting.scope}` : ''}.`);
    return 0;
  }
  const waiting = await client.call('pairings');
  if (json) data(text(waiting));
  else {
    for (const each of waiting) {
      const seconds = Math.max(0, Math.round((each.expiresAt - Date.now()) / 1000));
      data(`${each.digits}  ${each.scope.padEnd(6)}  ${each.name}  (${seconds} s left)`);
    }
    say(waiting.length > 0 ? 'If your guest shows the same digits: inbetween pair DIGITS' : 'No guest waits.');
  }
  return 0;
}

export async function listGuests(client: Client, json: boolean): Promise<number> {
  const guests = await client.call('clients');
  if (json) data(text(guests));
  else
    for (const { id, name, scope, seenAt } of guests)
      data(
        `${id}  ${scope.padEnd(6)}  ${name}${seenAt === null ? '' : `, seen ${new Date(seenAt).toLocaleString('sv')}`}`,
      );
  return 0;
}

/** Takes tokens back, at once. */
export async function removeGuests(client: Client, ids: readonly string[], json: boolean): Promise<number> {
  for (const id of ids) await client.call('removeClient', { path: { id } });
  if (json) data(text({ removed: ids }));
  return 0;
}

/** What jobs can be asked for; as JSON the whole catalogue, with the schemas of the parameters. */
export async function listVerbs(client: Client, json: boolean): Promise<number> {
  const verbs = await client.call('verbs');
  if (json) data(text(verbs));
  else for (const { name, summary } of verbs) data(`${name.padEnd(12)} ${summary}`);
  return 0;
}

export async function listRoots(client: Client, json: boolean): Promise<number> {
  const roots = await client.call('roots');
  if (json) data(text(roots));
  else
    for (const { id, name, path: folder, write } of roots)
      data(`${id}  ${write ? 'write' : 'read '}  ${name}: ${folder}`);
  return 0;
}

export interface AddRootOptions {
  readonly name?: string;
  readonly write?: boolean;
  readonly json?: boolean;
}

export async function addRoot(
  client: Client,
  folder: string,
  { name, write = false, json }: AddRootOptions,
): Promise<number> {
  const full = path.resolve(folder);
  if (!existsSync(full)) throw new CompanionError('INPUT_MISSING', { path: full });
  const root = await client.call('addRoot', {
    body: { name: name ?? (path.basename(full) || full), path: full, write },
  });
  if (json) data(text(root));
  else say(`Guests may ${root.write ? 'read and write' : 'read'} ${root.path} as ${root.name} (${root.id}).`);
  return 0;
}

export async function removeRoots(client: Client, ids: readonly string[], json: boolean): Promise<number> {
  for (const id of ids) await client.call('removeRoot', { path: { id } });
  if (json) data(text({ removed: ids }));
  return 0;
}

export async function listFiles(client: Client, id: string, folder: string, json: boolean): Promise<number> {
  const files = await client.call('files', { path: { id }, query: { path: folder } });
  if (json) data(text(files));
  else
    for (const { name, folder: isFolder, bytes } of files)
      data(`${String(bytes ?? '').padStart(14)}  ${name}${isFolder ? '/' : ''}`);
  return 0;
}

/** Runs `act` with the daemon that is there, and lets it go after. @throws CompanionError DAEMON_UNREACHABLE */
export async function withDaemon(
  act: (client: Client) => Promise<number>,
  connect: () => Promise<Daemon> = demandDaemon,
): Promise<number> {
  const { client } = await connect();
  try {
    return await act(client);
  } finally {
    client.close();
  }
}

/** What the daemon that is there recorded of a result; undefined where none is there or none of its newest jobs made it. */
export async function recordOf(result: string): Promise<unknown> {
  const search = await findDaemon();
  if ('gone' in search) return undefined;
  const { client } = search.daemon;
  try {
    for (let after: string | undefined; ; ) {
      const { jobs, next } = await client.call('jobs', { query: { state: 'ended', limit: 500, after } });
      const made = jobs.find(
        ({ job }) => job.state === 'done' && job.outcome.kind === 'file' && job.outcome.output.path === result,
      );
      if (made) return await client.call('record', { path: { id: made.id } });
      if (next === null) return undefined;
      after = next;
    }
  } finally {
    client.close();
  }
}

/** What the daemon, which is started where none is there, recorded of a job. @throws CompanionError JOB_UNKNOWN, JOB_NOT_SO, DAEMON_UNREACHABLE */
export async function recordOfJob(id: string): Promise<unknown> {
  const { client } = await connectDaemon();
  try {
    return await client.call('record', { path: { id } });
  } finally {
    client.close();
  }
}
