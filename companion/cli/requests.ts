// From the words of a verb's command to the jobs that they ask for.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import type { JobRequest } from '../api/job.ts';
import { filesInWords, type Operation, takes } from '../api/operation.ts';

export interface VerbOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly priority?: number;
  readonly json?: boolean;
  readonly jsonLines?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Splits the files into jobs. @throws CompanionError USAGE */
export function jobsFor(
  verb: Operation,
  files: readonly string[],
  params: Record<string, unknown>,
  options: VerbOptions,
): JobRequest[] {
  const { inputs } = verb;
  const each = typeof inputs === 'number' ? inputs : files.length;
  if (files.length === 0 || files.length % each !== 0 || !takes(inputs, each)) {
    const reason = `${verb.name} takes ${inputs === 1 ? 'one file or more' : filesInWords(inputs)}, but got ${files.length}.`;
    throw new CompanionError('USAGE', { reason });
  }
  const from = process.cwd();
  const count = files.length / each;
  if (count > 1 && options.output !== undefined && !isFolder(options.output)) {
    throw new CompanionError('USAGE', {
      reason: `-o must be an existing folder when there are several files, but was ${options.output}.`,
    });
  }
  if (count > 1 && verb.output !== undefined) demandOwnNames(files, options.output);
  return Array.from({ length: count }, (_, i) => ({
    verb: verb.name,
    inputs: files.slice(i * each, (i + 1) * each),
    from,
    params,
    place: {
      ...(options.output !== undefined && { output: options.output }),
      force: options.force === true,
      spared: count > 1 ? [...files] : [],
    },
    dryRun: options.dryRun === true,
  }));
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Results are named for their inputs: two of one name would write one file. @throws CompanionError USAGE */
function demandOwnNames(files: readonly string[], output: string | undefined): void {
  const seen = new Map<string, string>();
  for (const file of files) {
    const { dir, name } = path.parse(path.resolve(file));
    const target = path.join(output === undefined ? dir : path.resolve(output), name);
    const other = seen.get(target);
    if (other !== undefined) {
      throw new CompanionError('USAGE', {
        reason: `${other} and ${file} would write the same file. Give them one by one with -o.`,
      });
    }
    seen.set(target, file);
  }
}
