// `inbetween otio validate FILE…`: every problem a strict reader would stop at, with its line and path, and what is unsound in the edit.
import { OtioError, type Problem } from '../../../otio/index.ts';
import { pathTo } from '../../../otio/schema/path.ts';
import { CompanionError } from '../../api/errors.ts';
import { mediaFacts } from '../../timeline/media-facts.ts';
import type { Opened } from '../../timeline/open.ts';
import { data, painter } from '../terminal.ts';
import { eachFile, exitOf, failedEntry, isFailed } from './each.ts';
import { type OpenOptions, openTimeline } from './open.ts';
import { clean } from './paint.ts';
import { problemLines } from './problems.ts';
import { soundnessOf } from './soundness.ts';
import { count } from './words.ts';

const notValid = 1;

export interface ValidateOptions extends OpenOptions {
  readonly media?: boolean;
  readonly mediaRoot?: readonly string[];
}

interface Verdict {
  readonly file: string;
  readonly problems: readonly Problem[];
  /** What some editors play differently: valid all the same. */
  readonly warnings: readonly Problem[];
}

/** Writes the verdicts to stdout. Exit code 0 when all are valid, 1 when one is not; another when a file could not be opened. */
export async function validate(files: readonly string[], options: ValidateOptions): Promise<number> {
  const all = await eachFile(files, options, (file) => verdictOf(file, options));
  const invalid = all.some((one) => !isFailed(one) && one.problems.length > 0);
  const exit = exitOf(all) || (invalid ? notValid : 0);
  if (options.json) {
    const entry = ({ file, problems, warnings }: Verdict) => ({
      file,
      valid: problems.length === 0,
      problems,
      warnings,
    });
    data(JSON.stringify({ exit, files: all.map((one) => (isFailed(one) ? failedEntry(one) : entry(one))) }, null, 2));
    return exit;
  }
  const paint = painter(process.stdout);
  for (const one of all) {
    if (isFailed(one)) continue;
    const { file, problems, warnings } = one;
    const counts = [
      ...(problems.length > 0 ? [count(problems.length, 'problem')] : []),
      ...(warnings.length > 0 ? [count(warnings.length, 'warning')] : []),
    ].join(', ');
    const word = problems.length === 0 ? paint('green', 'valid') : paint('red', 'not valid');
    data(`${word}  ${clean(file)}${counts === '' ? '' : `  ${paint('dim', counts)}`}`);
    for (const line of problemLines(problems)) data(line);
    if (warnings.length > 0) data(`  ${paint('yellow', 'warnings')}`);
    for (const line of problemLines(warnings)) data(line);
  }
  return exit;
}

/** A text that cannot be read at all has one problem: where reading stopped. */
async function verdictOf(file: string, options: ValidateOptions): Promise<Verdict> {
  try {
    const opened = await openTimeline(file, options);
    const { errors, warnings } = soundnessOf(opened.root);
    const lost = options.media || options.mediaRoot ? await missing(opened, options.mediaRoot ?? []) : [];
    return { file, problems: [...opened.problems, ...errors, ...lost], warnings };
  } catch (error) {
    const cause = error instanceof CompanionError && error.code === 'TIMELINE_UNREADABLE' ? error.cause : null;
    if (!(cause instanceof OtioError) || cause.code === 'FILE_OPEN_FAILED' || (cause.line ?? 0) === 0) throw error;
    const { code, line = 0, path = '' } = cause;
    const reason = (error as CompanionError).facts.reason as string;
    return { file, problems: [{ code, message: `${reason}.`, path, line }], warnings: [] };
  }
}

/** The media that are not where the timeline says, each at the first clip that uses it. */
async function missing(opened: Opened, roots: readonly string[]): Promise<Problem[]> {
  const lost = (await mediaFacts(opened, roots)).filter(({ found }) => !found);
  const paths = pathTo(opened.root, new Set(lost.map(({ first }) => first)));
  return lost.map(({ reason, clips, first }) => ({
    code: 'FILE_OPEN_FAILED',
    message: `${reason}${clips > 1 ? ` ${clips} clips use it.` : ''}`,
    path: paths.get(first) ?? '',
    line: 0,
  }));
}
