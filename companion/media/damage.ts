// Finds out which frames of a damaged file are lost: a second, slow and strict decode in one thread that keeps nothing broken.

import { decodeArguments } from './decode.ts';
import type { MediaDescription, VideoStream } from './description.ts';
import type { MediaTools } from './find.ts';
import { startProcess } from './process.ts';
import { ShownFrames } from './shown.ts';
import type { Timing } from './timing.ts';

/** Frames looked at beyond the first damage. */
const lookAhead = 2000;

export interface DamageRequest {
  readonly tools: MediaTools;
  readonly description: MediaDescription;
  readonly stream: VideoStream;
  readonly timing: Timing;
  /** The frames that are wanted. */
  readonly from: number;
  readonly count: number;
  /** How far the first decode came. */
  readonly reached: number;
  readonly signal?: AbortSignal | undefined;
}

/** The wanted frames a strict decoder does not give, and whether all wanted frames were looked at. */
export async function diagnose(
  request: DamageRequest,
): Promise<{ readonly frames: readonly number[]; readonly complete: boolean }> {
  const { timing, description, stream, from, count } = request;
  const to = Math.min(from + count, request.reached + lookAhead);
  const shown = new ShownFrames(timing, description, stream);
  const child = startProcess(request.tools.ffmpeg.path, decodeArguments({ ...request, from: 0 }, { strict: true }), {
    signal: request.signal,
    onLine: (line) => {
      shown.take(line);
      if (shown.count >= to + 64) void child.stop();
    },
  });
  child.stdout.on('data', () => child.alive());
  await child.watch(child.ended);
  request.signal?.throwIfAborted();
  const given = new Set(shown.all());
  const frames: number[] = [];
  for (let index = from; index < to; index++) if (!given.has(index)) frames.push(index);
  if (frames.length === 0 && shown.damage) {
    const at = shown.all()[Math.max(0, shown.damage.after - 1)] ?? 0;
    if (at >= from && at < to) frames.push(at);
  }
  return { frames, complete: to === from + count };
}

/** `3, 7-9, 12`. Numbers rise; at most 12 ranges are written out. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const texts = ranges.slice(0, 12).map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`));
  return texts.join(', ') + (ranges.length > 12 ? ` and ${ranges.length - 12} more places` : '');
}
