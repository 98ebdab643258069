// How things move between two pictures, and whether that motion goes on at a third: block matching on a small luma.
import { type Cells, lumaOf, meanOf } from './cells.ts';

/** About how wide the luma is that blocks are matched on. */
const smallWidth = 160;
/** Distance between blocks, side of the window that is compared, and how far is searched, in samples of the small luma. */
const step = 8;
const window = 12;
const reach = 12;
/** From here a block is believed, and so many of them are needed for a word on the whole picture. */
const sureFrom = 0.5;
const fewest = 5;

/** A luma for motion; its mean is taken out, so that a change of light is no motion. */
export interface SmallLuma {
  readonly width: number;
  readonly height: number;
  /** Pixels of the picture a sample stands for, across and down. */
  readonly scale: number;
  /** 8-bit code values, [height × width]. */
  readonly samples: Float32Array;
}

export interface MotionField {
  readonly columns: number;
  readonly rows: number;
  /** dx and dy of every block in pixels of the full picture, [rows × columns × 2]. */
  readonly vectors: Float32Array;
  /** 0 (flat, an edge along itself, covered) … 1 (two samples off nothing fits), [rows × columns]. */
  readonly sure: Float32Array;
}

export function smallLumaOf(cells: Cells): SmallLuma {
  const luma = lumaOf(cells);
  const mean = meanOf(luma);
  const side = Math.max(1, Math.round(cells.width / smallWidth));
  const [width, height] = [Math.floor(cells.width / side), Math.floor(cells.height / side)];
  const samples = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = 0; v < side; v++)
        for (let u = 0; u < side; u++) sum += luma[(y * side + v) * cells.width + x * side + u]!;
      samples[y * width + x] = sum / side ** 2 - mean;
    }
  return { width, height, scale: cells.cell * side, samples };
}

/**
 * Where the blocks of `from` lie in `to`: full search for the least sum of squares, then a parabola through its neighbours for the part of a sample. Windows stay
 * within the picture; up to 12 samples of the small luma (7 % of the width) are found. Both of one size.
 */
export function blockMotion(from: SmallLuma, to: SmallLuma): MotionField {
  const { width, height, scale } = from;
  const columns = Math.max(0, Math.floor((width - window) / step) + 1);
  const rows = Math.max(0, Math.floor((height - window) / step) + 1);
  const vectors = new Float32Array(columns * rows * 2);
  const sure = new Float32Array(columns * rows);
  for (let block = 0; block < sure.length; block++) {
    const [x, y] = [(block % columns) * step, Math.floor(block / columns) * step];
    const [left, right] = [Math.max(0, x - reach), Math.min(width - window, x + reach)];
    const [top, bottom] = [Math.max(0, y - reach), Math.min(height - window, y + reach)];
    let [u, v] = [x, y];
    let least = squares(from, x, y, to, u, v);
    for (let line = top; line <= bottom; line++)
      for (let column = left; column <= right; column++) {
        const cost = squares(from, x, y, to, column, line, least);
        if (cost < least) [u, v, least] = [column, line, cost];
      }
    const cost = (across: number, down: number): number =>
      u + across < left || u + across > right || v + down < top || v + down > bottom
        ? Number.POSITIVE_INFINITY
        : squares(from, x, y, to, u + across, v + down);
    const beside = [cost(-1, 0), cost(1, 0), cost(0, -1), cost(0, 1)] as const;
    const inner = Math.max(...beside) < Number.POSITIVE_INFINITY;
    const next = inner ? Math.min(...around.map(([across, down]) => cost(across, down))) : 0;
    sure[block] = next > 0 ? 1 - least / next : 0;
    vectors[2 * block] = (u - x + (inner ? valley(beside[0], least, beside[1]) : 0)) * scale;
    vectors[2 * block + 1] = (v - y + (inner ? valley(beside[2], least, beside[3]) : 0)) * scale;
  }
  return { columns, rows, vectors, sure };
}

/** The places two samples off, all the way round. */
const around = Array.from({ length: 25 }, (_, i) => [(i % 5) - 2, Math.floor(i / 5) - 2] as const).filter(
  ([across, down]) => Math.max(Math.abs(across), Math.abs(down)) === 2,
);

/** Sum of squared differences of two windows; some number from `most` on as soon as it is that much. */
function squares(
  a: SmallLuma,
  x: number,
  y: number,
  b: SmallLuma,
  u: number,
  v: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const [ours, theirs, width] = [a.samples, b.samples, a.width];
  let sum = 0;
  for (let line = 0; line < window && sum < most; line++) {
    const p = (y + line) * width + x;
    const q = (v + line) * width + u;
    for (let i = 0; i < window; i++) {
      const difference = ours[p + i]! - theirs[q + i]!;
      sum += difference * difference;
    }
  }
  return sum;
}

/** Where a parabola through three neighbouring values is lowest, −½ … ½ from the middle one; a match without any difference is exact. */
function valley(before: number, here: number, after: number): number {
  const bend = before - 2 * here + after;
  return here > 0 && bend > 0 ? (before - after) / (2 * bend) : 0;
}

/**
 * By how much motion changes at the middle one of three pictures, in pixels a frame: the median over the blocks of `here` that are sure both ways of the distance
 * between how they came and how they go on. Null where too few are sure.
 */
export function velocityStep(before: SmallLuma, here: SmallLuma, after: SmallLuma): number | null {
  const [back, onward] = [blockMotion(here, before), blockMotion(here, after)];
  const steps: number[] = [];
  for (let block = 0; block < back.sure.length; block++) {
    if (back.sure[block]! < sureFrom || onward.sure[block]! < sureFrom) continue;
    const at = 2 * block;
    steps.push(Math.hypot(onward.vectors[at]! + back.vectors[at]!, onward.vectors[at + 1]! + back.vectors[at + 1]!));
  }
  if (steps.length < fewest) return null;
  return steps.sort((a, b) => a - b)[steps.length >> 1]!;
}
