// Runs the `inbetween` command as a person would, by default with the fake engine, and looks at what is left when it is gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { homeFor } from './home.ts';
import { programFile } from './programs.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JourneyOptions {
  readonly cwd?: string;
  /** Added to our environment: INBETWEEN_FAKE_MS, INBETWEEN_FAKE_CRASH, INBETWEEN_FFMPEG … */
  readonly env?: Readonly<Record<string, string>>;
  /** The engine itself. */
  readonly real?: boolean;
  /** An open file that takes stdout; else it is gathered. */
  readonly stdout?: number;
}

export interface Journey {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr has what is waited for; rejects when the command ends before. */
  says(text: string | RegExp): Promise<void>;
}

/** Starts the command. */
export function setOut(args: readonly string[], { cwd, env, real, stdout: taker }: JourneyOptions = {}): Journey {
  const program = programFile(real ? 'inbetween' : 'fake-inbetween');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', taker ?? 'pipe', 'pipe'],
    timeout: 90_000,
    env: { ...process.env, INBETWEEN_HOME: homeFor(env, program), ...env },
    ...(cwd !== undefined && { cwd }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = async (text: string | RegExp): Promise<void> => {
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (typeof text === 'string' ? !stderr.includes(text) : !text.test(stderr)) {
      if (over) throw new Error(`It ended without saying "${text}": ${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { child, ended, says };
}

/** Runs the command to its end. */
export const travel = (args: readonly string[], options: JourneyOptions = {}): Promise<Ended> =>
  setOut(args, options).ended;

/** Whether this system lists processes with their arguments. */
export const processesKnown = process.platform === 'linux';

/** Command lines of living processes that name `marker` (ours not among them). */
export function processesNaming(marker: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return words.includes(marker) ? [`${pid} ${words}`] : [];
    } catch {
      return []; // it ended while we looked
    }
  });
}

/** Waits until no process names the marker. Rejects with those that stay after `patienceMs`. */
export async function allGone(marker: string, patienceMs = 30_000): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const living = processesNaming(marker);
    if (living.length === 0) return;
    if (performance.now() > until) throw new Error(`still running: ${living.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Every file and folder below, relative and sorted. */
export function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
