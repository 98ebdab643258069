// The companion and the engine must agree on the bytes of a picture: one fills the buffers that the other reads.
import assert from 'node:assert/strict';
import { pictureBytes } from '../../../companion/media/pixels.ts';
import { pictureBytes as engineBytes, type Layout } from '../../../native/index.ts';

describe('pictureBytes', () => {
  const check = (layout: Layout) =>
    it(`counts ${layout} as the engine does`, () => {
      for (const depth of [8, 10]) {
        for (const alpha of [false, true]) {
          const format = { width: 17, height: 23, layout, depth, alpha };
          assert.equal(pictureBytes(format), engineBytes(format));
        }
      }
    });
  check('gray');
  check('yuv420');
  check('yuv422');
  check('yuv444');
  check('rgb');
});
