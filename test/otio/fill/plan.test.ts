// The numbers of a fill. Expected values follow from GAPFILL.md: start = record frame − head, or the old in-point − head; N = r1 − r0.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import { clip, dissolve, frames, gap, media, range, timeline, track } from './support.ts';

const NTSC = 24000 / 1001;

interface Numbers {
  readonly in: number;
  readonly frames: number;
  readonly head: number;
  readonly tail: number;
  readonly start: number;
}

function check(
  on: otio.Timeline,
  request: Partial<otio.fill.FillRequest> & Pick<otio.fill.FillRequest, 'range'>,
  expected: Partial<Numbers> & Partial<otio.fill.FillPlan>,
): otio.fill.FillPlan {
  const plan = otio.fill.plan(on, { track: on.tracks!.children[0] as otio.Track, ...request });
  for (const [name, value] of Object.entries(expected))
    assert.deepEqual(plan[name as keyof otio.fill.FillPlan], value, name);
  assert.equal(plan.renderFrames, plan.head + plan.frames + plan.tail);
  assert.equal(plan.out - plan.in, plan.frames);
  assert.equal(plan.sourceRange.startTime.value, plan.start + plan.head);
  assert.equal(plan.availableRange.startTime.value, plan.start);
  assert.equal(plan.availableRange.duration.value, plan.renderFrames);
  return plan;
}

const refuses = (code: string, call: () => unknown): void => {
  assert.throws(call, (error) => error instanceof otio.OtioError && error.code === code && error.details.length > 40);
};

