// The contract of adapters: what is written and read again is what it was, but for what the format cannot hold, which is listed with a reason.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Adapter } from '../../../otio/adapters/adapter.ts';
import {
  type Child,
  Clip,
  ExternalReference,
  FreezeFrame,
  framesAt,
  Gap,
  Item,
  LinearTimeWarp,
  Marker,
  MissingReference,
  OtioError,
  type RationalTime,
  Timeline,
  Track,
  Transition,
} from '../../../otio/index.ts';
import { clip, dissolve, edit, gap, named, range, time } from '../../fixtures/timeline.ts';

export const RATES: readonly number[] = [24000 / 1001, 24, 25, 30000 / 1001, 30, 50, 60000 / 1001, 60];

/** The facts of a timeline, in frames of its rate. */
export interface TimelineFacts {
  name: string;
  start: number;
  tracks: TrackFacts[];
  markers: MarkerFacts[];
}
export interface TrackFacts {
  kind: string;
  name: string;
  enabled: boolean;
  items: (ItemFacts | TransitionFacts)[];
}
export interface ItemFacts {
  what: 'clip' | 'gap';
  name: string;
  source: number;
  duration: number;
  speed: number;
  enabled: boolean;
  url: string | null;
  /** First frame and length of the medium. */
  available: [number, number] | null;
  markers: MarkerFacts[];
}
export interface TransitionFacts {
  what: 'transition';
  type: string;
  in: number;
  out: number;
}
export interface MarkerFacts {
  name: string;
  comment: string;
  color: string;
  start: number;
  duration: number;
}

/** Something the format cannot hold: what comes back instead. */
export interface Limit {
  readonly why: string;
  readonly apply: (facts: TimelineFacts) => TimelineFacts;
}

export const eachItem =
  (change: (item: ItemFacts) => ItemFacts) =>
  (facts: TimelineFacts): TimelineFacts => ({
    ...facts,
    tracks: facts.tracks.map((track) => ({
      ...track,
      items: track.items.map((item) => (item.what === 'transition' ? item : change(item))),
    })),
  });

export const eachTrack =
  (change: (track: TrackFacts, at: number) => TrackFacts | null) =>
  (facts: TimelineFacts): TimelineFacts => ({
    ...facts,
    tracks: facts.tracks.map(change).filter((track) => track !== null),
  });

/** Neighbouring gaps are one; those without length none. */
export const joinGaps = eachTrack((track) => {
  const items: TrackFacts['items'] = [];
  for (const item of track.items) {
    const last = items.at(-1);
    if (item.what === 'gap' && item.duration === 0) continue;
    if (item.what === 'gap' && last?.what === 'gap')
      items[items.length - 1] = { ...last, duration: last.duration + item.duration };
    else items.push(item);
  }
  return { ...track, items };
});

export const withoutLastGap = eachTrack((track) => ({
  ...track,
  items: track.items.at(-1)?.what === 'gap' ? track.items.slice(0, -1) : track.items,
}));

export function factsOf(timeline: Timeline, rate: number): TimelineFacts {
  const frames = (value: RationalTime): number => framesAt(value, rate);
  const markers = (list: readonly unknown[]): MarkerFacts[] =>
    list
      .filter((one) => one instanceof Marker)
      .map(({ name, comment, color, markedRange: { startTime, duration } }) => ({
        name,
        comment,
        color,
        start: frames(startTime),
        duration: frames(duration),
      }));
  const item = (one: Child): ItemFacts | TransitionFacts => {
    if (one instanceof Transition)
      return { what: 'transition', type: one.transitionType, in: frames(one.inOffset), out: frames(one.outOffset) };
    assert(one instanceof Item);
    const media = one instanceof Clip ? one.mediaReference : null;
    const available = media !== null && 'availableRange' in media ? media.availableRange : null;
    const used = one.sourceRange ?? available!;
    return {
      what: one instanceof Gap ? 'gap' : 'clip',
      name: one.name,
      source: frames(used.startTime),
      duration: frames(used.duration),
      speed: one.effects.find((effect) => effect instanceof LinearTimeWarp)?.timeScalar ?? 1,
      enabled: one.enabled,
      url: media instanceof ExternalReference ? media.targetUrl : null,
      available: available && [frames(available.startTime), frames(available.duration)],
      markers: markers(one.markers),
    };
  };
  const tracks = (timeline.tracks?.children ?? []).filter((track) => track instanceof Track);
  return joinGaps({
    name: timeline.name,
    start: timeline.globalStartTime === null ? 0 : frames(timeline.globalStartTime),
    tracks: tracks.map(({ kind, name, enabled, children }) => ({ kind, name, enabled, items: children.map(item) })),
    markers: markers(timeline.tracks?.markers ?? []),
  });
}

