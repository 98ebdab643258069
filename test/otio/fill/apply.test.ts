// A fill on its timeline: the clip of GAPFILL.md §2, its record, its markers, its versions, and what stays as it was.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import {
  clip,
  dissolve,
  fillIn,
  frames,
  gap,
  info,
  JOB,
  MOVIE,
  marker,
  media,
  OTHER_JOB,
  pictures,
  range,
  text,
  timeline,
  track,
  trackOf,
  urlOf,
} from './support.ts';

const { DEFAULT_MEDIA, fill } = otio;
const dataOf = (of: otio.Clip): otio.Dictionary => of.metadata[fill.NS] as otio.Dictionary;
const jobs = (on: otio.Timeline): unknown[] =>
  on.tracks!.markers.map((one) => ((one as otio.Marker).metadata[fill.NS] as otio.Dictionary)?.job ?? null);

const refuses = (code: string, on: otio.Timeline, call: () => unknown): void => {
  const before = text(on);
  assert.throws(call, (error) => error instanceof otio.OtioError && error.code === code && error.details.length > 40);
  assert.equal(text(on), before);
};

describe('otio/fill: apply to a gap', () => {
  const on = timeline(track(clip('A', 100, 50), gap(30), clip('B', 10, 40)), frames(86400));
  const { clip: made } = fillIn(on, { track: trackOf(on), range: range(50, 30), head: 4, tail: 2 });

  it('writes the clip', () => {
    assert.equal(trackOf(on).children[1], made);
    assert.equal(made.name, 'Pictures (interpolated)');
    assert.deepEqual(made.sourceRange, range(86450, 30));
    assert.deepEqual(made.effects, []);
    assert.equal(made.activeMediaReferenceKey, DEFAULT_MEDIA);
    assert.deepEqual(Object.keys(made.mediaReferences), [DEFAULT_MEDIA]);
    const reference = made.mediaReference as otio.ExternalReference;
    assert.deepEqual([reference.name, reference.targetUrl], ['made.mov', 'file:///media/made.mov']);
    assert.deepEqual(reference.availableRange, range(86446, 36));
  });
  it('writes the record', () => {
    const { restore, ...data } = dataOf(made);
    assert.deepEqual(JSON.parse(text(data)), {
      schema: 1,
      job: JOB,
      kind: 'interpolate',
      version: 1,
      head: 4,
      tail: 2,
      record: {
        track: 'V1',
        in: { OTIO_SCHEMA: 'RationalTime.1', rate: 24, value: 50 },
        out: { OTIO_SCHEMA: 'RationalTime.1', rate: 24, value: 80 },
      },
      inputs: [],
      model: { name: 'Flow', version: '2.1', params: { effort: 'best', steps: 4 }, seed: 7 },
      digitalSourceType: 'compositeWithTrainedAlgorithmicMedia',
      created: '2026-01-31T12:00:00Z',
    });
    assert.ok((restore as { item: otio.Gap }).item.isEquivalentTo(gap(30)));
  });
  it('discloses it on the clip, in its own time, and on the stack, from 0', () => {
    for (const [where, marked] of [
      [made, range(86450, 30)],
      [on.tracks!, range(50, 30)],
    ] as const) {
      const [one, ...more] = where.markers as otio.Marker[];
      assert.deepEqual(more, []);
      assert.deepEqual([one!.name, one!.color, one!.markedRange], ['AI interpolated', 'PURPLE', marked]);
      assert.equal(one!.comment, 'Flow 2.1, version 1, 2026-01-31');
      assert.deepEqual(JSON.parse(text(one!.metadata)), {
        inbetween: { job: JOB, aiGenerated: true },
        Resolve_OTIO: { Keywords: [], Note: one!.comment },
      });
    }
  });
  it('writes no link metadata', () => assert.deepEqual(Object.keys(made.metadata), [fill.NS]));
});

