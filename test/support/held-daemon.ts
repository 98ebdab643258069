// A daemon with the fake engine whose jobs can be made to stand still in any phase, and its folders as they are at a moment.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasEnded, type JobState, type Phase } from '../../companion/api/job.ts';
import type { JobView, Submission } from '../../companion/api/wire.ts';
import { findTools } from '../../companion/media/find.ts';
import { treeOf } from './journey.ts';
import { ffmpeg } from './media.ts';
import { OwnDaemon } from './own-daemon.ts';
import { programFile } from './programs.ts';

const patienceMs = 60_000;

export interface HeldDaemonOptions {
  /** `INBETWEEN_HOME`; by default in the folder. */
  readonly home?: string;
}

export class HeldDaemon {
  /** Holds everything, and goes with `clear`. */
  readonly folder: string;
  /** Inputs lie here. */
  readonly clips: string;
  readonly daemon: OwnDaemon;
  readonly #hold: string;

  constructor({ home }: HeldDaemonOptions = {}) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'inbetween-held-'));
    this.clips = path.join(this.folder, 'clips');
    mkdirSync(this.clips);
    this.#hold = path.join(this.folder, 'hold');
    this.daemon = new OwnDaemon(home ?? path.join(this.folder, 'home'), {
      front: [programFile('fake-inbetween')],
      env: { INBETWEEN_FAKE_HOLD: this.#hold },
    });
  }

  /** Starts the daemon; a clip for it, and an empty folder for what it makes. */
  async begin(): Promise<{ readonly clip: string; readonly out: string }> {
    const out = path.join(this.folder, 'out');
    mkdirSync(out);
    const [clip] = await Promise.all([this.makeClip('clip.mov'), this.daemon.start()]);
    return { clip, out };
  }

  async clear(): Promise<void> {
    await this.daemon.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Two shots with sound: several parts. */
  async makeClip(name: string): Promise<string> {
    const file = path.join(this.clips, name);
    const shots = ['testsrc2=s=64x48:r=24', 'smptebars=s=64x48:r=24'];
    const inputs = shots.flatMap((shot) => ['-f', 'lavfi', '-t', '1', '-i', shot]);
    const joined = ['-filter_complex', '[0:v][1:v]concat=n=2,format=yuv420p[v]', '-map', '[v]', '-map', '2:a'];
    const sound = ['-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'pcm_s16le'];
    await ffmpeg(await findTools({ env: {} }), [
      ...inputs,
      ...sound.slice(0, 4),
      ...joined,
      '-c:v',
      'mpeg4',
      ...sound.slice(4),
      file,
    ]);
    return file;
  }

  /** From now on jobs stand still in that phase, once they have come so far. */
  holdAt(phase: Phase, done = 0): void {
    rmSync(`${this.#hold}.held`, { force: true });
    writeFileSync(this.#hold, `${phase} ${done}`);
  }

  /** Resolves when a job stands still. */
  async held(): Promise<void> {
    const until = performance.now() + patienceMs;
    while (!existsSync(`${this.#hold}.held`)) {
      if (performance.now() > until) throw new Error(`No job came to ${readFileSync(this.#hold, 'utf8')}`);
      await pause(10);
    }
  }

  /** Jobs go on. */
  letGo(): void {
    rmSync(this.#hold, { force: true });
    rmSync(`${this.#hold}.held`, { force: true });
  }

  /** Asks for an interpolation. */
  ask(input: string, output: string, more: Partial<Submission> = {}): Promise<JobView> {
    return this.daemon.submit({ verb: 'interpolate', inputs: [input], place: { output }, ...more });
  }

  /** How a job ends. */
  async end(id: string): Promise<JobState> {
    return (await this.daemon.until(id, hasEnded, patienceMs)).job;
  }

  /** Cancels, and waits until what was left is gone. */
  async cancel(id: string): Promise<JobState> {
    const { job } = await this.daemon.client.call('act', { path: { id, action: 'cancel' } });
    return job;
  }

  /** Folders of jobs. */
  jobFolders(): string[] {
    return existsSync(this.daemon.data('jobs')) ? treeOf(this.daemon.data('jobs')) : [];
  }
}

/** Bytes of a file that are looked at. */
const mostHashed = 1 << 24;

/** Every file and folder below with what it holds and when it was changed. A folder's own time says only that something came and went. */
export function stateOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .map((entry): [string, string] => {
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(folder, file);
        if (!entry.isFile()) return [name, entry.isDirectory() ? 'folder' : 'other'];
        const { size, mtimeNs } = statSync(file, { bigint: true });
        const bytes = size > mostHashed ? '' : createHash('sha256').update(readFileSync(file)).digest('hex');
        return [name, `${size} bytes of ${mtimeNs} ${bytes}`];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
