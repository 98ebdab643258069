// What holds for every fill on every track: nothing else changes, nothing is lost, and all of it can be taken back.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as otio from '../../../otio/index.ts';
import {
  clip,
  dissolve,
  fillIn,
  frames,
  gap,
  info,
  media,
  OTHER_JOB,
  pictures,
  range,
  text,
  timeline,
  track,
  urlOf,
} from './support.ts';

const { fill, edit } = otio;
const RATES = [24, 25, 23.976, 24000 / 1001, 30000 / 1001, 60000 / 1001, 60];
const runs = { numRuns: 150, seed: 20260131 };

/** A timeline with one or two tracks, and a range on its first. Every object has an id of its own in its metadata. */
interface Scene {
  readonly on: otio.Timeline;
  readonly request: otio.fill.FillRequest;
  readonly at: readonly [from: number, to: number];
  /** The range is that of one child. */
  readonly exact: boolean;
}

const child = fc.record({
  kind: fc.constantFrom('clip', 'clip', 'clip', 'gap', 'gap', 'note', 'shot', 'stack'),
  length: fc.integer({ min: 1, max: 12 }),
  start: fc.nat(40),
  speed: fc.constantFrom(null, null, null, 2, 0.5, 1),
  effect: fc.boolean(),
  markers: fc.array(fc.nat(60), { maxLength: 2 }),
  before: fc.constantFrom(0, 0, 1, 2, 4),
  after: fc.constantFrom(1, 2, 4),
  plain: fc.boolean(),
  doubled: fc.boolean(),
  take: fc.constantFrom('A', 'B', 'C'),
});
type Child = typeof child extends fc.Arbitrary<infer T> ? T : never;

const scene: fc.Arbitrary<Scene> = fc
  .record({
    rate: fc.constantFrom(...RATES),
    children: fc.array(child, { minLength: 1, maxLength: 7 }),
    global: fc.constantFrom(null, 0, 1000, 86400),
    pick: fc.nat(1000),
    from: fc.nat(60),
    length: fc.integer({ min: 1, max: 25 }),
    exact: fc.boolean(),
    head: fc.constantFrom(undefined, 0, 3, 10),
    tail: fc.constantFrom(undefined, 0, 3, 10),
  })
  .map(({ rate, children, global, pick, from, length, exact, head, tail }) => {
    let ids = 0;
    const id = (): otio.Dictionary => ({ id: `<${++ids}>` });
    const hasClip = children.some(({ kind }) => kind === 'clip');
    const items = children.flatMap((one) => objects({ ...one, doubled: one.doubled && hasClip }, rate, id));
    const on = timeline(
      [track(...items), track(clip('Z', 0, 30, rate, { metadata: id() }))],
      global === null ? null : frames(global, rate),
    );
    on.metadata = id();
    on.tracks!.markers = [new otio.Marker({ name: 'of the editor', metadata: id() })];
    const [of] = on.tracks!.children as otio.Track[];
    const timed = items.filter((item): item is otio.Item => item instanceof otio.Item);
    const one = timed[pick % Math.max(timed.length, 1)];
    if (!exact || one === undefined)
      return {
        on,
        at: [from, from + length],
        exact: false,
        request: handles({ track: of!, range: range(from, length, rate) }, head, tail),
      };
    const start = Math.round(of!.rangeOfChild(one).startTime.rescaledTo(rate).value);
    const end = start + Math.round(one.duration().rescaledTo(rate).value);
    return {
      on,
      at: [start, end],
      exact: true,
      request: handles({ track: of!, range: range(start, end - start, rate) }, head, tail),
    };
  });

const handles = (
  request: otio.fill.FillRequest,
  head: number | undefined,
  tail: number | undefined,
): otio.fill.FillRequest => ({
  ...request,
  ...(head !== undefined && { head }),
  ...(tail !== undefined && { tail }),
});

