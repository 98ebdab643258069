// A real Chromium for tests: the system's, else the one that npm brought. It runs as people run theirs: nothing of its security is switched off but the
// operating system's sandbox, which machines of tests rarely allow.
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { extract } from 'tar-fs';

interface Program {
  readonly path: string;
  /** Folder of libraries that came along; null: the system's. */
  readonly libraries: string | null;
}

let found: Promise<Program | null> | undefined;

/** The program; null where there is none for this system. INBETWEEN_CHROMIUM names one. */
export function findChromium(): Promise<Program | null> {
  found ??= onThisSystem() ?? unpacked();
  return found;
}

/** Starts a browser with a profile of its own. `args` are added. */
export async function openChromium(
  { path: executablePath, libraries }: Program,
  args: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', ...args],
    ...(libraries !== null && { env: { ...process.env, LD_LIBRARY_PATH: libraries } as Record<string, string> }),
  });
}

function onThisSystem(): Promise<Program> | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const there = [
    process.env.INBETWEEN_CHROMIUM,
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  ];
  const program = there.find((file) => file !== undefined && existsSync(file));
  return program === undefined ? undefined : Promise.resolve({ path: program, libraries: null });
}

/** Unpacks the browser of the npm package into a folder that goes with the process. */
async function unpacked(): Promise<Program | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null; // it is made for nothing else
  const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..', 'bin');
  const folder = mkdtempSync(path.join(tmpdir(), 'inbetween-chromium-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = path.join(folder, 'chromium');
  const open = (name: string) => createReadStream(path.join(bin, name));
  await pipeline(open('chromium.br'), createBrotliDecompress(), createWriteStream(program));
  await pipeline(open('al2023.tar.br'), createBrotliDecompress(), extract(folder));
  chmodSync(program, 0o755);
  return { path: program, libraries: path.join(folder, 'lib') };
}
