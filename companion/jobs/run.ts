// The daemon's side of a job at work: starts the worker, hears its events, and ends it.
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CompanionError } from '../api/errors.ts';
import { type EndState, hasEnded, type JobEvent, type JobRequest, type JobState } from '../api/job.ts';
import type { AnyOperation } from '../operations/context.ts';
import { operations } from '../operations/index.ts';
import type { EngineFacts, FromWorker, ToWorker } from './channel.ts';
import { failureOf } from './failure.ts';
import { pulseFile } from './pulse.ts';

/** How much of a worker's last words is kept for the report of a crash. */
const lastWordsBytes = 4096;

/** Every verb a guest can ask for. */
export const verbs: readonly AnyOperation[] = operations;

/** @throws CompanionError VERB_UNKNOWN */
export function verbNamed(name: string, among: readonly AnyOperation[] = verbs): AnyOperation {
  const verb = among.find((each) => each.name === name);
  if (verb) return verb;
  throw new CompanionError('VERB_UNKNOWN', { name, known: among.map((each) => each.name) });
}

export interface RunOptions {
  /** Private folder of the job: its worker takes over what lies there. */
  readonly folder: string;
  /** As in `JobOrder`. */
  readonly confined?: boolean;
  readonly onEvent?: (event: JobEvent) => void;
  /** The worker's module; tests bring their own. */
  readonly worker?: URL;
  /** A sign of life of the worker. */
  readonly onPulse?: () => void;
  /** The worker has opened this engine. */
  readonly onEngine?: (engine: EngineFacts) => void;
}

export interface RunningJob {
  /** How the job ended. Never rejects: a worker that crashed is a failed job (WORKER_CRASHED). */
  readonly ended: Promise<EndState>;
  /** Ends the worker and its children at once; the job ends as `cancelled`. What was unfinished stays: its folder names it. */
  kill(): void;
}

/** Starts a job in a process of its own. */
export function runJob(request: JobRequest, options: RunOptions): RunningJob {
  const startedAt = performance.now();
  const tell = (job: JobState): void =>
    options.onEvent?.({ atMs: performance.now() - startedAt, verb: request.verb, inputs: request.inputs, job });
  const worker = startWorker([request.verb, ...request.inputs], options.worker, options.onPulse ?? (() => {}));
  let end: EndState | undefined;
  let stopping = false;

  tell({ state: 'queued' });
  const ended = new Promise<EndState>((resolve) => {
    worker.heard((message) => {
      if (message.type === 'engine') options.onEngine?.(message.engine);
      if (message.type !== 'state') return;
      if (hasEnded(message.job)) end = message.job;
      else if (!stopping) tell(message.job);
    });
    worker.gone((how, lastWords) => {
      worker.kill(); // ffmpeg processes that outlived it
      end ??= stopping ? { state: 'cancelled' } : { state: 'failed', error: failureOf(crash(how, lastWords)) };
      tell(end);
      resolve(end);
    });
  });
  worker.send({ type: 'job', request, folder: options.folder, confined: options.confined === true });
  return {
    ended,
    kill: () => {
      stopping = true;
      worker.kill();
    },
  };
}

/** What engine a worker on this machine has. Rejects with ENGINE_MISSING or WORKER_CRASHED. */
export function inspectEngine(module?: URL): Promise<EngineFacts> {
  const worker = startWorker(['inspect'], module);
  return new Promise((resolve, reject) => {
    worker.heard((message) => {
      if (message.type === 'engine') resolve(message.engine);
      if (message.type === 'state' && message.job.state === 'failed') {
        reject(
          new CompanionError('ENGINE_MISSING', { reason: message.job.error.facts.reason ?? message.job.error.message }),
        );
      }
    });
    worker.gone((how, lastWords) => reject(crash(how, lastWords)));
    worker.send({ type: 'inspect' });
  });
}

const crash = (how: string, lastWords: string): CompanionError =>
  new CompanionError('WORKER_CRASHED', { how, lastWords }, { cause: new Error(lastWords || how) });

interface Worker {
  heard(listener: (message: FromWorker) => void): void;
  /** Called once, when the process has ended or could not be started. */
  gone(listener: (how: string, lastWords: string) => void): void;
  send(message: ToWorker): void;
  /** SIGKILL to the worker and all it started. */
  kill(): void;
}

const typescriptLoader = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** `words` only show in process lists. The worker leads a process group of its own: Ctrl-C in a terminal reaches the guest alone. */
function startWorker(
  words: readonly string[],
  module: URL = new URL('./worker.ts', import.meta.url),
  onPulse?: () => void,
): Worker {
  const ownGroup = process.platform !== 'win32';
  const child: ChildProcess = fork(fileURLToPath(module), words, {
    execArgv: module.pathname.endsWith('.ts') ? ['--import', typescriptLoader()] : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...(onPulse ? ['pipe' as const] : [])],
    detached: ownGroup,
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-lastWordsBytes);
  });
  const pulse = child.stdio[pulseFile];
  if (onPulse) pulse?.on('data', onPulse).on('error', () => {}); // an end that was closed is told by `gone`
  return {
    heard: (listener) => void child.on('message', (message) => listener(message as FromWorker)),
    gone: (listener) => {
      let told = false;
      const once = (how: string): void => {
        if (told) return;
        told = true;
        listener(how, lastWords.trim());
      };
      child.on('close', (code, signal) => once(signal ?? `exit code ${code}`));
      child.on('error', (error) => once(error.message));
    },
    send: (message) => {
      if (child.connected) child.send(message, () => {}); // a worker that is gone is reported by `gone`
    },
    kill: () => {
      if (child.pid === undefined) return;
      try {
        process.kill(ownGroup ? -child.pid : child.pid, 'SIGKILL');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ESRCH' && code !== 'EPERM') throw error; // gone already
      }
    },
  };
}
