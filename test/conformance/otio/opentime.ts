// Conformance of otio/opentime: every case of vectors/opentime, and the exact rates and rescalings of vectors/gapfill.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { OtioError } from '../../../otio/errors.ts';
import { RationalTime, rationalRate, rescale, TimeRange, TimeTransform } from '../../../otio/opentime/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

/** A number as the vectors write it: "NaN" and "Infinity" are text. */
type Numeral = number | string;
type Time = readonly [value: Numeral, rate: Numeral];
type Range = readonly [start: Time, duration: Time];
interface Transform {
  readonly offset: Time;
  readonly scale: number;
  readonly rate: number;
}

interface Case {
  readonly op: string;
  // biome-ignore lint/suspicious/noExplicitAny: each operation has its own input; `operations` says which.
  readonly in: any;
  readonly out?: unknown;
  readonly error?: string;
  readonly sha256?: string;
  readonly wanted?: unknown;
  readonly wanted_sha256?: string;
}

const time = ([value, rate]: Time): RationalTime => new RationalTime(Number(value), Number(rate));
const range = ([start, duration]: Range): TimeRange => new TimeRange(time(start), time(duration));
const transform = (x: Transform): TimeTransform => new TimeTransform(time(x.offset), x.scale, x.rate);

const shown = ({ value, rate }: RationalTime): number[] => [value, rate];
const shownRange = ({ startTime, duration }: TimeRange): number[][] => [shown(startTime), shown(duration)];
const shownTransform = ({ offset, scale, rate }: TimeTransform): object => ({ offset: shown(offset), scale, rate });

/** What ours answers to a case of each operation, in the vectors' own words. */
const operations: Record<string, (input: Case['in']) => unknown> = {
  unary([t, rate]: [Time, number]) {
    const x = time(t);
    return {
      rescaled_to: shown(x.rescaledTo(rate)),
      value_rescaled_to: x.valueRescaledTo(rate),
      to_seconds: x.toSeconds(),
      to_frames: x.toFrames(),
      to_frames_rate: x.toFrames(rate),
      floor: shown(x.floor()),
      ceil: shown(x.ceil()),
      round: shown(x.round()),
      from_seconds_value_rate: shown(RationalTime.fromSeconds(x.toSeconds(), rate)),
      from_frames: shown(RationalTime.fromFrames(x.value, rate)),
    };
  },
  binary([a, b]: [Time, Time]) {
    const [x, y] = [time(a), time(b)];
    return {
      add: shown(x.add(y)),
      sub: shown(x.sub(y)),
      neg_a: shown(x.neg()),
      lt: x.lt(y),
      le: x.le(y),
      gt: x.gt(y),
      ge: x.ge(y),
      eq: x.equals(y),
      ne: !x.equals(y),
      strictly_equal: x.strictlyEqual(y),
      almost_equal_0: x.almostEqual(y),
      'almost_equal_0.5': x.almostEqual(y, 0.5),
      almost_equal_1: x.almostEqual(y, 1),
      duration_from_start_end: shown(RationalTime.durationFromStartEndTime(x, y)),
      duration_from_start_end_inclusive: shown(RationalTime.durationFromStartEndTimeInclusive(x, y)),
    };
  },
  validity: (t: Time) => ({ is_valid_time: time(t).isValidTime(), is_invalid_time: time(t).isInvalidTime() }),
  degenerate_rescale: ([t, rate]: [Time, number]) => shown(time(t).rescaledTo(rate)),
  rates: (rate: number) => ({
    is_smpte_timecode_rate: RationalTime.isSmpteTimecodeRate(rate),
    nearest_smpte_timecode_rate: RationalTime.nearestSmpteTimecodeRate(rate),
  }),
  to_timecode: (c) => time(c.time).toTimecode(c.rate, c.drop_frame ?? undefined),
  to_nearest_timecode: (c) => time(c.time).toNearestTimecode(c.rate),
  from_timecode: (c) => shown(RationalTime.fromTimecode(c.timecode, c.rate)),
  to_time_string: (t: Time) => time(t).toTimeString(),
  from_time_string: (c) => shown(RationalTime.fromTimeString(c.text, c.rate)),
  sweep_to_timecode: (c) =>
    sha256(function* () {
      for (let frame = c.from; frame < c.to; frame += c.step)
        yield new RationalTime(frame, c.rate).toTimecode(c.rate, c.drop_frame ?? undefined);
    }),
  sweep_from_timecode_drop: (c) =>
    sha256(function* () {
      for (const h of c.hours)
        for (const m of between(c.minutes))
          for (const s of c.seconds)
            for (const f of between(c.frames)) {
              const text = `${[h, m, s].map((n) => String(n).padStart(2, '0')).join(':')};${String(f).padStart(2, '0')}`;
              yield `${text} ${RationalTime.fromTimecode(text, c.rate).value}`;
            }
    }),
  end_times: ({ a }: { a: Range }) => ({
    end_time_inclusive: shown(range(a).endTimeInclusive()),
    end_time_exclusive: shown(range(a).endTimeExclusive()),
  }),
  construct: (c) =>
    shownRange(new TimeRange(c.start_time ? time(c.start_time) : undefined, c.duration ? time(c.duration) : undefined)),
  range_ops(c: { a: Range; b: Range; t: Time }) {
    const [a, b, t] = [range(c.a), range(c.b), time(c.t)];
    return {
      end_time_inclusive: shown(a.endTimeInclusive()),
      end_time_exclusive: shown(a.endTimeExclusive()),
      duration_extended_by_t: shownRange(a.durationExtendedBy(t)),
      extended_by_b: shownRange(a.extendedBy(b)),
      clamped_t: shown(a.clamped(t)),
      clamped_b: shownRange(a.clamped(b)),
      is_valid_range: a.isValidRange(),
      is_invalid_range: a.isInvalidRange(),
      range_from_start_end: shownRange(TimeRange.rangeFromStartEndTime(a.startTime, t)),
      range_from_start_end_inclusive: shownRange(TimeRange.rangeFromStartEndTimeInclusive(a.startTime, t)),
    };
  },
  relations(c: { a: Range; b: Range; epsilon_s?: number }) {
    const [a, b] = [range(c.a), range(c.b)];
    return {
      contains: a.contains(b, c.epsilon_s),
      overlaps: a.overlaps(b, c.epsilon_s),
      before: a.before(b, c.epsilon_s),
      meets: a.meets(b, c.epsilon_s),
      begins: a.begins(b, c.epsilon_s),
      finishes: a.finishes(b, c.epsilon_s),
      intersects: a.intersects(b, c.epsilon_s),
      ...(c.epsilon_s === undefined && { eq: a.equals(b), ne: !a.equals(b) }),
    };
  },
  relations_time(c: { a: Range; t: Time }) {
    const [a, t] = [range(c.a), time(c.t)];
    return {
      contains: a.contains(t),
      overlaps: a.overlaps(t),
      before: a.before(t),
      begins: a.begins(t),
      finishes: a.finishes(t),
    };
  },
  transform(c: { x: Transform; y: Transform; t: Time; r: Range }) {
    const [x, y] = [transform(c.x), transform(c.y)];
    return {
      time: shown(x.appliedTo(time(c.t))),
      range: shownRange(x.appliedTo(range(c.r))),
      transform: shownTransform(x.appliedTo(y)),
      eq: x.equals(y),
    };
  },
  rational_rate(rate: number) {
    const { num, den } = rationalRate(rate);
    return [num, den];
  },
  rescale_frames(c) {
    const [from, to] = [c.from, c.to].map(([num, den]) => ({ num, den }));
    const { num, den, floor, ceil, round } = rescale(c.frames, from!, to!);
    return { exact: [Number(num), Number(den)], floor, ceil, round_half_up: round, whole: den === 1n };
  },
};

