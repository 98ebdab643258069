// melt of the MLT framework, where it is installed: an independent program that says what a timeline shows.
import { accessSync, constants } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { CompanionError } from '../api/errors.ts';
import { onPath } from './find.ts';
import { runProcess } from './process.ts';

/** Where melt is: what INBETWEEN_MELT names, which decides where it is given, else what lies on PATH; null where it cannot be run. */
export function findMelt(env: NodeJS.ProcessEnv = process.env): string | null {
  const named = env.INBETWEEN_MELT;
  const found = named ? path.resolve(named) : onPath('melt', env);
  try {
    if (found !== null) accessSync(found, constants.X_OK);
    return found;
  } catch {
    return null;
  }
}

/** Frames `in` to `out`, both shown, of an MLT file. */
export interface Stretch {
  /** Its name in the folder. */
  readonly project: string;
  readonly in: number;
  readonly out: number;
}

export interface Rendering {
  readonly melt: string;
  /** Where the projects lie, and where melt may write. */
  readonly folder: string;
  /** Shown one after another. All projects have one rate. */
  readonly stretches: readonly Stretch[];
  /** Size of the projects' pictures. */
  readonly width: number;
  readonly height: number;
  /** Seconds that one start may take; 15 by default. */
  readonly patience?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Times that melt is started at most. melt 7.12 on a busy machine now and then ends its writing before the first frame (5 of 100 starts with worker threads, 2 of 100
 * without): it leaves an empty file and exit code 0, or waits for ever. Such a start is repeated; pictures that came are never asked for again.
 */
const starts = 3;

/**
 * The frames of the stretches in order, each 8 bit 4:2:2 (luma, then both chroma planes, without padding); a sentence where melt did not give all of them.
 * Rejects with AbortError.
 */
export async function renderStretches(rendering: Rendering): Promise<Uint8Array[] | string> {
  const { folder, stretches, width, height } = rendering;
  const size = 2 * width * height;
  const count = stretches.reduce((sum, one) => sum + one.out - one.in + 1, 0);
  const file = path.join(folder, 'melt.yuv');
  let why = '';
  for (let start = 0; start < starts; start++) {
    try {
      why = await play(rendering, file);
      const bytes = await readFile(file).catch(() => new Uint8Array());
      if (bytes.length === count * size)
        return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      if (bytes.length > 0) return `melt wrote ${bytes.length / size} frames instead of ${count}`;
    } finally {
      await rm(file, { force: true });
    }
  }
  return why;
}

/** Runs melt once, without threads that could drop or reorder frames. Gives what is to be said if nothing came of it. */
async function play({ melt, folder, stretches, patience = 15, signal }: Rendering, file: string): Promise<string> {
  const shown = stretches.flatMap(({ project, in: first, out }) => [project, `in=${first}`, `out=${out}`]);
  const raw = [`avformat:${file}`, 'f=rawvideo', 'vcodec=rawvideo', 'pix_fmt=yuv422p', 'an=1', 'real_time=0'];
  try {
    const { code } = await runProcess(melt, ['-silent', ...shown, '-consumer', ...raw], { folder, patience, signal });
    return `melt ended with ${code} and wrote nothing`;
  } catch (error) {
    if (!(error instanceof CompanionError)) throw error;
    return `melt ${error.facts.what}`;
  }
}
