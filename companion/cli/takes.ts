// `inbetween takes FILE`: the fills of a timeline with their versions; with --use, the timeline with one of them shown.
import { isDictionary } from '../../otio/schema/value.ts';
import { CompanionError } from '../api/errors.ts';
import {
  type FillsWanted,
  type FillVersion,
  fillsOf,
  type TimelineFill,
  titleOf,
  useVersion,
} from '../timeline/fills.ts';
import type { Opened } from '../timeline/open.ts';
import { timelineOf } from '../timeline/within.ts';
import { openSound } from './otio/open.ts';
import { clean } from './otio/paint.ts';
import { count } from './otio/words.ts';
import { tellLosses, type WriteOptions, writeTimeline, writingAs } from './otio/write.ts';
import { askedFor, besideInput, placeFacts } from './revert.ts';
import { data, painter } from './terminal.ts';

export interface TakesOptions extends WriteOptions, Pick<FillsWanted, 'track' | 'job' | 'at'> {
  readonly use?: string;
  readonly output?: string;
}

/** Lists fills on stdout, or writes a file and its path to stdout. Returns the exit code. */
export async function takes(file: string, options: TakesOptions): Promise<number> {
  if (options.use !== undefined) return exchange(file, options.use, options);
  const given = (['output', 'to', 'profile', 'indent', 'force'] as const).find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new CompanionError('USAGE', { reason: `--${given} needs --use: a list is not written.` });
  const opened = await openSound(file, options);
  const fills = fillsOf(timelineOf(opened), wantedBy(options));
  if (fills.length === 0 && askedFor(options) !== '')
    throw new CompanionError('FILL_UNKNOWN', { path: file, asked: askedFor(options) });
  if (options.json) data(text({ exit: 0, file, fills: fills.map(entry), problems: opened.problems }));
  else if (fills.length === 0) data(`${clean(file)} has no fill.`);
  else for (const line of fills.flatMap(linesOf)) data(line);
  return 0;
}

/** A take of a job is found whether it is shown or not. */
const wantedBy = ({ track, at, job }: TakesOptions): FillsWanted => ({ track, at, anyJob: job });

async function exchange(file: string, version: string, options: TakesOptions): Promise<number> {
  const output = options.output ?? besideInput(file, version.trim().toLowerCase(), options.to);
  const as = writingAs(output, options);
  const opened = await openSound(file, options);
  const fill = onlyFill(opened, options);
  useVersion(fill, version);
  const { final, losses } = await writeTimeline(opened, { output, inputs: [], force: options.force === true }, as);
  if (options.json) {
    const [now] = fillsOf(timelineOf(opened), wantedBy(options)).filter(({ clip }) => clip === fill.clip);
    const { problems } = opened;
    data(text({ exit: 0, input: file, output: final, fill: now && entry(now), losses, problems }));
    return 0;
  }
  if (!options.quiet) tellLosses(losses, opened);
  data(final);
  return 0;
}

/** @throws CompanionError FILL_UNKNOWN, FILL_AMBIGUOUS */
function onlyFill(opened: Opened, options: TakesOptions): TimelineFill {
  const fills = fillsOf(timelineOf(opened), wantedBy(options));
  const facts = { path: opened.file, asked: askedFor(options) };
  if (fills.length === 0) throw new CompanionError('FILL_UNKNOWN', facts);
  if (fills.length > 1) {
    const known = fills.slice(0, 8).map(({ label, in: first }) => `${label} ${first}`);
    throw new CompanionError('FILL_AMBIGUOUS', { ...facts, count: fills.length, known });
  }
  return fills[0]!;
}

const entry = (fill: TimelineFill) => ({
  ...placeFacts(fill),
  revertible: fill.revertible,
  trim: fill.trim,
  versions: fill.versions,
});

/** Whole numbers of a timeline's metadata are bigints. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one), 2);

function linesOf(fill: TimelineFill): string[] {
  const paint = painter(process.stdout);
  const trimmed = fill.trim.head !== 0 || fill.trim.tail !== 0 ? ', trimmed since' : '';
  const bare = fill.revertible ? '' : paint('yellow', ', cannot be reverted: its metadata are gone');
  return [
    `${clean(titleOf(fill))}  ${paint('dim', `frame ${fill.in}, ${count(fill.out - fill.in, 'frame')}${trimmed}`)}${bare}`,
    ...fill.versions.map((version) => {
      const mark = version.active ? paint('green', '▸') : ' ';
      return `  ${mark} ${version.name.padEnd(8)}  ${clean(version.media ?? 'no media')}${paint('dim', factsOf(version))}`;
    }),
  ];
}

function factsOf({ job, created, model }: FillVersion): string {
  const words = [
    ...(typeof model?.name === 'string' ? [clean(model.name)] : []),
    ...(job === null ? [] : [`job ${clean(job.slice(0, 8))}`]),
    ...(created === null ? [] : [clean(created.slice(0, 10))]),
    ...seamWords(model),
  ];
  return words.length === 0 ? '' : `  ${words.join(', ')}`;
}

/** The mean ΔE of the seams, where the fill carries what was measured. */
function seamWords(model: FillVersion['model']): string[] {
  const params = isDictionary(model?.params) ? model.params : {};
  const seams = isDictionary(params.seams) ? params.seams : {};
  return (['head', 'tail'] as const).flatMap((side) => {
    const seam = seams[side];
    const mean = isDictionary(seam) && isDictionary(seam.deltaE) ? seam.deltaE.mean : null;
    return typeof mean === 'number' || typeof mean === 'bigint' ? [`${side} seam ΔE ${Number(mean).toFixed(1)}`] : [];
  });
}
