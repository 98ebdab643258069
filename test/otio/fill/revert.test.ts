// What comes back when a fill goes: what was there, with all that was done to the fill since.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import {
  clip,
  dissolve,
  fillIn,
  frames,
  gap,
  info,
  marker,
  OTHER_JOB,
  pictures,
  range,
  text,
  timeline,
  track,
  trackOf,
} from './support.ts';

const { fill, edit } = otio;
const retimed = (timeScalar: number): otio.Effect[] => [
  new otio.Effect({ effectName: 'Blur' }),
  new otio.LinearTimeWarp({ timeScalar }),
  new otio.Effect({ effectName: 'Grain' }),
];

/** Fills, changes the fill, reverts, and compares with what `wanted` makes of the untouched timeline. */
function check(
  made: () => otio.Timeline,
  at: otio.TimeRange,
  change: (made: otio.Clip) => void,
  wanted: (on: otio.Timeline) => void,
): void {
  const on = made();
  const { clip: filled } = fillIn(on, { track: trackOf(on), range: at });
  change(filled);
  const before = text(on);
  const { undo } = fill.revert(filled);
  const expected = made();
  wanted(expected);
  assert.equal(text(on), text(expected));
  undo.apply();
  assert.equal(text(on), before);
}
const nothing = (): void => {};
const two =
  (values: ConstructorParameters<typeof otio.Clip>[0] = {}) =>
  (): otio.Timeline =>
    timeline(track(clip('A', 100, 50, 24, values as object), clip('B', 0, 20)));
const withGap = (): otio.Timeline => timeline(track(clip('A', 100, 50), gap(30), clip('B', 0, 20)), frames(1000));
const first = (on: otio.Timeline): otio.Clip => trackOf(on).children[0] as otio.Clip;

describe('otio/fill: revert', () => {
  it('a clip', () => check(two(), range(0, 50), nothing, nothing));
  it('a gap with children of no length beside it', () =>
    check(
      () =>
        timeline(track(gap(0), clip('A', 0, 20), clip('N', 5, 0), gap(30), clip('N', 9, 0), clip('B', 0, 20), gap(0))),
      range(20, 30),
      nothing,
      nothing,
    ));
  it('a clip without a source range', () =>
    check(() => timeline(track(clip('A', 0, 0, 24, { sourceRange: null }))), range(0, 1000), nothing, nothing));
  it('a clip at the rate of its media', () =>
    check(
      () => timeline(track(clip('A', 101, 100, 48), clip('B', 0, 20), clip('C', 0, 20))),
      range(0, 50),
      nothing,
      nothing,
    ));
  it('a retimed, disabled, coloured clip with markers and another active key', () => {
    const media = {
      DEFAULT_MEDIA: new otio.MissingReference(),
      proxy: new otio.ExternalReference({ targetUrl: 'p.mov' }),
    };
    const values = {
      effects: retimed(0.4),
      markers: [marker('m', 120)],
      enabled: false,
      color: new otio.Color(1, 0, 0),
      mediaReferences: media,
      activeMediaReferenceKey: 'proxy',
      metadata: { inbetween: { note: 'mine' } },
    };
    check(two(values), range(0, 50), nothing, nothing);
  });
  it('a clip without DEFAULT_MEDIA', () =>
    check(
      two({ mediaReferences: { hero: new otio.MissingReference({ name: 'x' }) }, activeMediaReferenceKey: 'hero' }),
      range(0, 50),
      nothing,
      nothing,
    ));
  it('a gap', () => check(withGap, range(50, 30), nothing, nothing));
  it('a part of a gap', () => check(withGap, range(60, 10), nothing, nothing));
  it('a gap with a marker and metadata', () => {
    const made = (): otio.Timeline => {
      const on = withGap();
      const hole = trackOf(on).children[1] as otio.Gap;
      hole.markers = [marker('here', 3)];
      hole.metadata = { why: 'lost reel' };
      return on;
    };
    check(made, range(50, 30), nothing, nothing);
  });
  it('a compound clip, and a nested track', () => {
    for (const nested of [
      (): otio.Item => new otio.Stack({ name: 'S', children: [track(clip('A', 0, 20))] }),
      (): otio.Item => new otio.Track({ name: 'T', children: [clip('A', 0, 20)] }),
    ])
      check(() => timeline(track(nested(), clip('B', 0, 5))), range(0, 20), nothing, nothing);
  });
  it('an unknown item', () => {
    const unknown = (): otio.UnknownSchema =>
      new otio.UnknownSchema('Studio.Shot', 2, { source_range: range(5, 20), note: 1n });
    check(() => timeline(track(clip('A', 0, 10), unknown())), range(10, 20), nothing, nothing);
  });
  it('several things, and the transitions between them', () => {
    const made = (): otio.Timeline =>
      timeline(track(clip('A', 100, 50), dissolve(4, 4), clip('B', 10, 20), gap(5), clip('C', 0, 9)));
    check(made, range(0, 70), nothing, nothing);
  });
  it('transitions that went for it', () => {
    const made = (): otio.Timeline =>
      timeline(track(clip('A', 100, 50), dissolve(20, 4), clip('B', 10, 20), dissolve(4, 30), clip('C', 0, 40)));
    check(made, range(50, 20), nothing, nothing);
  });
  it('a transition that the editor has put there since stays', () => {
    const change = (made: otio.Clip): void =>
      trackOf({ tracks: made.parent!.parent } as otio.Timeline).insertChild(1, dissolve(2, 2));
    check(withGap, range(50, 30), change, (on) => trackOf(on).insertChild(1, dissolve(2, 2)));
  });
});