describe('otio/fill: apply to a clip', () => {
  const old = clip('A', 100, 50, 24, {
    effects: [
      new otio.Effect({ effectName: 'Blur' }),
      new otio.LinearTimeWarp({ timeScalar: 0.4 }),
      new otio.UnknownSchema('Studio.Look', 1),
    ],
    markers: [marker('mine', 110)],
    metadata: { Resolve_OTIO: { 'Link Group ID': 7n }, PremierePro_OTIO: { LinkID: '12' } },
    enabled: false,
    color: new otio.Color(1, 0, 0),
  });
  old.mediaReferences = { ...old.mediaReferences, proxy: media('file:///media/A_proxy.mov') };
  old.activeMediaReferenceKey = 'proxy';
  old.dynamicFields = { studio: 5n };
  const before = old.clone();
  const on = timeline(track(old, clip('B', 0, 20)));
  const { clip: made } = fillIn(on, { track: trackOf(on), range: range(0, 50) }, info('restore'));

  it('keeps what it has, but for its time effects', () => {
    assert.equal(made.name, 'A (restored)');
    assert.deepEqual(made.sourceRange, range(100, 50));
    assert.deepEqual(
      made.effects.map(({ schemaName }) => schemaName),
      ['Effect', 'Studio.Look'],
    );
    assert.deepEqual(
      made.markers.map((one) => (one as otio.Marker).name),
      ['mine', 'AI restored'],
    );
    assert.equal(made.enabled, true);
    assert.deepEqual([made.color, made.dynamicFields], [before.color, before.dynamicFields]);
    const { [fill.NS]: _, ...kept } = made.metadata;
    assert.equal(text(kept), text(before.metadata));
    assert.equal(dataOf(made).digitalSourceType, 'algorithmicallyEnhanced');
  });
  it('has the wanted picture under DEFAULT_MEDIA and the old one, untouched, under its key', () => {
    assert.equal(made.activeMediaReferenceKey, DEFAULT_MEDIA);
    assert.deepEqual(Object.keys(made.mediaReferences).sort(), [DEFAULT_MEDIA, fill.ORIGINAL_MEDIA, 'proxy']);
    assert.ok(made.mediaReferences[fill.ORIGINAL_MEDIA]!.isEquivalentTo(before.mediaReferences[DEFAULT_MEDIA]!));
    assert.equal(urlOf(made), 'file:///media/made.mov');
  });
  it('keeps what a key cannot carry', () => {
    const restore = dataOf(made).restore as { item: otio.Clip; effects: otio.AnyValue[]; source_range: otio.TimeRange };
    assert.ok(restore.item.isEquivalentTo(before));
    assert.equal(text(restore.effects), text([before.effects[1]!]));
    assert.deepEqual(restore.source_range, range(100, 50));
  });
});

