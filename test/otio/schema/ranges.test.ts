// Ranges, searches and times from one item to another, and that cached positions are never stale.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import {
  at,
  clip,
  cross,
  described,
  frames,
  gap,
  opaque,
  outcome,
  span,
  stack,
  track,
  whole,
} from '../algorithms/tracks.ts';

describe('ranges of items', () => {
  const check = (item: otio.Item, question: 'available' | 'trimmed' | 'visible', expected: number[] | string) =>
    assert.deepEqual(
      outcome(() =>
        frames(
          {
            available: () => item.availableRange(),
            trimmed: () => item.trimmedRange(),
            visible: () => item.visibleRange(),
          }[question](),
        ),
      ),
      expected,
    );

  it('a clip has what its media have, and shows its source range', () => {
    check(whole('a', 10), 'available', [0, 10]);
    check(whole('a', 10), 'trimmed', [0, 10]);
    check(clip('a', 8, 4), 'trimmed', [8, 4]);
    check(clip('a', 8, 4), 'available', 'CANNOT_COMPUTE_AVAILABLE_RANGE');
    check(new otio.Clip(), 'trimmed', 'CANNOT_COMPUTE_AVAILABLE_RANGE');
    check(gap(5), 'available', 'NOT_IMPLEMENTED');
    check(gap(5), 'trimmed', [0, 5]);
    check(new otio.Composition(), 'trimmed', 'NOT_IMPLEMENTED');
  });
  it('a medium of an unknown schema counts with the range it has', () => {
    const media = new otio.UnknownSchema('Cloud', 1, { available_range: span(3, 7) });
    check(new otio.Clip({ mediaReferences: { [otio.DEFAULT_MEDIA]: media } }), 'trimmed', [3, 7]);
  });
  it('a track is as long as its items, a stack as its longest', () => {
    check(track(clip('a', 0, 10), gap(5), cross(1, 1), clip('b', 0, 2)), 'available', [0, 17]);
    check(track(cross(1, 2), clip('a', 0, 10), cross(3, 4)), 'available', [0, 15]);
    check(track(clip('a', 0, 10), opaque(6), opaque()), 'available', [0, 16]);
    check(stack(track(gap(4)), clip('a', 0, 9), opaque(11), opaque()), 'available', [0, 11]);
    check(track(), 'available', [0, 0]);
    check(stack(), 'available', [0, 0]);
  });
  it('transitions show more of an item', () => {
    const [a, b, c] = [clip('a', 100, 10), clip('b', 100, 10), clip('c', 100, 10)];
    track(a, cross(2, 3), b, cross(4, 1), c);
    check(a, 'visible', [100, 13]);
    check(b, 'visible', [98, 13]);
    check(c, 'visible', [96, 14]);
    check(clip('d', 1, 2), 'visible', [1, 2]);
  });
  it('image bounds are those of the media, joined', () => {
    const box = (x: number, y: number) => new otio.Box2d(new otio.V2d(0, 0), new otio.V2d(x, y));
    const shown = (x: number, y: number) =>
      new otio.Clip({
        sourceRange: span(0, 1),
        mediaReferences: { [otio.DEFAULT_MEDIA]: new otio.MissingReference({ availableImageBounds: box(x, y) }) },
      });
    assert.deepEqual(shown(2, 3).availableImageBounds(), box(2, 3));
    assert.deepEqual(track(shown(2, 3), gap(1), shown(4, 1)).availableImageBounds(), box(4, 3));
    assert.deepEqual(stack(track(shown(2, 3)), track(shown(4, 1))).availableImageBounds(), box(4, 3));
    assert.equal(track(gap(1)).availableImageBounds(), null);
    assert.equal(
      outcome(() => stack(track(clip('a', 0, 1))).availableImageBounds()),
      'CANNOT_COMPUTE_BOUNDS',
    );
    assert.equal(
      outcome(() => gap(1).availableImageBounds()),
      'NOT_IMPLEMENTED',
    );
  });
});

