// Tracks and timelines cut to a range.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as otio from '../../../otio/index.ts';
import { at, clip, content, cross, gap, opaque, outcome, span, stack, track, whole } from './tracks.ts';

describe('trackTrimmedToRange', () => {
  const check = (parent: otio.Track, start: number, duration: number, expected: string) => {
    const before = otio.write(parent);
    assert.equal(
      outcome(() => content(otio.trackTrimmedToRange(parent, span(start, duration)))),
      expected,
    );
    assert.equal(otio.write(parent), before);
  };

  it('keeps what lies inside and shortens what reaches beyond', () => {
    const parent = track(clip('a', 100, 10), clip('b', 200, 10), clip('c', 300, 10));
    check(parent, 5, 20, 'a[105+5] b[200+10] c[300+5]');
    check(parent, 12, 3, 'b[202+3]');
    check(parent, 10, 10, 'b[200+10]');
    check(parent, -5, 10, 'a[100+5]');
    check(parent, 30, 10, '');
    check(parent, 5, 0, 'a[105+0]');
  });
  it('cuts clips without source range and nested tracks by giving them one', () => {
    check(track(whole('a', 10)), 2, 5, 'a[2+5]');
    check(track(track(clip('a', 7, 10))), 2, 5, 'Track[2+5]');
    check(track(whole('a', 10), clip('b', 0, 1)), 0, 10, 'a[0+10]');
  });
  it('keeps whole transitions and refuses to cut one', () => {
    const parent = track(clip('a', 100, 10), cross(2, 3), clip('b', 200, 10));
    check(parent, 5, 10, 'a[105+5] x b[200+5]');
    check(parent, 9, 10, 'CANNOT_TRIM_TRANSITION');
    check(parent, 0, 8, 'a[100+8]');
    check(parent, 13, 5, 'b[203+5]');
  });
  it('treats what it does not know by its source range', () => {
    check(track(opaque(10), opaque(), clip('b', 0, 4)), 4, 8, '?[4+6] ? b[0+2]');
  });
  it('works at mixed rates', () => {
    const parent = track(
      new otio.Clip({ name: 'a', sourceRange: span(0, 25, 25) }),
      new otio.Clip({ name: 'b', sourceRange: span(0, 24, 24) }),
    );
    assert.equal(
      content(otio.trackTrimmedToRange(parent, new otio.TimeRange(at(12, 24), at(24, 24)))),
      'a[12.5+12.5] b[0+12]',
    );
  });
  it('what is left is as long as the range, and each piece comes from where it was', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.nat(80), fc.nat(80), (durations, start, duration) => {
        let total = 0;
        // each clip shows the frames of the track: frame n of the track is frame n of the source
        const parent = track();
        for (const length of durations) {
          parent.appendChild(clip('c', total, length));
          total += length;
        }
        const end = Math.min(total, start + duration);
        const trimmed = otio.trackTrimmedToRange(parent, span(start, duration));
        let next = start;
        for (const child of trimmed.children as readonly otio.Clip[]) {
          assert.equal(child.sourceRange!.startTime.value, next);
          next += child.sourceRange!.duration.value;
        }
        assert.equal(next, Math.max(start, end));
      }),
    );
  });
  it('keeps all else of the track', () => {
    const parent = new otio.Track({
      name: 'V',
      kind: 'Audio',
      metadata: { n: 1n },
      children: [clip('a', 0, 9)],
      enabled: false,
    });
    const trimmed = otio.trackTrimmedToRange(parent, span(0, 4));
    trimmed.setChildren([clip('a', 0, 9)]);
    assert.ok(trimmed.isEquivalentTo(parent));
    assert.equal(trimmed.parent, null);
  });
});

describe('timelineTrimmedToRange', () => {
  it('cuts every track alike', () => {
    const timeline = new otio.Timeline({ tracks: stack(track(clip('a', 0, 10)), track(gap(4), clip('b', 0, 10))) });
    const trimmed = otio.timelineTrimmedToRange(timeline, span(2, 6));
    assert.deepEqual(
      trimmed.tracks!.children.map((each) => content(each as otio.Track)),
      ['a[2+6]', 'Gap[2+2] b[0+4]'],
    );
    assert.equal(content(timeline.tracks!.children[0] as otio.Track), 'a[0+10]');
    assert.equal(otio.timelineTrimmedToRange(new otio.Timeline({ tracks: null }), span(0, 1)).tracks, null);
  });
});
