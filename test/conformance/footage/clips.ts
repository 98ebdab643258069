// The clips of a footage folder: decoded, with their cuts found independently of the engine, and taken apart into kept and hidden frames.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type MediaTools, readClip } from '../../support/media.ts';
import { luma, type RawClip } from '../../support/y4m.ts';

export interface FootageClip {
  readonly path: string;
  /** File name without its extension. */
  readonly name: string;
  /** Of the file's bytes. */
  readonly hash: string;
  /** Bits a sample of the file; frames here are 8 bit, as everything is scored. */
  readonly storedDepth: number;
  readonly clip: RawClip;
  /** `k` where frame k and k+1 belong to different shots. */
  readonly cuts: readonly number[];
  /** A real print without truth (named `…_film`): run, but not scored. */
  readonly withoutTruth: boolean;
}

export function clipPaths(data: string, only: readonly string[]): string[] {
  const folder = join(data, 'clips');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(
      (name) =>
        /\.(mp4|mov|mkv|webm|y4m|avi|m4v)$/i.test(name) &&
        (only.length === 0 || only.some((part) => name.includes(part))),
    )
    .sort()
    .map((name) => join(folder, name));
}

export async function loadClip(tools: MediaTools, path: string): Promise<FootageClip> {
  const clip = await readClip(tools, path, 'yuv420p');
  const name = basename(path).replace(/\.\w+$/, '');
  return {
    path,
    name,
    hash: createHash('sha256').update(readFileSync(path)).digest('hex'),
    storedDepth: /10bit/.test(name) ? 10 : 8,
    clip,
    cuts: findCuts(clip),
    withoutTruth: /_film$/.test(name),
  };
}

/** Neighbours whose 64×36 thumbnails differ by more than 45 code values on average. */
export function findCuts(clip: RawClip): number[] {
  const thumbs = clip.frames.map((frame) => thumbnail(luma(clip, frame), clip.width, clip.height));
  return thumbs.flatMap((thumb, k) => {
    const next = thumbs[k + 1];
    if (next === undefined) return [];
    const difference = thumb.reduce((sum, v, i) => sum + Math.abs(v - next[i]!), 0) / thumb.length;
    return difference > 45 ? [k] : [];
  });
}

function thumbnail(plane: Uint8Array | Uint16Array, width: number, height: number): Float64Array {
  const [tw, th] = [64, 36];
  const out = new Float64Array(tw * th);
  for (let ty = 0; ty < th; ty++) {
    const [y0, y1] = [
      Math.floor((ty * height) / th),
      Math.max(Math.floor(((ty + 1) * height) / th), Math.floor((ty * height) / th) + 1),
    ];
    for (let tx = 0; tx < tw; tx++) {
      const [x0, x1] = [
        Math.floor((tx * width) / tw),
        Math.max(Math.floor(((tx + 1) * width) / tw), Math.floor((tx * width) / tw) + 1),
      ];
      let sum = 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += plane[y * width + x]!;
      out[ty * tw + tx] = sum / ((y1 - y0) * (x1 - x0));
    }
  }
  return out;
}

/** What is to be re-created: every `step`-th frame is kept, the frames in `wanted` are hidden and judged. */
export interface Task {
  readonly kept: RawClip;
  readonly step: number;
  /** Index in the whole clip, the kept frame before it and the phase to the next. */
  readonly wanted: readonly { readonly index: number; readonly pair: number; readonly phase: number }[];
}

/** Step 2 and 4: every hidden frame; step 8: the middle of each gap. */
export function takeApart(clip: RawClip, step: number): Task {
  const pairs = Math.floor((clip.frames.length - 1) / step);
  const kept = clip.frames.filter((_, i) => i % step === 0).slice(0, pairs + 1);
  const offsets = step === 8 ? [4] : Array.from({ length: step - 1 }, (_, k) => k + 1);
  return {
    kept: { ...clip, frames: kept, rate: [clip.rate[0], clip.rate[1] * step] },
    step,
    wanted: Array.from({ length: pairs }, (_, pair) =>
      offsets.map((k) => ({ index: pair * step + k, pair, phase: k / step })),
    ).flat(),
  };
}

/** Whether a cut lies inside the gap after kept frame `pair`. */
export const holdsCut = (cuts: readonly number[], step: number, pair: number): boolean =>
  cuts.some((k) => Math.floor(k / step) === pair);
