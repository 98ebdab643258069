// A queue in a folder of its own, with scripted jobs: what tests of the queue share.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JobState } from '../../companion/api/job.ts';
import type { JobView, WireEvent } from '../../companion/api/wire.ts';
import { type Folders, findFolders } from '../../companion/jobs/folders.ts';
import type { JobOrder, Jobs } from '../../companion/jobs/jobs.ts';
import { type JobsOptions, openJobs } from '../../companion/jobs/queue.ts';
import { programFile } from './programs.ts';
import { type Script, scripted } from './scripted.ts';

export const scriptedWorker = (): URL => pathToFileURL(programFile('scripted-worker'));

export interface Bench {
  /** Holds everything; goes with `clear`. */
  readonly home: string;
  /** Where inputs and results lie. */
  readonly clips: string;
  readonly folders: Folders;
  open(options?: Partial<JobsOptions>): Jobs;
  /** Writes a script, unless it is there already; its path. */
  script(name: string, script: Script): string;
  /** Closes every queue that was opened and removes everything. */
  clear(): Promise<void>;
}

export function openBench(): Bench {
  const home = mkdtempSync(path.join(tmpdir(), 'inbetween-queue-'));
  const clips = path.join(home, 'clips');
  mkdirSync(clips);
  const folders = findFolders({ INBETWEEN_HOME: home });
  const opened: Jobs[] = [];
  return {
    home,
    clips,
    folders,
    open: (options) => {
      const jobs = openJobs({ folders, worker: scriptedWorker(), verbs: [scripted], ...options });
      opened.push(jobs);
      return jobs;
    },
    script: (name, script) => {
      const file = path.join(clips, name);
      const text = JSON.stringify(script);
      if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
      return file;
    },
    clear: async () => {
      for (const jobs of opened) await jobs.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** An order of the scripted verb. */
export const orderOf = (input: string, more: Partial<JobOrder> = {}): JobOrder => ({
  verb: 'scripted',
  inputs: [input],
  params: {},
  output: null,
  force: false,
  spared: [],
  priority: 0,
  dryRun: false,
  confined: false,
  attachedTo: null,
  ...more,
});

/** Resolves with the first event of the job, or what it is already, that `fits`. */
export function until(jobs: Jobs, id: string, fits: (job: JobState) => boolean): Promise<JobView> {
  return new Promise((resolve) => {
    const hear = ({ id: of, job }: Pick<WireEvent, 'id' | 'job'>): void => {
      if (of !== id || !fits(job.job)) return;
      stop();
      resolve(job);
    };
    const stop = jobs.onEvent(hear);
    hear({ id, job: jobs.get(id) });
  });
}

/** Whether the job has come to a state. */
export const is =
  (...states: JobState['state'][]) =>
  (job: JobState): boolean =>
    states.includes(job.state);

/** Whether at least that many frames were rendered. */
export const rendered =
  (frames: number) =>
  (job: JobState): boolean =>
    job.state === 'running' && job.progress.phase === 'render' && job.progress.done >= frames;
