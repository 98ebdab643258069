// Opens a timeline of any format, with one clear error for whatever is wrong with its file.
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Adapter, adapters } from '../../../otio/adapters/index.ts';
import { printable } from '../../../otio/drawing.ts';
import { type AnyValue, OtioError, type Problem, UnknownSchema } from '../../../otio/index.ts';
import { readNamed } from '../../../otio/node/files.ts';
import { readBundle, readFile } from '../../../otio/node/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { bytesOfStdin, STANDARD } from './stdin.ts';

/** What the commands have in common. */
export interface OpenOptions {
  readonly from?: string;
  readonly rate?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface Opened {
  readonly file: string;
  readonly format: string;
  readonly bytes: number;
  readonly root: AnyValue;
  readonly problems: readonly Problem[];
}

/** The formats of the library's own, by their endings. */
const own = ['otio', 'otioz', 'otiod'];

export const formats = (): string[] => [...own, ...adapters.map(({ name }) => name)];

/** Of a text that is to be one string. */
const mostBytes = 2 ** 29 - 24;

/**
 * The format of a file: as asked for, else by its ending.
 * @throws CompanionError PARAM_INVALID, FORMAT_UNKNOWN
 */
export function formatOf(file: string, asked: string | undefined, flag: '--from' | '--to'): string {
  if (asked !== undefined) {
    if (!formats().includes(asked))
      throw new CompanionError('PARAM_INVALID', {
        name: flag,
        expected: `one of ${formats().join(', ')}`,
        received: asked,
      });
    return asked;
  }
  if (file === STANDARD)
    throw new CompanionError('USAGE', {
      reason: `'-' has no ending that says its format: name it with ${flag} ${formats().join('|')}.`,
    });
  const ending = path.extname(file).slice(1).toLowerCase();
  const format = own.includes(ending) ? ending : adapters.find(({ extensions }) => extensions.includes(ending))?.name;
  if (format === undefined) throw new CompanionError('FORMAT_UNKNOWN', { path: file, flag, known: formats() });
  return format;
}

/** @throws CompanionError PARAM_INVALID */
export function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, num, den = '1'] = /^(\d+(?:\.\d+)?)(?:\/(\d+))?$/.exec(text.trim()) ?? [];
  const rate = Number(num) / Number(den);
  if (!(rate >= 1 && rate <= 1000))
    throw new CompanionError('PARAM_INVALID', {
      name: '--rate',
      expected: 'frames a second from 1 to 1000, such as 25 or 24000/1001',
      received: text,
    });
  return rate;
}

/**
 * Reads leniently: what a strict reader would refuse is in `problems`.
 * @throws CompanionError INPUT_MISSING, INPUT_FOLDER, INPUT_EMPTY, INPUT_UNREADABLE, FORMAT_UNKNOWN, FORMAT_UNFIT, TIMELINE_UNREADABLE
 */
export async function openTimeline(file: string, options: OpenOptions): Promise<Opened> {
  const rate = rateOf(options.rate);
  if (file === STANDARD) return openStdin(options, rate);
  const bytes = await sizeOf(file, options.from === 'otiod' || /\.otiod[\\/]*$/i.test(file));
  const format = formatOf(file.replace(/[\\/]+$/, ''), options.from, '--from');
  try {
    return { file, format, bytes, ...(await readAs(file, format, bytes, rate)) };
  } catch (error) {
    throw timelineError(error, file);
  }
}

/** A text on stdin. A bundle cannot come that way: its parts are read in any order. */
async function openStdin(options: OpenOptions, rate: number | undefined): Promise<Opened> {
  const format = formatOf(STANDARD, options.from, '--from');
  if (format === 'otioz' || format === 'otiod')
    throw new CompanionError('USAGE', { reason: `An .${format} cannot be read from '-': give the name of its file.` });
  const adapter = format === 'otio' ? null : adapterFor(format, STANDARD);
  const bytes = await bytesOfStdin(mostBytes);
  try {
    const read =
      adapter === null ? readNamed(STANDARD, bytes, {}) : adapter(decoded(bytes), rate === undefined ? {} : { rate });
    return { file: STANDARD, format, bytes: bytes.length, ...read };
  } catch (error) {
    throw timelineError(error, STANDARD);
  }
}

