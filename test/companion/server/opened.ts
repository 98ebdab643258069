// A door of its own for each group of cases: fake queue, folders of its own, any port, a clock that stands unless it is moved.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signIn } from '../../../companion/api/client.ts';
import { openLog } from '../../../companion/server/log.ts';
import { type Server, type ServerOptions, startServer } from '../../../companion/server/server.ts';
import { FakeJobs } from '../../support/fake-jobs.ts';

export interface Opened {
  readonly server: Server;
  readonly jobs: FakeJobs;
  /** The user's token. */
  readonly token: string;
  /** Folder that goes with the door; `config` and `data` lie in it. */
  readonly folder: string;
  /** What the log holds. */
  readonly log: string[];
  readonly clock: { now: number };
  readonly stopped: () => number;
  /** A call with JSON; `token` null: without one. */
  ask(method: string, url: string, body?: unknown, token?: string | null): Promise<Answer>;
  /** A token of that scope, by pairing and sign-in. */
  paired(scope: 'read' | 'submit'): Promise<{ token: string; id: string; secret: string }>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export async function openDoor(options: Partial<ServerOptions> = {}): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-door-'));
  const folders = { config: path.join(folder, 'config'), data: path.join(folder, 'data'), ...options.folders };
  const jobs = new FakeJobs();
  const clock = { now: 1_800_000_000_000 };
  const log: string[] = [];
  let stops = 0;
  const server = await startServer({
    ...{ jobs, version: '0.1.0', ports: [0], checkAnswers: true },
    doctor: async () => [{ name: 'node', state: 'ok', found: 'v20', fix: null }],
    onStop: () => void stops++,
    log: openLog({ stream: { write: (line: string) => void log.push(line) } }),
    clock: () => clock.now,
    ...options,
    folders,
  }).catch((error) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const token = readFileSync(path.join(folders.config, 'token'), 'utf8').trim();
  const ask = async (method: string, url: string, body?: unknown, as: string | null = token): Promise<Answer> => {
    clock.now += 25; // time goes on between requests, so that a test is not its own flood
    const response = await fetch(server.url + url, {
      method,
      headers: {
        ...(as !== null && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: isJson(response) ? JSON.parse(text) : text };
  };
  return {
    ...{ server, jobs, token, folder, log, clock, ask, stopped: () => stops },
    async paired(scope) {
      clock.now += 60_000;
      const { id, digits } = (await ask('POST', '/v1/pair/start', { name: 'panel', scope }, null)).body;
      await ask('POST', '/v1/pair/confirm', { digits });
      const { secret, client } = (await ask('POST', '/v1/pair/finish', { id }, null)).body;
      const { token: own } = await signIn(server.url, { id: client.id, secret });
      return { token: own, id: client.id, secret };
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isJson = ({ headers }: Response): boolean => headers.get('content-type')?.startsWith('application/json') === true;

/** Sends bytes as they are; gives all that comes back until the other side ends, at most for `ms`. */
export function sendRaw(port: number, bytes: string | Buffer, ms = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}

/** The status of a raw answer; 0: none. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