describe('otio/fill: apply', () => {
  it('to a part of a clip: markers go where they are, and none is there twice', () => {
    const on = timeline(
      track(clip('A', 100, 50, 24, { markers: [marker('a', 105), marker('b', 125), marker('c', 145)] })),
    );
    const { clip: made } = fillIn(on, { track: trackOf(on), range: range(20, 10) });
    const names = trackOf(on).children.map((child) =>
      (child as otio.Clip).markers.map((one) => (one as otio.Marker).name),
    );
    assert.deepEqual(names, [['a'], ['b', 'AI interpolated'], ['c']]);
    assert.deepEqual(made.sourceRange, range(120, 10));
  });
  it('over several things: all of them are kept in order', () => {
    const on = timeline(track(clip('A', 100, 50), gap(10), clip('B', 10, 40), dissolve(5, 5), clip('C', 0, 30)));
    const before = pictures(trackOf(on));
    const { clip: made, removed } = fillIn(on, { track: trackOf(on), range: range(40, 70) }, info('generate'));
    assert.equal(made.name, 'Pictures (generated)');
    const { item } = dataOf(made).restore as { item: otio.Track };
    assert.deepEqual(
      item.children.map(({ schemaName }) => schemaName),
      ['Clip', 'Gap', 'Clip', 'Transition', 'Clip'],
    );
    assert.deepEqual(pictures(item), before.slice(40, 110));
    assert.ok(removed.some((child) => child instanceof otio.Transition));
  });
  it('partly over a gap and partly over a clip', () => {
    const on = timeline(track(clip('A', 100, 50), gap(30), clip('B', 10, 40)));
    fillIn(on, { track: trackOf(on), range: range(60, 30) });
    assert.deepEqual(
      pictures(trackOf(on)).slice(90),
      Array.from({ length: 30 }, (_, i) => `file:///media/B.mov ${20 + i}`),
    );
    assert.equal(trackOf(on).children.length, 4);
  });
  it('beyond the end: a gap fills the distance', () => {
    const on = timeline(track(clip('A', 100, 5)));
    fillIn(on, { track: trackOf(on), range: range(8, 4) });
    assert.deepEqual(
      trackOf(on).children.map((child) => (child as otio.Item).duration().value),
      [5, 3, 4],
    );
  });
  it('in a gap that is no whole number of frames: the rest stays a gap, at its length', () => {
    const on = timeline(track(clip('A', 0, 50), gap(33, 60), clip('B', 10, 40)));
    fillIn(on, { track: trackOf(on), range: new otio.TimeRange(frames(50), frames(33, 60)) });
    const lengths = trackOf(on).children.map((child) => (child as otio.Item).duration());
    assert.deepEqual(
      lengths.slice(0, 2).map(({ value }) => value),
      [50, 13],
    );
    assert.ok(Math.abs(lengths[1]!.add(lengths[2]!).toSeconds() - 33 / 60) < 1e-9);
  });
  it('in a nested stack: the marker lies where the fill is seen', () => {
    const inner = track(clip('A', 0, 20), gap(10), clip('B', 0, 30));
    const on = timeline(track(clip('C', 0, 100), new otio.Stack({ children: [inner], sourceRange: range(5, 40) })));
    fillIn(on, { track: inner, range: range(20, 10) });
    assert.deepEqual((on.tracks!.markers[0] as otio.Marker).markedRange, range(115, 10));
    assert.deepEqual(
      fill.list(on).map(({ track: of, range: at }) => [of, at]),
      [[inner, range(20, 10)]],
    );
  });
  it('keeps transitions that the fill has frames for', () => {
    const on = timeline(
      track(clip('A', 100, 50), dissolve(5, 6), clip('B', 100, 50), dissolve(7, 8), clip('C', 0, 50)),
    );
    const { removed } = fillIn(on, { track: trackOf(on), range: range(50, 50) });
    assert.deepEqual(
      trackOf(on).children.map(({ schemaName }) => schemaName),
      ['Clip', 'Transition', 'Clip', 'Transition', 'Clip'],
    );
    assert.ok(!removed.some((child) => child instanceof otio.Transition));
  });
  it('removes a transition it has too few frames for, keeps it in its record and says so', () => {
    const on = timeline(track(clip('A', 100, 50), dissolve(5, 6), clip('B', 100, 50)));
    const { warnings, clip: made } = fillIn(on, { track: trackOf(on), range: range(50, 50), head: 4 });
    assert.match(warnings.join(), /Transition is removed/);
    const { transitions } = dataOf(made).restore as { transitions: { transition: otio.Transition; cut: bigint }[] };
    assert.ok(transitions[0]!.transition.isEquivalentTo(dissolve(5, 6)));
  });
  it('keeps the members of other tracks, and unknown objects', () => {
    const sound = new otio.Track({ kind: 'Audio', name: 'S', children: [clip('S', 0, 100)] });
    const on = timeline([track(clip('A', 100, 50), new otio.UnknownSchema('Studio.Note', 3, { a: 1n })), sound]);
    const before = text(sound);
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    assert.equal(text(sound), before);
    assert.ok(text(on).includes('"Studio.Note.3","a":1'));
  });
  it('mirrors how the timeline writes places', () => {
    const cases: [otherUrl: string, given: string, expected: string][] = [
      ['/footage/a b.mov', '/out/x y.mov', '/out/x y.mov'],
      ['C:\\footage\\a.mov', 'D:\\out\\x.mov', 'D:\\out\\x.mov'],
      ['file:///footage/a%20b.mov', '/out/x y.mov', 'file:///out/x%20y.mov'],
      ['file:///footage/a b.mov', '/out/x y.mov', 'file:///out/x y.mov'],
      ['https://example.com/a.mov', '/out/x y.mov', 'file:///out/x%20y.mov'],
      ['/footage/a.mov', 'https://example.com/x.mov', 'https://example.com/x.mov'],
    ];
    for (const [other, given, expected] of cases) {
      const on = timeline(track(clip('A', 0, 10, 24, { mediaReferences: { DEFAULT_MEDIA: media(other) } }), gap(10)));
      const { clip: made } = fillIn(on, { track: trackOf(on), range: range(10, 10) }, info(), given);
      assert.equal(urlOf(made), expected);
    }
    const on = timeline(
      track(clip('A', 0, 10, 24, { mediaReferences: { DEFAULT_MEDIA: media('footage/a.mov') } }), gap(10)),
    );
    const plan = fill.plan(on, { track: trackOf(on), range: range(10, 10) });
    assert.equal(urlOf(fill.apply(plan, { targetUrl: '/job/out/x.mov', folder: '/job' }, info()).clip), 'out/x.mov');
  });
  it('delivers the native file beside it, in frames of the track', () => {
    const on = timeline(track(gap(48)));
    const plan = fill.plan(on, { track: trackOf(on), range: range(0, 48), nativeRate: 60, tail: 2 });
    const native = { targetUrl: '/media/made60.mov', rate: plan.native!.rate, frames: plan.native!.frames };
    const { clip: made } = fill.apply(plan, { targetUrl: MOVIE, native, sha256: 'ab' }, info());
    const reference = made.mediaReferences['inbetween:native60']!;
    assert.deepEqual(reference.availableRange, range(0, 50));
    for (const data of [dataOf(made), (reference as otio.ExternalReference).metadata[fill.NS] as otio.Dictionary])
      assert.equal(text(data.native!), '{"frames":125,"rate":[60,1]}');
    assert.equal(dataOf(made).sha256, 'ab');
  });
  it('is one step to take back', () => {
    const on = timeline(
      track(clip('A', 100, 50, 24, { markers: [marker('b', 125)] }), dissolve(5, 5), clip('B', 20, 50)),
    );
    const before = text(on);
    const { undo } = fillIn(on, { track: trackOf(on), range: range(20, 40) });
    const after = text(on);
    undo.apply();
    assert.equal(text(on), before);
    undo.redo();
    assert.equal(text(on), after);
  });
  it('refuses a file of another length, a changed timeline, a job without id', () => {
    const on = timeline(track(clip('A', 100, 50), gap(30)));
    const plan = fill.plan(on, { track: trackOf(on), range: range(50, 30) });
    refuses('INVALID_TIME_RANGE', on, () => fill.apply(plan, { targetUrl: MOVIE, frames: 31 }, info()));
    refuses('TYPE_MISMATCH', on, () => fill.apply(plan, { targetUrl: MOVIE }, info('restore', '')));
    (trackOf(on).children[0] as otio.Clip).sourceRange = range(100, 60);
    refuses('INVALID_TIME_RANGE', on, () => fill.apply(plan, { targetUrl: MOVIE }, info()));
  });
});

