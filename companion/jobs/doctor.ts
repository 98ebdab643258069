// Is everything there that jobs and the daemon need, and how is what is missing mended. Asked by `inbetween doctor` and by the daemon for its guests.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, open, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { CompanionError } from '../api/errors.ts';
import { type CheckLine, root } from '../api/wire.ts';
import { codecNames, encodersOf } from '../media/codecs.ts';
import { type Attempt, findTools, type MediaTools } from '../media/find.ts';
import { readConfig } from './config-file.ts';
import { type Folders, findFolders } from './folders.ts';
import { keptPresets, presetFileIn } from './presets.ts';
import { inspectEngine } from './run.ts';

export interface DoctorOptions {
  /** The module jobs run in, where it is not ours. */
  readonly worker?: URL | undefined;
  readonly folders?: Folders;
}

/** Below this, 1080p jobs are refused or crowd other programs. MiB. */
const wantedMemory = 1500;
const wantedDisk = 2048;
/** Clocks of this machine and of a disk may differ by this. Milliseconds. */
const clockSlackMs = 5000;
/** No version of ours is older: a clock that says less is wrong. */
const firstDay = Date.UTC(2026, 10, 1);

const ok = (name: string, found: string): CheckLine => ({ name, state: 'ok', found, fix: null });
const warn = (name: string, found: string, fix: string): CheckLine => ({ name, state: 'warn', found, fix });
const fail = (name: string, found: string, fix: string): CheckLine => ({ name, state: 'fail', found, fix });

/** Runs every check. Never rejects for what it finds. */
export async function examine({ worker, folders = findFolders() }: DoctorOptions = {}): Promise<CheckLine[]> {
  return [
    // an older node ends before it gets here
    ok('node', `${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`),
    ...(await engineChecks(worker)),
    gpuCheck(),
    ...(await mediaChecks()),
    await writeCheck('temp folder', tmpdir(), 'Set TMPDIR to a folder you may write to.'),
    ...(await folderChecks(folders)),
    ...(await rootChecks(folders)),
    presetCheck(folders),
    await diskCheck(process.cwd()),
    memoryCheck(process.availableMemory() / 2 ** 20),
    await portCheck(),
    tokenCheck(folders),
    databaseCheck(folders),
    clockCheck(Date.now()),
  ];
}

async function engineChecks(worker: URL | undefined): Promise<CheckLine[]> {
  const processor = cpus()[0]?.model.trim() || 'unknown processor';
  try {
    const { version, level, threads } = await inspectEngine(worker);
    const found = `${processor}, ${level}, ${threads} threads`;
    return [
      ok('engine', version),
      level === 'scalar'
        ? warn('processor', found, 'It has no vector unit the engine knows: it works, slowly.')
        : ok('processor', found),
    ];
  } catch (error) {
    const fix =
      'Install GCC or Clang (Debian: g++, macOS: xcode-select --install, Windows: LLVM (clang) or MinGW-w64), then: npm run build:native';
    return [fail('engine', error instanceof Error ? error.message : String(error), fix), ok('processor', processor)];
  }
}

/** What the system tells of graphics processors without a program being started. The engine computes on the processor: none is needed. */
function gpuCheck(): CheckLine {
  const text = (file: string): string | undefined => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  };
  const names = (folder: string): string[] => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  const nvidia = '/proc/driver/nvidia';
  const models = names(`${nvidia}/gpus`).flatMap(
    (bus) => /^Model:\s*(.+)$/m.exec(text(`${nvidia}/gpus/${bus}/information`) ?? '')?.[1]?.trim() ?? [],
  );
  const driver = /Kernel Module\s+(?:for \S+\s+)?(\d[\d.]+)/.exec(text(`${nvidia}/version`) ?? '')?.[1];
  const others = names('/sys/class/drm')
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((card) => /^DRIVER=(.+)$/m.exec(text(`/sys/class/drm/${card}/device/uevent`) ?? '')?.[1] ?? [])
    .filter((name) => name !== 'nvidia');
  const found = [
    ...(driver === undefined ? [] : [`${models.join(', ') || 'NVIDIA'} with driver ${driver}`]),
    ...others.map((name) => `one with driver ${name}`),
  ];
  const none = process.platform === 'linux' ? 'none found' : 'not looked for on this system';
  return ok('gpu', `${found.join('; ') || none}; the engine computes on the processor`);
}

