// The two voices of the command: data on stdout, words for a person on stderr; and whether words may be coloured.
import type { WriteStream } from 'node:tty';

type Colour = 'red' | 'green' | 'yellow' | 'dim';
const codes: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, dim: 2 };

/** Colours where the stream is a terminal that has them. NO_COLOR takes them away; FORCE_COLOR gives them to a pipe. */
export function painter(
  stream: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv = process.env,
): (colour: Colour, text: string) => string {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const coloured = !env.NO_COLOR && (forced || (stream.isTTY && (stream as WriteStream).hasColors()));
  return (colour, text) => (coloured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** Data: what a program that called us wants to read. */
export const data = (text: string): void => void process.stdout.write(`${text}\n`);

/** Words for a person. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Exit code of a command whose words could not be written, and that did not fail otherwise. */
const unheard = 4;

/**
 * A reader that went away (`| head`) loses what we say; the work goes on, and ends with its own exit code. A disk that cannot take our words is told of,
 * and changes the exit code of a command that would have ended well.
 */
export function outliveReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      process.once('exit', (code) => {
        if (code === 0) process.exitCode = unheard;
      });
      if (stream === process.stdout)
        say(
          `error: What was to be said could not be written (${error.message}). The work itself is not touched by that.`,
        );
    });
}
