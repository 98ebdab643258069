// Starts what outlives the command: the daemon, and the person's browser.
import { spawn } from 'node:child_process';

export interface Started {
  /** What it wrote to stderr so far. */
  readonly words: () => string;
  /** Resolves with how it ended or why it could not start; may never. */
  readonly ended: Promise<string>;
  /** Lets this process end without it. */
  release(): void;
}

/** Starts a program that stays when this process ends. Its stderr is heard until `release`. */
export function startDetached(program: string, args: readonly string[], cwd?: string): Started {
  const child = spawn(program, args, {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4096);
  });
  return {
    words: () => words.trim(),
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }),
    release: () => {
      child.stderr.destroy();
      child.unref();
    },
  };
}

/** What opens an address with the program the person chose for it. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Shows an address in the browser; false where there is none to open. Waits a moment for the opener to say so. */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const started = startDetached(program, [...args, url]);
  const patience = new Promise<'exit code 0'>((resolve) => setTimeout(resolve, 1500, 'exit code 0').unref());
  const how = await Promise.race([started.ended, patience]);
  started.release();
  return how === 'exit code 0';
}
