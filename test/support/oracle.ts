// Picture measures in plain TypeScript, independent of the engine: PSNR, SSIM, mean, largest difference.

export type Samples = Uint8Array | Uint16Array;

/** dB against a full scale of 2^depth − 1; capped at 88 dB at 8 bit (mean squared error 1e-4), so that means stay finite. */
export function psnr(a: Samples, b: Samples, depth = 8): number {
  const peak = 2 ** depth - 1;
  return 10 * Math.log10((peak * peak) / Math.max(meanSquare(a, b), 1e-4 * (peak / 255) ** 2));
}

export function meanSquare(a: Samples, b: Samples): number {
  sameLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = a[i]! - b[i]!;
    sum += d * d;
  }
  return sum / a.length;
}

export function largestDifference(a: Samples, b: Samples): number {
  sameLength(a, b);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

export function mean(a: Samples): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]!;
  return sum / a.length;
}

const SIGMA = 1.5;
const REACH = 5;
const weights = ((): Float64Array => {
  const raw = Float64Array.from({ length: 2 * REACH + 1 }, (_, i) =>
    Math.exp(-((i - REACH) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const sum = raw.reduce((p, q) => p + q);
  return raw.map((w) => w / sum);
})();

/**
 * Mean structural similarity of one plane (Wang et al. 2004): 11×11 Gaussian window, sigma 1.5, C1 = (0.01 L)², C2 = (0.03 L)²; windows that
 * would leave the picture are left out. Sides of 11 or more.
 */
export function ssim(a: Samples, b: Samples, width: number, height: number, depth = 8): number {
  sameLength(a, b);
  const peak = 2 ** depth - 1;
  const c1 = (0.01 * peak) ** 2;
  const c2 = (0.03 * peak) ** 2;
  const inner = width - 2 * REACH;
  const n = inner * height;
  const across = Array.from({ length: 5 }, () => new Float64Array(n));
  const [ma, mb, saa, sbb, sab] = across as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let pa = 0;
      let pb = 0;
      let paa = 0;
      let pbb = 0;
      let pab = 0;
      const from = y * width + x;
      for (let k = 0; k <= 2 * REACH; k++) {
        const w = weights[k]!;
        const va = a[from + k]!;
        const vb = b[from + k]!;
        pa += w * va;
        pb += w * vb;
        paa += w * va * va;
        pbb += w * vb * vb;
        pab += w * va * vb;
      }
      const at = y * inner + x;
      ma[at] = pa;
      mb[at] = pb;
      saa[at] = paa;
      sbb[at] = pbb;
      sab[at] = pab;
    }
  }
  let sum = 0;
  for (let y = 0; y + 2 * REACH < height; y++) {
    for (let x = 0; x < inner; x++) {
      let pa = 0;
      let pb = 0;
      let paa = 0;
      let pbb = 0;
      let pab = 0;
      for (let k = 0; k <= 2 * REACH; k++) {
        const w = weights[k]!;
        const at = (y + k) * inner + x;
        pa += w * ma[at]!;
        pb += w * mb[at]!;
        paa += w * saa[at]!;
        pbb += w * sbb[at]!;
        pab += w * sab[at]!;
      }
      const va = paa - pa * pa;
      const vb = pbb - pb * pb;
      const cov = pab - pa * pb;
      sum += ((2 * pa * pb + c1) * (2 * cov + c2)) / ((pa * pa + pb * pb + c1) * (va + vb + c2));
    }
  }
  return sum / (inner * (height - 2 * REACH));
}

/** Mean of some figures; NaN of none. */
export const average = (values: readonly number[]): number => values.reduce((p, q) => p + q, 0) / values.length;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((p, q) => p - q);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

function sameLength(a: Samples, b: Samples): void {
  if (a.length !== b.length) throw new RangeError(`pictures differ in size: ${a.length} and ${b.length} samples`);
}