describe('ranges of children', () => {
  const nested = () => {
    const a = clip('a', 0, 10);
    const inner = track(gap(5), a);
    const middle = stack(inner);
    const outer = track(clip('b', 0, 20), middle);
    return { a, inner, middle, outer };
  };

  it('lie one after another, transitions over the cut', () => {
    const parent = track(clip('a', 0, 10), cross(2, 3), clip('b', 0, 5), opaque(), opaque(4), gap(1));
    const expected = [
      [0, 10],
      [8, 5],
      [10, 5],
      [15, 0],
      [15, 4],
      [19, 1],
    ];
    assert.deepEqual(
      parent.children.map((_, i) => frames(parent.rangeOfChildAtIndex(i))),
      expected,
    );
    assert.deepEqual([...parent.rangeOfAllChildren().values()].map(frames), expected);
    assert.deepEqual(frames(parent.rangeOfChildAtIndex(-1)), [19, 1]);
    assert.equal(
      outcome(() => parent.rangeOfChildAtIndex(6)),
      'ILLEGAL_INDEX',
    );
    assert.equal(
      outcome(() => parent.rangeOfChildAtIndex(-7)),
      'ILLEGAL_INDEX',
    );
  });
  it('count at the larger of their rate and those before', () => {
    const parent = track(
      new otio.Clip({ sourceRange: span(0, 24, 24) }),
      new otio.Clip({ sourceRange: span(0, 60, 30) }),
      new otio.Clip({ sourceRange: span(0, 1, 24) }),
    );
    assert.deepEqual(parent.rangeOfChildAtIndex(1), new otio.TimeRange(at(30, 30), at(60, 30)));
    assert.deepEqual(parent.rangeOfChildAtIndex(2), new otio.TimeRange(at(90, 30), at(1, 24)));
  });
  it('are added up on the way to an ancestor', () => {
    const { a, inner, middle, outer } = nested();
    assert.deepEqual(frames(inner.rangeOfChild(a)), [5, 10]);
    assert.deepEqual(frames(middle.rangeOfChild(a)), [5, 10]);
    assert.deepEqual(frames(outer.rangeOfChild(a)), [25, 10]);
    assert.deepEqual(frames(a.rangeInParent()), [5, 10]);
    assert.equal(
      outcome(() => inner.rangeOfChild(outer)),
      'NOT_DESCENDED_FROM',
    );
    assert.equal(
      outcome(() => inner.rangeOfChild(inner)),
      'NOT_DESCENDED_FROM',
    );
    assert.equal(
      outcome(() => outer.rangeInParent()),
      'NOT_A_CHILD',
    );
    assert.equal(
      outcome(() => outer.trimmedRangeInParent()),
      'NOT_A_CHILD',
    );
  });
  it('are cut by the source ranges on the way, three levels down too', () => {
    const { a, inner, middle, outer } = nested();
    inner.sourceRange = span(7, 6);
    assert.deepEqual(frames(a.trimmedRangeInParent()), [7, 6]);
    middle.sourceRange = span(0, 4);
    assert.deepEqual(frames(outer.trimmedRangeOfChild(a)), [27, 6]);
    outer.sourceRange = span(22, 8);
    assert.deepEqual(frames(outer.trimmedRangeOfChild(a)), [29, 1]);
    outer.sourceRange = span(22, 5);
    assert.equal(outer.trimmedRangeOfChild(a), null);
  });
  it('outside of the source range there are none', () => {
    const [a, b] = [clip('a', 0, 10), clip('b', 0, 10)];
    const parent = track(a, b);
    parent.sourceRange = span(0, 10);
    assert.deepEqual(frames(a.trimmedRangeInParent()), [0, 10]);
    assert.equal(
      outcome(() => b.trimmedRangeInParent()),
      'INVALID_TIME_RANGE',
    );
    assert.equal(parent.trimChildRange(span(10, 5)), null);
    assert.deepEqual(frames(parent.trimChildRange(span(-5, 30))), [0, 10]);
  });
  it('in a stack all start at 0, cut to its source range', () => {
    const parent = stack(clip('a', 0, 10), opaque());
    assert.deepEqual(frames(parent.rangeOfChildAtIndex(0)), [0, 10]);
    assert.deepEqual(frames(parent.rangeOfChildAtIndex(-1)), [0, 0]);
    parent.sourceRange = span(3, 4);
    assert.deepEqual(frames(parent.trimmedRangeOfChildAtIndex(0)), [3, 4]);
  });
  it('a child whose duration is not known fails what comes after it, not what comes before', () => {
    const parent = track(clip('a', 0, 10), new otio.Clip(), clip('b', 0, 10));
    assert.deepEqual(frames(parent.rangeOfChildAtIndex(0)), [0, 10]);
    for (const index of [1, 2])
      assert.equal(
        outcome(() => parent.rangeOfChildAtIndex(index)),
        'CANNOT_COMPUTE_AVAILABLE_RANGE',
      );
  });
  it('handles and neighbours', () => {
    const [a, x, b, y] = [clip('a', 0, 10), cross(2, 3), clip('b', 0, 10), cross(4, 5)];
    const parent = track(a, x, b, y);
    const handles = (child: otio.Child) =>
      Object.values(parent.handlesOfChild(child)).map((time: otio.RationalTime | null) => time?.value ?? null);
    assert.deepEqual([a, x, b].map(handles), [
      [null, 3],
      [null, null],
      [2, 5],
    ]);
    const neighbors = (child: otio.Child, policy?: otio.NeighborGapPolicy) =>
      parent.neighborsOf(child, policy).map((one) => one && described(one));
    assert.deepEqual(neighbors(b), ['x', 'x']);
    assert.deepEqual(neighbors(a, 'aroundTransitions'), [null, 'x']);
    assert.deepEqual(neighbors(y), ['b[0+10]', null]);
    assert.deepEqual(neighbors(y, 'aroundTransitions'), ['b[0+10]', 'Gap[0+5]']);
    assert.equal(
      outcome(() => parent.neighborsOf(clip('c', 0, 1))),
      'NOT_A_CHILD_OF',
    );
  });
});