describe('otio/fill: a second run', () => {
  const twice = (second: otio.fill.FillInfo): { on: otio.Timeline; made: otio.Clip } => {
    const on = timeline(track(clip('A', 100, 50), clip('B', 0, 20)));
    fillIn(on, { track: trackOf(on), range: range(0, 50) }, info(), '/media/one.mov');
    return { on, made: fillIn(on, { track: trackOf(on), range: range(0, 50) }, second, '/media/two.mov').clip };
  };
  for (const [title, job] of [
    ['of the same job', JOB],
    ['of another job', OTHER_JOB],
  ] as const)
    it(`${title} leaves one marker on the clip and one on the stack`, () => {
      const { on, made } = twice(info('restore', job));
      assert.deepEqual(jobs(on), [job]);
      assert.deepEqual(
        made.markers.map((one) => (one as otio.Marker).name),
        ['AI restored'],
      );
    });
  it('keeps the first as a version, and the original', () => {
    const { made } = twice(info('restore'));
    assert.deepEqual(
      [DEFAULT_MEDIA, 'inbetween:v001', fill.ORIGINAL_MEDIA].map((key) => urlOf(made, key)),
      ['file:///media/two.mov', 'file:///media/one.mov', 'file:///media/A.mov'],
    );
    assert.equal(made.name, 'A (restored)');
    assert.equal(fill.recordOf(made)!.version, 2);
    const earlier = (made.mediaReferences['inbetween:v001'] as otio.ExternalReference).metadata[
      fill.NS
    ] as otio.Dictionary;
    assert.deepEqual([earlier.version, earlier.kind], [1n, 'interpolate']);
    assert.equal(((dataOf(made).restore as otio.Dictionary).item as otio.Clip).name, 'A');
  });
  it('a third one goes on', () => {
    const { on } = twice(info());
    const { clip: made } = fillIn(on, { track: trackOf(on), range: range(0, 50) }, info(), '/media/three.mov');
    assert.deepEqual(Object.keys(made.mediaReferences).sort(), [
      DEFAULT_MEDIA,
      fill.ORIGINAL_MEDIA,
      'inbetween:v001',
      'inbetween:v002',
    ]);
  });
  it('over a part of the first: the marker of the first stays, as it is still to be seen', () => {
    const on = timeline(track(clip('A', 100, 50)));
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    fillIn(on, { track: trackOf(on), range: range(10, 10) }, info('restore', OTHER_JOB));
    assert.deepEqual(jobs(on), [JOB, OTHER_JOB]);
  });
  it('of one job elsewhere: one marker', () => {
    const on = timeline(track(clip('A', 100, 50), clip('B', 100, 50)));
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    fillIn(on, { track: trackOf(on), range: range(50, 50) });
    assert.deepEqual(jobs(on), [JOB]);
  });
  it('goes by its file name where an editor has dropped the metadata', () => {
    const on = timeline(track(gap(50)));
    const name = fill.fileName('A', 'restore', 3, JOB, '.mov');
    const { clip: made } = fillIn(on, { track: trackOf(on), range: range(0, 50) }, info(), `/media/${name}`);
    made.metadata = {};
    const [found] = fill.list(on);
    assert.deepEqual(
      [found!.record, found!.file],
      [null, { base: 'A', kind: 'restore', version: 3, id: '0f3a99c1', extension: '.mov' }],
    );
    assert.equal(fill.plan(on, { track: trackOf(on), range: range(0, 50) }).version, 4);
  });
});

describe('otio/fill: file names', () => {
  const check = (base: string, expected: string): void => {
    const name = fill.fileName(base, 'extend', 12, JOB, '.mov');
    assert.equal(name, `${expected}__inbetween-extend-v012-0f3a99c1.mov`);
    assert.equal(fill.parseFileName(`C:\\x\\${name}`)!.base, expected);
    assert.equal(fill.parseFileName(`file:///x/${name}`)!.version, 12);
  };
  it('carry base, kind, version and id', () => check('shot 12', 'shot 12'));
  it('are names on every system', () => check('a/b:c\\d?', 'a_b_c_d_'));
  it('need a base', () => check(' ', 'fill'));
  it('are not read from others', () => {
    for (const name of [
      'a.mov',
      'a__inbetween-paint-v001-0f3a99c1.mov',
      'a__inbetween-restore-v1-0f3a99c1.mov',
      'a__inbetween-restore-v001-0f3a.mov',
    ])
      assert.equal(fill.parseFileName(name), null);
  });
  it('need the id of a job', () => assert.throws(() => fill.fileName('a', 'restore', 1, 'job 7', '.mov'), /UUID/));
});
