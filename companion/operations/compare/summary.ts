// Sums up what was measured of each pair of frames.

export interface FrameMeasure {
  readonly frame: number;
  readonly seconds: number;
  /** dB of each plane; null: equal. */
  readonly psnr: readonly (number | null)[];
  /** Of the first plane (luma; G of RGB), 0 … 1. */
  readonly ssim: number;
}

export interface Summary {
  readonly frames: number;
  /** Frames that are the same in every plane. */
  readonly equalFrames: number;
  /** dB of each plane from the mean squared error of all frames; null: equal. */
  readonly psnr: readonly (number | null)[];
  /** Mean of the frames' PSNR, of those where the plane differs; null: none does. */
  readonly meanPsnr: readonly (number | null)[];
  readonly ssim: number;
  readonly leastSsim: number;
  /** By the PSNR of the first plane, worst first; equal frames are not among them. */
  readonly worst: readonly FrameMeasure[];
}

/** `measures`: at least one. */
export function summarise(measures: readonly FrameMeasure[], worst: number): Summary {
  const planes = measures[0]!.psnr.map((_, plane) => measures.map((each) => each.psnr[plane]!));
  const differing = planes.map((values) => values.filter((value) => value !== null));
  return {
    frames: measures.length,
    equalFrames: measures.filter(({ psnr }) => psnr.every((value) => value === null)).length,
    psnr: differing.map((values) => {
      // the peak is the same for every frame, so relative squared errors 10^(−psnr/10) may be averaged
      const error = mean(values.map((value) => 10 ** (-value / 10))) * (values.length / measures.length);
      return values.length === 0 ? null : -10 * Math.log10(error);
    }),
    meanPsnr: differing.map((values) => (values.length === 0 ? null : mean(values))),
    ssim: mean(measures.map(({ ssim }) => ssim)),
    leastSsim: measures.reduce((least, { ssim }) => Math.min(least, ssim), 1),
    worst: measures
      .filter(({ psnr }) => psnr.some((value) => value !== null))
      .sort(worseFirst)
      .slice(0, worst),
  };
}

/** Orders by the first plane's PSNR, lowest first; equal frames last. */
export const worseFirst = (a: FrameMeasure, b: FrameMeasure): number =>
  (a.psnr[0] ?? Infinity) - (b.psnr[0] ?? Infinity) || a.frame - b.frame;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
