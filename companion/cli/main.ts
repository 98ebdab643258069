// The `inbetween` command: runs what the words ask for, and turns what goes wrong into a sentence and an exit code.
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { CompanionError } from '../api/errors.ts';
import { failureOf } from '../jobs/failure.ts';
import { inspectEngine } from '../jobs/run.ts';
import { completionFor } from './completion.ts';
import { onTimeline } from './on-timeline.ts';
import { commandLine } from './program.ts';
import { data, outliveReader } from './terminal.ts';
import { sayFailure, withoutStack } from './verb.ts';

export interface MainOptions {
  /** The module jobs run in, where it is not ours (tests). */
  readonly worker?: URL;
}

/** Runs the command with the given arguments and returns its exit code. Errors are told, never thrown. */
export async function main(args: readonly string[], { worker }: MainOptions = {}): Promise<number> {
  outliveReader();
  let exit = 0;
  const words = withoutColour(args);
  const verbose = args.includes('--verbose');
  const program = commandLine({
    worker,
    ended: (code) => {
      exit = code;
    },
  });

  try {
    if (words[0] === '--version') return await version(worker);
    if (words[0] === '--completion') {
      data(completionFor(program, words[1]).trimEnd());
      return 0;
    }
    await program.parseAsync(onTimeline(words), { from: 'user' });
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

/** `--color` and `--no-color` may stand anywhere before `--`; they say for this command what FORCE_COLOR and NO_COLOR say for all. */
function withoutColour(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.filter((word, at) => {
    if (at > end || (word !== '--color' && word !== '--no-color')) return true;
    if (word === '--color') delete process.env.NO_COLOR;
    process.env[word === '--color' ? 'FORCE_COLOR' : 'NO_COLOR'] = '1';
    return false;
  });
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
