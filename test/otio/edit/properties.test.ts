// Random edits against a list of frames: what is outside of an edit stays, lengths are as told, nothing is lost from what survives, all can be taken back.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Clip, edit, Gap, type Item, OtioError, type Track, Transition, write } from '../../../otio/index.ts';
import { clipOf, range, time, trackOf } from './tracks.ts';

/** What each frame shows, of a track whose clips play at normal speed. */
function framesOf(track: Track): string[] {
  return track.children.flatMap((child) => {
    if (child instanceof Transition) return [];
    const { startTime, duration } = (child as Item).trimmedRange();
    return Array.from({ length: duration.value }, (_, i) =>
      child instanceof Gap ? '' : `${(child as Item).name}${startTime.value + i}`,
    );
  });
}

const letters = [...'ABCDEFGH'];
const child = fc.oneof(
  { weight: 4, arbitrary: fc.record({ start: fc.nat(20), frames: fc.integer({ min: 1, max: 12 }), spare: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }) },
);
const tracks = fc
  .array(child, { maxLength: letters.length })
  .map((children) =>
    children
      .map((one, i) =>
        typeof one === 'number'
          ? `-${one}`
          : `${letters[i]}${one.start}+${one.frames}/0+${one.start + one.frames + one.spare}`,
      )
      .join(' '),
  );
const operation = fc.record({
  op: fc.constantFrom(
    'overwrite',
    'insert',
    'slice',
    'remove',
    'clear',
    'trim',
    'slip',
    'slide',
    'ripple',
    'roll',
    'fill',
  ),
  at: fc.integer({ min: -1, max: 60 }),
  frames: fc.nat(15),
  deltas: fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })),
});

/** Makes an edit; answers the frames it may change, counted from the start and from the end, and whether it keeps the length. */
function act(
  track: Track,
  { op, at, frames, deltas: [a, b] }: typeof operation extends fc.Arbitrary<infer T> ? T : never,
  serial: number,
) {
  const length = framesOf(track).length;
  const x = clipOf(`X${serial * 100}+${Math.max(frames, 1)}`);
  const place = ((at % track.children.length) + track.children.length) % track.children.length;
  const item = track.children[place] as Item | undefined;
  const bounds = (from: number, to: number): [before: number, after: number] => {
    const starts = track.children.map((one) => track.rangeOfChild(one));
    const first = starts[Math.max(from, 0)]!;
    const last = starts[Math.min(to, starts.length - 1)]!;
    return [first.startTime.value, length - last.endTimeExclusive().value];
  };
  const gap = (i: number, step: number): number =>
    track.children[i + step] instanceof Gap && track.children[i] instanceof Gap ? gap(i + step, step) : i;
  const wide = (): [number, number] => bounds(gap(gap(place, -1) - 1, -1), gap(gap(place, 1) + 1, 1));
  const alone = (): [number, number] => bounds(gap(place, -1), gap(place, 1));
  switch (op) {
    case 'overwrite':
      return {
        kept: [at, length - at - frames],
        sum: Math.max(length, at + frames),
        run: () => edit.overwrite(x, track, range(at, frames)),
      };
    case 'insert':
      return {
        kept: [at, length - at],
        sum: Math.max(length, at) + Math.max(frames, 1),
        run: () => edit.insert(x, track, time(at)),
      };
    case 'slice':
      return { kept: [length, length], sum: length, run: () => edit.slice(track, time(at)) };
    case 'remove':
    case 'clear':
      return {
        kept: null,
        sum: op === 'clear' ? length : null,
        run: () => edit.remove(track, time(at), { fill: op === 'clear' }),
      };
    case 'fill':
      return {
        kept: [at, length - at - x.duration().value],
        sum: null,
        run: () => edit.fill(x, track, time(at), 'source'),
      };
    default:
  }
  if (item === undefined) return null;
  switch (op) {
    case 'trim':
      return { kept: wide(), sum: null, run: () => edit.trim(item, time(a), time(b)) };
    case 'slip':
      return { kept: alone(), sum: length, run: () => edit.slip(item, time(a)) };
    case 'slide':
      return { kept: wide(), sum: length, run: () => edit.slide(item, time(a)) };
    case 'ripple':
      return { kept: alone(), sum: null, run: () => edit.ripple(item, time(a), time(b)) };
    default:
      return { kept: wide(), sum: length, run: () => edit.roll(item, time(a), time(b)) };
  }
}

describe('random edits', () => {
  it('touch what they say, lose nothing, and can be taken back', () =>
    fc.assert(
      fc.property(tracks, fc.array(operation, { minLength: 1, maxLength: 12 }), (text, operations) => {
        const track = trackOf(text);
        const texts = [write(track)];
        const results: edit.EditResult[] = [];
        for (const [serial, one] of operations.entries()) {
          const plan = act(track, one, serial);
          if (plan === null) continue;
          const before = framesOf(track);
          try {
            results.push(plan.run());
          } catch (error) {
            if (!(error instanceof OtioError)) throw error;
            assert.equal(write(track), texts.at(-1));
            continue;
          }
          texts.push(write(track));
          const after = framesOf(track);
          if (plan.sum !== null) assert.equal(after.length, plan.sum);
          const [head, tail] = (plan.kept ?? [0, 0]).map((frames) => Math.min(Math.max(frames!, 0), before.length)) as [
            number,
            number,
          ];
          assert.deepEqual(after.slice(0, head), before.slice(0, head));
          if (tail > 0) assert.deepEqual(after.slice(-tail), before.slice(-tail));
          let start = 0;
          for (const item of track.children as Item[]) {
            assert.equal(item.parent, track);
            if (item instanceof Clip) assert.equal(item.metadata.of, item.name);
            assert.equal(track.rangeOfChild(item).startTime.value, start);
            assert.ok(item.duration().value > 0);
            start += item.duration().value;
          }
        }
        for (const { undo } of results.toReversed()) {
          assert.equal(write(track), texts.pop());
          undo.apply();
        }
        assert.equal(write(track), texts.pop());
        for (const { undo } of results) undo.redo();
      }),
      { numRuns: 400 },
    )).timeout(60_000);
});