describe('otio/fill: revert carries over', () => {
  const trim =
    (head: number, tail: number) =>
    (made: otio.Item): void =>
      void edit.trim(made, frames(head), frames(tail));
  const both = (made: () => otio.Timeline, at: otio.TimeRange, change: (item: otio.Clip) => void): void =>
    check(made, at, change, (on) => change(first(on)));

  it('a trim of a clip', () => both(two(), range(0, 50), trim(5, -7)));
  it('a trim of a retimed clip', () => both(two({ effects: retimed(0.5) }), range(0, 50), trim(6, -7)));
  it('a trim of a clip at the rate of its media', () =>
    both(
      () => timeline(track(clip('A', 101, 100, 48), clip('B', 0, 20), clip('C', 0, 20))),
      range(0, 50),
      trim(5, -7),
    ));
  it('a slip', () => both(two(), range(0, 50), (made) => void edit.slip(made, frames(3))));
  it('a trim of a gap: it is as long as ever', () => check(withGap, range(50, 30), trim(5, -7), nothing));
  it('a roll of a gap', () =>
    check(
      withGap,
      range(50, 30),
      (made) => void edit.roll(made, frames(-0), frames(-7)),
      (on) => void edit.roll(trackOf(on).children[1] as otio.Item, frames(0), frames(-7)),
    ));
  it('a trim of several things', () => {
    const made = (): otio.Timeline => timeline(track(clip('A', 100, 10), clip('B', 10, 20), clip('C', 0, 9)));
    const on = made();
    const before = pictures(trackOf(on));
    const { clip: filled } = fillIn(on, { track: trackOf(on), range: range(0, 39) });
    edit.trim(filled, frames(12), frames(-3));
    fill.revert(filled);
    assert.deepEqual(pictures(trackOf(on)), before.map((one, i) => (i < 12 || i >= 36 ? null : one)).slice(0, 36));
  });
  it('a cut: each piece comes back as its part', () => {
    const on = two({ effects: retimed(2) })();
    const before = pictures(trackOf(on));
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    edit.slice(trackOf(on), frames(20));
    for (const piece of trackOf(on).children.slice(0, 2)) fill.revert(piece as otio.Clip);
    assert.deepEqual(pictures(trackOf(on)), before);
    assert.deepEqual(on.tracks!.markers, []);
  });
  it('the marker of the stack while a piece is left', () => {
    const on = two()();
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    edit.slice(trackOf(on), frames(20));
    fill.revert(first(on));
    assert.equal(on.tracks!.markers.length, 1);
  });
  it('name, colour, markers, effects, metadata and media of the editor', () => {
    const change = (made: otio.Clip): void => {
      made.name = 'mine';
      made.color = new otio.Color(0, 1, 0);
      made.markers = [...made.markers, marker('new', 110)];
      made.effects = [...made.effects, new otio.Effect({ effectName: 'Grade' })];
      made.metadata = { ...made.metadata, shot: 5n };
      made.enabled = false;
      made.mediaReferences = { ...made.mediaReferences, proxy: new otio.MissingReference({ name: 'p' }) };
    };
    both(two(), range(0, 50), change);
  });
  it('a marker that was put on the fill of a gap, where it was', () =>
    check(
      withGap,
      range(50, 30),
      (made) => (made.markers = [...made.markers, marker('new', 1055)]),
      (on) => ((trackOf(on).children[1] as otio.Gap).markers = [marker('new', 5)]),
    ));
  it('all that was done to a retimed clip, with the retime in its place', () => {
    const on = two({ effects: retimed(0.5) })();
    const { clip: filled } = fillIn(on, { track: trackOf(on), range: range(0, 50) });
    filled.effects = [...filled.effects, new otio.Effect({ effectName: 'Grade' })];
    const [back] = fill.revert(filled).items as otio.Clip[];
    assert.deepEqual(
      back!.effects.map((effect) => (effect as otio.Effect).effectName),
      ['Blur', 'LinearTimeWarp', 'Grain', 'Grade'],
    );
  });
});

