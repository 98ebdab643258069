// `inbetween doctor`: what the checks found, as lines for a person or for a program.
import type { CheckLine } from '../api/wire.ts';
import { type DoctorOptions, examine } from '../jobs/doctor.ts';
import { data, painter } from './terminal.ts';

const failedExit = 4;

/** Runs every check and writes them to stdout. Exit code 4 when one failed. */
export async function doctor(json: boolean, options: DoctorOptions = {}): Promise<number> {
  const checks = await examine(options);
  if (json) data(JSON.stringify(checks, null, 2));
  else for (const line of checks.flatMap(linesOf)) data(line);
  return checks.some(({ state }) => state === 'fail') ? failedExit : 0;
}

function linesOf({ name, state, found, fix }: CheckLine): string[] {
  const colour = ({ ok: 'green', warn: 'yellow', fail: 'red' } as const)[state];
  const word = painter(process.stdout)(colour, state.padEnd(4));
  return [`${word}  ${name.padEnd(14)} ${found}`, ...(fix === null ? [] : [`      ${' '.repeat(14)} ${fix}`])];
}
