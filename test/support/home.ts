// Folders of our own for every command that a test runs: commands of the same environment share a daemon, and none outlives the tests.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programFile } from './programs.ts';

let all: string | undefined;
const homes = new Map<string, string>();

/** `INBETWEEN_HOME` for a program that gets `env` beside our own environment: its daemon and workers have the same, and the same ffmpeg. */
export function homeFor(env: Readonly<Record<string, string>> = {}, program = programFile('fake-inbetween')): string {
  const key = createHash('sha256')
    .update(JSON.stringify([program, process.env.INBETWEEN_FFMPEG, ...Object.entries(env).sort()]))
    .digest('hex')
    .slice(0, 12);
  const known = homes.get(key);
  if (known !== undefined) return known;
  all ??= gathered();
  const home = path.join(all, key);
  mkdirSync(home);
  homes.set(key, home);
  return home;
}

function gathered(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-homes-'));
  process.once('exit', () => {
    for (const home of homes.values()) endDaemon(home);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/** Kills the daemon of a home, if there is one. */
export function endDaemon(home: string): void {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(home, 'config', 'endpoint.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself, or there never was one
  }
}
