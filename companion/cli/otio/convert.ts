// `inbetween otio convert IN OUT`: a timeline in another format, with everything said that the format cannot hold.
import { CompanionError } from '../../api/errors.ts';
import { isBundle } from '../../timeline/open.ts';
import { type SaveAs, textOf } from '../../timeline/save.ts';
import { data } from '../terminal.ts';
import { openTimeline } from './open.ts';
import { STANDARD } from './stdin.ts';
import { tellLosses, type WriteOptions, writeTimeline, writingAs } from './write.ts';

/** Writes the file and its path to stdout; what it could not hold goes to stderr. Returns the exit code. */
export async function convert(input: string, output: string, options: WriteOptions): Promise<number> {
  const as = writingAs(output, options);
  if (output === STANDARD) return toStdout(input, as, options);
  const opened = await openTimeline(input, options);
  const inputs = input === STANDARD ? [] : [input];
  const { final, losses } = await writeTimeline(opened, { output, inputs, force: options.force === true }, as);
  const { file, format, problems } = opened;
  if (options.json) {
    data(
      JSON.stringify({ exit: 0, input: file, from: format, output: final, to: as.format, losses, problems }, null, 2),
    );
    return 0;
  }
  if (!options.quiet) tellLosses(losses, opened);
  data(final);
  return 0;
}

/** The text to stdout, all of it or nothing; what it could not hold goes to stderr. */
async function toStdout(input: string, as: SaveAs, options: WriteOptions): Promise<number> {
  const refusal = isBundle(as.format)
    ? `An .${as.format} cannot be written to '-': give the name of a file.`
    : options.json
      ? "--json and '-' both write to stdout: give the name of a file."
      : null;
  if (refusal !== null) throw new CompanionError('USAGE', { reason: refusal });
  const opened = await openTimeline(input, options);
  const { text, losses } = textOf(opened, STANDARD, as);
  if (!options.quiet) tellLosses(losses, opened);
  process.stdout.write(text);
  return 0;
}
