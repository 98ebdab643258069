// Filling: a gap takes an item as it is, cut, or retimed.
import assert from 'node:assert/strict';
import { edit, type LinearTimeWarp } from '../../../otio/index.ts';
import { check, clipOf, time, trackOf } from './tracks.ts';

describe('fill', () => {
  const fill = (item: string, at: number, mode: edit.FillMode, wanted: string) =>
    check('A0+10 -8 -12 B0+10', wanted, (track) => edit.fill(clipOf(item), track, time(at), mode));
  fill('X5+8', 14, 'source', 'A0+10 -4 X5+8 -8 B0+10');
  fill('X5+20', 14, 'source', 'A0+10 -4 X5+20 B4+6');
  fill('X5+20', 14, 'sequence', 'A0+10 -4 X5+16 B0+10');
  fill('X5+8', 14, 'sequence', 'A0+10 -4 X5+8 -8 B0+10');
  fill('X5+20', 14, 'fit', 'A0+10 -4 X5+16x1.25 B0+10');
  fill('X5+8', 14, 'fit', 'A0+10 -4 X5+16x0.5 B0+10');
  fill('X5+16', 14, 'fit', 'A0+10 -4 X5+16 B0+10');
  fill('X5+8', 9, 'source', 'NOT_A_GAP');
  fill('X5+8', 30, 'fit', 'NOT_A_GAP');
  fill('X5+8', 99, 'sequence', 'NOT_A_GAP');
  fill('X5+8', -1, 'sequence', 'NOT_A_GAP');
  fill('X5+8/0+10', 14, 'source', 'INVALID_TIME_RANGE');

  it('retimes the clip itself, and undo takes that off it', () => {
    const clip = clipOf('X5+8');
    const { undo } = edit.fill(clip, trackOf('-16'), time(0), 'fit');
    assert.equal((clip.effects[0] as LinearTimeWarp).timeScalar, 0.5);
    undo.apply();
    assert.deepEqual([clip.effects, clip.sourceRange?.duration.value, clip.parent], [[], 8, null]);
  });
});
