// Overwriting: what lies outside the range stays where it is, frame for frame.
import assert from 'node:assert/strict';
import {
  ExternalReference,
  edit,
  GeneratorReference,
  type Item,
  MissingReference,
  Stack,
} from '../../../otio/index.ts';
import { check, clipOf, named, range, textOf, time, trackOf } from './tracks.ts';

describe('overwrite', () => {
  const over = (before: string, item: string, start: number, frames: number, wanted: string) =>
    check(before, wanted, (track) => edit.overwrite(clipOf(item), track, range(start, frames)));
  over('A10+24 B20+30', 'X50+12', 6, 12, 'A10+6 X50+12 A28+6 B20+30');
  over('A10+24 B20+30', 'X50+12', 20, 12, 'A10+20 X50+12 B28+22');
  over('A10+24 B20+30', 'X50+99', 24, 30, 'A10+24 X50+30');
  over('A10+24 B20+30', 'X50+3', 0, 24, 'X50+24 B20+30');
  over('A10+24', 'X50+2', 30, 2, 'A10+24 -6 X50+2');
  over('A10+24 -6', 'X50+2', 40, 2, 'A10+24 -16 X50+2');
  over('A10+24 -20 B0+5', 'X50+4', 30, 4, 'A10+24 -6 X50+4 -10 B0+5');
  over('', 'X50+4', 3, 4, '-3 X50+4');
  over('A10+24', 'X50+4', -1, 4, 'INVALID_TIME_RANGE');
  over('A10+24', 'X50+4', 0, 0, 'INVALID_TIME_RANGE');
  over('A10+24', 'X50+4', 0.5, 4, 'INVALID_TIME_RANGE');
  over('A10+24', 'X50+4/0+60', 0, 10, 'X50+10 A20+14');
  over('A10+24', 'X50+4/0+60', 0, 11, 'INVALID_TIME_RANGE');
  over('A10+24', 'X50+4x2/0+60', 0, 5, 'X50+5x2 A15+19');
  over('A10+24', 'X50+4x2/0+60', 0, 6, 'INVALID_TIME_RANGE');
  over('A10+24x2 B0+9', 'X50+4', 6, 4, 'A10+6x2 X50+4 A30+14x2 B0+9');
});

describe('overwrite at transitions', () => {
  const over = (start: number, frames: number, wanted: string, removeTransitions = true) =>
    check('A24+24 <6|4> B24+24 C0+24', wanted, (track) =>
      edit.overwrite(clipOf('X0+99'), track, range(start, frames), { removeTransitions }),
    );
  over(0, 18, 'X0+18 A42+6 <6|4> B24+24 C0+24', false);
  over(0, 19, 'X0+19 A43+5 B24+24 C0+24');
  over(0, 19, 'CANNOT_TRIM_TRANSITION', false);
  over(28, 10, 'A24+24 <6|4> B24+4 X0+10 B38+10 C0+24', false);
  over(27, 10, 'A24+24 B24+3 X0+10 B37+11 C0+24');
  over(24, 24, 'A24+24 X0+24 C0+24');
  over(24, 24, 'CANNOT_TRIM_TRANSITION', false);
  over(50, 4, 'A24+24 <6|4> B24+24 C0+2 X0+4 C6+18', false);
});

describe('what is overwritten with', () => {
  it('needs no media when it is a still, a generator or missing', () => {
    const short = { availableRange: range(0, 1) };
    for (const media of [
      new ExternalReference(short),
      new GeneratorReference({ availableRange: range(0, 3) }),
      new MissingReference({ availableRange: range(0, 3) }),
    ]) {
      const item = clipOf('X0+1');
      item.mediaReference = media;
      const track = trackOf('A0+50');
      edit.overwrite(item, track, range(10, 20));
      assert.equal(textOf(track), 'A0+10 X0+20 A30+20');
    }
  });
  it('must have no parent', () => {
    const track = trackOf('A0+50 B0+9');
    assert.throws(() => edit.overwrite(named(track, 'B'), track, range(0, 59)), { code: 'CHILD_ALREADY_PARENTED' });
  });
  it('must not hold the track', () => {
    const track = trackOf('A0+50');
    const stack = new Stack({ children: [track] });
    assert.throws(() => edit.overwrite(stack, track, range(0, 5)), { code: 'OBJECT_CYCLE' });
    assert.equal(textOf(track), 'A0+50');
  });
  it('is written at the rate of its new neighbours', () => {
    const track = trackOf('A0+50');
    edit.overwrite(clipOf('X7+24'), track, range(20, 24, 48));
    assert.deepEqual(named(track, 'X').sourceRange, range(7, 12));
  });
  it('may be rounded onto frames', () => {
    const track = trackOf('A0+50');
    edit.overwrite(clipOf('X7+24'), track, range(10.4, 19.7), { snap: true });
    assert.equal(textOf(track), 'A0+10 X7+20 A30+20');
  });
  it('is told among what changed', () => {
    const track = trackOf('A0+10 B0+10 C0+10');
    const [a, b, c] = track.children;
    const item = clipOf('X0+20');
    const { changed, removed, warnings } = edit.overwrite(item, track, range(5, 20));
    assert.deepEqual([changed, removed, warnings], [[a, item, c], [b], []]);
  });
});

describe('tracks of several rates', () => {
  const ntsc = 24000 / 1001;
  it('count at the rate of most items, whatever double stands for it', () => {
    const track = trackOf('A0+24 B0+24 C0+24');
    named(track, 'A').sourceRange = range(100, 24, 23.976);
    for (const name of ['B', 'C']) named(track, name).sourceRange = range(100, 24, ntsc);
    edit.overwrite(clipOf('X0+24'), track, range(36, 12, ntsc));
    assert.deepEqual(
      track.children.map((child) => (child as Item).duration()),
      [time(24, 23.976), time(12, ntsc), time(12, ntsc), time(24, ntsc)],
    );
  });
  it('keep samples exact', () => {
    const track = trackOf('A0+24 B0+24 C0+24');
    named(track, 'B').sourceRange = range(96000, 48000, 48000);
    const { changed } = edit.slice(track, time(30));
    assert.deepEqual(
      changed.map(({ sourceRange }) => sourceRange),
      [range(96000, 12000, 48000), range(108000, 36000, 48000)],
    );
  });
  it('keep what is between frames where it is', () => {
    const track = trackOf('A0+24 B0+24 C0+24');
    named(track, 'A').sourceRange = range(0, 12, 25); // 11.52 frames
    edit.overwrite(clipOf('X0+5'), track, range(20, 4));
    const starts = track.children.map((child) => track.rangeOfChild(child).startTime.valueRescaledTo(24));
    const source = (track.children[3] as Item).sourceRange!.startTime.value;
    for (const [i, wanted] of [0, 11.52, 20, 24, 35.52, 12.48].entries())
      assert.ok(Math.abs([...starts, source][i]! - wanted) < 1e-9, `${i}`);
  });
});
