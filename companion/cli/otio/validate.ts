// `inbetween otio validate FILE…`: every problem a strict reader would stop at, with its line and path.
import { OtioError, type Problem } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { data, painter } from '../terminal.ts';
import { eachFile, exitOf, failedEntry, isFailed } from './each.ts';
import { type OpenOptions, openTimeline } from './open.ts';
import { clean } from './paint.ts';
import { problemLines } from './problems.ts';
import { count } from './words.ts';

const notValid = 1;

interface Verdict {
  readonly file: string;
  readonly problems: readonly Problem[];
}

/** Writes the verdicts to stdout. Exit code 0 when all are valid, 1 when one is not; another when a file could not be opened. */
export async function validate(files: readonly string[], options: OpenOptions): Promise<number> {
  const all = await eachFile(files, options, (file) => verdictOf(file, options));
  const invalid = all.some((one) => !isFailed(one) && one.problems.length > 0);
  const exit = exitOf(all) || (invalid ? notValid : 0);
  if (options.json) {
    const entry = ({ file, problems }: Verdict) => ({ file, valid: problems.length === 0, problems });
    data(JSON.stringify({ exit, files: all.map((one) => (isFailed(one) ? failedEntry(one) : entry(one))) }, null, 2));
    return exit;
  }
  const paint = painter(process.stdout);
  for (const one of all) {
    if (isFailed(one)) continue;
    const { file, problems } = one;
    if (problems.length === 0) data(`${paint('green', 'valid')}  ${clean(file)}`);
    else data(`${paint('red', 'not valid')}  ${clean(file)}  ${paint('dim', count(problems.length, 'problem'))}`);
    for (const line of problemLines(problems)) data(line);
  }
  return exit;
}

/** A text that cannot be read at all has one problem: where reading stopped. */
async function verdictOf(file: string, options: OpenOptions): Promise<Verdict> {
  try {
    const { problems } = await openTimeline(file, options);
    return { file, problems };
  } catch (error) {
    const cause = error instanceof CompanionError && error.code === 'TIMELINE_UNREADABLE' ? error.cause : null;
    if (!(cause instanceof OtioError) || cause.code === 'FILE_OPEN_FAILED' || (cause.line ?? 0) === 0) throw error;
    const { code, line = 0, path = '' } = cause;
    const reason = (error as CompanionError).facts.reason as string;
    return { file, problems: [{ code, message: `${reason}.`, path, line }] };
  }
}
