// Finding media: what is there, and the reason where nothing is; never outside the folders that are allowed.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  type ClipMedia,
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  MissingReference,
  RationalTime,
  TimeRange,
  UnknownSchema,
} from '../../../otio/index.ts';
import { type MediaPlaces, resolveMedia } from '../../../otio/node/index.ts';
import { notOnWindows, standAside } from '../../support/stand-aside.ts';
import { clipOf, Folder, makePipe } from './folder.ts';

const posix = process.platform !== 'win32';

describe('otio/node resolveMedia', () => {
  const folder = new Folder();
  const one = async (media: string | ClipMedia, places: MediaPlaces = {}) => {
    const reference = typeof media === 'string' ? new ExternalReference({ targetUrl: media }) : media;
    const [use] = await resolveMedia(clipOf(reference), { file: folder.at('p', 'a.otio'), ...places });
    return use!;
  };
  /** Expects a file, named from the test's folder, or a fault. */
  const check = async (media: string | ClipMedia, wanted: { at: string } | string, places?: MediaPlaces) => {
    const use = await one(media, places);
    if (typeof wanted === 'string') {
      assert.equal(use.found ? use.path : use.fault, wanted);
      assert.ok(!use.found && /^.+\.$/s.test(use.message));
    } else assert.equal(use.found ? use.path : use.message, folder.at(wanted.at));
  };
  beforeEach(() => {
    folder.put('p/a.mov');
    folder.put('p/media/b c.mov');
    folder.put('q/d.mov');
  });

  it('finds every style of location', async () => {
    await check('a.mov', { at: 'p/a.mov' });
    await check('./media/../a.mov', { at: 'p/a.mov' });
    await check('media/b c.mov', { at: 'p/media/b c.mov' });
    await check('media/b%20c.mov', { at: 'p/media/b c.mov' });
    await check(folder.at('p/a.mov'), { at: 'p/a.mov' });
    await check(pathToFileURL(folder.at('p/media/b c.mov')).href, { at: 'p/media/b c.mov' });
    await check(`file://${posix ? '' : '/'}${folder.at('p/media/b c.mov')}`, { at: 'p/media/b c.mov' });
    await check(pathToFileURL(folder.at('p/a.mov')).href.replace('file://', 'FILE://localhost'), { at: 'p/a.mov' });
  });

  it('decodes first, in a bundle last', async () => {
    folder.put('p/media/b%20c.mov');
    await check('media/b%20c.mov', { at: 'p/media/b c.mov' });
    await check('media/b%20c.mov', { at: 'p/media/b%20c.mov' }, { inBundle: true });
  });

  it('looks only into the folders that are allowed', async () => {
    const roots = [folder.at('q')];
    for (const url of [
      '../q/d.mov',
      folder.at('q/d.mov'),
      'media/../../q/d.mov',
      '..%2Fq%2Fd.mov',
      '/etc/passwd',
      '..',
      '../p.mov',
    ])
      await check(url, 'outside-roots');
    await check('../q/d.mov', { at: 'q/d.mov' }, { roots });
    await check('a.mov', 'outside-roots', { roots });
    await check('a.mov', 'outside-roots', { roots: [] });
    await check(`${folder.at('q')}x/d.mov`, 'outside-roots', { roots });
    await check('a.mov', { at: 'p/a.mov' }, { roots: [folder.at('no'), folder.path] });
  });

  it('follows links within the folders, not out of them', async function () {
    notOnWindows(this, 'links need a right of their own');
    symlinkSync(folder.at('p'), folder.at('link'));
    symlinkSync('a.mov', folder.at('p/in.mov'));
    symlinkSync('../q/d.mov', folder.at('p/out.mov'));
    symlinkSync('../q', folder.at('p/outside'));
    symlinkSync('loop.mov', folder.at('p/loop.mov'));
    await check('in.mov', { at: 'p/in.mov' });
    const { realPath } = (await one('in.mov')) as { realPath?: string };
    assert.equal(realPath, folder.at('p/a.mov'));
    await check('out.mov', 'outside-roots');
    await check('outside/d.mov', 'outside-roots');
    await check('out.mov', { at: 'p/out.mov' }, { roots: [folder.path] });
    await check('loop.mov', 'not-found');
    symlinkSync('gone.mov', folder.at('p/in-gone.mov'));
    await check('in-gone.mov', 'not-found');
    await check('a.mov', { at: 'link/a.mov' }, { file: folder.at('link/a.otio') });
    await check(folder.at('p/a.mov'), { at: 'p/a.mov' }, { file: folder.at('link/a.otio') });
  });

  it('has one answer for what a link leads out to, there or not', async function () {
    notOnWindows(this, 'links need a right of their own');
    symlinkSync('../q', folder.at('p/way'));
    symlinkSync('../q/gone.mov', folder.at('p/gone-link.mov'));
    symlinkSync('gone-link.mov', folder.at('p/twice.mov'));
    symlinkSync('way/gone/deep.mov', folder.at('p/deep.mov'));
    for (const url of ['way/d.mov', 'way/gone.mov', 'way/gone/d.mov', 'gone-link.mov', 'twice.mov', 'deep.mov'])
      await check(url, 'outside-roots');
    const [there, gone] = [await one('way/d.mov'), await one('way/x.mov')].map((use) => use.found || use.message);
    assert.equal(String(there).replace('d.mov', 'x.mov'), gone);
    await check('way/gone.mov', 'not-found', { roots: [folder.path] });
  });

  it('looks not into folders that are closed', async function () {
    notOnWindows(this, 'links need a right of their own');
    symlinkSync('media', folder.at('p/to-media'));
    const places = { except: [folder.at('p/media')] };
    await check('a.mov', { at: 'p/a.mov' }, places);
    for (const url of [
      'media/b c.mov',
      'media/gone.mov',
      'to-media/b c.mov',
      'to-media/gone.mov',
      folder.at('p/media/b c.mov'),
    ])
      await check(url, 'outside-roots', places);
    await check('media/b c.mov', { at: 'p/media/b c.mov' }, { except: [folder.at('p/med')] });
    await check('media/b c.mov', { at: 'p/media/b c.mov' }, { ...places, roots: [folder.at('p/media')] });
    await check('media/b c.mov', 'outside-roots', { except: [folder.at('p/to-media')] });
  });

  it('never touches a network', async () => {
    for (const url of ['https://example.invalid/a.mov', 'smb://nas/a.mov', 'http://localhost/a.mov'])
      await check(url, 'remote', { roots: ['/'] });
    for (const url of [
      '\\\\nas\\share\\a.mov',
      '//nas/share/a.mov',
      'file://nas/share/a.mov',
      'file:////nas/a.mov',
      '\\\\?\\C:\\a.mov',
      '\\\\.\\pipe\\a',
    ])
      await check(url, 'network-path', { roots: ['/', '//nas/share'] });
  });

  it('has one answer for a drive on POSIX', async function () {
    notOnWindows(this, 'a drive is a place');
    for (const url of [
      'C:\\a.mov',
      'C:/a.mov',
      'file:///C:/a.mov',
      'file://C:/a.mov',
      'file://localhost/D%3a/a.mov',
      'file:///C%3A/a%20b.mov',
    ])
      await check(url, 'foreign-drive', { roots: ['/'] });
  });

  it('says what is not there or no file', async () => {
    await check('no.mov', 'not-found');
    await check('a.mov/b.mov', 'not-found');
    await check('media', 'not-a-file');
    await check('.', 'not-a-file');
    await check(`${'n'.repeat(5000)}.mov`, 'not-found');
    await check('a%00.mov', 'not-found');
    await check('', 'no-location');
    await check('a.mov', 'not-found', { file: undefined as never, roots: [folder.path] });
  });

  it('opens no pipe', async function () {
    if (!makePipe(folder.at('p/pipe'))) standAside(this, 'no pipe can be made here');
    await check('pipe', 'not-a-file');
  });

  it('answers for every reference', async () => {
    for (const media of [
      new MissingReference(),
      new GeneratorReference(),
      new UnknownSchema('CloudReference', 1),
      null,
    ]) {
      const clip = clipOf(new MissingReference());
      clip.mediaReferences = { DEFAULT_MEDIA: media };
      const [use] = await resolveMedia(clip, {});
      assert.equal(use!.found ? '' : use!.fault, 'no-location');
    }
  });

  describe('image sequences', () => {
    const range = (count: number, rate = 24) => new TimeRange(new RationalTime(0, rate), new RationalTime(count, rate));
    const sequence = (values: object) =>
      new ImageSequenceReference({
        targetUrlBase: 'seq',
        namePrefix: 'im.',
        nameSuffix: '.exr',
        startFrame: 8,
        frameZeroPadding: 3,
        rate: 24,
        availableRange: range(4),
        ...values,
      });
    const images = async (values: object, places?: MediaPlaces) => {
      const use = await one(sequence(values), places);
      return use.found ? use.images!.map(({ name }) => name) : use.fault;
    };
    beforeEach(() => {
      for (const number of ['008', '009', '010', '011', '012', '-001', '-01', '000', '0013', '13'])
        folder.put(`p/seq/im.${number}.exr`);
      folder.put('p/seq/im.008.exr.tmp');
      folder.put('p/seq/IM.009.exr.txt');
    });

    it('finds the images of the range', async () => {
      assert.deepEqual(await images({}), ['im.008.exr', 'im.009.exr', 'im.010.exr', 'im.011.exr']);
      assert.deepEqual(await images({ frameStep: 2 }), ['im.008.exr', 'im.010.exr']);
      assert.deepEqual(await images({ startFrame: -1, availableRange: range(2) }), ['im.-001.exr', 'im.000.exr']);
      assert.deepEqual(await images({ startFrame: 13, frameZeroPadding: 0, availableRange: range(1) }), ['im.13.exr']);
      assert.deepEqual(await images({ targetUrlBase: '', namePrefix: 'seq/im.' }), await images({}));
      assert.deepEqual(await images({ targetUrlBase: `${pathToFileURL(folder.at('p/seq')).href}/` }), await images({}));
    });

    it('takes what is there where the range is not known', async () => {
      assert.deepEqual(await images({ availableRange: null }), [
        'im.008.exr',
        'im.009.exr',
        'im.010.exr',
        'im.011.exr',
        'im.012.exr',
      ]);
    });

    it('minds the policy for missing frames', async () => {
      assert.equal(await images({ availableRange: range(6) }), 'incomplete');
      assert.equal((await images({ availableRange: range(6), missingFramePolicy: 'hold' })).length, 5);
      assert.equal(await images({ startFrame: 100, missingFramePolicy: 'black' }), 'not-found');
      const use = await one(sequence({ availableRange: range(6) }));
      assert.match(use.found ? '' : use.message, /image 13 /);
    });

    it('is not impressed by numbers', async () => {
      assert.equal(await images({ availableRange: range(1e18) }), 'incomplete');
      assert.equal((await images({ availableRange: range(1e18), missingFramePolicy: 'hold' })).length, 5);
      for (const values of [
        { frameStep: 0 },
        { rate: 0 },
        { rate: Number.NaN },
        { startFrame: 2 ** 53 - 1 },
        { frameStep: -1, startFrame: 3 },
      ])
        assert.equal(await images(values), 'not-found');
      assert.equal(await images({ frameZeroPadding: 2 ** 53 - 1 }), 'not-found');
    });

    it('looks only into the folders that are allowed', async () => {
      folder.put('q/im.008.exr');
      const single = { availableRange: range(1) };
      assert.equal(await images({ ...single, targetUrlBase: '../q' }), 'outside-roots');
      assert.equal(await images({ ...single, namePrefix: '../../q/im.' }), 'outside-roots');
      assert.equal(await images({ ...single, targetUrlBase: '//nas/seq' }), 'network-path');
      assert.equal(await images({ ...single, targetUrlBase: 'https://example.invalid/seq' }), 'remote');
      assert.equal(await images({ ...single, targetUrlBase: 'seq/im.008.exr' }), 'not-found');
      mkdirSync(folder.at('p/links'));
      if (posix) {
        symlinkSync('../../q/im.008.exr', folder.at('p/links/im.008.exr'));
        assert.equal(await images({ ...single, targetUrlBase: 'links' }), 'not-found');
        assert.deepEqual(await images({ ...single, targetUrlBase: 'links' }, { roots: [folder.path] }), ['im.008.exr']);
        assert.equal(await images({ ...single, targetUrlBase: 'C:\\seq\\' }), 'foreign-drive');
      }
    });
  });
});
