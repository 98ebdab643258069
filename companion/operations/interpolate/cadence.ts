// Finds frames that only repeat the one before (animation on twos, telecine left-overs, dropped frames) and retimes the clip without them.
import type { Likeness } from '../../../native/index.ts';
import { Rational } from '../../media/rational.ts';
import type { Timing, VariableTiming } from '../../media/timing.ts';

/** A repeat that lasts longer than this is meant: it stays a hold. Seconds. */
export const holdLimit = new Rational(1n, 4n);

/** Below this mean difference in its worst 16×16 block (8-bit code values) a frame repeats the one before, whatever its neighbours do. */
const sameBlock = 0.1;
/** A frame much calmer than the motion around it repeats too, though compression has touched it. Shares of the motion's difference. */
const calmMean = 0.1;
const calmBlock = 0.15;
/** … but never when a block changed by more than this many code values. */
const calmLimit = 4;
/** Frames on each side that tell what motion is like here, and the share of them that may be repeats themselves. */
const reach = 6;
const motionRank = 0.8;

/** Runs of a cycle that are looked for: 1 in 4, 1 in 5, 2:3 …; 24 for 25 frames made of 24. A cycle shows at least three times. */
const cycleLengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 24];
const cycleTimes = 3;

/** A regular cycle: every `frames` frames show `distinct` different pictures. */
export interface Cycle {
  readonly from: number;
  readonly to: number;
  readonly frames: number;
  readonly distinct: number;
}

export interface Retimed {
  /** Source frames that are kept, rising. The first is always 0. */
  readonly kept: Int32Array;
  /** When each kept frame is shown; as long as the source. */
  readonly timing: VariableTiming;
  readonly cycles: readonly Cycle[];
  /** Repeats that were left in because they are real holds. */
  readonly heldFrames: number;
}

/** Whether each frame repeats the one before; `likeness[i]` compares frames i and i + 1. One longer than `likeness`, the first is false. */
export function findRepeats(likeness: readonly Likeness[]): boolean[] {
  const repeats = likeness.map((pair, i) => {
    if (pair.worstBlock <= sameBlock) return true;
    const around = likeness.slice(Math.max(0, i - reach), i + reach + 1);
    return (
      pair.worstBlock <= calmLimit &&
      pair.meanDifference <= calmMean * ranked(around.map((each) => each.meanDifference)) &&
      pair.worstBlock <= calmBlock * ranked(around.map((each) => each.worstBlock))
    );
  });
  return [false, ...repeats];
}

function ranked(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * motionRank))]!;
}

interface Run {
  readonly from: number;
  readonly length: number;
  readonly hold: boolean;
}

/**
 * Drops repeats. Where they come in a regular cycle the distinct frames are spread evenly over it; elsewhere each stays where it was first shown:
 *
 *   a b b c d | e f f g h   →   a  b  c  d | e  f  g  h      (1 in 5: four frames over the time of five)
 *   a b c c d e f           →   a b c   d e f                (no cycle: d stays, c → d is made anew)
 */
export function retime(timing: Timing, repeats: readonly boolean[], limit: Rational = holdLimit): Retimed {
  const tickAt = ticker(timing);
  const limitTicks = limit.div(tickAt.timeBase).floor();
  const runs = runsOf(repeats).map(({ from, length }): Run => {
    const lasts = tickAt(from + length) - tickAt(from);
    return { from, length, hold: length > 1 && lasts > limitTicks };
  });
  const cycles: { at: number; runs: number; times: number }[] = [];
  for (let at = 0; at < runs.length; ) {
    const cycle = longestCycle(runs, at);
    if (cycle) cycles.push({ at, ...cycle });
    at += cycle ? cycle.runs * cycle.times : 1;
  }
  const scale = cycles.reduce((common, { runs: count }) => leastCommonMultiple(common, BigInt(count)), 1n);
  const evenly = new Map<number, bigint>();
  for (const { at, runs: count, times } of cycles) {
    for (let first = at; first < at + count * times; first += count) {
      const start = tickAt(runs[first]!.from);
      const end = tickAt(runs[first + count - 1]!.from + runs[first + count - 1]!.length);
      for (let i = 0; i < count; i++) {
        evenly.set(first + i, start * scale + ((end - start) * scale * BigInt(i)) / BigInt(count));
      }
    }
  }
  const kept: number[] = [];
  const ticks: bigint[] = [];
  for (const [i, run] of runs.entries()) {
    for (let frame = run.from; frame < run.from + (run.hold ? run.length : 1); frame++) {
      kept.push(frame);
      ticks.push(evenly.get(i) ?? tickAt(frame) * scale);
    }
  }
  return {
    kept: Int32Array.from(kept),
    timing: {
      kind: 'variable',
      ticks: BigInt64Array.from(ticks),
      timeBase: tickAt.timeBase.div(new Rational(scale)),
      frames: kept.length,
      endTick: tickAt(timing.frames) * scale,
      start: timing.start,
    },
    cycles: cycles.map(({ at, runs: count, times }) => ({
      from: runs[at]!.from,
      to: runs[at + count * times - 1]!.from + runs[at + count * times - 1]!.length,
      frames: framesOf(runs.slice(at, at + count)),
      distinct: count,
    })),
    heldFrames: runs.reduce((sum, run) => sum + (run.hold ? run.length - 1 : 0), 0),
  };
}

/** The stamp of frame `index` in ticks; of one past the last, the clip's end. */
function ticker(timing: Timing): ((index: number) => bigint) & { timeBase: Rational } {
  if (timing.kind === 'constant') {
    return Object.assign((index: number) => BigInt(index), { timeBase: Rational.ONE.div(timing.rate) });
  }
  const at = (index: number): bigint => (index < timing.frames ? timing.ticks[index]! : timing.endTick);
  return Object.assign(at, { timeBase: timing.timeBase });
}

function runsOf(repeats: readonly boolean[]): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (const [i, repeat] of repeats.entries()) {
    const last = runs.at(-1);
    if (repeat && last) last.length++;
    else runs.push({ from: i, length: 1 });
  }
  return runs;
}

const framesOf = (runs: readonly Run[]): number => runs.reduce((sum, run) => sum + run.length, 0);

/** The cycle of runs beginning at `at` that covers most frames; ties go to the shortest. Only whole turns count. */
function longestCycle(runs: readonly Run[], at: number): { runs: number; times: number } | undefined {
  let best: { runs: number; times: number; covers: number } | undefined;
  for (const length of cycleLengths) {
    const first = runs.slice(at, at + length);
    if (first.length < length || first.some((run) => run.hold) || !isCadence(first)) continue;
    let end = at + length;
    while (end < runs.length && runs[end]!.length === runs[end - length]!.length && !runs[end]!.hold) end++;
    const times = Math.floor((end - at) / length);
    const covers = times * length;
    if (times >= cycleTimes && (!best || covers > best.covers)) best = { runs: length, times, covers };
  }
  return best;
}

/** A cadence repeats something, and shows its pictures for lengths that differ by one frame at most. */
function isCadence(runs: readonly Run[]): boolean {
  const lengths = runs.map((run) => run.length);
  const most = Math.max(...lengths);
  return most > 1 && most - Math.min(...lengths) <= 1;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
