// The commands of `inbetween`, declared: what they are called, what they take, and which file does the work. The manual is made of this too.
import { Command } from 'commander';
import { filesInWords } from '../api/operation.ts';
import { findFolders } from '../jobs/folders.ts';
import { verbs } from '../jobs/run.ts';
import { addDaemon } from './daemon-commands.ts';
import { doctor } from './doctor.ts';
import { addFlags, paramsFrom, wholeNumber } from './flags.ts';
import { expandInputs } from './inputs.ts';
import { timelineHelp } from './on-timeline.ts';
import { addOtio } from './otio.ts';
import { probeFile } from './probe.ts';
import type { VerbOptions } from './requests.ts';
import { addTimelines } from './timelines.ts';
import { runVerb } from './verb.ts';

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong use or unusable input, 3 partly done, 4 something is missing (engine, ffmpeg, disk, memory),
5 the daemon does not answer, 6 the result did not pass its verification, 130 cancelled.`;

export interface ProgramOptions {
  /** The module jobs run in, where it is not ours (tests). */
  readonly worker?: URL | undefined;
  /** Hears the exit code of the command that ran. */
  readonly ended: (exit: number) => void;
}

interface GivenOptions extends VerbOptions {
  readonly detach?: boolean;
  readonly preset?: string;
  readonly recursive?: boolean;
}

/** The whole command line. Parsing it runs what was asked for. */
export function commandLine({ worker, ended }: ProgramOptions): Command {
  const program = new Command('inbetween')
    .description('Makes the frames a timeline is missing.')
    .option('--version', 'say the version, and that of the engine')
    .option('--completion <shell>', 'write a script that lets bash, zsh, fish or pwsh complete our words')
    .option('--color', 'colour words for a person even in a pipe; also FORCE_COLOR')
    .option('--no-color', 'never colour them; also NO_COLOR')
    .addHelpText('after', exitCodes)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help to see what there is.');

  for (const verb of verbs) {
    const one = verb.inputs === 1;
    const command = program
      .command(verb.name)
      .summary(verb.summary)
      .description(verb.summary)
      .argument(
        '<files...>',
        verb.timelines
          ? 'timelines; each becomes a job of its own'
          : one
            ? 'clips, folders of clips or patterns; each clip becomes a job of its own'
            : typeof verb.inputs === 'number'
              ? `${verb.inputs} clips`
              : `${filesInWords(verb.inputs)}, in their order; all of them make one job`,
      );
    addFlags(command, verb.params);
    command.option('--preset <name>', 'take parameters from a preset; flags go before it');
    if (verb.name === 'interpolate') command.addHelpText('after', timelineHelp);
    if (verb.output !== undefined) command.option('-o, --output <path>', verb.output);
    command.option('--force', 'replace a file that is there already');
    if (one && !verb.timelines) command.option('--recursive', 'a folder also stands for the folders in it');
    if (verb.plan) command.option('--dry-run', 'say what would be done, and stop');
    command
      .option('--detach', 'leave the jobs to the daemon and say their ids')
      .option('--priority <number>', 'larger goes first, from -100 to 100 (default: 0)', wholeNumber(-100, 100))
      .option('--json', 'one JSON object on stdout')
      .option('--json-lines', 'every event as a line of JSON on stdout')
      .option('--quiet', 'no progress and no summary on stderr')
      .option('--verbose', 'with an error, where it came from')
      .action(async (words: string[], options: GivenOptions & Record<string, unknown>) => {
        const files = expandInputs(words, { folders: one && !verb.timelines, recursive: options.recursive === true });
        const flags = paramsFrom(options, verb.params);
        const params = options.preset === undefined ? flags : await withPreset(options.preset, verb, flags);
        if (options.detach) {
          const { detach } = await import('./detach.ts');
          ended(await detach(verb, files, params, options));
        } else ended(await runVerb(verb, files, params, options));
      });
  }
  program
    .command('probe')
    .summary('Says what is in a media file.')
    .description('Says what is in a media file: streams, exact rates, colour, timecode, what will need attention.')
    .argument('<file>')
    .option('--json', 'one JSON object on stdout')
    .option('--verbose', 'with an error, where it came from')
    .action(async (file: string, options: { json?: boolean }) => {
      await probeFile(file, options.json === true);
    });
  program
    .command('doctor')
    .summary('Checks that everything needed is there.')
    .description(
      'Checks Node, the engine, the processor and GPU, ffmpeg and its encoders, folders, disk, memory, port, token, database and clock; says how to mend what is missing.',
    )
    .option('--json', 'the lines as a JSON array on stdout')
    .option('--verbose', 'with an error, where it came from')
    .action(async (options: { json?: boolean }) => {
      ended(await doctor(options.json === true, { worker, folders: findFolders() }));
    });
  addDaemon(program, { worker, ended });
  addTimelines(program, ended);
  addOtio(program, ended);
  return program;
}

/** Flags over the parameters of a preset, checked together. */
async function withPreset(
  name: string,
  verb: (typeof verbs)[number],
  flags: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { findPreset, ownPresets } = await import('./presets.ts');
  return paramsFrom({ ...findPreset(ownPresets().list(), name, verb.name).params, ...flags }, verb.params);
}
