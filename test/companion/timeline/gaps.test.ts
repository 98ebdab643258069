// The gaps of generated timelines: hand-worked places at every rate, and for any track the frames that nothing covers.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompanionError } from '../../../companion/api/errors.ts';
import { gapsOf, type TimelineGap } from '../../../companion/timeline/gaps.ts';
import {
  type Child,
  Clip,
  fill,
  Gap,
  LinearTimeWarp,
  meta,
  type Timeline,
  type Track,
  Transition,
} from '../../../otio/index.ts';
import { dissolve, edit, gap, named, range, shot, stack, time, timeline, track } from '../../fixtures/timeline.ts';

/** `V1 1 50-80 between` */
const said = ({ label, number, in: first, out, place }: TimelineGap): string =>
  `${label} ${number} ${first}-${out} ${place}`;
const check = (on: Timeline, expected: string[], wanted?: string): void =>
  assert.deepEqual(gapsOf(on, wanted === undefined ? {} : { track: wanted }).map(said), expected);

const A = (frames = 50, rate = 24): Clip => shot('A', 100, frames, rate);
const B = (frames = 40, rate = 24): Clip => shot('B', 10, frames, rate);

describe('timeline: gaps of a track', () => {
  it('between two clips', () => {
    const [before, after] = [A(), B()];
    const [one, ...more] = gapsOf(edit('cut', time(86400), track(before, gap(30), after)));
    assert.deepEqual(more, []);
    assert.equal(said(one!), 'V1 1 50-80 between');
    assert.deepEqual([one!.before, one!.after, one!.frames, one!.part], [before, after, 30, 0]);
    assert.deepEqual([one!.range, one!.seconds, one!.timecode], [range(50, 30), 1.25, '01:00:02:02']);
  });
  it('at the head', () => check(timeline(track(gap(12), A())), ['V1 1 0-12 head']));
  it('at the tail', () => check(timeline(track(A(), gap(12))), ['V1 1 50-62 tail']));
  it('and nothing else', () => check(timeline(track(gap(12))), ['V1 1 0-12 whole']));
  it('none', () => check(timeline(track(A(), B())), []));
  it('on an empty track, on an empty timeline', () => {
    check(timeline(track()), []);
    check(timeline(), []);
  });
  it('several are counted', () =>
    check(timeline(track(A(), gap(1), B(), gap(2))), ['V1 1 50-51 between', 'V1 2 91-93 tail']));
  it('one frame', () => check(timeline(track(A(), gap(1), B())), ['V1 1 50-51 between']));
  it('what lies behind the end of a track is none', () => check(timeline(track(A()), track(A(90))), []));
  it('a disabled clip is none', () => {
    const off = A();
    off.enabled = false;
    check(timeline(track(off, B())), []);
  });
});

describe('timeline: gaps side by side are one', () => {
  const marked = gap(5);
  marked.metadata = meta({ note: 'mine' }) as Gap['metadata'];
  const cases: [string, Child[]][] = [
    ['plain ones', [gap(10), gap(20)]],
    ['one that carries metadata', [gap(10), marked, gap(15)]],
    ['one of no length', [gap(10), new Gap(), gap(20)]],
    ['at other rates', [gap(10), gap(50, 60)]],
    ['with a transition between', [gap(10), dissolve(2, 2), gap(20)]],
    ['with a clip of no length between', [gap(10), A(0), gap(20)]],
  ];
  for (const [what, gaps] of cases) it(what, () => check(timeline(track(A(), ...gaps, B())), ['V1 1 50-80 between']));
});

describe('timeline: gaps with transitions', () => {
  it('a fade into one and out of it is what lies beside it', () => {
    const [one] = gapsOf(timeline(track(A(), dissolve(5, 0), gap(30), dissolve(0, 5), B())));
    assert.ok(one!.before instanceof Transition && one!.after instanceof Transition);
    assert.equal(said(one!), 'V1 1 50-80 between');
  });
  it('one on the other side of a clip is not', () => {
    const [one] = gapsOf(timeline(track(A(), dissolve(5, 5), B(), gap(30), A(), dissolve(5, 5), B())));
    assert.ok(one!.before instanceof Clip && one!.after instanceof Clip);
  });
  it('a fade at the very start is no neighbour', () =>
    check(timeline(track(dissolve(0, 5), gap(30), B())), ['V1 1 0-30 head']));
});

describe('timeline: gaps at every rate', () => {
  // start, and where 100 frames later is, by counting: 29.97 and 59.94 as drop frame
  const rates: [number, string, number, string][] = [
    [23.976, '24000/1001', 86400, '01:00:04:04'],
    [24000 / 1001, '24000/1001', 86400, '01:00:04:04'],
    [24, '24', 86400, '01:00:04:04'],
    [25, '25', 90000, '01:00:04:00'],
    [30000 / 1001, '30000/1001', 107892, '01:00:03;10'],
    [50, '50', 180000, '01:00:02:00'],
    [60000 / 1001, '60000/1001', 215784, '01:00:01;40'],
    [60, '60', 216000, '01:00:01:40'],
  ];
  for (const [rate, exact, start, timecode] of rates)
    it(`${rate}`, () => {
      const [one] = gapsOf(edit('cut', time(start, rate), track(A(100, rate), gap(12, rate), B(40, rate))));
      const [num, den = 1] = exact.split('/').map(Number);
      assert.deepEqual([one!.in, one!.out, one!.timecode, one!.range], [100, 112, timecode, range(100, 12, rate)]);
      assert.ok(Math.abs(one!.seconds - (12 * den) / num!) < 1e-12);
    });
  it('a timeline that starts at another rate', () => {
    const [one] = gapsOf(edit('cut', time(3600, 1), track(A(100, 25), gap(12, 25), B(40, 25))));
    assert.equal(one!.timecode, '01:00:04:00');
  });
});

