// Slip, slide, ripple and roll: edges and contents move within the media, one frame of everything stays.
import assert from 'node:assert/strict';
import { edit } from '../../../otio/index.ts';
import { check, clipOf, named, time } from './tracks.ts';

describe('slip', () => {
  const slip = (before: string, delta: number, wanted: string) =>
    check(before, wanted, (track) => edit.slip(named(track, 'B'), time(delta)));
  slip('A0+9 B10+10/0+40 C0+9', 5, 'A0+9 B15+10 C0+9');
  slip('A0+9 B10+10/0+40 C0+9', 50, 'A0+9 B30+10 C0+9');
  slip('A0+9 B10+10/2+40 C0+9', -50, 'A0+9 B2+10 C0+9');
  slip('B5+10/2+4', 1, 'B2+10');
  slip('B10+10', -50, 'B-40+10');
  slip('B10+10x2/0+40', 50, 'B20+10x2');
});

describe('slide', () => {
  const slide = (before: string, delta: number, wanted: string, options = {}) =>
    check(before, wanted, (track) => edit.slide(named(track, 'B'), time(delta), options));
  slide('A0+9 B10+10 C5+9', 3, 'A0+12 B10+10 C8+6');
  slide('A0+9 B10+10 C5+9/0+50', -30, 'A0+4 B10+10 C0+14');
  slide('A0+9/0+10 B10+10 C5+9', 3, 'A0+10 B10+10 C6+8');
  slide('A0+9 B10+10 -9', 30, 'A0+17 B10+10 -1');
  slide('A0+9 B10+10', 3, 'A0+9 B10+10');
  slide('A0+9 <2|2> B10+10 <2|2> C5+9', 7, 'A0+16 <2|2> B10+10 <2|2> C12+2', { removeTransitions: false });
  slide('A0+9 <2|2> B10+10 <2|2> C5+9', 8, 'A0+17 <2|2> B10+10 C13+1');
  slide('A0+9 <2|2> B10+10 <2|2> C5+9', 8, 'CANNOT_TRIM_TRANSITION', { removeTransitions: false });
});

describe('ripple', () => {
  const ripple = (before: string, deltaIn: number, deltaOut: number, wanted: string) =>
    check(before, wanted, (track) => edit.ripple(named(track, 'B'), time(deltaIn), time(deltaOut)));
  ripple('A0+9 B10+10 C0+9', 3, -3, 'A0+9 B13+4 C0+9');
  ripple('A0+9 B10+10/8+14 C0+9', -5, 5, 'A0+9 B8+14 C0+9');
  ripple('A0+9 B10+10 C0+9', 50, 0, 'A0+9 B19+1 C0+9');
  ripple('A0+9 B10+10x2 C0+9', 3, 0, 'A0+9 B16+7x2 C0+9');
  ripple('A0+9 <2|2> B10+10 C0+9', 3, 0, 'A0+9 <2|2> B13+7 C0+9');
});

describe('roll', () => {
  const roll = (before: string, deltaIn: number, deltaOut: number, wanted: string) =>
    check(before, wanted, (track) => edit.roll(named(track, 'B'), time(deltaIn), time(deltaOut)));
  roll('A0+9 B10+10 C5+9', 3, -3, 'A0+12 B13+4 C2+12');
  roll('A0+9 B10+10 C5+9/0+50', 0, -9, 'A0+9 B10+5 C0+14');
  roll('A0+9/0+10 B10+10 C5+9', 9, 0, 'A0+10 B11+9 C5+9');
  roll('A0+9 B10+10x2 C5+9', 2, 0, 'A0+11 B14+8x2 C5+9');
  roll('A0+9 B10+10x2/10+25 C5+9', 0, 8, 'A0+9 B10+12x2 C7+7');
  roll('B10+10 C5+9', 3, 0, 'B10+10 C5+9');
  roll('A0+9 -6 B10+10', -20, 0, 'A0+9 -1 B5+15');
});

describe('media under a transition are not used up', () => {
  const limited = 'A0+10/0+14 <2|3> B20+10/15+20 <1|2> C10+10/6+20';
  const of = (act: typeof edit.roll) => (deltaIn: number, deltaOut: number, wanted: string) =>
    check(limited, wanted, (track) => act(named(track, 'B'), time(deltaIn), time(deltaOut)));
  const roll = of(edit.roll);
  roll(9, 0, 'A0+11 <2|3> B21+9 <1|2> C10+10');
  roll(-9, 0, 'A0+7 <2|3> B17+13 <1|2> C10+10');
  roll(0, 9, 'A0+10 <2|3> B20+13 <1|2> C13+7');
  roll(0, -9, 'A0+10 <2|3> B20+7 <1|2> C7+13');
  of(edit.ripple)(-9, 9, 'A0+10 <2|3> B17+16 <1|2> C10+10');
  const alone = (act: typeof edit.slip) => (delta: number, wanted: string) =>
    check(limited, wanted, (track) => act(named(track, 'B'), time(delta)));
  alone(edit.slip)(9, 'A0+10 <2|3> B23+10 <1|2> C10+10');
  alone(edit.slip)(-9, 'A0+10 <2|3> B17+10 <1|2> C10+10');
  alone(edit.slide)(9, 'A0+11 <2|3> B20+10 <1|2> C11+9');
  alone(edit.slide)(-9, 'A0+7 <2|3> B20+10 <1|2> C7+13');
  check('A0+10/0+11 <2|3> B20+10', 'A0+9 <2|3> B19+11', (track) => edit.roll(named(track, 'B'), time(-1), time(0)));
  check('A0+10/0+11 <2|3> B20+10', 'A0+10 <2|3> B20+10', (track) => edit.roll(named(track, 'B'), time(1), time(0)));
});

describe('an item that is in no track', () => {
  const lonely = clipOf('A0+9');
  for (const act of [
    () => edit.slip(lonely, time(1)),
    () => edit.slide(lonely, time(1)),
    () => edit.trim(lonely, time(1), time(0)),
    () => edit.ripple(lonely, time(1), time(0)),
    () => edit.roll(lonely, time(1), time(0)),
  ])
    it(`is refused: ${act}`, () => assert.throws(act, { code: 'NOT_A_CHILD' }));
});
