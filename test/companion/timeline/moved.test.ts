// Relative media stay where they are when the timeline goes to another folder.
import assert from 'node:assert/strict';
import { followFolder } from '../../../companion/timeline/moved.ts';
import { Clip, ExternalReference, ImageSequenceReference, Stack, Timeline, Track } from '../../../otio/index.ts';

describe('timeline: media follow', () => {
  const check = (url: string, to: string, expected: string): void => {
    it(`${url} seen from ${to}`, () => {
      const reference = new ExternalReference({ targetUrl: url });
      const clip = new Clip({ mediaReferences: { DEFAULT_MEDIA: reference } });
      followFolder(new Timeline({ tracks: new Stack({ children: [new Track({ children: [clip] })] }) }), '/a/b', to);
      assert.equal(reference.targetUrl, expected);
    });
  };
  check('c.mov', '/a/b', 'c.mov');
  check('c.mov', '/a', 'b/c.mov');
  check('media/c.mov', '/a/b/out', '../media/c.mov');
  check('../c.mov', '/a', 'c.mov');
  check('my%20c.mov', '/a', 'b/my%20c.mov');
  check('/x/c.mov', '/a', '/x/c.mov');
  check('file:///x/c.mov', '/a', 'file:///x/c.mov');
  check('https://x/c.mov', '/a', 'https://x/c.mov');
  check('C:\\x\\c.mov', '/a', 'C:\\x\\c.mov');
  check('', '/a', '');
  it('a sequence by its folder', () => {
    const reference = new ImageSequenceReference({ targetUrlBase: 'stills/', namePrefix: 'a.' });
    const clip = new Clip({ mediaReferences: { DEFAULT_MEDIA: reference } });
    followFolder(new Timeline({ tracks: new Stack({ children: [new Track({ children: [clip] })] }) }), '/a/b', '/a');
    assert.equal(reference.targetUrlBase, 'b/stills/');
  });
});
