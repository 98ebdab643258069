// A drawn timeline: every line as wide as asked, boxes where things lie, names cut to fit, nothing that could steer a terminal.
import assert from 'node:assert/strict';
import { cellsOf, drawTimeline, fit as fitted, printable, timecodeAt } from '../../otio/drawing.ts';
import {
  Clip,
  LinearTimeWarp,
  Marker,
  RationalTime,
  Stack,
  Timeline,
  TimeRange,
  Track,
  Transition,
} from '../../otio/index.ts';
import { clip as clipFrom, gap, RATE, range, timeline, track as video } from '../fixtures/timeline.ts';

const clip = (name: string, frames: number, more: object = {}): Clip => clipFrom(name, 0, frames, RATE, more);

/** The lines below the ruler. One cell shows one frame where `columns` is the length and 4. */
const drawn = (of: Timeline, columns: number): string[] =>
  drawTimeline(of, columns)
    .slice(1)
    .map(({ label, runs }) => label + runs.map(({ text }) => text).join(''));

describe('otio: drawing', () => {
  const check = (of: Timeline, columns: number, expected: string[]) => () =>
    assert.deepEqual(drawn(of, columns), expected);

  it('a clip is a box with its name', check(timeline(video(clip('shot', 12))), 16, ['V1 │shot       │']));
  it('neighbours share an edge', check(timeline(video(clip('a', 6), clip('b', 6))), 16, ['V1 │a    │b    │']));
  it('a gap is dots', check(timeline(video(gap(4), clip('b', 8))), 16, ['V1 ····│b      │']));
  it('a gap at the end closes the box', check(timeline(video(clip('a', 6), gap(6))), 16, ['V1 │a    │·····']));
  it('a long name is cut', check(timeline(video(clip('a very long name', 12))), 16, ['V1 │a very lon…│']));
  it('too little room for a name', check(timeline(video(clip('abcdef', 3), clip('x', 9))), 16, ['V1 │  │x       │']));
  it('a clip of one cell', check(timeline(video(clip('a', 1), clip('b', 11))), 16, ['V1 ┃│b         │']));
  it(
    'many clips in a cell',
    check(timeline(video(...Array.from({ length: 48 }, () => clip('a', 1)))), 16, [`V1 ${'▓'.repeat(12)}`]),
  );
  it(
    'a transition is x over its cut',
    check(
      timeline(
        video(
          clip('a', 6),
          new Transition({ inOffset: new RationalTime(2, 24), outOffset: new RationalTime(1, 24) }),
          clip('b', 6),
        ),
      ),
      16,
      ['V1 │a  xxx b   │'],
    ),
  );
  it(
    'disabled things stand in parentheses',
    check(timeline(video(clip('a', 12, { enabled: false }))), 16, ['V1 │(a)        │']),
  );
  it(
    'a speed is a percentage',
    check(timeline(video(clip('a', 12, { effects: [new LinearTimeWarp({ timeScalar: 0.5 })] }))), 16, [
      'V1 │a 50%      │',
    ]),
  );
  it(
    'a nested timeline',
    check(timeline(video(new Stack({ name: 'n', children: [video(clip('a', 12))] }))), 16, ['V1 │≡ n        │']),
  );
  it(
    'a clip whose length nobody knows takes no time',
    check(timeline(video(new Clip({ name: 'x' }), clip('a', 12))), 16, ['V1 │a          │']),
  );
  it(
    'a marker under its track',
    check(
      timeline(
        video(
          gap(4),
          clip('a', 8, {
            sourceRange: range(100, 8),
            markers: [new Marker({ name: 'm', markedRange: range(102, 1) })],
          }),
        ),
      ),
      16,
      ['V1 ····│a      │', '         ▲ m'],
    ),
  );
  it(
    'a marker outside of what is shown is left out',
    check(timeline(video(clip('a', 12, { markers: [new Marker({ name: 'm', markedRange: range(50, 1) })] }))), 16, [
      'V1 │a          │',
    ]),
  );
  it(
    'the topmost picture first, sound below',
    check(
      timeline(
        video(clip('low', 12)),
        new Track({ kind: 'Audio', children: [clip('s', 12)] }),
        video(clip('high', 12)),
        new Track({ kind: 'Audio', children: [clip('t', 12)] }),
      ),
      16,
      ['V2 │high       │', 'V1 │low        │', 'A1 │s          │', 'A2 │t          │'],
    ),
  );
  it(
    'names of tracks, where they say something',
    check(
      timeline(
        new Track({ name: 'Video 1', children: [clip('a', 12)] }),
        new Track({ name: 'VFX', children: [clip('b', 12)] }),
      ),
      40,
      ['V2 VFX │b                              │', 'V1     │a                              │'],
    ),
  );
  it('nothing to draw', check(new Timeline(), 80, []));

  it('no line is wider than asked, whatever the width', () => {
    const of = timeline(
      video(
        clip('日本語の名前', 50),
        gap(7),
        clip('b', 33, { markers: [new Marker({ name: 'ü'.repeat(50), markedRange: range(30, 1) })] }),
      ),
    );
    for (let columns = 20; columns < 200; columns += 7)
      for (const { label, runs } of drawTimeline(of, columns))
        assert.ok(cellsOf(label + runs.map(({ text }) => text).join('')).length <= columns);
  });

  it('a clock of ticks or samples, or one that hardly moves', () => {
    for (const rate of [192_000, 254_016_000_000, 1e15, 1e-6]) {
      const range = new TimeRange(new RationalTime(0, rate), new RationalTime(5 * rate, rate));
      const [ruler, track] = drawTimeline(timeline(video(new Clip({ name: 'a', sourceRange: range }))), 40);
      assert.match(ruler!.runs.map(({ text }) => text).join(''), /^╷0/);
      assert.match(track!.runs.map(({ text }) => text).join(''), /^│a +│$/);
    }
  });
  it('the ruler starts at the start of the timeline', () => {
    const of = timeline(video(clip('a', 240)));
    of.globalStartTime = new RationalTime(86400, 24);
    const [ruler] = drawTimeline(of, 80);
    assert.match(ruler!.runs.map(({ text }) => text).join(''), /^╷01:00:00:00 +╷01:00:02:00/);
  });
});

describe('otio: text in cells', () => {
  const check = (text: string, width: number, expected: string) => () =>
    assert.equal(fitted(text, width).join(''), expected);
  it('filled', check('ab', 4, 'ab  '));
  it('as it is', check('abcd', 4, 'abcd'));
  it('cut', check('abcde', 4, 'abc…'));
  it('a wide character takes two', check('日本', 5, '日本 '));
  it('a wide character is not cut in half', check('日本語', 4, '日… '));
  it('marks ride along', check('e\u0301a', 3, 'e\u0301a '));
  it('no room', check('abc', 0, ''));

  const safe = (text: string, expected: string) => () => assert.equal(printable(text), expected);
  it('an escape sequence', safe('\u001b[31mred', '\ufffd[31mred'));
  it('a line end', safe('a\nb', 'a b'));
  it('a direction override', safe('a\u202eb', 'a\ufffdb'));
  it('a lone surrogate', safe('a\ud800', 'a\ufffd'));
  it('an emoji of several', safe('👩‍🎬', '👩‍🎬'));

  const clock = (frame: number, rate: number, expected: string) => () =>
    assert.equal(timecodeAt(frame, rate), expected);
  it('24', clock(86400, 24, '01:00:00:00'));
  it('29.97 drops', clock(1800, 29.97, '00:01:00;02'));
  it('before 0', clock(-24, 24, '-00:00:01:00'));
  it('a rate without timecode', clock(12, 12, '1.00 s'));
});
