// `inbetween otio …`: looks at timelines, converts them between the formats of editors, checks and compares them.
import type { Command } from 'commander';
import { reads, writes } from './otio/flags.ts';
import type { InfoOptions } from './otio/info.ts';
import type { OpenOptions } from './otio/open.ts';
import type { ValidateOptions } from './otio/validate.ts';
import type { WriteOptions } from './otio/write.ts';

const about = `
Formats by the ending of the name: .otio .otioz .otiod, .edl, .xml (Final Cut 7), .fcpxml, .mlt; --from and --to say another.
The name - is stdin, and as the output of convert stdout; it needs --from, or --to.
Exit codes: 0 done, 1 diff: they differ, validate: not valid, convert: failed, 2 wrong use or a file that cannot be read,
3 some of several files could not be read, 4 the output cannot be written, 130 cancelled.`;

const drawing = `
In the drawing a box is a clip, ≡ a nested timeline, dots are gaps, x a transition, (…) disabled, a percentage a speed, ▓ several
clips in one cell; ▲ marks what is on the track above it, ▼ the timeline itself.`;

const validating = `
Problems make a file not valid: what a strict reader refuses, times below 0 or that are none, clips without a length or with an active
key that they have no media for, transitions longer than what lies beside them. Warnings do not: clips and transitions that show more than
their media have, mixed rates, ends between frames, retimed clips whose length on the track is ambiguous (Premiere).`;

/** Adds the command. The timeline library is loaded when it is used: other verbs start without it. `ended` hears the exit code. */
export function addOtio(program: Command, ended: (exit: number) => void): void {
  const otio = program
    .command('otio')
    .summary('Looks at timelines, converts, checks and compares them.')
    .description('Looks at timelines, converts, checks and compares them.')
    .addHelpText('after', about);
  const verb = (words: string, summary: string): Command =>
    reads(otio.command(words).summary(summary).description(summary));

  verb('info <files...>', 'Says what is in a timeline, and draws it.')
    .option('--media', 'look for its media')
    .option('--media-root <folder...>', 'where media may be looked for (default: the folder of the timeline)')
    .addHelpText('after', drawing)
    .action(async (files: string[], options: InfoOptions) => {
      const { info } = await import('./otio/info.ts');
      ended(await info(files, options));
    });
  writes(verb('convert <in> <out>', 'Writes a timeline in another format, and says what that cannot hold.')).action(
    async (input: string, output: string, options: WriteOptions) => {
      const { convert } = await import('./otio/convert.ts');
      ended(await convert(input, output, options));
    },
  );
  verb(
    'validate <files...>',
    'Checks timelines as a strict reader would, and what is unsound in the edit: every problem with its path.',
  )
    .option('--media', 'its media must be there')
    .option('--media-root <folder...>', 'where media may be looked for (default: the folder of the timeline)')
    .addHelpText('after', validating)
    .action(async (files: string[], options: ValidateOptions) => {
      const { validate } = await import('./otio/validate.ts');
      ended(await validate(files, options));
    });
  verb('diff <a> <b>', 'Says what changed between two versions of an edit, in an editor’s words.').action(
    async (a: string, b: string, options: OpenOptions) => {
      const { compare } = await import('./otio/diff.ts');
      ended(await compare(a, b, options));
    },
  );
}
