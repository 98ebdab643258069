// An ffmpeg that writes a file: its progress is its sign of life, and its log says why it failed.

import { dirname } from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { atLeast, type MediaTools } from './find.ts';
import { complaints, demandLiving, type MediaProcess, type ProcessOptions, startProcess } from './process.ts';

export interface WriterOptions extends Pick<ProcessOptions, 'signal' | 'feed' | 'beside' | 'folder'> {
  /** The file or folder it writes. */
  readonly path: string;
  /** Called with the frames written so far. */
  readonly progress?: ((frames: number) => void) | undefined;
}

export interface Writer extends MediaProcess {
  /**
   * Waits for its end.
   * @throws CompanionError DISK_FULL, FFMPEG_FAILED; AbortError
   */
  done(): Promise<void>;
  /** Waits for its end, which came too early, and says why. @throws as `done` */
  failure(): Promise<never>;
}

/** Options that make it report. */
export const reporting = ({ ffmpeg }: MediaTools): string[] => [
  ...['-nostats', '-progress', 'pipe:1'],
  ...(atLeast(ffmpeg, 58, 134) ? ['-stats_period', '1'] : []),
];

/** Starts an ffmpeg whose arguments hold `reporting`. */
export function startWriter({ ffmpeg }: MediaTools, args: readonly string[], options: WriterOptions): Writer {
  const { signal, path, progress, ...more } = options;
  const child = startProcess(ffmpeg.path, args, { signal, ...more });
  let reported = '';
  child.stdout.setEncoding('latin1').on('data', (report: string) => {
    const moved = report.match(/^(?:frame|total_size)=.*$/gm)?.join() ?? ''; // it reports while it hangs as well: only news is a sign of life
    if (moved !== reported) child.alive();
    reported = moved;
    const frames = [...report.matchAll(/^frame= *(\d+)$/gm)].at(-1)?.[1];
    if (frames !== undefined) progress?.(Number(frames));
  });
  const full = (): boolean => /No space left on device|Disk quota exceeded/.test(child.log.join('\n'));

  async function failure(): Promise<never> {
    const exit = await child.watch(child.ended);
    demandLiving(ffmpeg.path, exit, child.log, signal);
    if (full()) throw new CompanionError('DISK_FULL', { folder: dirname(path) });
    const what = `could not write ${path}`;
    throw new CompanionError('FFMPEG_FAILED', { program: ffmpeg.path, what, log: complaints(child.log) });
  }

  return {
    ...child,
    failure,
    async done() {
      const exit = await child.watch(child.ended);
      if (exit.why !== 'ended' || exit.code !== 0 || full()) await failure();
    },
  };
}
