// Of two disks, the one that is nearest to too small decides.
import assert from 'node:assert/strict';
import { tightest } from '../../../../companion/operations/interpolate/room.ts';

describe('tightest', () => {
  const check = (what: string, [needed, free]: [number, number], [more, rest]: [number, number], folder: string) =>
    it(what, () =>
      assert.equal(
        tightest([
          { needed, free, folder: 'output' },
          { needed: more, free: rest, folder: 'parts' },
        ]).folder,
        folder,
      ),
    );
  check('both alike', [5, 9], [5, 9], 'output');
  check('the fuller', [5, 9], [5, 8], 'parts');
  check('the needier', [7, 9], [5, 8], 'output');
  check('a disk of parts that are there already is full, and has what is left', [7, 90], [1, 2], 'parts');
  check('the same, and the output does not fit', [7, 6], [1, 2], 'output');
});