describe('otio/fill: plan', () => {
  it('a gap, by record timecode', () => {
    const on = timeline(track(clip('A', 100, 50), gap(30), clip('B', 10, 40)), frames(86400));
    check(
      on,
      { range: range(50, 30) },
      { in: 50, frames: 30, head: 0, tail: 0, start: 86450, replaces: 'gap', trackLabel: 'V1', version: 1 },
    );
  });
  it('a gap inside one take has the eight frames of its neighbours on either side', () => {
    const on = timeline(track(clip('A', 100, 50), gap(30), clip('A', 180, 5)));
    check(on, { range: range(50, 30) }, { head: 8, tail: 5, start: 42 });
  });
  it('a gap near the start: the head shrinks', () => {
    const on = timeline(track(clip('A', 100, 5), gap(30), clip('B', 10, 40)));
    const plan = check(on, { range: range(5, 30), head: 12, tail: 3 }, { head: 5, tail: 3, start: 0 });
    assert.match(plan.warnings.join(), /5 frames instead of 12/);
  });
  it('a clip, in its own time, with as much of its media as there is', () => {
    const on = timeline(track(clip('A', 3, 50), clip('B', 955, 40)), frames(86400));
    check(on, { range: range(0, 50) }, { head: 3, tail: 8, start: 0, replaces: 'item' });
    check(on, { range: range(50, 40) }, { head: 8, tail: 5, start: 947 });
  });
  it('a part of a clip', () => {
    const on = timeline(track(clip('A', 100, 50)));
    check(on, { range: range(20, 10) }, { in: 20, frames: 10, head: 8, tail: 8, start: 112, replaces: 'item' });
  });
  it('media without a range, and missing media, give no handles', () => {
    for (const reference of [
      new otio.ExternalReference({ targetUrl: '/a.mov' }),
      new otio.MissingReference({ availableRange: range(0, 900) }),
    ])
      check(
        timeline(track(clip('A', 100, 50, 24, { mediaReferences: { DEFAULT_MEDIA: reference } }))),
        { range: range(0, 50) },
        { head: 0, tail: 0 },
      );
  });
  it('a still gives handles without end', () => {
    const still = { mediaReferences: { DEFAULT_MEDIA: new otio.GeneratorReference({ generatorKind: 'SolidColor' }) } };
    check(timeline(track(clip('A', 100, 50, 24, still))), { range: range(0, 50) }, { head: 8, tail: 8 });
  });
  it('several things: by record timecode', () => {
    const on = timeline(track(clip('A', 100, 50), gap(30), clip('B', 10, 40)), frames(1000));
    check(on, { range: range(40, 60), head: 4 }, { replaces: 'several', start: 1036, frames: 60 });
    check(on, { range: range(45, 10) }, { replaces: 'several', start: 1045 });
  });
  it('beyond the end of the track', () => {
    const on = timeline(track(clip('A', 100, 50)));
    check(on, { range: range(60, 10) }, { replaces: 'gap', start: 60 });
    check(on, { range: range(40, 20) }, { replaces: 'several', start: 40 });
  });
  it('an empty track has the exact double', () => {
    check(
      timeline(track()),
      { range: range(0, 10, 23.976) },
      { rateDouble: NTSC, rate: { num: 24000, den: 1001 }, start: 0 },
    );
  });
  it('the double of the neighbours is kept', () => {
    for (const rate of [23.976, 23.98, NTSC, 23.976024627685547]) {
      const on = timeline(track(clip('A', 100, 50, rate), gap(30, rate), clip('B', 10, 40, rate)));
      check(on, { range: range(50, 30, rate) }, { rateDouble: rate, rate: { num: 24000, den: 1001 } });
    }
  });
  it('a gap written at another rate', () => {
    const on = timeline(track(clip('A', 100, 50), gap(60, 48), clip('B', 10, 40)));
    check(on, { range: range(50, 30) }, { in: 50, frames: 30, rateDouble: 24, left: { head: 0, tail: 0 } });
  });
  it('a gap of no whole number of frames: floor(N), and the rest is reported', () => {
    const on = timeline(track(clip('A', 100, 50), gap(33, 60), clip('B', 10, 40)));
    const plan = check(on, { range: new otio.TimeRange(frames(50), frames(33, 60)) }, { in: 50, frames: 13 });
    assert.ok(Math.abs(plan.left.tail - 0.2) < 1e-9);
    assert.match(plan.warnings.join(), /stay/);
  });
  it('23.976 and 60: whole only for multiples of 400', () => {
    for (const [native, expected] of [
      [1001, 400],
      [1000, 399],
      [500, 199],
    ] as const) {
      const on = timeline(track(clip('A', 0, 50, NTSC), gap(native, 60), clip('B', 10, 40, NTSC)));
      check(on, { range: new otio.TimeRange(frames(50, NTSC), frames(native, 60)) }, { in: 50, frames: expected });
    }
  });
  it('a global start at another rate, as a number and not through a timecode', () => {
    const on = timeline(track(clip('A', 0, 10, 60000 / 1001), gap(30, 60000 / 1001)), frames(107892, 30000 / 1001));
    check(on, { range: range(10, 20, 60000 / 1001) }, { start: 2 * 107892 + 10 });
  });
  it('in-points that exporters have written inexactly', () => {
    check(
      timeline(track(clip('A', 86400.0887, 50, 24, { mediaReferences: {} }))),
      { range: range(0, 50) },
      { start: 86400 },
    );
  });
  it('an in-point between frames', () => {
    const on = timeline(
      track(clip('A', 100, 50), clip('B', 0, 0, 24, { sourceRange: new otio.TimeRange(frames(101, 60), frames(40)) })),
    );
    const plan = check(on, { range: range(50, 40), head: 0, tail: 0 }, { start: 40 });
    assert.match(plan.warnings.join(), /between frames, at 40\.4/);
  });
  it('slow motion: samples at step 0.4 from the in-point', () => {
    const slow = clip('A', 100, 50, 24, { effects: [new otio.LinearTimeWarp({ timeScalar: 0.4 })] });
    const { samples } = check(timeline(track(slow)), { range: range(0, 50) }, { start: 92, head: 8 });
    assert.deepEqual(
      [samples!.step.num, samples!.step.den, samples!.first, samples!.last, samples!.period],
      [2n, 5n, 100, 120, 5],
    );
    assert.equal(samples!.at(-5).floor, 98);
  });
  it('a part of slow motion starts where the clip is by then', () => {
    const slow = clip('A', 100, 50, 24, { effects: [new otio.LinearTimeWarp({ timeScalar: 0.5 })] });
    const { samples } = check(timeline(track(slow)), { range: range(20, 10) }, { start: 102 });
    assert.equal(samples!.first, 110);
  });
  it('a source of another rate', () => {
    const on = timeline(
      track(clip('A', 120, 50, 60, { mediaReferences: { DEFAULT_MEDIA: media('/a.mov', 0, 1000, 24) } })),
    );
    const { samples } = check(on, { range: range(0, 50, 60), nativeRate: 30 }, {});
    assert.deepEqual([samples!.step.num, samples!.step.den, samples!.first], [2n, 5n, 48]);
  });
  it('frames at the rate of an interpolator', () => {
    const on = timeline(track(gap(48)));
    const { native } = check(on, { range: range(0, 48), nativeRate: 59.94, head: 0, tail: 1 }, {});
    assert.deepEqual([native!.rate, native!.frames], [{ num: 60000, den: 1001 }, Math.ceil((49 * 60000) / 1001 / 24)]);
  });
  it('nested tracks: by the record timecode of the timeline', () => {
    const inner = track(clip('A', 0, 20), gap(10), clip('B', 0, 30));
    const stack = new otio.Stack({ name: 'compound', children: [inner], sourceRange: range(5, 40) });
    const on = timeline(track(clip('C', 0, 100), stack), frames(1000));
    check(on, { track: inner, range: range(20, 10) }, { in: 20, start: 1000 + 100 - 5 + 20, trackLabel: 'V1/V1' });
  });
  it('a compound clip as a whole', () => {
    const stack = new otio.Stack({ children: [track(clip('A', 0, 20))] });
    check(
      timeline(track(clip('C', 0, 100), stack)),
      { range: range(100, 20) },
      { replaces: 'item', start: 0, head: 0 },
    );
  });
  it('a transition at the edge asks for its handle', () => {
    const on = timeline(track(clip('A', 100, 50), dissolve(12, 6), clip('B', 100, 50)));
    check(on, { range: range(50, 50) }, { head: 12, removedTransitions: [] });
    check(on, { range: range(0, 50) }, { tail: 8, removedTransitions: [] });
    const [, transition] = (on.tracks!.children[0] as otio.Track).children;
    for (const request of [
      { range: range(50, 50), head: 11 },
      { range: range(50, 5) },
      { range: range(40, 20) },
      { range: range(40, 5) },
      { range: range(53, 20) },
    ]) {
      const plan = check(on, request, { removedTransitions: [transition!] });
      assert.match(plan.warnings.join(), /removed/);
      refuses('CANNOT_TRIM_TRANSITION', () => check(on, { ...request, removeTransitions: false }, {}));
    }
    for (const beside of [range(56, 10), range(0, 38)]) check(on, { range: beside }, { removedTransitions: [] });
  });
  it('refusals', () => {
    const on = timeline([
      track(clip('A', 100, 50), gap(10)),
      new otio.Track({ kind: 'Audio', children: [clip('S', 0, 50)] }),
    ]);
    const [, sound] = on.tracks!.children as otio.Track[];
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(-1, 10) }, {}));
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(10, 0) }, {}));
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(10.5, 10) }, {}));
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(10, 10), head: -1 }, {}));
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(10, 10), tail: 1.5 }, {}));
    refuses('INVALID_TIME_RANGE', () => check(on, { range: range(50.5, 0.9) }, {}));
    refuses('TYPE_MISMATCH', () => check(on, { track: sound!, range: range(0, 10) }, {}));
    refuses('NOT_DESCENDED_FROM', () => check(on, { track: track(gap(9)), range: range(0, 9) }, {}));
  });
  it('changes nothing', () => {
    const on = timeline(track(clip('A', 100, 50), dissolve(5, 5), clip('B', 0, 50)));
    const before = otio.write(on);
    check(on, { range: range(30, 30) }, {});
    assert.equal(otio.write(on), before);
  });
  it('retimed clips of Premiere are named', () => {
    const on = timeline(track(clip('A', 100, 50, 24, { effects: [new otio.LinearTimeWarp({ timeScalar: 2 })] })));
    on.metadata.PremierePro_OTIO = { MetadataVersion: '1.0' };
    assert.match(check(on, { range: range(0, 50) }, {}).warnings.join(), /Premiere/);
  });
});
