// The log of the daemon: what happened, without what it was about. Paths, prompts, names and tokens are hashes there.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { tokenShape } from './tokens.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Fields whose text is never written. */
const secret =
  /^(?:paths?|files?|inputs?|outputs?|folder|prompts?|text|names?|token|secret|proof|nonce|digits|authorization|received|params|url|spared|sheet)$/i;
/** What looks like a path or a token within other text. */
const paths = /file:\S+|(?:[A-Za-z]:)?(?:[\\/][^\s\\/:"'`()[\]{}<>|,;]+)+[\\/]?/g;
const tokens = new RegExp(tokenShape, 'g');

/** A text as it stands in the log: equal texts have equal hashes. */
export const hashed = (text: string): string => `#${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;

/** `value` without what is nobody's business. */
export function redacted(value: unknown, field = ''): unknown {
  if (typeof value === 'string')
    return secret.test(field) ? hashed(value) : value.replace(tokens, hashed).replace(paths, hashed);
  if (typeof value !== 'object' || value === null)
    return secret.test(field) && value !== null ? hashed(String(value)) : value;
  if (secret.test(field) && !Array.isArray(value)) return hashed(JSON.stringify(value));
  if (Array.isArray(value)) return value.map((each) => redacted(each, field));
  if (value instanceof Error) {
    const { message, stack, code, cause } = value as Error & { code?: unknown };
    return redacted({ error: value.name, code, message, stack, ...(cause instanceof Error && { cause }) });
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redacted(each, name)]));
}

/** A log that grows larger steps aside as `.1`, where it takes the place of the one before: strangers who ask and ask fill no disk. Bytes. */
const mostBytes = 5_000_000;

function openFile(file: string, most: number): DestinationStream {
  const open = (): { readonly handle: number; bytes: number } => {
    const handle = openSync(file, 'a', 0o600);
    return { handle, bytes: fstatSync(handle).size };
  };
  let log: ReturnType<typeof open> | undefined = open();
  return {
    write(line) {
      try {
        if (log && log.bytes > most) {
          const { handle } = log;
          log = undefined; // a number that was closed may stand for another file soon
          closeSync(handle);
          renameSync(file, `${file}.1`);
        }
        log ??= open();
        log.bytes += writeSync(log.handle, line);
      } catch {
        // a full disk, or a folder taken away: the daemon goes on without words
      }
    },
  };
}

export interface LogOptions {
  readonly file?: string;
  readonly stream?: DestinationStream;
  /** Of the file, before it steps aside. */
  readonly mostBytes?: number;
}

/** A log to stderr, to a file (0600) or to a stream. */
export function openLog({ file, stream: given, mostBytes: most = mostBytes }: LogOptions = {}): Log {
  const stream = given ?? (file === undefined ? destination({ dest: 2, sync: true }) : openFile(file, most));
  return pino(
    {
      base: null,
      formatters: { level: (level) => ({ level }), log: (object) => redacted(object) as Record<string, unknown> },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((each) => (typeof each === 'string' ? redacted(each) : each)) as typeof args);
        },
      },
      serializers: { err: (error: unknown) => error },
    },
    stream,
  );
}
