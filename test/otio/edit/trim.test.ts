// Trimming: the ends of one item move, and nothing else.
import { edit } from '../../../otio/index.ts';
import { check, named, time } from './tracks.ts';

describe('trim', () => {
  const trim = (before: string, deltaIn: number, deltaOut: number, wanted: string, options = {}) =>
    check(before, wanted, (track) => edit.trim(named(track, 'B'), time(deltaIn), time(deltaOut), options));
  trim('A0+9 B10+10 C0+9', 3, 0, 'A0+9 -3 B13+7 C0+9');
  trim('A0+9 B10+10 C0+9', 0, -3, 'A0+9 B10+7 -3 C0+9');
  trim('A0+9 B10+10 C0+9', -3, 3, 'A0+9 B10+10 C0+9');
  trim('A0+9 B10+10 C0+9', 30, 0, 'A0+9 -9 B19+1 C0+9');
  trim('A0+9 -4 B10+10 -4 C0+9', -3, 3, 'A0+9 -1 B7+16 -1 C0+9');
  trim('A0+9 -4 B10+10 -2 -2 C0+9', -30, 30, 'A0+9 B6+18 C0+9');
  trim('A0+9 -4 B10+10/8+13 -4 C0+9', -30, 30, 'A0+9 -2 B8+13 -3 C0+9');
  trim('A0+9 -4 B10+10x2/8+30 -4 C0+9', -30, 30, 'A0+9 -3 B8+15x2 C0+9');
  trim('A0+9 -4 B10+10x2 -4', 2, 0, 'A0+9 -6 B14+8x2 -4');
  trim('A0+9 B10+10', 0, 30, 'A0+9 B10+40');
  trim('A0+9 B10+10/0+25', 0, 30, 'A0+9 B10+15');
  trim('A0+9 B10+10/0+15', 0, 3, 'A0+9 B10+10');
  trim('A0+9 B10+10', 0, -3, 'A0+9 B10+7 -3');
  trim('B10+10 A0+9', -3, 0, 'B10+10 A0+9');
  trim('A0+9 <2|2> B10+10', 1, 0, 'A0+9 -1 B11+9');
  trim('A0+9 <2|2> B10+10', 1, 0, 'CANNOT_TRIM_TRANSITION', { removeTransitions: false });
  trim('A0+9 <2|2> B10+10', 0, -8, 'A0+9 <2|2> B10+2 -8', { removeTransitions: false });
  trim('A0+9 <2|2> B10+10', 0, -9, 'CANNOT_TRIM_TRANSITION', { removeTransitions: false });
  trim('A0+9 -2 -2 <1|2> B10+10', 3, 0, 'A0+9 -7 <1|2> B13+7', { removeTransitions: false });
  trim('A0+9 -4 <2|2> B10+10', -3, 0, 'A0+9 -1 B7+13');
  trim('A0+9 B10+10', 0.5, 0, 'INVALID_TIME_RANGE');
});
