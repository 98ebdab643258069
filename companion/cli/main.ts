// The `inbetween` command: every verb of the table, and `probe`, `doctor` and `otio`.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CompanionError } from '../api/errors.ts';
import { failureOf } from '../jobs/failure.ts';
import { inspectEngine, verbs } from '../jobs/run.ts';
import { doctor } from './doctor.ts';
import { addFlags, paramsFrom } from './flags.ts';
import { addOtio } from './otio.ts';
import { probeFile } from './probe.ts';
import { data, outliveReader } from './terminal.ts';
import { runVerb, sayFailure, type VerbOptions, withoutStack } from './verb.ts';

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong use or unusable input, 3 partly done, 4 something is missing (engine, ffmpeg, disk, memory),
6 the result did not pass its verification, 130 cancelled.`;

export interface MainOptions {
  /** The module jobs run in, where it is not ours (tests). */
  readonly worker?: URL;
}

/** Runs the command with the given arguments and returns its exit code. Errors are told, never thrown. */
export async function main(args: readonly string[], { worker }: MainOptions = {}): Promise<number> {
  outliveReader();
  let exit = 0;
  const verbose = args.includes('--verbose');
  const program = new Command('inbetween')
    .description('Makes the frames a timeline is missing.')
    .option('--version', 'say the version, and that of the engine')
    .addHelpText('after', exitCodes)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help to see what there is.');

  for (const verb of verbs) {
    const command = program
      .command(verb.name)
      .summary(verb.summary)
      .description(verb.summary)
      .argument('<files...>', verb.inputs === 1 ? 'clips; each becomes a job of its own' : `${verb.inputs} clips`);
    addFlags(command, verb.params);
    if (verb.output !== undefined) command.option('-o, --output <path>', verb.output);
    command.option('--force', 'replace a file that is there already');
    if (verb.plan) command.option('--dry-run', 'say what would be done, and stop');
    command
      .option('--json', 'one JSON object on stdout')
      .option('--json-lines', 'every event as a line of JSON on stdout')
      .option('--quiet', 'no progress and no summary on stderr')
      .option('--verbose', 'with an error, where it came from')
      .action(async (files: string[], options: VerbOptions & Record<string, unknown>) => {
        exit = await runVerb(verb, files, paramsFrom(options, verb.params), options, worker);
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
    .description('Checks Node, the engine, ffmpeg and its encoders, disk and memory; says how to mend what is missing.')
    .option('--json', 'one JSON object on stdout')
    .option('--verbose', 'with an error, where it came from')
    .action(async (options: { json?: boolean }) => {
      exit = await doctor(options.json === true, worker);
    });
  addOtio(program, (code) => {
    exit = code;
  });

  try {
    if (args[0] === '--version') return await version(worker);
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(
      error instanceof CommanderError
        ? new CompanionError('USAGE', { reason: error.message.replace(/^error: /, '') })
        : error,
    );
    const told = { exit: failure.exit, error: verbose ? failure : withoutStack(failure) };
    if (args.includes('--json')) data(JSON.stringify(told, null, 2));
    if (args.includes('--json-lines')) data(JSON.stringify(told));
    if (!(error instanceof CommanderError)) sayFailure(failure, verbose); // commander has said it
    return failure.exit;
  }
}

async function version(worker: URL | undefined): Promise<number> {
  const { version: own } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const engine = await inspectEngine(worker).then(
    (facts) => `engine ${facts.version}, ${facts.level}, ${facts.threads} threads`,
    () => 'engine not usable: see inbetween doctor',
  );
  data(`inbetween ${own} (${engine})`);
  return 0;
}
