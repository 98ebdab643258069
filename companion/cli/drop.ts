// What was dropped into a watched folder, as a job: a clip becomes the folder's verb, a JSON file says itself what it wants. Nothing outside the folder is
// reached, unless through a root the daemon knows.
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { paramsOf } from '../api/operation.ts';
import { type FileRef, type Submission, submission } from '../api/wire.ts';
import { verbs } from '../jobs/run.ts';
import { isClipName } from '../timeline/clip-name.ts';

/** What a watched folder does with clips, and where results go. */
export interface DropRules {
  /** Absolute, without links. */
  readonly folder: string;
  readonly verb: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Absolute folder. */
  readonly results: string;
}

/** A job file larger than this is none. Bytes. */
const mostBytes = 1 << 20;
export const statusEnding = '.status.json';

/** Whether a file of that name is a clip or a job; a status is neither, nor is what is hidden. */
export const isDrop = (name: string): boolean =>
  isClipName(name) || (/\.json$/i.test(name) && !name.startsWith('.') && !name.endsWith(statusEnding));

/**
 * The job that a dropped file asks for.
 * @throws CompanionError INPUT_UNREADABLE for what is no job, PATH_REFUSED for one that reaches outside, USAGE for one that would replace, VERB_UNKNOWN
 */
export function jobOf(file: string, rules: DropRules): Submission {
  const name = path.basename(file);
  const real = inside(name, rules.folder);
  if (isClipName(name))
    return {
      verb: rules.verb,
      inputs: [real],
      params: { ...rules.params },
      place: { output: rules.results + path.sep },
    };
  const asked = submission.safeParse(readJob(real));
  if (!asked.success) {
    const issue = asked.error.issues[0]!;
    const reason = `it is no job (${[...issue.path, issue.message].join(': ')})`;
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason, advice: 'Correct it.' });
  }
  const { verb, inputs, params, place, ...rest } = asked.data;
  const declared = verbs.find((each) => each.name === verb);
  if (declared === undefined)
    throw new CompanionError('VERB_UNKNOWN', { name: verb, known: verbs.map((each) => each.name) });
  if (place.force) throw new CompanionError('USAGE', { reason: 'A dropped job replaces nothing. Leave force out.' });
  const files = new Set(paramsOf(declared.params).flatMap((param) => (param.format === 'path' ? [param.name] : [])));
  const reach = (ref: FileRef): FileRef => (typeof ref === 'string' ? inside(ref, rules.folder) : ref);
  return {
    ...rest,
    verb,
    inputs: inputs.map(reach),
    params: Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        files.has(key) && typeof value === 'string' ? inside(value, rules.folder) : value,
      ]),
    ),
    place: {
      output: place.output === undefined ? rules.results + path.sep : reach(place.output),
      force: false,
      spared: place.spared.map(reach),
    },
    attachedTo: null, // the folder is the guest: there is none to end with
  };
}

function readJob(file: string): unknown {
  try {
    if (statSync(file).size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message;
    const advice = (cause as NodeJS.ErrnoException).code === undefined ? 'Correct it.' : undefined;
    throw new CompanionError('INPUT_UNREADABLE', { path: file, reason, advice }, { cause });
  }
}

/** The absolute path of what a dropped file names, through links. @throws CompanionError PATH_REFUSED when that is not in the folder */
function inside(named: string, folder: string): string {
  const full = path.resolve(folder, named);
  let there = full;
  const missing: string[] = [];
  while (!existsSync(there) && path.dirname(there) !== there) {
    missing.unshift(path.basename(there));
    there = path.dirname(there);
  }
  const real = path.join(realpathSync(there), ...missing);
  const within = path.relative(folder, real);
  if (within === '..' || within.startsWith(`..${path.sep}`) || path.isAbsolute(within))
    throw new CompanionError('PATH_REFUSED', { path: named, reason: 'it lies outside the watched folder' });
  return /[\\/]$/.test(named) ? real + path.sep : real;
}
