// The hash of a file, of a sequence of pictures and of a bundle: the same for a copy under another name, another for other bytes.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { filesIn, hashOf } from '../../../companion/jobs/hash.ts';
import { scratchFolder } from '../../support/media.ts';

describe('hashOf', () => {
  const folder = scratchFolder('hash');
  after(() => folder[Symbol.dispose]());

  /** Writes `files` below a new folder. */
  const put = (name: string, files: Readonly<Record<string, string>>): string => {
    const place = path.join(folder.path, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
      writeFileSync(path.join(place, file), text);
    }
    return place;
  };
  const bundle = { 'content.otio': '{}', 'media/a.mov': 'A', 'media/more/b.mov': 'B' };

  it('a sequence does not count its own name', async () => {
    const [a, b] = [put('shot', { 'shot.1.png': '1' }), put('take', { 'take.1.png': '1' })];
    assert.equal(await hashOf(a), await hashOf(b));
  });
  it('a bundle with folders in it', async () => {
    const [a, b] = [put('a.otiod', bundle), put('b.otiod', bundle)];
    assert.deepEqual((await filesIn(a)).sort(), Object.keys(bundle));
    assert.equal(await hashOf(a), await hashOf(b));
  });
  it('tells by the bytes of every file, and by its place', async () => {
    const own = await hashOf(put('c.otiod', bundle));
    assert.notEqual(await hashOf(put('d.otiod', { ...bundle, 'media/more/b.mov': 'C' })), own);
    const { 'media/more/b.mov': moved, ...rest } = bundle;
    assert.notEqual(await hashOf(put('e.otiod', { ...rest, 'media/b.mov': moved })), own);
  });
});