async function readAs(
  file: string,
  format: string,
  bytes: number,
  rate: number | undefined,
): Promise<Pick<Opened, 'root' | 'problems'>> {
  if (format === 'otio') return readFile(file);
  if (own.includes(format)) return readBundle(file);
  const adapter = adapterFor(format, file);
  if (bytes > mostBytes)
    throw new OtioError('LIMIT_EXCEEDED', `it has ${bytes} bytes, more than the ${mostBytes} that may be read.`);
  return adapter(await textOf(file), rate === undefined ? {} : { rate });
}

/** @throws CompanionError FORMAT_UNFIT for what is only written */
function adapterFor(format: string, file: string): NonNullable<Adapter['read']> {
  const { read } = adapters.find(({ name }) => name === format)!;
  if (read !== undefined) return read;
  throw new CompanionError('FORMAT_UNFIT', {
    path: file,
    reason: `${format} is a format that is only written, not read`,
    known: readable(),
  });
}

const readable = (): string[] => [...own, ...adapters.filter(({ read }) => read !== undefined).map(({ name }) => name)];

async function textOf(file: string): Promise<string> {
  const handle = await open(file, 'r');
  return decoded(await handle.readFile().finally(() => handle.close()));
}

/** UTF-16 by its mark, else UTF-8, else the code page that old editors write. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function sizeOf(file: string, mayBeFolder: boolean): Promise<number> {
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new CompanionError('INPUT_MISSING', { path: file });
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason: reasonOf(error) }, { cause: error });
  });
  if (stats.isDirectory()) {
    if (mayBeFolder) return 0;
    throw new CompanionError('INPUT_FOLDER', { path: file, wanted: 'a timeline file, or an .otiod folder' });
  }
  if (!stats.isFile()) throw new CompanionError('INPUT_UNREADABLE', { path: file, reason: 'it is no ordinary file' });
  if (stats.size === 0) throw new CompanionError('INPUT_EMPTY', { path: file });
  await open(file, 'r').then(
    (handle) => handle.close(),
    (error: NodeJS.ErrnoException) => {
      throw new CompanionError('INPUT_UNREADABLE', { path: file, reason: reasonOf(error) }, { cause: error });
    },
  );
  return stats.size;
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  ({
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'its links lead in a circle',
    ENAMETOOLONG: 'the name is too long',
  })[code ?? ''] ?? message;

/** An error of the library as one with the file, the line and the place in its sentence. */
export function timelineError(error: unknown, file: string): unknown {
  if (!(error instanceof OtioError)) return error;
  const { details, line, path: pointer } = error;
  const reason = details.startsWith(`${file}: `) ? details.slice(file.length + 2) : details.replace(`${file} `, 'it ');
  return unreadable(file, { code: error.code, message: reason, path: pointer ?? '', line: line ?? 0 }, error);
}

/** What stands in the way of reading a file, as an error. */
export function unreadable(
  file: string,
  { code, message, path: pointer, line }: Problem,
  cause?: unknown,
): CompanionError {
  const reason = printable(message).replace(/\.$/, '');
  const place = [
    line > 0 && !reason.includes(`line ${line}`) ? `line ${line}` : '',
    pointer === '' ? '' : `at ${printable(pointer)}`,
  ]
    .filter(Boolean)
    .join(', ');
  return new CompanionError(
    'TIMELINE_UNREADABLE',
    { path: file, reason, place, line: line > 0 ? line : null, pointer, otioCode: code },
    { cause },
  );
}

/** The same, but what holds no timeline because of a problem is refused for it. */
export async function openSound(file: string, options: OpenOptions): Promise<Opened> {
  const opened = await openTimeline(file, options);
  const [problem] = opened.problems;
  if (opened.root instanceof UnknownSchema && problem !== undefined)
    throw unreadable(file, { ...problem, message: problem.message.replace(/ (It|The \w+) is kept as it is\.$/, '') });
  return opened;
}
