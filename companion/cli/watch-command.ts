// `inbetween watch` on a terminal: says what becomes of what was dropped, until it is told to stop.
import { CompanionError } from '../api/errors.ts';
import { verbs } from '../jobs/run.ts';
import { connectDaemon } from './daemon.ts';
import { onStopSignal } from './signals.ts';
import { data, say } from './terminal.ts';
import { type DropStatus, watchFolder } from './watch.ts';

export interface WatchCommandOptions {
  readonly verb?: string;
  readonly preset?: string;
  readonly output?: string;
  /** Seconds. */
  readonly settle?: number;
  readonly poll?: boolean;
  readonly jsonLines?: boolean;
  readonly quiet?: boolean;
}

/** Watches until a signal asks to stop; that is its ordinary end. */
export async function watchUntilStopped(folder: string, options: WatchCommandOptions): Promise<number> {
  const { verb = verbs.find(({ inputs }) => inputs === 1)!.name, settle = 2 } = options;
  if (!(settle >= 0 && settle <= 3600))
    throw new CompanionError('PARAM_INVALID', {
      name: '--settle',
      expected: 'seconds from 0 to 3600',
      received: settle,
    });
  const states = new Map<string, string>();
  const hear = (status: DropStatus): void => {
    if (options.jsonLines) data(JSON.stringify(status));
    if (options.jsonLines || options.quiet || states.get(status.file.name) === status.job.state) return;
    states.set(status.file.name, status.job.state);
    say(`${status.file.name}: ${wordsOf(status)}`);
  };
  const stopped = onStopSignal();
  const watch = await watchFolder(folder, {
    verb,
    params: options.preset === undefined ? {} : await presetParams(options.preset, verb),
    settleMs: settle * 1000,
    poll: options.poll === true,
    ...(options.output !== undefined && { output: options.output }),
    hear,
    connect: async () => (await connectDaemon()).client,
  });
  if (!options.quiet) say(`Watching ${folder}. Ctrl-C stops that; jobs go on.`);
  await stopped;
  await watch.close();
  return 0;
}

async function presetParams(name: string, verb: string): Promise<Readonly<Record<string, unknown>>> {
  const { findPreset, ownPresets } = await import('./presets.ts');
  return findPreset(ownPresets().list(), name, verb).params;
}

function wordsOf({ id, job }: DropStatus): string {
  if (job.state === 'failed') return `${job.error.message} (${job.error.code})`;
  if (job.state === 'done' && job.outcome.kind === 'file') return `done, ${job.outcome.output.path}`;
  return job.state === 'queued' ? `queued as ${id}` : job.state;
}
