// `inbetween jobs submit`: a job written as JSON, from a file or another program.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '../api/client.ts';
import { CompanionError } from '../api/errors.ts';
import { type FileRef, submission } from '../api/wire.ts';
import { data } from './terminal.ts';

/** `file`: `-` is standard input. Relative paths in it start where the command stands. @throws CompanionError INPUT_UNREADABLE, and what the daemon says */
export async function submitFile(client: Client, file: string, json: boolean): Promise<number> {
  const asked = submission.safeParse(read(file));
  if (!asked.success) {
    const { path: where, message } = asked.error.issues[0]!;
    throw unreadable(file, `it is no job (${[...where, message].join(': ')})`);
  }
  const { inputs, place } = asked.data;
  const view = await client.call('submit', {
    body: {
      ...asked.data,
      inputs: inputs.map(absolute),
      place: {
        ...place,
        ...(place.output !== undefined && { output: absolute(place.output) }),
        spared: place.spared.map(absolute),
      },
      attachedTo: null, // this command leaves
    },
  });
  data(json ? JSON.stringify(view, null, 2) : view.id);
  return 0;
}

function absolute(ref: FileRef): FileRef {
  if (typeof ref !== 'string') return ref;
  const full = path.resolve(ref);
  return /[\\/]$/.test(ref) && !full.endsWith(path.sep) ? full + path.sep : full;
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CompanionError('INPUT_MISSING', { path: file }, { cause });
    throw unreadable(file, cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message, cause);
  }
}

function unreadable(file: string, reason: string, cause?: unknown): CompanionError {
  const advice = (cause as NodeJS.ErrnoException | undefined)?.code === undefined ? 'Correct it.' : undefined;
  const path = file === '-' ? 'standard input' : file;
  return new CompanionError('INPUT_UNREADABLE', { path, reason, advice }, { cause });
}
