// `inbetween revert FILE`: the timeline without fills, in a file of its own.
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { type FillsWanted, revertFills, type TimelineFill, titleOf } from '../timeline/fills.ts';
import { timelineOf } from '../timeline/within.ts';
import { openSound } from './otio/open.ts';
import { clean } from './otio/paint.ts';
import { STANDARD } from './otio/stdin.ts';
import { tellLosses, type WriteOptions, writeTimeline, writingAs } from './otio/write.ts';
import { data, painter, say } from './terminal.ts';

export interface RevertOptions extends WriteOptions, Pick<FillsWanted, 'job' | 'track'> {
  readonly output?: string;
}

const partlyDone = 3;

/** Writes the file and its path to stdout; what was done, and what could not be, goes to stderr. Returns the exit code. */
export async function revert(file: string, options: RevertOptions): Promise<number> {
  const output = options.output ?? besideInput(file, 'reverted', options.to);
  const as = writingAs(output, options);
  const opened = await openSound(file, options);
  const { job, track } = options;
  const { reverted, kept, warnings } = revertFills(timelineOf(opened), { job, track });
  if (reverted.length === 0) {
    if (kept.length === 0) throw new CompanionError('FILL_UNKNOWN', { path: file, asked: askedFor({ job, track }) });
    const { fill, reason } = kept[0]!;
    throw new CompanionError('FILL_REFUSED', { fill: titleOf(fill), reason });
  }
  const { final, losses } = await writeTimeline(opened, { output, inputs: [], force: options.force === true }, as);
  const exit = kept.length > 0 ? partlyDone : 0;
  if (options.json) {
    const facts = {
      reverted: reverted.map(placeFacts),
      kept: kept.map(({ fill, reason }) => ({ ...placeFacts(fill), reason })),
    };
    const { problems } = opened;
    data(JSON.stringify({ exit, input: file, output: final, ...facts, warnings, losses, problems }, null, 2));
    return exit;
  }
  if (!options.quiet) {
    const paint = painter(process.stderr);
    for (const fill of reverted) say(`${paint('green', 'reverted:')} ${clean(titleOf(fill))}`);
    for (const { fill, reason } of kept) say(`${paint('yellow', 'kept:')} ${clean(titleOf(fill))}: ${clean(reason)}`);
    for (const warning of warnings) say(`${paint('yellow', 'note:')} ${clean(warning)}`);
    tellLosses(losses, opened);
  }
  data(final);
  return exit;
}

/** `cut.reverted.otio` beside `cut.otio`; of a bundle another, with its media, unless a format is asked for. @throws CompanionError USAGE for what came in on stdin */
export function besideInput(file: string, word: string, format: string | undefined): string {
  if (file === STANDARD) throw new CompanionError('USAGE', { reason: 'Name the file to write with -o.' });
  const { dir, name, ext } = path.parse(path.resolve(file));
  const bundle = /^\.otio[dz]$/i.test(ext) && format === undefined;
  return path.join(dir, `${name}.${word}${bundle ? ext.toLowerCase() : '.otio'}`);
}

/** `of job 0f3a99c1 on V1 at frame 30`, of what was asked for; empty when all were. */
export const askedFor = ({ job, track, at }: FillsWanted): string =>
  [
    job === undefined ? '' : `of job ${job}`,
    track === undefined ? '' : `on ${track}`,
    at === undefined ? '' : `at frame ${at}`,
  ]
    .filter((word) => word !== '')
    .join(' ');

/** Where a fill lies, and whose it is, for JSON. */
export const placeFacts = ({ label, clip, in: first, out, timecode, job, kind }: TimelineFill) => ({
  track: label,
  clip: clip.name,
  in: first,
  out,
  frames: out - first,
  timecode,
  job,
  kind,
});
