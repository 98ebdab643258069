// What others make of the same frames: ffmpeg's minterpolate, a plain blend, a plain repeat. All answer with one picture per wanted instant.
import type { MediaTools } from '../../companion/media/find.ts';
import { measure } from './command.ts';
import { luma, type RawClip, readY4m, writeY4m } from './y4m.ts';

/** The two settings of minterpolate that count: as it comes, and its best. */
export const MINTERPOLATE = {
  default: '',
  best: ':mi_mode=mci:mc_mode=aobmc:me_mode=bidir:vsbmc=1',
} as const;

export interface PeerRun {
  /** Picture `i` shows instant `i / factor` of the source, counted in source frames; ends with the last source frame. */
  readonly frames: readonly Uint8Array[];
  /** Milliseconds a created picture, padding left out. */
  readonly msPerFrame: number;
  readonly peakBytes: number;
}

/**
 * minterpolate loses frames at both ends and shifts what it keeps, so the source is padded (2 in front, 4 behind) and the shift is found at
 * which its pictures equal the source frames. `factor` = outputs a source frame, as a fraction.
 */
export async function minterpolate(
  tools: MediaTools,
  source: RawClip,
  factor: readonly [number, number],
  mode: keyof typeof MINTERPOLATE,
): Promise<PeerRun> {
  const [up, down] = factor;
  const last = source.frames.length - 1;
  const first = source.frames[0]!;
  const end = source.frames[last]!;
  const padded = { ...source, frames: [first, first, ...source.frames, end, end, end, end] };
  const filter = `minterpolate=fps=${source.rate[0] * up}/${source.rate[1] * down}${MINTERPOLATE[mode]}`;
  const args = [
    '-v',
    'error',
    '-f',
    'yuv4mpegpipe',
    '-i',
    'pipe:0',
    '-vf',
    filter,
    '-pix_fmt',
    'yuv420p',
    '-f',
    'yuv4mpegpipe',
    'pipe:1',
  ];
  const done = await measure(tools.ffmpeg.path, args, { input: [writeY4m(padded)], alone: true });
  if (done.code !== 0) throw new Error(`minterpolate ended with ${done.code}: ${done.stderr.slice(-400)}`);
  const full = readY4m(done.stdout).frames;
  const wanted = Math.floor((last * up) / down) + 1;
  const kept = source.frames.map((_, k) => k).filter((k) => (k * up) % down === 0);
  let best = { shift: 0, error: Number.POSITIVE_INFINITY };
  for (let shift = 0; shift + wanted <= full.length; shift++) {
    const error = kept.reduce(
      (sum, k) => sum + lumaDistance(source, full[shift + (k * up) / down]!, source.frames[k]!),
      0,
    );
    if (error < best.error) best = { shift, error };
  }
  if (best.error === Number.POSITIVE_INFINITY)
    throw new Error(`minterpolate gave ${full.length} frames, ${wanted} are needed`);
  const created = wanted - kept.length;
  const share = last / (last + 6);
  return {
    frames: full.slice(best.shift, best.shift + wanted),
    msPerFrame: (1000 * done.seconds * share) / created,
    peakBytes: done.peakBytes,
  };
}

function lumaDistance(clip: RawClip, a: Uint8Array, b: Uint8Array): number {
  const p = luma(clip, a);
  const q = luma(clip, b);
  let sum = 0;
  for (let i = 0; i < p.length; i += 7) sum += Math.abs(p[i]! - q[i]!);
  return sum;
}

/** The weighted mean of two 8-bit pictures. */
export function blend(a: Uint8Array, b: Uint8Array, phase: number): Uint8Array {
  return a.map((v, i) => Math.round(v + (b[i]! - v) * phase));
}
