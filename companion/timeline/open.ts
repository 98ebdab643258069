// Opens a timeline of any format, with one clear error for whatever is wrong with its file.
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Adapter, adapters } from '../../otio/adapters/index.ts';
import { printable } from '../../otio/drawing.ts';
import { type AnyValue, OtioError, type Problem, UnknownSchema } from '../../otio/index.ts';
import { readNamed } from '../../otio/node/files.ts';
import { readBundle, readFile } from '../../otio/node/index.ts';
import { CompanionError } from '../api/errors.ts';
import type { PackedMedia } from './packed.ts';

/** What the name of a file does not say, or says wrongly. */
export interface ReadAs {
  /** A format, whatever the name ends in. */
  readonly from?: string;
  /** Frames a second of an EDL, which does not say: `25`, `24000/1001`. */
  readonly rate?: string;
}

export interface Opened {
  readonly file: string;
  readonly format: string;
  readonly bytes: number;
  readonly root: AnyValue;
  readonly problems: readonly Problem[];
  /** The media of an archive, where they are wanted too (`withMedia`). */
  readonly packed?: PackedMedia;
}

/** The formats of the library's own, by their endings. */
const own = ['otio', 'otioz', 'otiod'];

export const isBundle = (format: string): boolean => format === 'otioz' || format === 'otiod';

export const formats = (): string[] => [...own, ...adapters.map(({ name }) => name)];
export const readable = (): string[] => [
  ...own,
  ...adapters.filter(({ read }) => read !== undefined).map(({ name }) => name),
];
export const writable = (): string[] => [
  ...own,
  ...adapters.filter(({ write }) => write !== undefined).map(({ name }) => name),
];

/** Of a text that is to be one string. */
export const mostBytes = 2 ** 29 - 24;

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
  const ending = path.extname(withoutSlash(file)).slice(1).toLowerCase();
  const format = own.includes(ending) ? ending : adapters.find(({ extensions }) => extensions.includes(ending))?.name;
  if (format === undefined) {
    const endings = [...own, ...new Set(adapters.flatMap(({ extensions }) => extensions))].map((one) => `.${one}`);
    throw new CompanionError('FORMAT_UNKNOWN', { path: file, flag, endings });
  }
  return format;
}

const withoutSlash = (file: string): string => file.replace(/[\\/]+$/, '');

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
 * @throws CompanionError INPUT_MISSING, INPUT_FOLDER, INPUT_EMPTY, INPUT_UNREADABLE, FORMAT_UNKNOWN, FORMAT_UNFIT, PARAM_INVALID, TIMELINE_UNREADABLE
 */
export async function openTimeline(file: string, as: ReadAs = {}): Promise<Opened> {
  const rate = rateOf(as.rate);
  const bytes = await sizeOf(file, as.from === 'otiod' || /\.otiod[\\/]*$/i.test(file));
  const format = formatOf(file, as.from, '--from');
  try {
    return { file, format, bytes, ...(await readAs(file, format, bytes, rate)) };
  } catch (error) {
    throw timelineError(error, file);
  }
}

async function readAs(
  file: string,
  format: string,
  bytes: number,
  rate: number | undefined,
): Promise<Pick<Opened, 'root' | 'problems'>> {
  if (format === 'otio') return readFile(file);
  if (isBundle(format)) return readBundle(file);
  const read = textReader(format, file, rate);
  if (bytes > mostBytes)
    throw new OtioError('LIMIT_EXCEEDED', `it has ${bytes} bytes, more than the ${mostBytes} that may be read.`);
  return read(await bytesIn(file));
}

/**
 * How the bytes of a timeline are read that came without a file. `name` stands for it in errors.
 * @throws CompanionError FORMAT_UNFIT for what is only written; what it gives throws TIMELINE_UNREADABLE
 */
export function readerFor(name: string, format: string, as: ReadAs): (bytes: Uint8Array) => Opened {
  const read = textReader(format, name, rateOf(as.rate));
  return (bytes) => {
    try {
      return { file: name, format, bytes: bytes.length, ...read(bytes) };
    } catch (error) {
      throw timelineError(error, name);
    }
  };
}

type Reader = (bytes: Uint8Array) => Pick<Opened, 'root' | 'problems'>;

/** @throws CompanionError FORMAT_UNFIT for what is only written */
function textReader(format: string, name: string, rate: number | undefined): Reader {
  if (format === 'otio') return (bytes) => readNamed(name, bytes, {});
  const read: Adapter['read'] = adapters.find((one) => one.name === format)?.read;
  if (read === undefined)
    throw new CompanionError('FORMAT_UNFIT', {
      path: name,
      reason: `${format} is a format that is only written, not read`,
      known: readable(),
    });
  return (bytes) => read(decoded(bytes), rate === undefined ? {} : { rate });
}

async function bytesIn(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  return handle.readFile().finally(() => handle.close());
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
function unreadable(file: string, { code, message, path: pointer, line }: Problem, cause?: unknown): CompanionError {
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

/** @throws CompanionError TIMELINE_UNREADABLE for a file that holds no timeline because of a problem */
export function demandSound(opened: Opened): Opened {
  const [problem] = opened.problems;
  if (opened.root instanceof UnknownSchema && problem !== undefined)
    throw unreadable(opened.file, {
      ...problem,
      message: problem.message.replace(/ (It|The \w+) is kept as it is\.$/, ''),
    });
  return opened;
}