describe('otio/fill: revert of a fill on a fill', () => {
  const twice = (on: otio.Timeline, at: otio.TimeRange, then: otio.TimeRange = at): otio.Clip => {
    fillIn(on, { track: trackOf(on), range: at }, info(), '/media/one.mov');
    return fillIn(on, { track: trackOf(on), range: then }, info('restore', OTHER_JOB), '/media/two.mov').clip;
  };
  for (const [title, made, at] of [
    ['a clip', two(), range(0, 50)],
    ['a retimed clip', two({ effects: retimed(0.5) }), range(0, 50)],
    ['a gap', withGap, range(50, 30)],
    ['several things', withGap, range(40, 50)],
  ] as const)
    it(`${title}: the original`, () => {
      const on = made();
      const before = pictures(trackOf(on));
      fill.revert(twice(on, at));
      assert.deepEqual(pictures(trackOf(on)), before);
      assert.ok(!text(on).includes('inbetween'));
    });
  it('a part of the first: that part of the original; the first stays beside it', () => {
    const on = two({ effects: retimed(0.5) })();
    const before = pictures(trackOf(on));
    fill.revert(twice(on, range(0, 50), range(10, 20)));
    const now = pictures(trackOf(on));
    assert.deepEqual(now.slice(10, 30), before.slice(10, 30));
    assert.ok([...now.slice(0, 10), ...now.slice(30, 50)].every((one) => one!.startsWith('file:///media/one.mov')));
  });
  it('over a fill and its neighbour: the first fill is back, and its marker', () => {
    const on = two()();
    const { clip: one } = fillIn(on, { track: trackOf(on), range: range(0, 50) });
    const before = text(on);
    const { clip: over } = fillIn(on, { track: trackOf(on), range: range(0, 70) }, info('generate', OTHER_JOB));
    assert.equal(on.tracks!.markers.length, 1);
    fill.revert(over);
    assert.equal(text(on), before);
    assert.notEqual(first(on), one);
  });
});

describe('otio/fill: revert refuses', () => {
  const check = (code: string, given: otio.Clip): void => {
    assert.throws(
      () => fill.revert(given),
      (error) => error instanceof otio.OtioError && error.code === code && error.details.length > 25,
    );
  };
  it('a clip that is no fill', () => check('KEY_NOT_FOUND', first(two()())));
  it('a clip without a track', () => check('NOT_A_CHILD', clip('A', 0, 5)));
  it('a fill whose metadata an editor has dropped', () => {
    const on = two()();
    const { clip: filled } = fillIn(on, { track: trackOf(on), range: range(0, 50) });
    filled.metadata = {};
    check('KEY_NOT_FOUND', filled);
  });
});
