// Finds ffmpeg and ffprobe, says where it looked, and asks them once what they can do.

import { accessSync, chmodSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { runProcess } from './process.ts';

export type ToolName = 'ffmpeg' | 'ffprobe';
/** Places a program is looked for, in this order. The first two are a person's word: when one is given it decides. */
export type Place = 'config' | 'environment' | 'ffmpeg-static' | 'PATH' | 'npm';

export interface Attempt {
  readonly tool: ToolName;
  readonly place: Place;
  /** What was tried; null where the place names nothing. */
  readonly path: string | null;
  /** `found`, or why not. */
  readonly outcome: string;
}

interface Program {
  readonly path: string;
  readonly place: Place;
  /** As the program states it, e.g. `5.1.9` or `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  /** Version of libavcodec as [major, minor]: what options exist follows from it, whatever the build is called. */
  readonly libavcodec: readonly [number, number];
}

export interface Ffmpeg extends Program {
  readonly encoders: ReadonlySet<string>;
  /** Names of codecs (not of decoders) it can decode. */
  readonly decodes: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
}

export type Ffprobe = Program;

export interface MediaTools {
  readonly ffmpeg: Ffmpeg;
  readonly ffprobe: Ffprobe;
  /** Everything that was tried, in order. */
  readonly attempts: readonly Attempt[];
}

export interface FindOptions {
  /** Paths from the configuration. */
  readonly ffmpeg?: string | undefined;
  readonly ffprobe?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds both programs. Costs a few short runs the first time; answers are kept by path and modification time.
 * @throws CompanionError FFMPEG_MISSING with every attempt.
 */
export async function findTools(options: FindOptions = {}): Promise<MediaTools> {
  const attempts: Attempt[] = [];
  const ffmpeg = await locate('ffmpeg', options, attempts);
  const ffprobe = await locate('ffprobe', options, attempts);
  return { ffmpeg: { ...ffmpeg, ...(await abilities(ffmpeg, options.signal)) }, ffprobe, attempts };
}

/** Pixel formats an encoder of this ffmpeg takes. Empty when the encoder does not say. */
export async function encoderFormats(
  ffmpeg: Program,
  encoder: string,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  return remember(`formats ${encoder}`, ffmpeg.path, async () => {
    const { output } = await runProcess(ffmpeg.path, ['-hide_banner', '-h', `encoder=${encoder}`], { signal });
    return new Set(/Supported pixel formats:(.*)/.exec(output)?.[1]?.trim().split(/\s+/) ?? []);
  });
}

/** Whether libavcodec of this program is at least `major.minor`. */
export function atLeast(program: Program, major: number, minor: number): boolean {
  const [a, b] = program.libavcodec;
  return a > major || (a === major && b >= minor);
}

async function locate(tool: ToolName, options: FindOptions, attempts: Attempt[]): Promise<Program> {
  const env = options.env ?? process.env;
  for (const { place, path, decides } of candidates(tool, options, env)) {
    if (path === null) {
      attempts.push({ tool, place, path, outcome: place === 'PATH' ? 'not on PATH' : 'not given or not installed' });
      continue;
    }
    const outcome = await tryProgram(tool, place, path, options.signal);
    attempts.push({ tool, place, path, outcome: typeof outcome === 'string' ? outcome : 'found' });
    if (typeof outcome !== 'string') return outcome;
    if (decides) break;
  }
  throw new CompanionError('FFMPEG_MISSING', { tool, attempts: attempts.filter((attempt) => attempt.tool === tool) });
}

function* candidates(
  tool: ToolName,
  options: FindOptions,
  env: NodeJS.ProcessEnv,
): Generator<{ place: Place; path: string | null; decides?: boolean }> {
  const configured = options[tool];
  yield { place: 'config', path: configured ? resolve(configured) : null, decides: true };
  const named = env[`INBETWEEN_${tool.toUpperCase()}`];
  yield { place: 'environment', path: named ? resolve(named) : null, decides: true };
  yield { place: 'ffmpeg-static', path: staticPackage(tool) };
  yield { place: 'PATH', path: onPath(tool, env) };
  yield { place: 'npm', path: installerPackage(tool) };
}

async function tryProgram(tool: ToolName, place: Place, path: string, signal?: AbortSignal): Promise<Program | string> {
  if (!existsSync(path)) return 'no such file';
  if (place === 'npm') permitRunning(path);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return 'may not be run';
  }
  try {
    const text = await remember(
      'version',
      path,
      async () => (await runProcess(path, ['-version'], { signal, patience: 20 })).output,
    );
    const version = new RegExp(`^${tool} version (\\S+)`).exec(text)?.[1];
    const codec = /libavcodec\s+(\d+)\.\s*(\d+)/.exec(text);
    if (!version || !codec) return `is not ${tool}`;
    return { path, place, version, libavcodec: [Number(codec[1]), Number(codec[2])] };
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

async function abilities(
  ffmpeg: Program,
  signal?: AbortSignal,
): Promise<Pick<Ffmpeg, 'encoders' | 'decodes' | 'filters'>> {
  const list = async (what: string, row: RegExp) =>
    remember(what, ffmpeg.path, async () => {
      const { output } = await runProcess(ffmpeg.path, ['-hide_banner', what], { signal });
      return new Set(output.split('\n').flatMap((line) => row.exec(line)?.[1] ?? []));
    });
  return {
    encoders: await list('-encoders', /^ [VASD.][F.][S.][X.][B.][D.] (\w\S*)/),
    decodes: await list('-codecs', /^ D[E.][VASDT.][I.][L.][S.] (\w\S*)/),
    filters: await list('-filters', /^ [T.][S.][C.]?\s+(\w+)\s+[AVN|]+->/),
  };
}

const answers = new Map<string, { readonly stamp: number; readonly answer: Promise<unknown> }>();

/** The answer of a program, asked again only when its file changed. */
async function remember<T>(question: string, path: string, ask: () => Promise<T>): Promise<T> {
  const stamp = statSync(path).mtimeMs;
  const key = `${question}\0${path}`;
  const known = answers.get(key);
  if (known?.stamp === stamp) return known.answer as Promise<T>;
  const answer = ask();
  answers.set(key, { stamp, answer });
  try {
    return await answer;
  } catch (error) {
    answers.delete(key);
    throw error;
  }
}

/** The first program of that name in the folders of PATH. */
export function onPath(tool: string, env: NodeJS.ProcessEnv): string | null {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const names = process.platform === 'win32' ? [`${tool}.exe`] : [tool];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

const here = createRequire(import.meta.url);

/** ffmpeg-static brings ffmpeg alone; its file is downloaded at install and may be absent. */
function staticPackage(tool: ToolName): string | null {
  if (tool !== 'ffmpeg') return null;
  const path = packageExport('ffmpeg-static');
  return typeof path === 'string' && existsSync(path) ? path : null;
}

/** The binary inside `@ffmpeg-installer/<platform>`, found without the package's own loader, which demands the executable bit. */
function installerPackage(tool: ToolName): string | null {
  const scope = `@${tool}-installer`;
  try {
    const front = here.resolve(`${scope}/${tool}/package.json`);
    const manifest = createRequire(front).resolve(`${scope}/${process.platform}-${process.arch}/package.json`);
    const path = join(dirname(manifest), process.platform === 'win32' ? `${tool}.exe` : tool);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

function packageExport(name: string): unknown {
  try {
    return here(name);
  } catch {
    return null;
  }
}

/** npm may skip the script that sets the executable bit. */
function permitRunning(path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    try {
      chmodSync(path, 0o755);
    } catch {
      // a read-only install: the attempt that follows says "may not be run"
    }
  }
}
