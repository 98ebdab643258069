// melt is asked again when it gave nothing, and never when it gave pictures.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMelt, renderStretches } from '../../../companion/media/melt.ts';
import { fakeMelt, type Way } from '../../support/fake-melt.ts';
import { scratchFolder } from '../../support/media.ts';
import { notOnWindows } from '../../support/stand-aside.ts';

describe('media: melt', () => {
  const folder = scratchFolder('melt');
  before(function () {
    notOnWindows(this, 'a script is no program');
    writeFileSync(join(folder.path, 'a.mlt'), '<mlt><profile width="4" height="2"/></mlt>');
  });
  after(() => folder[Symbol.dispose]());

  const render = (way: Way, patience = 20): Promise<Uint8Array[] | string> =>
    renderStretches({
      ...{ melt: fakeMelt(folder.path, way), folder: folder.path, width: 4, height: 2, patience },
      stretches: [
        { project: 'a.mlt', in: 3, out: 4 },
        { project: 'a.mlt', in: 9, out: 9 },
      ],
    });

  const says = (way: Way, expected: string, patience?: number): void =>
    void it(`${way}: ${expected}`, async () => assert.equal(await render(way, patience), expected));
  says('nothing', 'melt ended with 0 and wrote nothing');
  says('fails', 'melt ended with 3 and wrote nothing');
  says('too few', 'melt wrote 2 frames instead of 3');
  says('hangs', 'melt made no progress for too long', 0.3);

  it('pictures in order', async () => {
    const pictures = (await render('noise')) as Uint8Array[];
    assert.deepEqual(
      pictures.map((picture) => [picture.length, picture[0]]),
      [
        [16, 16],
        [16, 23],
        [16, 30],
      ],
    );
  });
  it('asked again after a start that gave nothing', async () => assert.equal((await render('late')).length, 3));
  it('ends with the signal', async () => {
    const signal = AbortSignal.timeout(200);
    const melt = fakeMelt(folder.path, 'hangs');
    const stretches = [{ project: 'a.mlt', in: 0, out: 0 }];
    const work = renderStretches({ melt, folder: folder.path, stretches, width: 4, height: 2, signal });
    await assert.rejects(work, { name: 'TimeoutError' });
  });

  const finds = (what: string, env: NodeJS.ProcessEnv, expected: () => string | null): void =>
    void it(what, () => assert.equal(findMelt(env), expected()));
  const here = (): string => join(folder.path, 'melt fails');
  finds('named', { INBETWEEN_MELT: join(folder.path, 'melt fails'), PATH: '/' }, here);
  finds(
    'named and not there: none, whatever is on PATH',
    { INBETWEEN_MELT: '/nowhere/melt', PATH: '/usr/bin' },
    () => null,
  );
  finds('not on PATH', { PATH: folder.path }, () => null);
});