interface ClipValues {
  readonly name?: string;
  readonly speed?: number;
  readonly enabled?: boolean;
  readonly url?: string | null;
  /** First frame of the medium; its length is ten minutes. */
  readonly from?: number;
  readonly markers?: Marker[];
}

const MEDIA_SECONDS = 600;

/** Makes timelines at a rate. */
export class Maker {
  readonly rate: number;
  constructor(rate: number) {
    this.rate = rate;
  }

  clip(
    source: number,
    duration: number,
    {
      name = 'clip',
      speed = 1,
      enabled = true,
      url = 'file:///media/clip.mov',
      from = 0,
      markers = [],
    }: ClipValues = {},
  ): Clip {
    const availableRange = range(from, Math.ceil(this.rate) * MEDIA_SECONDS, this.rate);
    const media = url === null ? new MissingReference() : new ExternalReference({ targetUrl: url, availableRange });
    const effects = speed === 1 ? [] : [speed === 0 ? new FreezeFrame() : new LinearTimeWarp({ timeScalar: speed })];
    return clip(name, from + source, duration, this.rate, {
      enabled,
      effects,
      markers,
      mediaReferences: { DEFAULT_MEDIA: media },
    });
  }
  gap(duration: number): Gap {
    return gap(duration, this.rate);
  }
  over(inOffset: number, outOffset: number, transitionType = 'SMPTE_Dissolve'): Transition {
    return dissolve(inOffset, outOffset, this.rate, transitionType);
  }
  marker(start: number, duration: number, values: { name?: string; comment?: string; color?: string } = {}): Marker {
    return new Marker({ markedRange: range(start, duration, this.rate), ...values });
  }
  track(name: string, children: Child[], kind = 'Video'): Track {
    return named(name, kind, ...children);
  }
  timeline(tracks: Track[], start = 0, name = 'edit'): Timeline {
    return edit(name, time(start, this.rate), ...tracks);
  }
  /** One video track. */
  cut(...children: Child[]): Timeline {
    return this.timeline([this.track('V', children)]);
  }
}

const LONG = 'a very long name '.repeat(20).trim();
const NAMES = [
  'plain',
  'a & b <c> "d" \'e\'',
  '映像 日本語 편집',
  'film 🎬 🇩🇪',
  LONG,
  'FF',
  '* star',
  '%20 100% #1',
  '001',
];

