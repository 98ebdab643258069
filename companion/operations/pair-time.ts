// How long the engine takes on this machine, measured on a pair: what estimates rest on.
import type { Engine, InterpolatorOptions, PictureFormat } from '../../native/index.ts';

export interface PairTime {
  /** Milliseconds to analyse the pair, and to make a picture between. */
  readonly load: number;
  readonly render: number;
}

/** Makes one picture between two. Rejects with an AbortError. */
export async function timePair(
  engine: Engine,
  format: PictureFormat,
  options: InterpolatorOptions,
  [a, b]: readonly [Uint8Array, Uint8Array],
  signal: AbortSignal,
): Promise<PairTime> {
  using interpolator = engine.interpolator(format, options);
  const began = performance.now();
  await interpolator.load(a, b, { signal });
  const loaded = performance.now();
  await interpolator.render(0.5, new Uint8Array(a.length), { signal });
  return { load: loaded - began, render: performance.now() - loaded };
}
