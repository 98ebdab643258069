// `inbetween doctor`: is everything there that a job needs, and how is what is missing mended.
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { inspectEngine } from '../jobs/run.ts';
import { codecNames, encodersOf } from '../media/delivery.ts';
import { type Attempt, findTools, type MediaTools } from '../media/find.ts';
import { data, painter } from './terminal.ts';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

const failedExit = 4;
/** Below this, 1080p jobs are refused or crowd other programs. MiB. */
const wantedMemory = 1500;
const wantedDisk = 2048;

/** Runs every check and writes them to stdout. Exit code 4 when one failed. */
export async function doctor(json: boolean, worker?: URL): Promise<number> {
  const checks = [
    nodeCheck(),
    await engineCheck(worker),
    ...(await mediaChecks()),
    await writeCheck(tmpdir()),
    await diskCheck(process.cwd()),
    memoryCheck(process.availableMemory() / 2 ** 20),
  ];
  const failed = checks.some(({ status }) => status === 'fail');
  if (json) data(JSON.stringify({ ok: !failed, checks }, null, 2));
  else for (const line of checks.flatMap(linesOf)) data(line);
  return failed ? failedExit : 0;
}

function linesOf({ name, status, detail, fix }: Check): string[] {
  const colour = ({ ok: 'green', warn: 'yellow', fail: 'red' } as const)[status];
  const word = painter(process.stdout)(colour, status.padEnd(4));
  return [`${word}  ${name.padEnd(14)} ${detail}`, ...(fix ? [`      ${' '.repeat(14)} ${fix}`] : [])];
}

function nodeCheck(): Check {
  return {
    name: 'node',
    status: 'ok', // an older one ends before it gets here
    detail: `${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`,
  };
}

async function engineCheck(worker: URL | undefined): Promise<Check> {
  try {
    const { version, level, threads } = await inspectEngine(worker);
    const slow = level === 'scalar';
    return {
      name: 'engine',
      status: slow ? 'warn' : 'ok',
      detail: `${version}, ${level}, ${threads} threads`,
      ...(slow && { fix: 'This processor has no vector unit the engine knows: it works, slowly.' }),
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const fix =
      'Install GCC or Clang (Debian: g++, macOS: xcode-select --install, Windows: LLVM (clang) or MinGW-w64), then: npm run build:native';
    return { name: 'engine', status: 'fail', detail, fix };
  }
}

async function mediaChecks(): Promise<Check[]> {
  try {
    const tools = await findTools();
    const program = (name: 'ffmpeg' | 'ffprobe'): Check => {
      const { version, path: file, place } = tools[name];
      return { name, status: 'ok', detail: `${version} at ${file} (${place})` };
    };
    return [program('ffmpeg'), program('ffprobe'), ...encoderChecks(tools)];
  } catch (error) {
    if (!(error instanceof CompanionError)) throw error;
    const tried = error.facts.attempts as readonly Attempt[] | undefined;
    const detail = tried ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : error.message;
    return [
      {
        name: 'ffmpeg',
        status: 'fail',
        detail,
        fix: 'Install ffmpeg, or set INBETWEEN_FFMPEG and INBETWEEN_FFPROBE to its programs.',
      },
    ];
  }
}

function encoderChecks({ ffmpeg }: MediaTools): Check[] {
  return codecNames.map((codec) => {
    const encoders = encodersOf(codec);
    const found = encoders.find((encoder) => ffmpeg.encoders.has(encoder));
    if (found) return { name: codec, status: 'ok', detail: found };
    return {
      name: codec,
      status: 'warn',
      detail: `this ffmpeg has none of ${encoders.join(', ')}`,
      fix: `Only needed for --codec ${codec}: install an ffmpeg that has one.`,
    };
  });
}

/** Whether files can be made, written through to the disk and removed in `folder`. */
export async function writeCheck(folder: string): Promise<Check> {
  const name = 'temp folder';
  try {
    const own = await mkdtemp(path.join(folder, 'inbetween-doctor-'));
    try {
      const file = await open(path.join(own, 'probe'), 'wx');
      await file.write('x');
      await file.sync();
      await file.close();
    } finally {
      await rm(own, { recursive: true, force: true });
    }
    return { name, status: 'ok', detail: `${folder} can be written` };
  } catch (error) {
    return {
      name,
      status: 'fail',
      detail: `${folder}: ${(error as Error).message}`,
      fix: 'Set TMPDIR to a folder you may write to.',
    };
  }
}

async function diskCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  const detail = `${freeMiB.toLocaleString('en')} MiB free in ${folder}`;
  if (freeMiB >= wantedDisk) return { name: 'disk', status: 'ok', detail };
  return {
    name: 'disk',
    status: 'warn',
    detail,
    fix: 'A minute of 1080p60 ProRes takes about 3 GiB: free some space, or write elsewhere with -o.',
  };
}

export function memoryCheck(freeMiB: number): Check {
  const free = Math.floor(freeMiB);
  const detail = `${free.toLocaleString('en')} of ${Math.floor(totalmem() / 2 ** 20).toLocaleString('en')} MiB free`;
  if (free >= wantedMemory) return { name: 'memory', status: 'ok', detail };
  return { name: 'memory', status: 'warn', detail, fix: 'Large pictures may be refused: close other programs.' };
}
