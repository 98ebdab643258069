// What a track shows at a frame, by tables worked out by hand: `file position rate step origin`.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CompanionError } from '../../../companion/api/errors.ts';
import { shownAt } from '../../../companion/timeline/shown.ts';
import {
  type Child,
  Clip,
  type Effect,
  ExternalReference,
  FreezeFrame,
  GeneratorReference,
  ImageSequenceReference,
  LinearTimeWarp,
  type MediaReference,
  MissingReference,
  type Stack,
  TimeEffect,
  type Timeline,
  TimeRange,
  UnknownSchema,
} from '../../../otio/index.ts';
import {
  clip,
  dissolve,
  file,
  gap,
  named,
  range,
  shot,
  stack,
  time,
  timeline,
  track,
  trackOf,
} from '../../fixtures/timeline.ts';
import { pictures } from '../../otio/fill/support.ts';

const describeShown = (on: Timeline, frame: number): string => {
  const shown = shownAt(on, trackOf(on), frame);
  if ('nothing' in shown) return `${shown.empty ? 'empty: ' : 'nothing: '}${shown.nothing}`;
  const { clip, reference, position, rate, step, origin } = shown;
  const place =
    reference instanceof ExternalReference ? reference.targetUrl.replace(/.*\//, '') : reference?.namePrefix;
  const name = place ?? `the media by the name of ${clip.name}:`;
  return `${name} ${position} @${rate} x${Number(step.toFixed(9))}${origin === 'media start' ? ' from media start' : ''}`;
};
/** One track of `children`. */
const check = (children: Child[], expected: { readonly [frame: number]: string }): void => {
  const on = timeline(track(...children));
  for (const [frame, words] of Object.entries(expected)) assert.equal(describeShown(on, Number(frame)), words);
};
const of = (reference: MediaReference, sourceRange: TimeRange | null, ...effects: Effect[]): Clip =>
  new Clip({ name: 'A', sourceRange, effects, mediaReferences: { DEFAULT_MEDIA: reference } });
const warp = (timeScalar: number, enabled = true): LinearTimeWarp => new LinearTimeWarp({ timeScalar, enabled });
const A = (...effects: Effect[]): Clip => of(file('A.mov'), range(100, 50), ...effects);

describe('timeline: what a clip shows', () => {
  it('plain', () => check([A()], { 0: 'A.mov 100 @24 x1', 49: 'A.mov 149 @24 x1' }));
  it('after others, and beside a gap', () =>
    check([shot('X', 0, 30), gap(20), A(), shot('Y', 7, 10)], {
      29: 'X.mov 29 @24 x1',
      50: 'A.mov 100 @24 x1',
      99: 'A.mov 149 @24 x1',
      100: 'Y.mov 7 @24 x1',
    }));
  it('of a file with a start timecode', () =>
    check([of(file('A.mov', 86400), range(86410, 50))], { 0: 'A.mov 10 @24 x1', 5: 'A.mov 15 @24 x1' }));
  it('all of its media', () =>
    check([of(file('A.mov', 86400), null)], { 0: 'A.mov 0 @24 x1', 999: 'A.mov 999 @24 x1' }));
  it('of a file whose start is not known', () =>
    check([of(new ExternalReference({ targetUrl: 'A.mov' }), range(86410, 50))], {
      3: 'A.mov 86413 @24 x1 from media start',
    }));
  it('beyond its media: the caller, who knows the file, may tell', () =>
    check([of(file('A.mov', 0, 20), range(10, 50))], { 30: 'A.mov 40 @24 x1' }));
  it('nearly whole numbers of some exporters', () => {
    const start = new TimeRange(time(86400.0887), time(50));
    check([of(file('A.mov', 86400), start)], { 1: 'A.mov 1 @24 x1' });
  });
  it('between frames of its media', () => {
    const start = new TimeRange(time(10.5), time(50));
    check([of(file('A.mov'), start)], { 1: 'A.mov 23/2 @24 x1' });
  });
});

describe('timeline: what a retimed clip shows', () => {
  it('slow', () =>
    check([A(warp(0.4))], { 0: 'A.mov 100 @24 x0.4', 3: 'A.mov 506/5 @24 x0.4', 5: 'A.mov 102 @24 x0.4' }));
  it('fast', () => check([A(warp(2))], { 3: 'A.mov 106 @24 x2' }));
  it('twice', () => check([A(warp(0.5), warp(0.4))], { 5: 'A.mov 101 @24 x0.2' }));
  it('by an effect that is off', () => check([A(warp(2, false))], { 3: 'A.mov 103 @24 x1' }));
  it('frozen', () => check([A(new FreezeFrame())], { 0: 'A.mov 100 @24 x0', 30: 'A.mov 100 @24 x0' }));
  it('backwards from the frame shown first', () =>
    check([A(warp(-1))], { 0: 'A.mov 100 @24 x-1', 2: 'A.mov 98 @24 x-1' }));
  it('backwards from the frame shown last, where the other reading leaves the media', () => {
    check([of(file('A.mov'), range(10, 50), warp(-1))], { 0: 'A.mov 59 @24 x-1', 49: 'A.mov 10 @24 x-1' });
    check([of(file('A.mov', 0, 55), range(10, 50), warp(-1))], { 0: 'A.mov 10 @24 x-1' }); // both leave it
  });
});

describe('timeline: what is shown at other rates', () => {
  it('media of 60 on a track of 24', () =>
    check([shot('X', 0, 24), of(file('A.mov', 0, 1000, 60), range(100, 60, 60)), shot('Y', 0, 24)], {
      24: 'A.mov 100 @60 x2.5',
      29: 'A.mov 225/2 @60 x2.5',
      48: 'Y.mov 0 @24 x1',
    }));
  it('media of 23.976 on a track of 25, exactly', () =>
    check([of(file('A.mov', 0, 1000, 23.976), range(0, 100, 25))], {
      24: 'A.mov 23040/1001 @24000/1001 x0.959040959',
    }));
  it('a range in frames of the track', () =>
    check([of(file('A.mov', 20, 1000, 48), range(20, 50, 24))], { 3: 'A.mov 26 @48 x2' })); // 40 - 20 + 6
  it('slowed down as well', () =>
    check([shot('X', 0, 24), of(file('A.mov', 0, 1000, 60), range(0, 120, 24), warp(0.4))], { 27: 'A.mov 3 @60 x1' }));
  it('after a length that is no whole number of frames', () =>
    check([shot('X', 0, 24), shot('Y', 0, 33, 60), shot('Z', 0, 24)], { 38: 'Z.mov 4/5 @24 x1' })); // it starts at 37.2
});

describe('timeline: what stills and image sequences show', () => {
  const images = (values: ConstructorParameters<typeof ImageSequenceReference>[0]): ImageSequenceReference =>
    new ImageSequenceReference({ targetUrlBase: 'shot', namePrefix: 'A.', nameSuffix: '.exr', rate: 24, ...values });
  it('a still, for as long as one likes', () =>
    check([of(file('A.png', 0, 1), range(0, 50))], { 0: 'A.png 0 @24 x0', 49: 'A.png 0 @24 x0' }));
  it('images by their place', () =>
    check([of(images({ startFrame: 1001, availableRange: range(1001, 50) }), range(1010, 20))], {
      0: 'A. 9 @24 x1',
      19: 'A. 28 @24 x1',
    }));
  it('one image for every two frames', () =>
    check([of(images({ frameStep: 2, availableRange: range(0, 50) }), range(10, 20))], {
      0: 'A. 5 @12 x0.5',
      3: 'A. 13/2 @12 x0.5',
    }));
  it('images of 12 on a range in 24', () =>
    check([of(images({ rate: 12, availableRange: range(0, 50) }), range(10, 20))], { 2: 'A. 6 @12 x0.5' }));
  it('images whose range is not known', () =>
    check([of(images({}), range(10, 20))], { 1: 'A. 11 @24 x1 from media start' }));
});

describe('timeline: what is shown of nested stacks', () => {
  const nested = (first: number, frames: number, ...children: Child[]): Stack =>
    Object.assign(stack(...children), { sourceRange: range(first, frames) });
  const X = (): Clip => shot('X', 0, 60);
  const Y = (): Clip => shot('Y', 30, 20);
  it('the topmost picture', () =>
    check([A(), nested(5, 40, track(X()), track(gap(10), Y()))], {
      50: 'X.mov 5 @24 x1', // a gap is above
      55: 'Y.mov 30 @24 x1',
      74: 'Y.mov 49 @24 x1',
      75: 'X.mov 30 @24 x1', // the upper track has ended
    }));
  it('not what is disabled', () => {
    const off = Object.assign(Y(), { enabled: false });
    const none = Object.assign(track(Y()), { enabled: false });
    check([nested(0, 20, track(X()), track(off), none)], { 3: 'X.mov 3 @24 x1' });
  });
  it('not sound', () => check([nested(0, 20, track(X()), named('s', 'Audio', Y()))], { 3: 'X.mov 3 @24 x1' }));
  it('clips without a track, as long as they last', () =>
    check([nested(0, 40, X(), Y())], { 3: 'Y.mov 33 @24 x1', 19: 'Y.mov 49 @24 x1', 20: 'X.mov 20 @24 x1' }));
  it('of a track with a range of its own', () => {
    const inner = Object.assign(track(X()), { sourceRange: range(7, 10) });
    check([nested(0, 40, track(Y()), inner)], { 3: 'X.mov 10 @24 x1', 10: 'Y.mov 40 @24 x1' });
  });
  it('a track in a track', () =>
    check([Object.assign(track(X(), Y()), { sourceRange: range(50, 20) })], {
      5: 'X.mov 55 @24 x1',
      12: 'Y.mov 32 @24 x1',
    }));
  it('retimed as a whole', () => {
    const fast = Object.assign(nested(5, 20, track(X())), { effects: [warp(2)] });
    check([A(), fast], { 53: 'X.mov 11 @24 x2' });
  });
  it('retimed outside and inside', () => {
    const slow = shot('X', 0, 60, 24, { effects: [warp(0.5)] });
    check([Object.assign(nested(4, 20, track(slow)), { effects: [warp(2)] })], { 3: 'X.mov 5 @24 x1' });
  });
  it('counted at another rate', () =>
    check([A(), nested(0, 24, track(shot('Z', 0, 60, 60)))], { 51: 'Z.mov 5/2 @60 x2.5' }));
  it('a clip that names no media', () => {
    check([clip('B', 3, 20)], { 4: 'the media by the name of B: 7 @24 x1 from media start' });
    check([of(file(''), range(8, 20))], { 4: 'the media by the name of A: 12 @24 x1' });
  });
  it('nothing at all', () => check([nested(0, 20, track(gap(20)))], { 3: 'empty: Stack shows nothing there.' }));
  it('what cannot be shown hides what lies below', () =>
    check([nested(0, 20, track(X()), track(of(new MissingReference(), range(0, 20))))], {
      3: 'the media by the name of A: 3 @24 x1 from media start',
    }));
});

describe('timeline: where no picture of a file is shown', () => {
  const cases: [string, Child[], number, RegExp][] = [
    ['a gap', [gap(20), A()], 3, /^empty: Frame 3 of V1 is a gap\.$/],
    ['before the track', [A()], -1, /^empty: Frame -1 .* outside/],
    ['after the track', [A()], 50, /^empty: Frame 50 .* outside/],
    ['a disabled clip', [Object.assign(A(), { enabled: false })], 3, /^empty: .*disabled/],
    [
      'a generator',
      [of(new GeneratorReference({ generatorKind: 'SolidColor' }), range(0, 20))],
      3,
      /^nothing: .*generator \(SolidColor\)/,
    ],
    ['missing media, without a name', [clip('', 0, 20)], 3, /^nothing: .*no media and no name/],
    ['a time effect of unknown speed', [A(new TimeEffect({ effectName: 'ramp' }))], 3, /^nothing: .*unknown speed/],
    [
      'a child of an unknown kind',
      [new UnknownSchema('Studio.Shot', 1, { source_range: range(0, 20) })],
      3,
      /^nothing: .*kind that is not known/,
    ],
    [
      'media of an unknown kind',
      [Object.assign(A(), { mediaReferences: { DEFAULT_MEDIA: new UnknownSchema('Studio.Media', 1) } })],
      3,
      /^nothing: .*media of a kind that is not known/,
    ],
    ['the head of a transition', [A(), dissolve(4, 6), shot('X', 20, 50)], 46, /^nothing: Frame 46 .* lies in/],
    ['the tail of a transition', [A(), dissolve(4, 6), shot('X', 20, 50)], 55, /^nothing: Frame 55 .* lies in/],
    ['a fade into a gap', [A(), dissolve(4, 0), gap(9)], 49, /^nothing: Frame 49 .* lies in/],
  ];
  for (const [what, children, frame, words] of cases)
    it(what, () => assert.match(describeShown(timeline(track(...children)), frame), words));
  it('right beside a transition there is one', () =>
    check([A(), dissolve(4, 6), shot('X', 20, 50)], { 45: 'A.mov 145 @24 x1', 56: 'X.mov 26 @24 x1' }));
  it('a length that is not known is an error', () =>
    assert.throws(
      () => describeShown(timeline(track(A(), new Clip({ name: 'lost' }))), 3),
      (error) => error instanceof CompanionError && error.code === 'TIMELINE_UNSOUND',
    ));
  it('a start that is no time is one too', () =>
    assert.throws(
      () => describeShown(timeline(track(of(file('A.mov'), new TimeRange(Number.NaN, 20, 24)))), 3),
      (error) => error instanceof CompanionError && error.code === 'TIMELINE_UNSOUND',
    ));
});

describe('timeline: what any track shows', () => {
  const piece = fc.record({
    start: fc.nat(500),
    frames: fc.integer({ min: 1, max: 9 }),
    speed: fc.constantFrom(1, 0.5, 2, 0.25, 0),
    isGap: fc.boolean(),
  });
  it('is what an independent reading of the format says, frame by frame', () =>
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const on = timeline(
          track(
            ...pieces.map(({ start, frames, speed, isGap }, i) =>
              isGap ? gap(frames) : shot(`m${i}`, start, frames, 24, { effects: speed === 1 ? [] : [warp(speed)] }),
            ),
          ),
        );
        for (const [frame, wanted] of pictures(trackOf(on)).entries()) {
          const shown = shownAt(on, trackOf(on), frame);
          const words =
            'nothing' in shown
              ? null
              : `${(shown.reference as ExternalReference).targetUrl} ${shown.position.toNumber()}`;
          assert.equal(words, wanted);
        }
      }),
    ));
});