async function mediaChecks(): Promise<CheckLine[]> {
  try {
    const tools = await findTools();
    const program = (name: 'ffmpeg' | 'ffprobe'): CheckLine => {
      const { version, path: file, place } = tools[name];
      return ok(name, `${version} at ${file} (${place})`);
    };
    return [program('ffmpeg'), program('ffprobe'), ...encoderChecks(tools)];
  } catch (error) {
    if (!(error instanceof CompanionError)) throw error;
    const tried = error.facts.attempts as readonly Attempt[] | undefined;
    const found = tried ? tried.map(({ place, outcome }) => `${place}: ${outcome}`).join('; ') : error.message;
    return [fail('ffmpeg', found, 'Install ffmpeg, or set INBETWEEN_FFMPEG and INBETWEEN_FFPROBE to its programs.')];
  }
}

function encoderChecks({ ffmpeg }: MediaTools): CheckLine[] {
  return codecNames.map((codec) => {
    const encoders = encodersOf(codec);
    const found = encoders.find((encoder) => ffmpeg.encoders.has(encoder));
    if (found) return ok(codec, found);
    const missing = `this ffmpeg has none of ${encoders.join(', ')}`;
    return warn(codec, missing, `Only needed for --codec ${codec}: install an ffmpeg that has one.`);
  });
}

/** Whether files can be made, written through to the disk and removed in `folder`, and whether its disk has our time. */
export async function writeCheck(name: string, folder: string, fix: string): Promise<CheckLine> {
  try {
    const own = await mkdtemp(path.join(folder, '.inbetween-doctor-'));
    try {
      const probe = path.join(own, 'probe');
      const file = await open(probe, 'wx');
      await file.write('x');
      await file.sync();
      await file.close();
      const apart = Math.abs((await stat(probe)).mtimeMs - Date.now());
      if (apart > clockSlackMs)
        return warn(
          name,
          `${folder} can be written, and its clock is ${Math.round(apart / 1000)} s away from ours`,
          'Set the clocks of both machines: what changed when is told by them.',
        );
    } finally {
      await rm(own, { recursive: true, force: true });
    }
    return ok(name, `${folder} can be written`);
  } catch (error) {
    return fail(name, `${folder}: ${(error as Error).message}`, fix);
  }
}

/** The daemon's own folders, once they are there. */
async function folderChecks({ config, data }: Folders): Promise<CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const [name, folder] of [
    ['configuration', config],
    ['data', data],
  ] as const) {
    const there = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
    lines.push(
      there
        ? await writeCheck(name, folder, 'Let this user write there, or set INBETWEEN_HOME to another folder.')
        : ok(name, `${folder} will be made`),
    );
  }
  return lines;
}

const rootFile = z.looseObject({ roots: z.array(root) });

async function rootChecks({ config }: Folders): Promise<CheckLine[]> {
  const file = path.join(config, 'roots.json');
  try {
    const { roots } = readConfig(file, rootFile, { roots: [] });
    const lines: CheckLine[] = [];
    for (const { id, name, path: folder, write } of roots) {
      const title = `root ${name}`;
      const fix = `Mount or make it, let this user use it, or close it: inbetween roots remove ${id}`;
      if (write) lines.push(await writeCheck(title, folder, fix));
      else if (canList(folder)) lines.push(ok(title, `${folder} can be read`));
      else lines.push(fail(title, `${folder} cannot be read`, fix));
    }
    return lines;
  } catch (error) {
    return [fail('roots', (error as Error).message, `Repair ${file} or move it away.`)];
  }
}

