// Progress on stderr: one live line on a terminal, elsewhere a line for every tenth of a phase.
import type { JobEvent, Progress } from '../api/job.ts';

export interface ProgressView {
  show(event: JobEvent): void;
  /** Clears the live line, so that other words can be written. */
  clear(): void;
}

const barCells = 20;

/** 65000 → `1:05`, 3 725 000 → `1:02:05`. */
export function clock(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** The words after the bar: `61 %  366/600 frames  24.3 fps  0:42 left`. */
export function measures({ done, total, unit, fps, etaMs }: Progress): string {
  return [
    ...(total > 0 ? [`${String(Math.floor((100 * done) / total)).padStart(3)} %`] : []),
    total > 0 ? `${done}/${total} ${unit}` : `${done} ${unit}`,
    ...(fps === null ? [] : [`${fps.toFixed(1)} ${unit === 'frames' ? 'fps' : `${unit}/s`}`]),
    ...(etaMs === null || done === total ? [] : [`${clock(etaMs)} left`]),
  ].join('  ');
}

export function liveLine(progress: Progress, columns: number): string {
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const cells = Math.round(share * barCells);
  const bar = `${'█'.repeat(cells)}${'░'.repeat(barCells - cells)}`;
  return `${progress.phase.padEnd(7)} ${bar} ${measures(progress)}`.slice(0, Math.max(10, columns - 1));
}

/** `terminal`: whether the stream is one; then the line is rewritten in place. */
export function progressView(
  stream: { write(text: string): unknown; columns?: number },
  terminal: boolean,
): ProgressView {
  let shown = false;
  let last = { phase: '', tenth: 0 };
  const clear = (): void => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  return {
    clear,
    show: ({ job }) => {
      if (job.state === 'paused' && last.phase !== 'paused') {
        clear();
        const why = job.why === 'DISK_FULL' ? ': the disk is full; it goes on when there is room' : '';
        stream.write(`paused${why}\n`);
        last = { phase: 'paused', tenth: 0 };
      }
      if (job.state !== 'running' && job.state !== 'verifying') return clear();
      const { progress } = job;
      if (last.phase === 'paused') last = { phase: '', tenth: 0 };
      if (terminal) {
        stream.write(`\r\u001b[2K${liveLine(progress, stream.columns ?? 80)}`);
        shown = true;
        return;
      }
      if (progress.unit !== 'frames' || progress.total === 0) return;
      const tenth = Math.floor((10 * progress.done) / progress.total);
      if (progress.phase === last.phase && tenth <= last.tenth) return;
      if (tenth > 0) stream.write(`${progress.phase.padEnd(7)} ${measures(progress)}\n`);
      last = { phase: progress.phase, tenth };
    },
  };
}
