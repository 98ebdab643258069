// The one place where ffmpeg and ffprobe are started: no shell, absolute `file:` paths, whitelisted formats, watched, and gone when we are.

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { CompanionError } from '../api/errors.ts';

/** Containers we open. Left out on purpose: everything that points at other files or hosts (hls, dash, concat, image2, sdp, rtsp, lavfi …). */
const formats = [
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mxf,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,flv,asf,dv,ogg,nut,gif,apng',
  'yuv4mpegpipe,wav,aiff,flac,mp3,aac,png_pipe,jpeg_pipe,tiff_pipe,exr_pipe,dpx_pipe,webp_pipe,bmp_pipe,rawvideo',
].join(',');

/** Start of every command line. Log lines carry their level; nothing is read from a terminal. */
export const quietly = ['-hide_banner', '-loglevel', 'level+info', '-max_alloc', '1073741824'] as const;

/** Limits on what a file may make the demuxer do; goes before its `-i`. */
export const guarded = [
  ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', formats],
  ...['-probesize', '33554432', '-analyzeduration', '10000000', '-max_streams', '64'],
] as const;

/** The same for numbered pictures that we wrote ourselves: the one time a pattern is followed. */
export const guardedStills = ['-protocol_whitelist', 'file', '-format_whitelist', 'image2', '-f', 'image2'] as const;

/** The same for the list of an output's parts, which we wrote ourselves: names in its own folder alone are followed, and packets go through as they are. */
export const guardedParts = [
  ...['-protocol_whitelist', 'file', '-format_whitelist', 'concat,mov,mp4,matroska'],
  ...['-f', 'concat', '-safe', '1', '-auto_convert', '0'],
] as const;

/** A path as ffmpeg is to read it: never a protocol, an option or a number pattern. */
export function fileArgument(path: string): string {
  return `file:${resolve(path)}`;
}

export interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether we feed its standard input. Default: it has none. */
  readonly feed?: boolean;
  /** What it reads from `pipe:3`. */
  readonly beside?: Uint8Array | undefined;
  /** Every line of its log, in order. */
  readonly onLine?: (line: string) => void;
  /** Folder it is started in; default: ours. */
  readonly folder?: string;
  /** Seconds without any sign of life, while somebody waits for it, before it counts as stalled. */
  readonly patience?: number;
}

export interface Exit {
  readonly code: number | null;
  /** `stopped`: by `stop` or the signal. `stalled`: the watchdog ended it. */
  readonly why: 'ended' | 'stopped' | 'stalled';
}

/** A running ffmpeg or ffprobe. It ends with its pipes: when this process dies, it reads end-of-file or writes to nobody and ends too. */
export interface MediaProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when the process is gone and its pipes are closed. Rejects only when it could not be started (FFMPEG_FAILED). */
  readonly ended: Promise<Exit>;
  /** The last lines of its log, oldest first. */
  readonly log: readonly string[];
  /** Waits for `work` with the watchdog on: no byte, log line or `alive` for `patience` seconds ends the process as stalled. */
  watch<T>(work: Promise<T>): Promise<T>;
  /** Tells the watchdog that something moved. */
  alive(): void;
  /** Asks it to end; after 3 s forces it. Resolves when it is gone. */
  stop(): Promise<void>;
}

const logLines = 200;
const forceAfterMs = 3000;

