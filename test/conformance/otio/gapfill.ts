// Conformance of otio/fill: where a fill sits and what to render, written back and read as runs; and which source frame each frame shows.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as otio from '../../../otio/index.ts';
import type { Judge } from '../suite.ts';
import { Tally } from './tally.ts';

type Rate = readonly [num: number, den: number];
type Range = readonly [start: readonly [number, number], duration: readonly [number, number]];

interface GapCase {
  readonly id: string;
  readonly in: {
    readonly track: object;
    readonly track_rate: Rate;
    readonly global_start_frames: number;
    readonly gap_index: number;
    readonly head: number;
    readonly tail: number;
    readonly media_rate: Rate;
  };
  readonly out: {
    readonly source_range: Range;
    readonly runs_after: readonly (readonly [string, number, number])[];
  };
}

interface SampleCase {
  readonly in: {
    readonly track_rate: Rate;
    readonly source_rate: Rate;
    readonly speed: Rate;
    readonly source_start_frame: number;
    readonly frames: number;
  };
  readonly out: { readonly positions: readonly (readonly [i: number, num: number, den: number])[] };
}

const exact = ([num, den]: Rate): otio.ExactRate => ({ num, den });
const pair = ({ num, den }: { num: bigint; den: bigint }): Rate => [Number(num), Number(den)];
const range = ({ startTime, duration }: otio.TimeRange): Range => [
  [startTime.value, startTime.rate],
  [duration.value, duration.rate],
];

export async function gapfill(data: string, judge: Judge): Promise<void> {
  const cases = async <T>(name: string): Promise<readonly T[]> =>
    (JSON.parse(await readFile(join(data, 'vectors/gapfill', `${name}.json`), 'utf8')) as { cases: T[] }).cases;

  const gaps = new Tally('gapfill/gap_fill');
  for (const one of await cases<GapCase>('gap_fill')) gaps.check(one.id, filled(one.in), one.out);
  gaps.decide(judge);

  const samples = new Tally('gapfill/sample_positions');
  for (const one of await cases<SampleCase>('sample_positions')) {
    const shown = otio.fill.samplePositions({
      trackRate: exact(one.in.track_rate),
      sourceRate: exact(one.in.source_rate),
      speed: exact(one.in.speed),
      start: one.in.source_start_frame,
      frames: one.in.frames,
    });
    const found = {
      step: pair(shown.step),
      positions: one.out.positions.map(([i]) => [i, ...pair(shown.at(i))]),
      first_source_frame: shown.first,
      last_source_frame: shown.last,
      interpolated: shown.interpolated,
      period: shown.period,
    };
    samples.check(one.in, found, one.out);
  }
  samples.decide(judge);
}

function filled(given: GapCase['in']): unknown {
  const track = otio.read(JSON.stringify(given.track)).root as otio.Track;
  const range_ = track.rangeOfChildAtIndex(given.gap_index);
  const timeline = new otio.Timeline({
    globalStartTime: new otio.RationalTime(given.global_start_frames, range_.duration.rate),
  });
  timeline.tracks!.appendChild(track);
  const plan = otio.fill.plan(timeline, {
    track,
    range: range_,
    head: given.head,
    tail: given.tail,
    nativeRate: exact(given.media_rate),
  });
  otio.fill.apply(
    plan,
    { targetUrl: '/media/fill.mov', frames: plan.renderFrames },
    { job: '0f3a99c1-0000-4000-8000-000000000000', kind: 'interpolate', model: { name: 'test' } },
  );
  return {
    record_in: plan.in,
    record_out: plan.out,
    frames: plan.frames,
    render_frames_at_track_rate: plan.renderFrames,
    media_start_frame: plan.start,
    source_range: range(plan.sourceRange),
    available_range: range(plan.availableRange),
    native_frames_needed: plan.native?.frames,
    native_exact: plan.native && pair(plan.native.exact),
    runs_after: track.children.map((child) => run(child as otio.Clip)),
  };
}

function run(clip: otio.Clip): unknown {
  const { startTime, duration } = clip.trimmedRange();
  return [otio.fill.recordOf(clip) === null ? clip.name : 'FILL', startTime.value, duration.value];
}