function objects(one: Child, rate: number, id: () => otio.Dictionary): otio.Child[] {
  const own = {
    metadata: id(),
    markers: one.markers.map((at) => new otio.Marker({ metadata: id(), markedRange: range(one.start + at, 1, rate) })),
  };
  const effects: otio.Effect[] = [];
  if (one.effect) effects.push(new otio.Effect({ effectName: 'Blur', metadata: id() }));
  if (one.speed !== null) effects.push(new otio.LinearTimeWarp({ timeScalar: one.speed, metadata: id() }));
  const made: otio.Child[] = [];
  if (one.before > 0) {
    const cut = dissolve(one.before, one.after, rate);
    cut.metadata = id();
    made.push(cut);
  }
  if (one.kind === 'note') made.push(new otio.UnknownSchema('Studio.Note', 1, own.metadata));
  else if (one.kind === 'shot')
    made.push(
      new otio.UnknownSchema('Studio.Shot', 1, { ...own.metadata, source_range: range(one.start, one.length, rate) }),
    );
  else if (one.kind === 'stack')
    made.push(
      new otio.Stack({
        ...own,
        name: one.take,
        sourceRange: range(one.start % 5, one.length, rate),
        children: [track(clip('N', 0, 30, rate, { metadata: id() }))],
      }),
    );
  else if (one.kind === 'gap') {
    const hole = one.doubled ? gap(2 * one.length, 2 * rate) : gap(one.length, rate);
    if (!one.plain) Object.assign(hole, { metadata: own.metadata, markers: own.markers });
    made.push(hole);
  } else {
    const reference = media(`file:///media/${one.take}.mov`, 0, 200, rate);
    reference.metadata = id();
    const proxy = new otio.MissingReference({ name: 'proxy', metadata: id() });
    made.push(
      clip(one.take, one.start, one.length, rate, {
        ...own,
        effects,
        mediaReferences: { DEFAULT_MEDIA: reference, proxy },
      }),
    );
  }
  return made;
}

const idsIn = (value: otio.AnyValue): Set<string> => new Set(text(value).match(/<\d+>/g) ?? []);

/** Frames as the track shows them, unknown items too. */
function shown(of: otio.Track, { duration }: otio.TimeRange): (string | null)[] {
  const stand = of.clone();
  const known = (one: otio.Child): otio.Child =>
    one instanceof otio.UnknownSchema && one.sourceRange
      ? new otio.Stack({ name: 'shot', sourceRange: one.sourceRange })
      : one;
  stand.setChildren(stand.children.map(known));
  return pictures(stand, duration.rate);
}

const padded = (some: readonly (string | null)[], length: number): (string | null)[] =>
  Array.from({ length }, (_, i) => some[i] ?? null);

const filled = ({ on, request }: Scene): otio.fill.FillResult => fillIn(on, request);

