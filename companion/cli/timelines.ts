// Commands on the fills of a timeline: `inbetween takes` lists and exchanges their versions, `inbetween revert` takes them off.
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from './flags.ts';
import { reads, writes } from './otio/flags.ts';
import type { RevertOptions } from './revert.ts';
import type { TakesOptions } from './takes.ts';

const reverting = `
What a fill replaced comes back, however many versions it has had: the gap or the clip, its retimes, and transitions that went for it. A trim of the fill is
carried over. Fills of which an editor has dropped the metadata stay; then the exit code is 3. The input is never replaced, unless -o names it with --force.`;

const choosing = `
Exit codes: 0 done, 2 wrong use, no such fill or version, 4 the output cannot be written.`;

/** Adds the commands. The timeline library is loaded when they are used. `ended` hears the exit code. */
export function addTimelines(program: Command, ended: (exit: number) => void): void {
  const command = (words: string, summary: string): Command =>
    program.command(words).summary(summary).description(summary);

  writes(
    reads(command('revert <file>', 'Takes fills off a timeline: what they replaced comes back.'))
      .option('--job <id>', 'only those of this job: its id, or the first 8 digits', jobId)
      .option('--track <label>', 'only those on this track: V1')
      .option('-o, --output <path>', 'default: beside the timeline, NAME.reverted.otio; of a bundle another one'),
  )
    .addHelpText('after', reverting)
    .action(async (file: string, options: RevertOptions) => {
      const { revert } = await import('./revert.ts');
      ended(await revert(file, options));
    });
  writes(
    reads(command('takes <file>', 'Lists the fills of a timeline with their versions; --use chooses one.'))
      .option('--use <version>', 'write the timeline with this version shown: v002, or original')
      .option('--track <label>', 'only fills on this track: V1')
      .option('--at <frame>', 'only the fill that covers this frame of its track', wholeNumber(0, 1e9))
      .option('--job <id>', 'only fills of this job: its id, or the first 8 digits', jobId)
      .option(
        '-o, --output <path>',
        'with --use; default: beside the timeline, NAME.VERSION.otio; of a bundle another one',
      ),
  )
    .addHelpText('after', choosing)
    .action(async (file: string, options: TakesOptions) => {
      const { takes } = await import('./takes.ts');
      ended(await takes(file, options));
    });
}

function jobId(text: string): string {
  if (/^[0-9a-f]{8}[0-9a-f-]*$/i.test(text.trim())) return text.trim();
  throw new InvalidArgumentError('It must be the id of a job, or its first 8 digits.');
}
