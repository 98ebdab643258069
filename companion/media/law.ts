// The output law of docs/architecture.md: how many frames come out, and which source instant each of them shows. Exact, in whole numbers.

import { CompanionError } from '../api/errors.ts';
import { Rational } from './rational.ts';
import { durationOf, type Timing } from './timing.ts';

/** What the output is to be: its rate in frames per second (> 0) and the speed it plays at (1 real time, 0.4 slow motion; > 0). */
export interface Conversion {
  readonly rate: Rational;
  readonly speed: Rational;
}

/** A source instant: `phase` of the way (0 ≤ phase < 1) from frame `index` to the next. Phase 0 is the frame itself. */
export interface Position {
  readonly index: number;
  readonly phase: Rational;
}

/** Frames that come out: ⌈duration · rate / speed⌉. */
export function frameCount(timing: Timing, conversion: Conversion): number {
  demandPositive(conversion);
  const count = durationOf(timing).mul(conversion.rate).div(conversion.speed).ceil();
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`${count} frames are beyond counting.`);
  return Number(count);
}

/** What each output frame shows, in order; held at the last frame after the last stamp. Constant work and memory for each. */
export function positions(timing: Timing, conversion: Conversion): Generator<Position, void, undefined> {
  const count = frameCount(timing, conversion);
  return timing.kind === 'constant'
    ? walkGrid(timing.frames, timing.rate.mul(conversion.speed).div(conversion.rate), count)
    : walkStamps(timing.ticks, conversion.speed.div(conversion.rate).div(timing.timeBase), count);
}

/** Positions i · step on a grid of frames. The remainder is carried, so that no frame costs a division. */
function* walkGrid(frames: number, step: Rational, count: number): Generator<Position, void, undefined> {
  const { num, den } = step;
  const phases = new Map<bigint, Rational>();
  let [index, rest] = [0n, 0n];
  const [wholeStep, restStep] = [num / den, num % den];
  const last = BigInt(frames - 1);
  for (let i = 0; i < count; i++) {
    if (index >= last) yield { index: frames - 1, phase: Rational.ZERO };
    else {
      let phase = phases.get(rest);
      if (!phase) {
        phase = new Rational(rest, den);
        if (phases.size < 4096) phases.set(rest, phase);
      }
      yield { index: Number(index), phase };
    }
    index += wholeStep;
    rest += restStep;
    if (rest >= den) {
      rest -= den;
      index += 1n;
    }
  }
}

/** Positions of the instants i · step (in ticks) among stamps; the neighbour is found once and then walked. */
function* walkStamps(ticks: BigInt64Array, step: Rational, count: number): Generator<Position, void, undefined> {
  const { num, den } = step;
  let [index, instant] = [0, 0n];
  for (let i = 0; i < count; i++, instant += num) {
    while (index + 1 < ticks.length && ticks[index + 1]! * den <= instant) index++;
    if (index + 1 === ticks.length) {
      yield { index, phase: Rational.ZERO };
      continue;
    }
    const past = instant - ticks[index]! * den;
    yield { index, phase: past === 0n ? Rational.ZERO : new Rational(past, (ticks[index + 1]! - ticks[index]!) * den) };
  }
}

function demandPositive({ rate, speed }: Conversion): void {
  if (rate.sign <= 0)
    throw new CompanionError('PARAM_INVALID', { name: 'fps', expected: 'a rate above 0', received: rate.toString() });
  if (speed.sign <= 0)
    throw new CompanionError('PARAM_INVALID', {
      name: 'speed',
      expected: 'a speed above 0',
      received: speed.toString(),
    });
}
