// How far motion is to be believed over a gap of some length: found on the material beside it, where the pictures between are known.
import type { Interpolator } from '../../../native/index.ts';
import type { Side } from './bridge.ts';
import { dissolve } from './dissolve.ts';

/** Fewer pictures than this between two tell nothing of a longer gap. */
const fewest = 2;
/** What is left of the motion at least: the rest is a dissolve. */
const leastBelief = 0.4;

/**
 * The weight w that makes w · motion + (1 − w) · dissolve come nearest to the known picture in the middle of a hole as long as the gap (least squares over
 * luma), cut out of one side: w = Σ(t − d)(m − d) / Σ(m − d)², within 0.4 … 1. Null where that side tells nothing: it is too short, stands still, or a cut lies
 * in it.
 */
export async function beliefBeside(
  interpolator: Interpolator,
  { pictures, ages }: Side,
  frames: number,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  let far = pictures.length - 1;
  while (far > 0 && ages[far]! > frames + 1) far--;
  if (far <= fewest) return null;
  const middle = far >> 1;
  const [older, truth, border] = [pictures[far]!, pictures[middle]!, pictures[0]!];
  const options = signal ? { signal } : {};
  const before = pictures[far + 1];
  const span = ages[far]!;
  const { relation } = await interpolator.load(older, border, {
    ...options,
    before: before && { picture: before, span: (ages[far + 1]! - span) / span },
  });
  if (relation !== 'motion') return null;
  const phase = 1 - ages[middle]! / span;
  const [moved, mixed] = [new Uint8Array(border.length), new Uint8Array(border.length)];
  await interpolator.render(phase, moved, options);
  dissolve(older, border, phase, mixed, interpolator.format.depth);
  const { width, height, depth } = interpolator.format;
  const read = (bytes: Uint8Array): Uint8Array | Uint16Array =>
    depth === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const [t, m, d] = [read(truth), read(moved), read(mixed)];
  let [toTruth, toMotion] = [0, 0];
  for (let i = 0; i < width * height; i++) {
    const away = m[i]! - d[i]!;
    toTruth += (t[i]! - d[i]!) * away;
    toMotion += away * away;
  }
  return toMotion === 0 ? null : Math.min(1, Math.max(leastBelief, toTruth / toMotion));
}