describe('times carried from one item to another', () => {
  it('up and down by trims and places', () => {
    const a = clip('a', 100, 10);
    const inner = track(gap(5), a);
    inner.sourceRange = span(2, 10);
    const outer = track(clip('b', 0, 20), inner);
    assert.equal(a.transformedTime(at(101), inner).value, 6);
    assert.equal(a.transformedTime(at(101), outer).value, 24);
    assert.equal(outer.transformedTime(at(24), a).value, 101);
    assert.equal(a.transformedTime(at(101), a).value, 101);
    assert.deepEqual(frames(a.transformedTimeRange(span(101, 3), outer)), [24, 3]);
    assert.equal(
      outcome(() => a.transformedTime(at(0), track())),
      'NOT_DESCENDED_FROM',
    );
  });
});

describe('searches', () => {
  const tree = () => {
    const inner = track(clip('b', 0, 5), clip('c', 0, 5));
    const v1 = track(clip('a', 0, 10), cross(2, 2, 'ab'), stack(inner), gap(4), opaque(3), clip('d', 0, 6));
    return { v1, root: stack(v1) };
  };
  const found = (children: readonly otio.Child[]) => children.map(described).join(' ');

  it('by time', () => {
    const { root } = tree();
    const check = (time: number, expected: string | null) => {
      const child = root.childAtTime(at(time));
      assert.equal(child && described(child), expected, `at ${time}`);
    };
    for (const time of [0, 9]) check(time, 'a[0+10]');
    for (const time of [10, 11]) check(time, 'ab');
    check(12, 'b[0+5]');
    check(15, 'c[0+5]');
    check(20, 'Gap[0+4]');
    check(24, '?[0+3]');
    check(27, 'd[0+6]');
    for (const time of [-1, 33]) check(time, null);
    assert.equal(root.childAtTime(at(12), true), root.children[0]);
  });
  it('by range', () => {
    const { root, v1 } = tree();
    assert.equal(found(v1.childrenInRange(span(3, 7))), 'a[0+10] ab');
    assert.equal(found(v1.childrenInRange(span(21, 7))), 'Gap[0+4] ?[0+3] d[0+6]');
    assert.equal(found(root.findClips(span(15, 12))), 'c[0+5]');
    assert.equal(found(root.findClips(span(40, 1))), '');
  });
  it('by class', () => {
    const { root, v1 } = tree();
    assert.equal(found(root.findClips()), 'a[0+10] b[0+5] c[0+5] d[0+6]');
    assert.equal(found(v1.findClips(null, true)), 'a[0+10] d[0+6]');
    assert.equal(found(root.findChildren(otio.Track)), 'Track Track');
    assert.equal(found(root.findChildren(otio.Transition)), 'ab');
    assert.equal(found(root.findChildren(otio.UnknownSchema)), '?[0+3]');
    assert.equal(root.hasClips(), true);
    assert.equal(stack(track(gap(1))).hasClips(), false);
  });
  it('siblings are each searched with the range that was asked for', () => {
    const [a, b] = [track(gap(50), clip('a', 0, 10)), track(gap(50), clip('b', 0, 10))];
    for (const each of [a, b]) each.sourceRange = span(20, 40);
    assert.equal(found(stack(a, b).findClips(span(32, 2))), 'a[0+10] b[0+10]');
  });
  it('a timeline asks its stack, and without one finds nothing', () => {
    const { root } = tree();
    const timeline = new otio.Timeline({ tracks: root });
    assert.equal(timeline.duration().value, 33);
    assert.equal(found(timeline.findClips()), found(root.findClips()));
    assert.deepEqual(frames(timeline.rangeOfChild(root.findClips()[3]!)), [27, 6]);
    timeline.tracks = null;
    assert.equal(timeline.duration().value, 0);
    assert.deepEqual([timeline.findClips(), timeline.hasClips(), timeline.childAtTime(at(0))], [[], false, null]);
  });
});
