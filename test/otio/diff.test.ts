// What is said about two versions of an edit: each change an editor can make is told as that change, and as no other.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AnyValue,
  type Clip,
  Color,
  diff,
  Effect,
  type ExternalReference,
  Gap,
  LinearTimeWarp,
  Marker,
  meta,
  RationalTime,
  read,
  SerializableCollection,
  Stack,
  Timeline,
  TimeRange,
  Track,
  Transition,
  write,
} from '../../otio/index.ts';
import { clip, cut, gap, media, type Parts, partsOf, range, said, time } from './cut.ts';

type Edit = (parts: Parts) => void;

describe('otio: diff', () => {
  /** The lines for an edit of the cut, and for its undoing when `undone` is given. */
  const check = (edit: Edit, expected: string[], undone?: string[]) => () => {
    const [before, after] = [cut(), cut()];
    edit(partsOf(after));
    assert.deepEqual(diff(before, after).map(said), expected);
    if (undone) assert.deepEqual(diff(after, before).map(said), undone);
  };
  const set =
    (name: string, values: object): Edit =>
    ({ the }) =>
      void Object.assign(the(name), values);

  describe('says nothing of what is the same', () => {
    it(
      'a copy',
      check(() => {}, []),
    );
    it(
      'other rates for the same times',
      check(set('t', { sourceRange: new TimeRange(new RationalTime(0, 48), new RationalTime(60, 48)) }), []),
    );
    it('a file written and read again', () => assert.deepEqual(diff(cut(), read(write(cut())).root), []));
  });

  describe('takes its time', () => {
    const quickly = (before: AnyValue, after: AnyValue, changes: number): void => {
      const start = performance.now();
      assert.equal(diff(before, after).length, changes);
      assert.ok(performance.now() - start < 10_000);
    };
    const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
    it('for more changes than a call has room for', () => {
      const of = (from: number) =>
        new Track({
          children: many(70_000, (i) => new Transition({ name: `${from + i}`, transitionType: `${from}` })),
        });
      quickly(of(0), of(100_000), 140_000);
    });
    it('for markers without names, and a bin', () => {
      const marked = (from: number) => new Gap({ markers: many(3000, (i) => new Marker({ comment: `${from + i}` })) });
      quickly(marked(0), marked(1), 1);
      const bin = (word: string) =>
        new SerializableCollection({ children: many(3000, (i) => new Gap({ name: word + i })) });
      quickly(bin('a'), bin('b'), 6000);
    });
  });

  describe('time', () => {
    it('slipped', check(set('a', { sourceRange: range(112, 40) }), ['slipped V1 a 12'], ['slipped V1 a -12']));
    it(
      'a tail trimmed, the gap behind it longer',
      check(
        ({ the, V1 }) => {
          the('c').sourceRange = range(20, 40);
          (V1.children[4] as Gap).sourceRange = range(0, 30);
        },
        ['trimmed V1 c 0 -10'],
        ['trimmed V1 c 0 10'],
      ),
    );
    it(
      'a tail trimmed, what follows closes up',
      check(set('b', { sourceRange: range(10, 50) }), ['trimmed V1 b 0 -10', 'moved V1 c V1@86500 -10 x2']),
    );
    it(
      'a head trimmed in place is no move',
      check(
        ({ the, V1 }) => {
          the('d').sourceRange = range(10, 20);
          (V1.children[4] as Gap).sourceRange = range(0, 30);
        },
        ['trimmed V1 d -10 0'],
      ),
    );
    it(
      'a head trimmed, what follows closes up',
      check(set('a', { sourceRange: range(110, 30) }), ['trimmed V1 a -10 0', 'moved V1 b V1@86440 -10 x3']),
    );
    it(
      'a head trimmed of a clip that moves with its neighbours',
      check(
        ({ the, V1 }) => {
          the('a').sourceRange = range(100, 30);
          the('c').sourceRange = range(25, 45);
          V1.insertChild(3, gap(5));
        },
        ['trimmed V1 a 0 -10', 'moved V1 b V1@86440 -10 x3', 'trimmed V1 c -5 0'],
      ),
    );
    it(
      'both ends trimmed',
      check(
        ({ the, V1 }) => {
          the('c').sourceRange = range(22, 46);
          (V1.children[4] as Gap).sourceRange = range(0, 24);
        },
        ['trimmed V1 c -2 -2'],
      ),
    );
    it(
      'rolled',
      check(
        ({ the }) => {
          the('b').sourceRange = range(10, 65);
          the('c').sourceRange = range(25, 45);
        },
        ['trimmed V1 b 0 5', 'trimmed V1 c -5 0'],
      ),
    );
    it(
      'slid',
      check(
        ({ the, V1 }) => {
          the('b').sourceRange = range(10, 70);
          (V1.children[4] as Gap).sourceRange = range(0, 10);
        },
        ['trimmed V1 b 0 10', 'moved V1 c V1@86500 10 x1'],
      ),
    );
    it(
      'moved alone',
      check(
        ({ V2 }) => {
          (V2.children[0] as Gap).sourceRange = range(0, 80);
        },
        ['moved V2 t V2@86460 20 x1'],
      ),
    );
    it(
      'moved to another track at the same time',
      check(
        ({ V1, V2 }) => {
          const moved = V2.removeChild(1);
          V2.clearChildren();
          V1.setChild(4, gap(20));
          V1.appendChild(moved);
        },
        ['length Timeline 200 230', 'moved V1 t V2@86460 140 x1'],
      ),
    );
    it(
      'two that changed places',
      check(
        ({ V1 }) => {
          const [a] = [V1.removeChild(0)];
          V1.insertChild(1, a!);
        },
        ['moved V1 b V1@86440 -40 x1', 'moved V1 a V1@86400 60 x1'],
      ),
    );
    it(
      'retimed',
      check(set('a', { effects: [new LinearTimeWarp({ timeScalar: 2 })] }), ['retimed V1 a 1 2'], ['retimed V1 a 2 1']),
    );
    it(
      'the start of the timeline moves nothing',
      check(
        ({ timeline }) => {
          timeline.globalStartTime = time(0);
        },
        ['start Timeline 86400 0'],
      ),
    );
  });

  describe('what is there', () => {
    it(
      'removed, a gap in its place',
      check(({ V1 }) => void V1.setChild(1, gap(60)), ['removed V1 b 60']),
    );
    it(
      'removed, what follows closes up',
      check(({ V2 }) => void V2.clearChildren(), ['removed V2 t 30'], ['added V2 t 30']),
    );
    it(
      'inserted',
      check(
        ({ V1 }) => void V1.insertChild(1, clip('new', 0, 12)),
        ['length Timeline 200 212', 'added V1 new 12', 'moved V1 b V1@86440 12 x3'],
      ),
    );
    it(
      'cut in two',
      check(
        ({ A1 }) => void A1.setChildren([clip('m', 0, 30), clip('m', 30, 170)]),
        ['split A1 m 86430'],
        ['trimmed A1 m 30 0', 'removed A1 m 30'],
      ),
    );
    it(
      'cut in three',
      check(
        ({ A1 }) => void A1.setChildren([clip('m', 0, 90), clip('m', 90, 10), clip('m', 100, 100)]),
        ['split A1 m 86490,86500'],
      ),
    );
    it(
      'another piece of the same media is another clip',
      check(({ V2 }) => V2.setChildren([gap(80), clip('t', 500, 30)]), ['removed V2 t 30', 'added V2 t 30']),
    );
    it(
      'media replaced',
      check(
        ({ the }) => {
          the('a').mediaReference = media('a_v2');
        },
        ['media V1 a file:///media/a.mov file:///media/a_v2.mov'],
      ),
    );
    it('renamed', check(set('a', { name: 'z' }), ['renamed V1 z a z']));
    it(
      'renamed and replaced in its place',
      check(
        ({ the }) => {
          the('a').mediaReference = media('y');
          the('a').name = 'z';
        },
        ['renamed V1 z a z', 'media V1 z file:///media/a.mov file:///media/y.mov'],
      ),
    );
    it(
      'removed at one end, added at the other',
      check(
        ({ V1 }) => {
          V1.removeChild(0);
          V1.insertChild(0, gap(40));
          V1.appendChild(clip('fresh', 0, 25));
        },
        ['length Timeline 200 225', 'removed V1 a 40', 'added V1 fresh 25'],
      ),
    );
    it('disabled', check(set('a', { enabled: false }), ['disabled V1 a'], ['enabled V1 a']));
    it('a colour', check(set('a', { color: new Color(1, 0, 0) }), ['changed V1 a color']));
    it('an effect', check(set('a', { effects: [new Effect({ effectName: 'Blur' })] }), ['effects V1 a +Blur - ~']));
    it(
      'a marker',
      check(
        set('a', { markers: [new Marker({ name: 'x', markedRange: range(105, 1) })] }),
        ['marker-added V1 a x@105'],
        ['marker-removed V1 a x@105'],
      ),
    );
    it(
      'metadata',
      check(set('a', { metadata: meta({ Editor: { note: 'n' }, k: 1 }) }), ['metadata V1 a +Editor,k - ~']),
    );
    it(
      'the range of its media',
      check(
        ({ the }) => {
          (the('a').mediaReference as ExternalReference).availableRange = range(0, 500);
        },
        ['changed V1 a media_references.DEFAULT_MEDIA.available_range'],
      ),
    );
  });

  describe('tracks and transitions', () => {
    it(
      'a track added on top',
      check(
        ({ timeline }) => timeline.tracks!.appendChild(new Track({ name: 'x', children: [clip('q', 0, 10)] })),
        ['added V3 Track 10 1'],
        ['removed V3 Track 10 1'],
      ),
    );
    it(
      'a track added below moves no clip',
      check(
        ({ timeline }) => timeline.tracks!.insertChild(0, new Track({ name: 'x', children: [clip('q', 0, 10)] })),
        ['added V1 Track 10 1'],
      ),
    );
    it(
      'tracks in another order',
      check(
        ({ timeline }) => {
          const top = timeline.tracks!.removeChild(1);
          timeline.tracks!.insertChild(0, top);
        },
        ['reordered V1 Track 2 1'],
      ),
    );
    it(
      'a track renamed',
      check(
        ({ V2 }) => {
          V2.name = 'titles';
        },
        ['renamed V2 Track two titles'],
      ),
    );
    it(
      'a track disabled',
      check(
        ({ V2 }) => {
          V2.enabled = false;
        },
        ['disabled V2 Track'],
      ),
    );
    it(
      'a longer transition',
      check(
        ({ V1 }) => {
          (V1.children[2] as Transition).outOffset = time(9);
        },
        ['transition V1 Transition SMPTE_Dissolve 4+4,SMPTE_Dissolve 4+9'],
      ),
    );
    it(
      'a transition gone',
      check(({ V1 }) => void V1.removeChild(2), ['removed V1 Transition 8'], ['added V1 Transition 8']),
    );
    it(
      'a marker of the timeline',
      check(
        ({ timeline }) => void timeline.tracks!.markers.push(new Marker({ name: 'x', markedRange: range(7, 1) })),
        ['marker-added Stack x@7'],
      ),
    );
    it(
      'the name of the timeline',
      check(
        ({ timeline }) => {
          timeline.name = 'cut 2';
        },
        ['renamed Timeline cut cut 2'],
      ),
    );
  });

  it('ids keep apart what is alike, and know again what is not', () => {
    const withId = (id: string, name: string, file: string): Clip =>
      Object.assign(clip(name, 0, 10, file), { metadata: meta({ Host: { guid: id } }) });
    const version = (...clips: Clip[]): Track => new Track({ children: clips });
    const before = version(withId('1', 'a', 'a'), withId('2', 'a', 'a'));
    const after = version(withId('2', 'a', 'a'), withId('3', 'x', 'x'), withId('1', 'new name', 'new file'));
    assert.deepEqual(diff(before, after).map(said), [
      'moved a @10 -10 x1',
      'added x 10',
      'moved new name @0 20 x1',
      'renamed new name a new name',
      'media new name file:///media/a.mov file:///media/new file.mov',
    ]);
  });

  it('goes into nested timelines', () => {
    const outer = (inner: Stack): Timeline =>
      new Timeline({ tracks: new Stack({ children: [new Track({ children: [gap(5), inner] })] }) });
    const inner = (frames: number): Stack =>
      new Stack({
        name: 'comp',
        sourceRange: range(0, 20),
        children: [new Track({ children: [clip('a', 0, frames)] })],
      });
    const [change, ...others] = diff(outer(inner(30)), outer(inner(25)));
    assert.deepEqual(others, []);
    assert.equal(said(change!), 'trimmed V1 / comp / V1 a 0 -5');
    assert.equal(change!.subject.after, '/tracks/children/0/children/1/children/0/children/0');
  });

  it('compares the timelines of a bin by name', () => {
    const bin = (...names: string[]): SerializableCollection =>
      new SerializableCollection({
        children: names.map(
          (name) =>
            new Timeline({ name, tracks: new Stack({ children: [new Track({ children: [clip(name, 0, 10)] })] }) }),
        ),
      });
    assert.deepEqual(diff(bin('a', 'b'), bin('b', 'c')).map(said), ['removed Timeline -', 'added Timeline -']);
  });

  it('things of different classes are said to be so', () =>
    assert.deepEqual(diff(new Timeline(), new Track()).map(said), ['changed Track OTIO_SCHEMA']));

  it('is empty exactly for equivalent versions, and names real places (100 random pairs)', () => {
    const edits: Edit[] = [
      ({ V1 }) => void V1.removeChild(0),
      ({ V1 }) => V1.insertChild(1, clip('n', 3, 7)),
      ({ V1 }) => V1.appendChild(gap(3)),
      ({ V2 }) => V2.insertChild(0, gap(2)),
      ({ the }) => {
        if (the('m')) the('m').sourceRange = range(1, 198);
      },
      ({ the }) => {
        if (the('d')) the('d').name = 'dd';
      },
      ({ A1 }) => {
        A1.metadata = meta({ x: 1 }) as Track['metadata'];
      },
      ({ timeline }) => timeline.tracks!.appendChild(new Track({ name: 'more' })),
    ];
    const at = (root: unknown, pointer: string): unknown =>
      pointer
        .split('/')
        .slice(1)
        .reduce((value, key) => (value as Record<string, unknown>)[key], root);
    fc.assert(
      fc.property(
        fc.array(fc.nat(edits.length - 1), { maxLength: 5 }),
        fc.array(fc.nat(edits.length - 1), { maxLength: 5 }),
        (left, right) => {
          const [a, b] = [cut(), cut()];
          for (const one of left) edits[one]!(partsOf(a));
          for (const one of right) edits[one]!(partsOf(b));
          const changes = diff(a, b);
          assert.equal(changes.length === 0, a.isEquivalentTo(b));
          for (const { subject } of changes) {
            for (const [root, path] of [
              [a, subject.before],
              [b, subject.after],
            ] as const)
              if (path !== null) assert.equal((at(root, path) as { schemaName: string }).schemaName, subject.schema);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