/** The reference sums the digits of a fraction one by one, so these values agree within 10⁻⁶ of a frame (SPEC §3.3). */
const inexact = new Set(['from_time_string']);

/**
 * Cases that show R8 (0 counts as a rate, and 1 is nearest to it) without being marked. Wanted instead: the same instant at 24000/1001, by hand:
 * 502443 / 48000 s is frame 250.97, 12 / 600 s frame 0.48, 4043 / 48 s frame 2019.48.
 */
const unmarked = new Map([
  ['{"time":[502443,48000],"rate":1}', '00:00:10:10'],
  ['{"time":[12,600],"rate":1}', '00:00:00:00'],
  ['{"time":[4043,48],"rate":1}', '00:01:24:03'],
]);

/** `data` is the folder that holds `vectors/`. One verdict a file. */
export async function opentime(data: string, judge: Judge): Promise<void> {
  const files = (await readdir(join(data, 'vectors/opentime'))).filter((name) => name.endsWith('.json')).sort();
  const names = [...files.map((name) => `opentime/${name}`), 'gapfill/rates.json', 'gapfill/rescale.json'];
  let [passed, total] = [0, 0];
  for (const name of names) {
    const tally = new Tally(name);
    const { cases } = JSON.parse(await readFile(join(data, 'vectors', name), 'utf8')) as { cases: Case[] };
    for (const c of cases) tally.check({ [c.op]: c.in }, answer(c), wanted(c), inexact.has(c.op) ? near : undefined);
    tally.decide(judge);
    passed += tally.passed;
    total += tally.total;
  }
  judge.aside(
    'to_nearest_timecode at rate 1',
    `${unmarked.size} cases show fault R8 unmarked; judged by hand-made answers`,
  );
  judge.say(`opentime: ${passed} of ${total} cases`);
}

function answer(c: Case): unknown {
  try {
    return operations[c.op]?.(c.in) ?? `no operation ${c.op}`;
  } catch (error) {
    if (error instanceof OtioError) return { error: error.code };
    throw error;
  }
}

/** Our answer where the vector marks a fault of the reference, else the reference's. An error stands as `{ error }`. */
function wanted({ in: input, out, error, sha256, ...ours }: Case): unknown {
  const byHand = unmarked.get(JSON.stringify(input));
  if (byHand !== undefined) return byHand;
  const answer = ours.wanted ?? ours.wanted_sha256 ?? sha256 ?? (error === undefined ? out : { error });
  return typeof answer === 'object' && answer !== null && 'out' in answer ? answer.out : answer;
}

function near(found: unknown, wanted: unknown): boolean {
  if (!Array.isArray(found) || !Array.isArray(wanted)) return isDeepStrictEqual(found, wanted);
  return found[1] === wanted[1] && Math.abs(found[0] - wanted[0]) <= 1e-6;
}

/** Sweeps give minutes and frames as first and last, hours and seconds as lists. */
function between([first, last]: [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Over all lines, each followed by a newline. */
function sha256(lines: () => Iterable<string>): string {
  const hash = createHash('sha256');
  let pending: string[] = [];
  for (const line of lines()) {
    if (pending.push(line) < 4096) continue;
    hash.update(`${pending.join('\n')}\n`);
    pending = [];
  }
  if (pending.length > 0) hash.update(`${pending.join('\n')}\n`);
  return hash.digest('hex');
}
