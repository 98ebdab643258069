// Programs that tests start over and over, compiled once a run: they start without a TypeScript loader, which takes five times as long.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { typescriptLoader } from './typescript.ts';

export type ProgramName =
  | 'inbetween'
  | 'worker'
  | 'fake-inbetween'
  | 'fake-worker'
  | 'scripted-worker'
  | 'queue-process';

let folder = process.env.INBETWEEN_PROGRAMS; // of the whole run; compiled programs were told where they lie

/** Where all of them lie. The first call compiles them, unless the whole run has. */
export function programsFolder(): string {
  folder ??= compiled();
  return folder;
}

/** Where a compiled program lies. */
export const programFile = (name: ProgramName): string => path.join(programsFolder(), `${name}.mjs`);

function compiled(): string {
  const place = mkdtempSync(path.join(tmpdir(), 'inbetween-programs-'));
  process.once('exit', () => rmSync(place, { recursive: true, force: true, maxRetries: 5 }));
  const compile = fileURLToPath(new URL('./compile.ts', import.meta.url));
  execFileSync(process.execPath, ['--import', typescriptLoader, compile, place], { stdio: 'inherit' });
  return place;
}
