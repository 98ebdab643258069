// Code values to CIE L*a*b* (D65), by the colour tags of the picture.
import type { PictureFormat } from '../../../native/index.ts';
import type { ColourTags } from '../../media/description.ts';
import type { Cells } from './cells.ts';

/** Kr and Kb of the matrices in use (ITU-T H.273). */
const bt601 = [0.299, 0.114] as const;
const bt709 = [0.2126, 0.0722] as const;
const matrices: Readonly<Record<string, readonly [number, number]>> = {
  bt709,
  smpte170m: bt601,
  bt470bg: bt601,
  fcc: [0.3, 0.11],
  smpte240m: [0.212, 0.087],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** Linear RGB to XYZ, white D65 at Y = 1, from the primaries of BT.709, BT.2020 and P3 (SMPTE RP 177). */
const ofBt709: Matrix = [0.412391, 0.357584, 0.180481, 0.212639, 0.715169, 0.072192, 0.019331, 0.119195, 0.950532];
const primaries: Readonly<Record<string, Matrix>> = {
  bt2020: [0.636958, 0.144617, 0.168881, 0.2627, 0.677998, 0.059302, 0, 0.028073, 1.060985],
  smpte432: [0.486571, 0.265668, 0.198217, 0.228975, 0.691739, 0.079287, 0, 0.045113, 1.043944],
};
/** What white is in XYZ: the sums of the rows of each matrix above. */
const white = [0.950456, 1, 1.089058] as const;

/** Luminance of L* = 100 in HDR, cd/m² (ITU-R BT.2408: HDR reference white), and the peak HLG is shown at. */
const hdrWhite = 203;
const hlgPeak = 1000;

/** Light of a signal 0 … 1, where 1 is L* = 100. */
type Light = (signal: number) => number;

const display: Light = (v) => v ** 2.4;

/** SMPTE ST 2084, equation 4.1. */
const pq: Light = (v) => {
  const root = v ** (32 / 2523);
  const [c1, c2, c3] = [3424 / 4096, 2413 / 128, 2392 / 128];
  return ((Math.max(0, root - c1) / (c2 - c3 * root)) ** (8192 / 1305) * 10_000) / hdrWhite;
};

/** Inverse OETF of ITU-R BT.2100 (HLG), scene light 0 … 1. */
const hlg: Light = (v) => (v <= 0.5 ? v ** 2 / 3 : (Math.exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12);

const lights: Readonly<Record<string, Light>> = {
  linear: (v) => v,
  'iec61966-2-1': (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4),
  gamma22: (v) => v ** 2.2,
  bt470m: (v) => v ** 2.2,
  gamma28: (v) => v ** 2.8,
  bt470bg: (v) => v ** 2.8,
  smpte2084: pq,
  'arib-std-b67': hlg,
};

/** Steps of the table that light is read from, in a signal of 0 … 1. */
const steps = 4096;

/**
 * L*, a*, b* of every cell, [height × width × 3].
 *
 * What is assumed where tags say nothing: matrix BT.709 from 720 lines on, else BT.601; video range for YUV and gray; primaries BT.709. RGB is full range. Light is
 * that of a display (BT.1886, gamma 2.4 on black 0) for every transfer that is not named here. PQ: L* = 100 is 203 cd/m², so lights go beyond 100, where CIEDE2000 is an
 * extrapolation. HLG: as shown on 1000 cd/m² (system gamma 1.2), L* = 100 the same. Signals beyond black and white are clipped; means are of code values, not of light.
 */
export function labOf(cells: Cells, format: PictureFormat, colour: ColourTags): Float32Array {
  const count = cells.width * cells.height;
  const transfer = colour.transfer ?? '';
  const table = Float64Array.from({ length: steps + 1 }, (_, i) => (lights[transfer] ?? display)(i / steps));
  const light = (signal: number): number => table[Math.round(Math.min(1, Math.max(0, signal)) * steps)]!;
  const toRgb = signalOf(cells, format, colour);
  const m = primaries[colour.primaries ?? ''] ?? ofBt709;
  const lab = new Float32Array(count * 3);
  const rgb = new Float64Array(3);
  for (let i = 0; i < count; i++) {
    toRgb(i, rgb);
    const [r, g, b] = [light(rgb[0]!), light(rgb[1]!), light(rgb[2]!)];
    let x = m[0] * r + m[1] * g + m[2] * b;
    let y = m[3] * r + m[4] * g + m[5] * b;
    let z = m[6] * r + m[7] * g + m[8] * b;
    if (transfer === 'arib-std-b67') {
      const shown = (hlgPeak / hdrWhite) * y ** 0.2;
      [x, y, z] = [x * shown, y * shown, z * shown];
    }
    const [fx, fy, fz] = [response(x / white[0]), response(y), response(z / white[2])];
    lab[3 * i] = 116 * fy - 16;
    lab[3 * i + 1] = 500 * (fx - fy);
    lab[3 * i + 2] = 200 * (fy - fz);
  }
  return lab;
}

/** CIE 15: the cube root with its straight start. */
const response = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);

/** Writes the signals R, G and B of a cell, nominally 0 … 1, into `rgb`. */
function signalOf(
  { planes }: Cells,
  { layout, depth, height }: PictureFormat,
  { matrix, range }: ColourTags,
): (cell: number, rgb: Float64Array) => void {
  const [first, second, third] = planes as [Float32Array, Float32Array, Float32Array];
  const peak = (2 ** depth - 1) / 2 ** (depth - 8);
  if (layout === 'rgb') {
    return (i, rgb) => {
      rgb[0] = third[i]! / peak;
      rgb[1] = first[i]! / peak;
      rgb[2] = second[i]! / peak;
    };
  }
  const full = range === 'pc';
  const [black, lumaSpan, chromaSpan] = full ? [0, peak, peak] : [16, 219, 224];
  if (layout === 'gray') return (i, rgb) => rgb.fill((first[i]! - black) / lumaSpan);
  const [kr, kb] = matrices[matrix ?? ''] ?? (height >= 720 ? bt709 : bt601);
  return (i, rgb) => {
    const y = (first[i]! - black) / lumaSpan;
    const red = (2 * (1 - kr) * (third[i]! - 128)) / chromaSpan;
    const blue = (2 * (1 - kb) * (second[i]! - 128)) / chromaSpan;
    rgb[0] = y + red;
    rgb[1] = y - (kr * red + kb * blue) / (1 - kr - kb);
    rgb[2] = y + blue;
  };
}
