// Removing: a gap in the item's place, or the rest closes up.
import { edit } from '../../../otio/index.ts';
import { check, time } from './tracks.ts';

describe('remove', () => {
  const take = (before: string, at: number, wanted: string, options = {}) =>
    check(before, wanted, (track) => edit.remove(track, time(at), options));
  take('A0+5 B0+6 C0+7', 5, 'A0+5 C0+7');
  take('A0+5 B0+6 C0+7', 10, 'A0+5 -6 C0+7', { fill: true });
  take('A0+5 -2 B0+6 -3 C0+7', 10, 'A0+5 -11 C0+7', { fill: true });
  take('A0+5 -2 B0+6 -3 C0+7', 10, 'A0+5 -5 C0+7');
  take('A0+5 -2 -3 C0+7', 8, 'A0+5 C0+7');
  take('A0+5 -2 C0+7', 6, 'A0+5 -2 C0+7', { fill: true });
  take('A0+5', 0, '');
  take('A0+5', 5, 'NOT_AN_ITEM');
  take('A0+5', -1, 'NOT_AN_ITEM');
  take('A0+5 <2|2> B0+6 C0+7', 6, 'A0+5 C0+7');
  take('A0+5 <2|2> B0+6 C0+7', 6, 'CANNOT_TRIM_TRANSITION', { removeTransitions: false });
  take('A0+5 <2|2> B0+6 C0+7', 12, 'A0+5 <2|2> B0+6', { removeTransitions: false });
});