/** What every format must keep, by subject. */
const subjects: { readonly [subject: string]: (make: Maker) => Timeline } = {
  cuts: (make) =>
    make.cut(
      make.clip(0, 48, { name: 'a' }),
      make.clip(100, 1, { name: 'b' }),
      make.clip(10, 72, { name: 'c', url: 'file:///media/two.mov' }),
    ),
  'gaps at the start and between': (make) =>
    make.cut(make.gap(10), make.clip(0, 20), make.gap(5), make.clip(50, 20), make.gap(1), make.clip(9, 3)),
  'a dissolve from its cut on': (make) =>
    make.cut(make.clip(0, 48, { name: 'a' }), make.over(0, 12), make.clip(100, 48, { name: 'b' })),
  'a dissolve around its cut': (make) =>
    make.cut(make.clip(0, 48, { name: 'a' }), make.over(6, 6), make.clip(100, 48, { name: 'b' })),
  'a dissolve of uneven halves': (make) =>
    make.cut(make.clip(0, 48, { name: 'a' }), make.over(5, 8), make.clip(100, 48, { name: 'b' })),
  'dissolves on both sides': (make) =>
    make.cut(
      make.clip(0, 48),
      make.over(6, 6),
      make.clip(100, 48),
      make.over(0, 10),
      make.clip(200, 48),
      make.over(4, 0),
      make.clip(300, 20),
    ),
  'fades from and to black': (make) =>
    make.cut(make.gap(12), make.over(0, 12), make.clip(100, 48), make.over(12, 0), make.gap(12), make.clip(0, 5)),
  'a wipe': (make) => make.cut(make.clip(0, 48), make.over(0, 12, 'SMPTE_Wipe'), make.clip(100, 48)),
  speeds: (make) =>
    make.cut(
      ...[2, 0.5, -1, 0, 1.25, 4, 0.1, -0.5].map((speed, at) =>
        make.clip(500 + at, 20 + at, { name: `speed ${at}`, speed }),
      ),
    ),
  'a dissolve into a speed': (make) =>
    make.cut(make.clip(0, 48, { speed: 0.5 }), make.over(6, 6), make.clip(100, 48, { speed: 2 })),
  'two video tracks and audio': (make) =>
    make.timeline([
      make.track('V', [make.clip(0, 48, { name: 'low' })]),
      make.track('V2', [make.gap(12), make.clip(7, 20, { name: 'high' })]),
      make.track('A1', [make.clip(0, 48, { name: 'sound' })], 'Audio'),
    ]),
  markers: (make) =>
    make.cut(
      make.clip(0, 48, {
        markers: [
          make.marker(10, 0, { name: 'here', color: 'RED' }),
          make.marker(20, 0, { name: 'and here', color: 'BLUE' }),
        ],
      }),
      make.clip(100, 48, {
        markers: [make.marker(110, 5, { name: 'long', comment: 'with a comment', color: 'CYAN' }), make.marker(100, 0)],
      }),
    ),
  'markers of the timeline': (make) => {
    const timeline = make.cut(make.clip(0, 48));
    timeline.tracks!.markers = [
      make.marker(3, 0, { name: 'now', color: 'RED' }),
      make.marker(5, 7, { name: 'for a while', comment: 'so', color: 'GREEN' }),
    ];
    return timeline;
  },
  names: (make) =>
    make.timeline(
      [
        make.track(
          'V',
          NAMES.map((name, at) => make.clip(at, 10, { name })),
        ),
      ],
      0,
      'edit & <more> "映像" 🎬',
    ),
  'a name of many words': (make) => make.timeline([make.track('V', [make.clip(0, 10)])], 0, LONG),
  'media with a start timecode': (make) =>
    make.cut(
      make.clip(5, 48, { from: make.rate > 0 ? 86400 : 0 }),
      make.clip(0, 10, { from: 123, url: 'file:///media/other.mov' }),
    ),
  'paths of several styles': (make) =>
    make.cut(
      ...[
        'file:///a%20b/c.mov',
        'file://localhost/C%3a/x/y.mov',
        'C:\\media\\z.mov',
        '/plain/path.mov',
        'relative/p.mov',
        'file:///映像/ü.mov',
      ].map((url, at) => make.clip(at, 10, { url, name: `path ${at}` })),
    ),
  'missing media': (make) => make.cut(make.clip(0, 48, { url: null, name: 'lost' }), make.clip(0, 10)),
  'disabled clips': (make) =>
    make.cut(make.clip(0, 48), make.clip(9, 10, { enabled: false, name: 'off' }), make.clip(0, 10)),
  'a start timecode': (make) =>
    make.timeline([make.track('V', [make.clip(0, 48), make.gap(3), make.clip(0, 20)])], Math.ceil(make.rate) * 3600),
  'one frame': (make) => make.cut(make.clip(0, 1)),
};

