// Runs a program to its end while measuring it: seconds, peak memory of its process tree, what it wrote.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endDaemon } from './home.ts';
import { memoryKnown, peakResidentBytes, watchTree } from './process-memory.ts';

export interface Measured {
  readonly code: number | null;
  readonly seconds: number;
  /** Most resident bytes of the process and its children together; 0 where the system does not tell. */
  readonly peakBytes: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface MeasureOptions {
  /** Written to its standard input, part after part. */
  readonly input?: readonly Uint8Array[];
  /** Measure the process alone, by the kernel's own high-water mark, instead of the sampled tree. */
  readonly alone?: boolean;
  readonly cwd?: string;
  /** Added to our environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function measure(
  program: string,
  args: readonly string[],
  options: MeasureOptions = {},
): Promise<Measured> {
  const start = performance.now();
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let highWater = 0;
  const pid = child.pid ?? 0;
  const timer = setInterval(() => {
    if (memoryKnown && options.alone === true) highWater = Math.max(highWater, peakResidentBytes(pid));
  }, 20);
  const tree = options.alone === true || pid === 0 ? undefined : watchTree(pid);
  child.stdin.on('error', () => {}); // a program that ends early says why by its exit code
  for (const part of options.input ?? []) {
    if (!child.stdin.write(part))
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), closed]);
  }
  child.stdin.end();
  try {
    const code = await closed;
    return {
      code,
      seconds: (performance.now() - start) / 1000,
      peakBytes: Math.max(highWater, tree?.stop() ?? 0),
      stdout: Buffer.concat(out),
      stderr: Buffer.concat(err).toString(),
    };
  } finally {
    clearInterval(timer);
    tree?.stop();
  }
}

/** The real `inbetween` command, as a person runs it who has not run it before: its daemon is its own, and nothing is known from earlier. */
export async function inbetween(args: readonly string[]): Promise<Measured> {
  const front = fileURLToPath(new URL('../../companion/cli/inbetween.mjs', import.meta.url));
  const home = mkdtempSync(path.join(tmpdir(), 'inbetween-home-'));
  try {
    return await measure(process.execPath, [front, ...args], { env: { INBETWEEN_HOME: home } });
  } finally {
    endDaemon(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
