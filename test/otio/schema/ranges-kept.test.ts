// What a track keeps of its sums never shows: after any change, all answers are those of plain addition.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as otio from '../../../otio/index.ts';

const RATES = [24, 30, 24000 / 1001, 48000];
const time = fc
  .record({ value: fc.nat(1000), rate: fc.constantFrom(...RATES) })
  .map(({ value, rate }) => new otio.RationalTime(value, rate));
const range = fc.tuple(time, time).map(([start, duration]) => new otio.TimeRange(start, duration));
const media = (available: otio.TimeRange) => ({
  [otio.DEFAULT_MEDIA]: new otio.MissingReference({ availableRange: available }),
});

/** Something that takes time, or lies over a cut, or neither. */
const child = (depth: number): fc.Arbitrary<otio.Child> =>
  fc.oneof(
    range.map((sourceRange): otio.Child => new otio.Clip({ sourceRange })),
    range.map((available): otio.Child => new otio.Clip({ mediaReferences: media(available) })),
    range.map(
      (available): otio.Child =>
        new otio.Clip({
          mediaReferences: { [otio.DEFAULT_MEDIA]: new otio.UnknownSchema('Cloud', 1, { available_range: available }) },
        }),
    ),
    fc.tuple(time, time).map(([inOffset, outOffset]): otio.Child => new otio.Transition({ inOffset, outOffset })),
    range.map((source): otio.Child => new otio.UnknownSchema('Shot', 2, { source_range: source })),
    fc.constant(null).map((): otio.Child => new otio.UnknownSchema('Note', 1)),
    ...(depth === 0
      ? []
      : [
          fc.array(child(depth - 1), { maxLength: 3 }).map((children): otio.Child => new otio.Track({ children })),
          fc.array(child(depth - 1), { maxLength: 3 }).map((children): otio.Child => new otio.Stack({ children })),
        ]),
  );

/** A change of a track or of something in it. */
type Change = (track: otio.Track) => void;
const pick = <T>(list: readonly T[], place: number): T | undefined => list[place % Math.max(1, list.length)];
const below = (track: otio.Track): readonly otio.Child[] => [
  ...track.findChildren(otio.Composable),
  ...track.findChildren(otio.UnknownSchema),
];

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(20), child(1)).map(
    ([place, added]): Change =>
      (track) =>
        track.insertChild(place % (track.children.length + 1), added.clone()),
  ),
  fc.nat(20).map(
    (place): Change =>
      (track) =>
        void (track.children.length > 0 && track.removeChild(place % track.children.length)),
  ),
  fc.array(child(1), { maxLength: 4 }).map(
    (children): Change =>
      (track) =>
        track.setChildren(children.map((each) => each.clone())),
  ),
  fc.tuple(fc.nat(), range, fc.boolean()).map(
    ([place, given, remove]): Change =>
      (track) => {
        const one = pick(below(track), place);
        if (one instanceof otio.UnknownSchema) one.members.source_range = remove ? null : given;
        else if (one instanceof otio.Transition) one.inOffset = given.duration;
        else if (one instanceof otio.Clip && !remove) one.sourceRange = given;
        else if (one instanceof otio.Composition) one.sourceRange = remove ? null : given;
      },
  ),
  fc.tuple(fc.nat(), range, fc.boolean()).map(
    ([place, given, replace]): Change =>
      (track) => {
        const one = pick(track.findClips(), place);
        const reference = one?.mediaReference;
        if (one !== undefined && replace) one.mediaReferences = media(given);
        else if (reference instanceof otio.MediaReference) reference.availableRange = given;
        else if (reference instanceof otio.UnknownSchema) reference.members.available_range = given;
      },
  ),
);

const length = (one: otio.Child): otio.RationalTime | null => {
  if (one instanceof otio.UnknownSchema) return one.sourceRange?.duration ?? null;
  if (one instanceof otio.Transition) return one.inOffset.add(one.outOffset);
  if (one instanceof otio.Track) return one.sourceRange?.duration ?? plainSum(one, one.children.length, 1, true);
  if (one instanceof otio.Stack)
    return (
      one.sourceRange?.duration ??
      one.children.map(length).reduce((a, b) => (a === null || (b !== null && a.lt(b)) ? b : a), null) ??
      new otio.RationalTime()
    );
  const clip = one as otio.Clip;
  return (clip.sourceRange ?? clip.mediaReference!.availableRange!).duration;
};

function plainSum(track: otio.Track, index: number, rate: number, ends: boolean): otio.RationalTime {
  let sum = new otio.RationalTime(0, rate);
  for (const one of track.children.slice(0, index))
    if (!(one instanceof otio.Transition)) sum = sum.add(length(one) ?? sum.sub(sum));
  const [first, last] = [track.children[0], track.children.at(-1)];
  if (ends && first instanceof otio.Transition) sum = sum.add(first.inOffset);
  if (ends && last instanceof otio.Transition) sum = sum.add(last.outOffset);
  return sum;
}

function demandPlain(track: otio.Track): void {
  const { children } = track;
  for (const [index, one] of children.entries()) {
    const duration = length(one) ?? new otio.RationalTime();
    const start = plainSum(track, index, duration.rate, false);
    const expected = new otio.TimeRange(one instanceof otio.Transition ? start.sub(one.inOffset) : start, duration);
    assert.deepEqual(track.rangeOfChildAtIndex(index), expected, `child ${index}`);
    assert.deepEqual(track.rangeOfChild(one), expected);
    assert.equal(track.indexOfChild(one), index);
    const among = track.rangeOfAllChildren().get(one)!;
    for (const [a, b] of [
      [among.startTime, expected.startTime],
      [among.duration, expected.duration],
    ] as const)
      assert.ok(Math.abs(a.toSeconds() - b.toSeconds()) < 1e-9, `child ${index} among all`);
  }
  assert.deepEqual(track.availableRange().duration, plainSum(track, children.length, 1, true));
}

describe('what a track keeps of its sums', () => {
  it('is forgotten with every change of children, ranges, media and nested tracks', () => {
    const tracks = fc.array(child(2), { maxLength: 6 }).map((children) => new otio.Track({ children }));
    fc.assert(
      fc.property(tracks, fc.array(change, { maxLength: 8 }), (original, changes) => {
        const track = original.clone();
        demandPlain(track);
        for (const apply of changes) {
          apply(track);
          demandPlain(track);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('its version grows with every change that tells', () => {
    const clip = new otio.Clip({ mediaReferences: media(new otio.TimeRange(0, 10, 24)) });
    const inner = new otio.Track({ children: [clip] });
    const track = new otio.Track({ children: [inner] });
    const check = (apply: () => void) => {
      const before = track.timesVersion;
      apply();
      assert.ok(track.timesVersion > before);
    };
    check(() => track.appendChild(new otio.Gap()));
    check(() => inner.appendChild(new otio.Gap()));
    check(() => {
      (clip.mediaReference as otio.MediaReference).availableRange = new otio.TimeRange(0, 12, 24);
    });
    check(() => {
      clip.mediaReference = new otio.MissingReference();
    });
    check(() => {
      clip.sourceRange = new otio.TimeRange(0, 5, 24);
    });
  });

  it('holds although media are exchanged: their map is frozen', () => {
    const clip = new otio.Clip();
    assert.throws(() => {
      (clip.mediaReferences as { [key: string]: otio.ClipMedia }).other = new otio.MissingReference();
    }, TypeError);
    clip.setMediaReferences({ ...clip.mediaReferences, other: new otio.MissingReference() }, 'other');
    assert.equal(clip.activeMediaReferenceKey, 'other');
  });
});