export interface Contract {
  readonly adapter: Adapter;
  readonly limits: readonly Limit[];
  /** Rates that the format has; RATES by default. */
  readonly rates?: readonly number[];
}

/** Declares the tests of an adapter that reads and writes. */
export function keepsTimelines({ adapter, limits, rates = RATES }: Contract): void {
  const expected = (timeline: Timeline, rate: number): TimelineFacts =>
    limits.reduce((facts, { apply }) => joinGaps(apply(facts)), factsOf(timeline, rate));

  /** Written and read again, strictly; the second time must not change the text any more. */
  function check(timeline: Timeline, rate: number): void {
    const { text } = adapter.write!(timeline);
    const { root, problems } = adapter.read!(text, { rate, mode: 'strict' });
    assert(root instanceof Timeline);
    assert.deepEqual(problems, []);
    assert.deepEqual(factsOf(root, rate), expected(timeline, rate), text);
    const again = adapter.write!(root).text;
    const third = adapter.write!(adapter.read!(again, { rate }).root as Timeline).text;
    assert.equal(third, again);
  }

  describe(`${adapter.name}: written and read again`, () => {
    for (const [subject, timeline] of Object.entries(subjects))
      it(subject, () => {
        for (const rate of rates) check(timeline(new Maker(rate)), rate);
      });

    it('any cuts, gaps and dissolves', () => {
      const offset = fc.integer({ min: 0, max: 4 });
      const part = fc.record({
        kind: fc.constantFrom('clip', 'clip', 'gap'),
        source: fc.integer({ min: 20, max: 5000 }),
        duration: fc.integer({ min: 10, max: 200 }),
        speed: fc.constantFrom(1, 1, 2, 0.5, 0),
        over: fc.option(fc.tuple(offset, offset)),
      });
      const property = fc.property(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...rates),
        (parts, rate) => {
          const make = new Maker(rate);
          const children = parts.flatMap(({ kind, source, duration, speed, over }, at): Child[] => {
            const item =
              kind === 'gap' ? make.gap(duration) : make.clip(source, duration, { speed, name: `clip ${at}` });
            return at > 0 && over !== null && over[0] + over[1] > 0 && kind === 'clip'
              ? [make.over(...over), item]
              : [item];
          });
          check(make.cut(...children, make.clip(0, 10, { name: 'end' })), rate);
        },
      );
      fc.assert(property, { numRuns: 200 });
    });

    it('damaged text is read, or refused with a code', () => {
      const texts = Object.values(subjects).map((timeline) => adapter.write!(timeline(new Maker(25))).text);
      const pieces = ['', '<', '>', '&', '"', '-1', '99999999999', '1e308', 'NaN', '0', ':', ';', '\n', '\u0000', 'x'];
      const damage = fc.tuple(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(12),
        fc.constantFrom(...pieces),
      );
      const property = fc.property(damage, ([text, place, length, piece]) => {
        const at = Math.floor(place * text.length);
        try {
          const { problems } = adapter.read!(text.slice(0, at) + piece + text.slice(at + length), { rate: 25 });
          assert(problems.every(({ line, message }) => line > 0 && message !== ''));
        } catch (error) {
          if (!(error instanceof OtioError)) throw error;
        }
      });
      fc.assert(property, { numRuns: 1000 });
    });

    it('changes nothing in the timeline', () => {
      for (const timeline of Object.values(subjects)) {
        const given = timeline(new Maker(25));
        const before = given.clone();
        adapter.write!(given);
        assert(given.isEquivalentTo(before));
      }
    });
  });
}
