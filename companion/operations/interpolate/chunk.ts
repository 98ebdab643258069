// A chunk: a run of output frames that is rendered, stored and trusted as one. Where it ends follows from the content and the plan alone.
import { createHash } from 'node:crypto';
import type { Relation } from '../../../native/index.ts';
import { shortestPart } from '../../media/segment.ts';

/** What is known of a finished chunk. Survives JSON. */
export interface Chunk {
  /** Its first output frame, and the one after its last. */
  readonly first: number;
  readonly end: number;
  /** Output frames: those that are a source frame unchanged, and those the engine made. */
  readonly kept: number;
  readonly created: number;
  /** Pairs looked at, by what the engine made of them. */
  readonly pairs: Readonly<Record<Relation, number>>;
  /** Index of the first frame after each cut that a frame was asked across. */
  readonly cuts: readonly number[];
  /** Index of the last pair that is counted, here or before; −1: none. */
  readonly lastPair: number;
  /** Digest of the source frame before the one that the next chunk begins with; null where there is none. Another decoder must give the same. */
  readonly context: string | null;
}

/** Source frames a chunk shows or passes at most. */
export const mostSteps = 48;
/** … and at least, where a cut ends it. */
const leastSteps = 12;
/** Output frames a chunk holds at most, however slow the motion is. */
export const mostFrames = 240;

/** Decides, output frame by output frame, where chunks end. */
export class Border {
  readonly #total: number;
  #frames = 0;
  #steps = 0;
  #index = -1;
  #shown = -1;

  /** `total`: output frames in all. */
  constructor(total: number) {
    this.#total = total;
  }

  /** Whether a new chunk begins with output frame `frame`, which is at source frame `index` and shows it or the one after (`shown`) or a picture between; `cut`: first frame after the last cut seen. */
  isAt(frame: number, index: number, shown: number, cut: number): boolean {
    const crosses = this.#shown < cut && shown >= cut;
    const ends =
      this.#frames >= mostFrames ||
      (index > this.#index && this.#steps >= mostSteps) ||
      (crosses && this.#steps >= leastSteps);
    return ends && this.#frames >= shortestPart && this.#total - frame >= shortestPart;
  }

  /** Takes the frame into the chunk that is open, or into a new one. */
  take(index: number, shown: number, begins: boolean): void {
    if (begins) {
      this.#frames = 0;
      this.#steps = 0;
    }
    if (this.#steps === 0 || index > this.#index) this.#steps++;
    this.#frames++;
    this.#index = index;
    this.#shown = shown;
  }
}

/** What chunks come to together. */
export function sumOf(chunks: readonly Chunk[]): Pick<Chunk, 'kept' | 'created' | 'pairs' | 'cuts'> {
  const pairs = { motion: 0, still: 0, cut: 0, junk: 0 };
  let [kept, created] = [0, 0];
  for (const chunk of chunks) {
    kept += chunk.kept;
    created += chunk.created;
    for (const relation of ['motion', 'still', 'cut', 'junk'] as const) pairs[relation] += chunk.pairs[relation];
  }
  return { kept, created, pairs, cuts: chunks.flatMap(({ cuts }) => cuts) };
}

export const digestOf = (picture: Uint8Array): string => createHash('sha256').update(picture).digest('hex');