/** Whether the user's presets can be read: the daemon does not start where they cannot. */
export function presetCheck({ config }: Folders): CheckLine {
  try {
    return ok('presets', `${keptPresets(config).length} of the user`);
  } catch (error) {
    return fail('presets', (error as Error).message, `Repair ${presetFileIn(config)} or move it away.`);
  }
}

function canList(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function diskCheck(folder: string): Promise<CheckLine> {
  const { bavail, bsize } = await statfs(folder);
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
  const found = `${freeMiB.toLocaleString('en')} MiB free in ${folder}`;
  if (freeMiB >= wantedDisk) return ok('disk', found);
  return warn(
    'disk',
    found,
    'A minute of 1080p60 ProRes takes about 3 GiB: free some space, or write elsewhere with -o.',
  );
}

export function memoryCheck(freeMiB: number): CheckLine {
  const free = Math.floor(freeMiB);
  const found = `${free.toLocaleString('en')} of ${Math.floor(totalmem() / 2 ** 20).toLocaleString('en')} MiB free`;
  if (free >= wantedMemory) return ok('memory', found);
  return warn('memory', found, 'Large pictures may be refused: close other programs.');
}

/** Whether a daemon can be talked to at all: some machines block or lack the loopback addresses. */
async function portCheck(): Promise<CheckLine> {
  const opens = (host: string): Promise<string | null> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen(0, host, () => server.close(() => resolve(null)));
    });
  const [four, six] = [await opens('127.0.0.1'), await opens('::1')];
  const fix = 'Let programs listen at 127.0.0.1. Until then "inbetween watch" takes jobs as files.';
  if (four !== null) return fail('port', `127.0.0.1 cannot be listened at (${four})`, fix);
  return ok(
    'port',
    six === null ? '127.0.0.1 and ::1 can be listened at' : `127.0.0.1 can be listened at, ::1 not (${six})`,
  );
}

/** Whether nobody else reads the token. */
export function tokenCheck({ config }: Folders): CheckLine {
  const file = path.join(config, 'token');
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) return ok('token', 'none yet: the daemon makes one when it first starts');
  if (process.platform === 'win32') return ok('token', file);
  const mode = (there.mode & 0o777).toString(8).padStart(4, '0');
  if ((there.mode & 0o077) === 0 && there.uid === process.getuid?.()) return ok('token', `${file}, mode ${mode}`);
  const found = `${file} has mode ${mode} and belongs to user ${there.uid}: others may have read it`;
  return fail('token', found, `Remove it and start the daemon again: it makes a new one. Then pair guests again.`);
}

/** Whether the queue's database is sound. */
export function databaseCheck({ data }: Folders): CheckLine {
  const file = path.join(data, 'queue.db');
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    return ok('database', 'none yet: the daemon makes one when it first starts');
  const fix =
    'End the daemon (inbetween stop), move the file away and start it again: it takes the newest good backup.';
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const faults = database
        .prepare('PRAGMA quick_check(5)')
        .all()
        .map((row) => String(Object.values(row as object)[0]));
      if (faults[0] !== 'ok') return fail('database', `${file}: ${faults.join('; ')}`, fix);
      const aside = readdirSync(data).filter((name) => /^queue\.db\.damaged-\d+$/.test(name));
      if (aside.length === 0) return ok('database', `${file} is sound`);
      return warn(
        'database',
        `${file} is sound, after a damaged one was put aside and the newest backup taken: ${aside.join(', ')}`,
        `Jobs asked for since that backup are unknown: ask for them again. Then remove ${path.join(data, 'queue.db.damaged-*')}.`,
      );
    } finally {
      database.close();
    }
  } catch (error) {
    return fail('database', `${file}: ${(error as Error).message}`, fix);
  }
}

/** `now`: milliseconds since 1970. */
export function clockCheck(now: number): CheckLine {
  const found = Number.isFinite(now) ? new Date(now).toISOString() : 'none';
  if (now >= firstDay) return ok('clock', found);
  return fail('clock', `${found} is before this version was made`, 'Set the clock of this machine.');
}