/** Starts `program` with `args`. An abort of the signal stops it. */
export function startProcess(program: string, args: readonly string[], options: ProcessOptions = {}): MediaProcess {
  options.signal?.throwIfAborted();
  const child = spawn(program, [...args], {
    stdio: [options.feed ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(options.beside ? (['pipe'] as const) : [])],
    shell: false,
    windowsHide: true,
    ...(options.folder !== undefined && { cwd: options.folder }),
    env: cleanEnvironment(process.env),
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
  const log: string[] = [];
  let why: Exit['why'] = 'ended';
  let lastSign = performance.now();
  const alive = () => {
    lastSign = performance.now();
  };

  const kill = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  let force: NodeJS.Timeout | undefined;
  const end = (reason: Exit['why']) => {
    child.stdin?.destroy();
    child.stdout.destroy(); // unread bytes would keep it from ending, and us from hearing that it did
    if (force || child.exitCode !== null || child.signalCode !== null) return;
    why = reason;
    kill('SIGTERM');
    force = setTimeout(() => kill('SIGKILL'), forceAfterMs);
  };

  const ended = new Promise<Exit>((done, fail) => {
    child.once('error', (cause) => {
      fail(
        new CompanionError('FFMPEG_FAILED', { what: 'could not be started', program, log: [String(cause)] }, { cause }),
      );
    });
    child.once('close', (code) => {
      clearTimeout(force);
      options.signal?.removeEventListener('abort', onAbort);
      done({ code, why });
    });
  });
  ended.catch(() => {});
  const onAbort = () => end('stopped');
  options.signal?.addEventListener('abort', onAbort, { once: true });

  eachLine(child.stderr, (line) => {
    alive();
    log.push(line);
    if (log.length > logLines) log.shift();
    options.onLine?.(line);
  });
  const unread = () => {}; // it ended before it read everything: its exit code and log say why
  child.stdin?.on('error', unread);
  const beside = options.beside && (child as ChildProcess).stdio[3];
  if (beside instanceof Writable) beside.on('error', unread).end(options.beside);

  const patienceMs = (options.patience ?? 60) * 1000;
  return {
    stdin: child.stdin as Writable,
    stdout: child.stdout,
    ended,
    log,
    alive,
    async watch(work) {
      alive();
      const timer = setInterval(
        () => {
          if (performance.now() - lastSign > patienceMs) end('stalled');
        },
        Math.min(1000, patienceMs),
      );
      try {
        return await work;
      } finally {
        clearInterval(timer);
      }
    },
    async stop() {
      end('stopped');
      await ended.catch(() => {});
    },
  };
}

/**
 * Runs a short command to its end and returns what it wrote (at most 64 MiB).
 * @throws AbortError when aborted, CompanionError FFMPEG_FAILED when it stalls or cannot start. A bad exit code is the caller's to judge.
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: Omit<ProcessOptions, 'feed'> = {},
): Promise<{ readonly code: number | null; readonly output: string; readonly log: readonly string[] }> {
  const child = startProcess(program, args, options);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    child.alive();
    size += chunk.length;
    if (size > 64 << 20) void child.stop();
    else chunks.push(chunk);
  });
  const exit = await child.watch(child.ended);
  demandLiving(program, exit, child.log, options.signal);
  return { code: exit.code, output: Buffer.concat(chunks).toString('utf8'), log: child.log };
}

/**
 * Turns an end that nobody planned into its error; returns for an ordinary end, whatever the exit code.
 * @throws AbortError, CompanionError FFMPEG_FAILED
 */
export function demandLiving(program: string, exit: Exit, log: readonly string[], signal?: AbortSignal): void {
  signal?.throwIfAborted();
  if (exit.why === 'ended' && exit.code !== null) return;
  const what =
    exit.why === 'stalled'
      ? 'made no progress for too long'
      : exit.why === 'stopped'
        ? 'wrote far too much'
        : 'was killed';
  throw new CompanionError('FFMPEG_FAILED', { program, what, log: complaints(log) });
}

const complaint = /\[(?:fatal|error|panic)\]/;

/** The lines of a log that report an error, without ffmpeg's addresses; the last line where none does. At most 8. */
export function complaints(log: readonly string[]): string[] {
  const found = log.filter((line) => complaint.test(line)).map(plainLine);
  return [...new Set(found.length > 0 ? found : log.slice(-1).map(plainLine))].slice(-8);
}

/** `[h264 @ 0x55…] [error] text` → `h264: text`. */
function plainLine(line: string): string {
  return line
    .replace(/\[([^\]@]+) @ 0x[0-9a-f]+\] /gi, '$1: ')
    .replace(/\[(?:info|warning|error|fatal|panic|verbose)\] /g, '')
    .trim();
}

/** Calls `take` for every line of a text stream; `\r` ends a line as well. */
function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r\n|[\r\n]/);
    rest = (lines.pop() ?? '').slice(-65536);
    for (const line of lines) if (line !== '') take(line);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}

/** Our environment without what would send ffmpeg to a network, colour its log or make it write reports. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/proxy$|^ffreport$|^av_log_|^ffmpeg_datadir$/i.test(name));
  // A static ffprobe crashes on the names in transport streams when glibc loads its cached character sets: an own path keeps it from the cache.
  return { GCONV_PATH: '', ...Object.fromEntries(kept), AV_LOG_FORCE_NOCOLOR: '1' };
}
