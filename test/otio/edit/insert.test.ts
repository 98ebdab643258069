// Inserting: all that comes later moves by the item's length.
import { edit } from '../../../otio/index.ts';
import { check, clipOf, time } from './tracks.ts';

describe('insert', () => {
  const put = (before: string, item: string, at: number, wanted: string, options = {}) =>
    check(before, wanted, (track) => edit.insert(clipOf(item), track, time(at), options));
  put('A10+24 B20+30', 'X50+12', 12, 'A10+12 X50+12 A22+12 B20+30');
  put('A10+24 B20+30', 'X50+12', 24, 'A10+24 X50+12 B20+30');
  put('A10+24 B20+30', 'X50+12', 0, 'X50+12 A10+24 B20+30');
  put('A10+24 B20+30', 'X50+12', 54, 'A10+24 B20+30 X50+12');
  put('A10+24', 'X50+12', 30, 'A10+24 -6 X50+12');
  put('-10 A10+24', 'X50+12', 4, '-4 X50+12 -6 A10+24');
  put('', 'X50+12', 4, '-4 X50+12');
  put('A10+24', 'X50+12', -1, 'INVALID_TIME_RANGE');
  put('A10+24', 'X50+0', 3, 'INVALID_TIME_RANGE');
  put('A10+24x-1', 'X50+3', 4, 'A10+4x-1 X50+3 A6+20x-1');
  put('A10+24x0', 'X50+3', 4, 'A10+4x0 X50+3 A10+20x0');
  put('A0+24 <6|4> B0+24', 'X50+3', 24, 'A0+24 X50+3 B0+24');
  put('A0+24 <6|4> B0+24', 'X50+3', 24, 'CANNOT_TRIM_TRANSITION', { removeTransitions: false });
  put('A0+24 <6|4> B0+24', 'X50+3', 4, 'A0+4 X50+3 A4+20 <6|4> B0+24', { removeTransitions: false });
  put('A0+24', 'X50+3', 4.4, 'A0+4 X50+3 A4+20', { snap: true });
});