describe('timeline: gaps that are no whole frames', () => {
  const part = (on: Timeline): number[] => gapsOf(on).map((one) => Number(one.part.toFixed(9)));
  it('what is left over is told', () => {
    const on = timeline(track(A(), gap(33, 60), B())); // 13.2 frames
    check(on, ['V1 1 50-63 between']);
    assert.deepEqual(part(on), [0.2]);
  });
  it('all that follow lie between frames', () => {
    const on = timeline(track(A(), gap(33, 60), B(10), gap(10), B())); // from 73.2 to 83.2
    check(on, ['V1 1 50-63 between', 'V1 2 74-83 between']);
    assert.deepEqual(part(on), [0.2, 1]);
  });
  it('less than a frame', () => {
    const on = timeline(track(A(), gap(1, 60), B()));
    assert.deepEqual([gapsOf(on)[0]!.frames, part(on)], [0, [0.4]]);
  });
  it('a plan of it replaces the very frames', () => {
    const on = timeline(track(A(), gap(33, 60), B(10), gap(10), B(), gap(7, 25), A()));
    for (const one of gapsOf(on)) {
      const plan = fill.plan(on, { track: one.track, range: one.range });
      assert.deepEqual([plan.in, plan.out, plan.replaces], [one.in, one.out, 'gap']);
    }
  });
});

describe('timeline: gaps of tracks', () => {
  const on = timeline(track(A(), gap(5), B()), track(gap(60), A(20)), named('sound', 'Audio', gap(9), A()));
  it('all picture tracks, from the bottom up', () => check(on, ['V1 1 50-55 between', 'V2 1 0-60 head']));
  it('one, in any case', () => check(on, ['V2 1 0-60 head'], ' v2'));
  for (const wanted of ['V3', 'A1', ''])
    it(`there is no ${wanted || 'track without a label'}`, () =>
      assert.throws(
        () => gapsOf(on, { track: wanted }),
        (error) => error instanceof CompanionError && error.code === 'TRACK_UNKNOWN' && /V1, V2/.test(error.message),
      ));
  it('a clip of unknown length is told', () =>
    assert.throws(
      () => gapsOf(timeline(track(A(), gap(5), new Clip({ name: 'lost' })))),
      (error) => error instanceof CompanionError && error.code === 'TIMELINE_UNSOUND' && /lost/.test(error.message),
    ));
});

describe('timeline: gaps of nested stacks', () => {
  const inner = (): Track => track(A(20), gap(10), B(30));
  const nested = (first: number, frames: number, ...tracks: Track[]) =>
    Object.assign(stack(...tracks), { sourceRange: range(first, frames) });
  it('with the label of the track they lie in, on the clock of the timeline', () => {
    const on = edit('cut', time(86400), track(A(100), nested(5, 40, inner())));
    check(on, ['V1/V1 1 20-30 between']);
    assert.equal(gapsOf(on)[0]!.timecode, '01:00:04:19'); // 100 + 20 - 5 frames on
    check(on, ['V1/V1 1 20-30 between'], 'V1/V1');
  });
  it('numbers go on where two have one label', () =>
    check(timeline(track(nested(0, 60, inner()), nested(0, 60, inner()))), [
      'V1/V1 1 20-30 between',
      'V1/V1 2 20-30 between',
    ]));
  it('two deep, only what is seen through both', () => {
    const deep = (first: number): Timeline =>
      timeline(track(A(10), nested(first, 10, track(B(5), nested(0, 60, inner())))));
    check(deep(0), []);
    check(deep(26), ['V1/V1/V1 1 20-30 between']);
  });
  const without: [string, (whole: ReturnType<typeof nested>, one: Track) => unknown][] = [
    ['what is cut away', (whole) => (whole.sourceRange = range(0, 15))],
    ['a retimed stack', (whole) => (whole.effects = [new LinearTimeWarp({ timeScalar: 2 })])],
    ['a disabled stack', (whole) => (whole.enabled = false)],
    ['a disabled track in it', (_, one) => (one.enabled = false)],
    ['a track that is cut itself', (_, one) => (one.sourceRange = range(3, 50))],
  ];
  for (const [what, change] of without)
    it(`not ${what}`, () => {
      const one = inner();
      const whole = nested(0, 60, one);
      change(whole, one);
      check(timeline(track(A(), whole)), []);
    });
});

describe('timeline: gaps of any track', () => {
  const piece = fc.record({ kind: fc.constantFrom('clip', 'gap', 'transition'), frames: fc.nat(9) });
  it('are the frames that nothing covers', () =>
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const children = pieces.map(
          ({ kind, frames }): Child => (kind === 'clip' ? A(frames) : kind === 'gap' ? gap(frames) : dissolve(0, 0)),
        );
        const covered = pieces.flatMap(({ kind, frames }) =>
          kind === 'transition' ? [] : Array<boolean>(frames).fill(kind === 'clip'),
        );
        const found = gapsOf(timeline(track(...children)));
        const inGaps = covered.map((_, i) => found.some((one) => one.in <= i && i < one.out));
        assert.deepEqual(
          inGaps,
          covered.map((is) => !is),
        );
        for (const [i, one] of found.entries()) {
          assert.equal(one.number, i + 1);
          assert.equal(one.part, 0);
          assert.ok(one.in > (found[i - 1]?.out ?? -1), 'two of them touch');
        }
      }),
    ));
});