describe('otio/fill: properties', function () {
  this.timeout(120_000);

  it('nothing outside the range changes, and inside are the frames of the fill', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const [from, to] = given.at;
        const of = given.request.track;
        const before = shown(of, given.request.range);
        const second = text(given.on.tracks!.children[1]!);
        const plan = fill.plan(given.on, given.request);
        const { clip: made } = filled(given);
        const after = shown(of, given.request.range);
        const length = Math.max(before.length, after.length, to);
        const wanted = padded(before, length).map((one, i) =>
          i < from || i >= to ? one : `${urlOf(made)} ${plan.start + plan.head + i - from}`,
        );
        assert.deepEqual(padded(after, length), wanted);
        assert.equal(text(given.on.tracks!.children[1]!), second);
        assert.ok(made.effects.every((effect) => !(effect instanceof otio.TimeEffect)));
        const { availableRange, sourceRange } = {
          availableRange: made.mediaReference!.availableRange!,
          sourceRange: made.sourceRange!,
        };
        assert.ok(
          availableRange.startTime.le(sourceRange.startTime) &&
            availableRange.endTimeExclusive().ge(sourceRange.endTimeExclusive()),
        );
      }),
      runs,
    );
  });

  it('every object is still in the file, and outside the range or in restore', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const before = idsIn(given.on);
        filled(given);
        const after = idsIn(given.on);
        assert.deepEqual(
          [...before].filter((id) => !after.has(id)),
          [],
        );
        fillIn(given.on, given.request, info('restore', OTHER_JOB));
        const again = idsIn(given.on);
        assert.deepEqual(
          [...before].filter((id) => !again.has(id)),
          [],
        );
      }),
      runs,
    );
  });

  it('taking it back gives the same file, and so does doing it again', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const before = text(given.on);
        const { undo } = filled(given);
        const after = text(given.on);
        undo.apply();
        assert.equal(text(given.on), before);
        undo.redo();
        assert.equal(text(given.on), after);
      }),
      runs,
    );
  });

  it('revert gives what was there', () => {
    let same = 0;
    fc.assert(
      fc.property(scene, (given) => {
        const [before, ids] = [shown(given.request.track, given.request.range), idsIn(given.on)];
        const file = given.on.clone();
        const { warnings } = fill.revert(filled(given).clip);
        assert.deepEqual(shown(given.request.track, given.request.range), before);
        assert.ok(!text(given.on).includes('"inbetween'));
        if (warnings.some((one) => /do not come back/.test(one))) return;
        const after = idsIn(given.on);
        assert.deepEqual(
          [...ids].filter((id) => !after.has(id)),
          [],
        );
        if (!given.exact) return;
        assert.ok(joined(given.on).isEquivalentTo(joined(file)), `${text(given.on)}\n${text(file)}`);
        same++;
      }),
      runs,
    );
    assert.ok(same > runs.numRuns / 10, `${same} were compared whole`);
  });

  it('revert of a trimmed fill gives what was there, trimmed alike', () => {
    fc.assert(
      fc.property(scene, fc.nat(6), fc.nat(6), (given, head, tail) => {
        const of = given.request.track;
        const { rate } = given.request.range.duration;
        const length = given.at[1] - given.at[0];
        fc.pre(head + tail < length);
        const before = shown(of, given.request.range);
        const { clip: made } = filled(given);
        edit.trim(made, frames(head, rate), frames(-tail, rate));
        fill.revert(made);
        const left = padded(before, given.at[1]).map((one, i) =>
          i >= given.at[0] && (i < given.at[0] + head || i >= given.at[1] - tail) ? null : one,
        );
        const wanted = [...left, ...before.slice(given.at[1])];
        // A gap that was trimmed with its fill is as long as before.
        assert.deepEqual(padded(shown(of, given.request.range), 200), padded(wanted, 200));
      }),
      runs,
    );
  });

  it('a second run of one job leaves one marker', () => {
    fc.assert(
      fc.property(scene, fc.boolean(), (given, same) => {
        filled(given);
        const { clip: made } = fillIn(given.on, given.request, info('restore', same ? undefined : OTHER_JOB));
        const ours = (some: readonly unknown[]): number =>
          some.filter((one) => (one as otio.Marker).name.startsWith('AI ')).length;
        assert.equal(ours(given.on.tracks!.markers), 1);
        assert.equal(ours(made.markers), 1);
        fill.revert(made);
        assert.equal(ours(given.on.tracks!.markers), 0);
      }),
      runs,
    );
  });

  it('written and read, the fills are found again, and can be reverted', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const before = shown(given.request.track, given.request.range);
        filled(given);
        const { root } = otio.read(otio.write(given.on));
        const again = root as otio.Timeline;
        assert.equal(text(again), text(given.on));
        const seen = (on: otio.Timeline): unknown =>
          fill.list(on).map(({ range: at, record, trim }) => [text(at), text(record!.data), trim]);
        assert.deepEqual(seen(again), seen(given.on));
        const [found] = fill.list(again);
        assert.deepEqual(found!.trim, { head: 0, tail: 0 });
        fill.revert(found!.clip);
        assert.deepEqual(shown(found!.track!, given.request.range), before);
      }),
      runs,
    );
  });
});

/** A copy with neighbouring plain gaps as one, none at the end, and at each cut what is unknown before transitions. */
function joined(on: otio.Timeline): otio.Timeline {
  const copy = on.clone();
  const plain = (one: otio.Child | undefined): one is otio.Gap =>
    one instanceof otio.Gap && one.markers.length === 0 && Object.keys(one.metadata).length === 0;
  const isNote = (one: otio.Child): boolean => one instanceof otio.UnknownSchema && one.sourceRange === null;
  for (const of of copy.tracks!.children as otio.Track[]) {
    const children: otio.Child[] = [];
    for (const one of of.children) {
      const last = children.at(-1);
      if (plain(one) && plain(last))
        children[children.length - 1] = otio.Gap.ofDuration(last.duration().add(one.duration()));
      else if (isNote(one))
        children.splice(children.findLastIndex((other) => !(other instanceof otio.Transition)) + 1, 0, one);
      else children.push(one);
    }
    while (plain(children.at(-1))) children.pop();
    of.setChildren(children);
  }
  return copy;
}
