// Bundles written: what is in them, under which names, and that a failure leaves nothing.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import {
  Clip,
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  MediaReference,
  MissingReference,
  meta,
  RationalTime,
  read,
  SerializableCollection,
  Timeline,
  TimeRange,
  UnknownSchema,
  write,
} from '../../../otio/index.ts';
import {
  type BundleOptions,
  extractOtioz,
  mediaIn,
  readBundle,
  resolveMedia,
  writeOtiod,
  writeOtioz,
} from '../../../otio/node/index.ts';
import { notOnWindows } from '../../support/stand-aside.ts';
import { clipOf, Folder, refusal, timelineOf } from './folder.ts';
import { list } from './zip.ts';

describe('otio/node writeOtioz, writeOtiod', () => {
  const folder = new Folder();
  const options = (more: Partial<BundleOptions> = {}): BundleOptions => ({
    policy: 'error',
    file: folder.at('p/a.otio'),
    ...more,
  });
  const written = (root: unknown) =>
    [...mediaIn(root as never)].map(({ reference }) =>
      reference instanceof ExternalReference
        ? reference.targetUrl
        : reference instanceof ImageSequenceReference
          ? `${reference.targetUrlBase}${reference.namePrefix}`
          : reference,
    );
  /** Writes both kinds; gives the URLs and the files in `media/` with what they hold, after both were found to be alike. */
  const bundle = async (timeline: Timeline | SerializableCollection, more: Partial<BundleOptions> = {}) => {
    const before = write(timeline);
    await writeOtioz(folder.at('b.otioz'), timeline, options(more));
    await writeOtiod(folder.at('b.otiod'), timeline, options(more));
    assert.equal(write(timeline), before, 'the timeline has changed');
    await extractOtioz(folder.at('b.otioz'), folder.at('out'), { maxBytes: 1e6 });
    assert.deepEqual(
      folder.list('out').filter((name) => name !== 'media'),
      folder.list('b.otiod').filter((name) => name !== 'media'),
    );
    const files: Record<string, string> = {};
    for (const name of folder.list('b.otiod')) {
      if (statSync(folder.at('b.otiod', name)).isDirectory()) continue;
      files[name.replace(/^media[\\/]/, '')] = readFileSync(folder.at('b.otiod', name), 'utf8');
      assert.equal(readFileSync(folder.at('out', name), 'utf8'), files[name.replace(/^media[\\/]/, '')]);
    }
    const { 'content.otio': content, 'version.txt': version, ...media } = files;
    assert.equal(version, '1.0.0');
    const { root } = read(content!);
    assert.ok(
      (await resolveMedia(root, { file: folder.at('b.otiod/content.otio'), inBundle: true })).every(
        ({ reference, found }) =>
          found || reference instanceof MissingReference || !(reference instanceof ExternalReference),
      ),
    );
    return { root, urls: written(root), media };
  };
  const refused = async (timeline: Timeline, more: Partial<BundleOptions>, ...says: string[]) => {
    const before = folder.list();
    await assert.rejects(writeOtioz(folder.at('b.otioz'), timeline, options(more)), refusal('BUNDLE_REFUSED', ...says));
    await assert.rejects(writeOtiod(folder.at('b.otiod'), timeline, options(more)), refusal('BUNDLE_REFUSED', ...says));
    assert.deepEqual(folder.list(), before);
  };

  it('packs as the reference does: media stored, the rest deflated', async () => {
    folder.put('p/shot a.mov');
    await writeOtioz(folder.at('b.otioz'), timelineOf('shot a.mov'), options());
    const bytes = readFileSync(folder.at('b.otioz'));
    const entries = list(bytes);
    assert.deepEqual(
      entries.map(({ name, method }) => [name, method]),
      [
        ['version.txt', 'deflate'],
        ['content.otio', 'deflate'],
        ['media/shot a.mov', 'store'],
      ],
    );
    assert.equal(bytes.toString('utf8', entries[2]!.data, entries[2]!.data + entries[2]!.size), 'p/shot a.mov');
    assert.equal(inflateRawSync(bytes.subarray(entries[0]!.data)).toString(), '1.0.0');
    assert.equal(inflateRawSync(bytes.subarray(entries[1]!.data)).toString(), write(timelineOf('media/shot a.mov')));
    assert.deepEqual(folder.list(), ['b.otioz', 'p', 'p/shot a.mov']);
  });

  it('keeps names as they are, and a file that is used twice once', async () => {
    folder.put('p/100%.mov');
    folder.put('p/q/a%20b.mov');
    const { urls, media } = await bundle(
      timelineOf('100%25.mov', './q/../100%.mov', 'q/a%2520b.mov', folder.at('p/100%.mov')),
    );
    assert.deepEqual(urls, ['media/100%.mov', 'media/100%.mov', 'media/a%20b.mov', 'media/100%.mov']);
    assert.deepEqual(media, { '100%.mov': 'p/100%.mov', 'a%20b.mov': 'p/q/a%20b.mov' });
  });

  it('takes all references of all clips', async () => {
    for (const name of ['a', 'b', 'c']) folder.put(`p/${name}.mov`);
    const clip = new Clip();
    const reference = (url: string) => new ExternalReference({ targetUrl: url });
    clip.setMediaReferences({ high: reference('a.mov'), low: reference('b.mov'), __proto__x: null }, 'low');
    const root = new SerializableCollection({ children: [clip, timelineOf('c.mov'), new GeneratorReference()] });
    const { urls, media } = await bundle(root);
    assert.deepEqual(urls, [null, 'media/a.mov', 'media/b.mov', 'media/c.mov']);
    assert.deepEqual(Object.keys(media).sort(), ['a.mov', 'b.mov', 'c.mov']);
  });

  it('leaves references that name no file', async () => {
    const { root } = await bundle(
      timelineOf(
        new MissingReference({ name: 'm' }),
        new GeneratorReference({ name: 'g' }),
        new MediaReference({ name: 'r' }),
      ),
    );
    assert.deepEqual(
      [...mediaIn(root)].map(({ reference }) => (reference as MediaReference).name),
      ['m', 'g', 'r'],
    );
    const clip = clipOf(new MissingReference());
    clip.mediaReferences = { DEFAULT_MEDIA: new UnknownSchema('CloudReference', 3) };
    const timeline = new SerializableCollection({ children: [clip] });
    await writeOtioz(folder.at('c.otioz'), timeline, options());
    assert.equal(write((await readBundle(folder.at('c.otioz'))).root), write(timeline));
  });

  it('refuses media that are not there, or not allowed', async () => {
    folder.put('p/a.mov');
    folder.put('q/b.mov');
    await refused(timelineOf('a.mov', 'no.mov'), {}, "Clip 'clip 1'", 'no.mov', "'missing'");
    await refused(timelineOf('../q/b.mov'), {}, 'outside');
    await refused(timelineOf('https://example.invalid/a.mov'), { roots: ['/'] }, 'https://example.invalid/a.mov');
    await refused(timelineOf('1', '2', '3', '4', '5'), {}, '5 of the media', 'And 2 more');
  });

  it('replaces what is not there when told to, and keeps it whole', async () => {
    folder.put('p/a.mov');
    const range = new TimeRange(new RationalTime(5, 24), new RationalTime(10, 24));
    const metadata = meta({ kept: [1, 2.5] }) as never;
    const lost = new ExternalReference({ targetUrl: 'file:///C:/b.mov', name: 'B', availableRange: range, metadata });
    lost.dynamicFields = meta({ future: 1 }) as never;
    const { root, urls, media } = await bundle(timelineOf('a.mov', lost), { policy: 'missing' });
    assert.equal(urls[0], 'media/a.mov');
    assert.deepEqual(Object.keys(media), ['a.mov']);
    const replaced = urls[1] as unknown as MissingReference;
    assert.ok(replaced instanceof MissingReference && root instanceof Timeline);
    assert.deepEqual([replaced.name, replaced.availableRange], ['B', range]);
    const {
      kept,
      missing_reference_because: because,
      original_target_url: url,
      original_media_reference: original,
    } = replaced.metadata;
    assert.deepEqual([kept, url], [[1n, 2.5], 'file:///C:/b.mov']);
    assert.equal(typeof because === 'string' && because.length > 10, true);
    assert.equal((original as ExternalReference).isEquivalentTo(lost), true);
  });

  it('replaces all when told to, without looking', async () => {
    folder.put('p/a.mov');
    const { urls, media } = await bundle(
      timelineOf('a.mov', 'no.mov', new ImageSequenceReference({ targetUrlBase: 'seq' })),
      { policy: 'all-missing' },
    );
    assert.deepEqual(
      urls.map((one) => (one as unknown as MissingReference).metadata.original_target_url),
      ['a.mov', 'no.mov', 'seq'],
    );
    assert.deepEqual(media, {});
  });

  it('tells two files of one name apart, however it is written', async () => {
    for (const name of ['a.mov', 'x/A.MOV', 'y/a.mov', 'z/a~2.mov', 'x/none', 'y/none']) folder.put(`p/${name}`);
    const timeline = timelineOf('a.mov', 'x/A.MOV', 'y/a.mov', 'z/a~2.mov', 'x/A.MOV', 'x/none', 'y/none');
    await refused(timelineOf('a.mov', 'x/A.MOV'), {}, 'A.MOV', "'rename'");
    const { urls, media } = await bundle(timeline, { rename: true });
    assert.deepEqual(
      urls,
      ['a.mov', 'A~2.MOV', 'a~3.mov', 'a~2~2.mov', 'A~2.MOV', 'none', 'none~2'].map((name) => `media/${name}`),
    );
    assert.deepEqual(media, {
      'a.mov': 'p/a.mov',
      'A~2.MOV': 'p/x/A.MOV',
      'a~3.mov': 'p/y/a.mov',
      'a~2~2.mov': 'p/z/a~2.mov',
      none: 'p/x/none',
      'none~2': 'p/y/none',
    });
  });

  it('refuses names that a bundle cannot have', async function () {
    notOnWindows(this, 'no file can have such a name');
    folder.put('p/a\\b.mov');
    folder.put('p/a\nb.mov');
    await refused(timelineOf('a\\b.mov'), { rename: true }, 'backslash');
    await refused(timelineOf('a\nb.mov'), { rename: true }, 'control character');
  });

  it('takes one file under two names once', async function () {
    notOnWindows(this, 'links need a right of their own');
    folder.put('p/a.mov');
    chmodSync(folder.at('p/a.mov'), 0o400);
    symlinkSync('a.mov', folder.at('p/link.mov'));
    const { urls, media } = await bundle(timelineOf('link.mov', 'a.mov'));
    assert.deepEqual([urls, media], [['media/link.mov', 'media/link.mov'], { 'link.mov': 'p/a.mov' }]);
  });

  it('packs every frame of a sequence', async () => {
    const sequence = (targetUrlBase: string, first: number, count: number, namePrefix = 'im.') => {
      for (let i = first; i < first + count; i++)
        folder.put(`p/${targetUrlBase}/${namePrefix}${String(i).padStart(3, '0')}.exr`);
      const availableRange = new TimeRange(new RationalTime(0, 24), new RationalTime(count, 24));
      return new ImageSequenceReference({
        targetUrlBase,
        namePrefix,
        nameSuffix: '.exr',
        startFrame: first,
        frameZeroPadding: 3,
        rate: 24,
        availableRange,
      });
    };
    const [one, longer, other] = [sequence('seq', 1, 2), sequence('seq', 2, 3), sequence('other', 4, 2)];
    await refused(timelineOf(one, other, longer), {}, 'im.004.exr');
    const { urls, media } = await bundle(timelineOf(one, longer, 'seq/im.002.exr'));
    assert.deepEqual(urls, ['media/im.', 'media/im.', 'media/im.002.exr']);
    assert.deepEqual(
      Object.entries(media).sort(),
      [1, 2, 3, 4].map((i) => [`im.00${i}.exr`, `p/seq/im.00${i}.exr`]),
    );
    const renamed = timelineOf(one, other, longer, sequence('bare', 1, 1, ''), sequence('bare2', 1, 1, ''));
    await writeOtiod(folder.at('r.otiod'), renamed, options({ rename: true }));
    const { root } = await readBundle(folder.at('r.otiod'));
    assert.deepEqual(written(root), ['media/im.', 'media/im~2.', 'media/im.', 'media/', 'media/~2.']);
    assert.deepEqual(folder.list('r.otiod/media'), [
      '001.exr',
      'im.001.exr',
      'im.002.exr',
      'im.003.exr',
      'im.004.exr',
      'im~2.004.exr',
      'im~2.005.exr',
      '~2.001.exr',
    ]);
    assert.equal(readFileSync(folder.at('r.otiod/media/im~2.004.exr'), 'utf8'), 'p/other/im.004.exr');
    const found = await resolveMedia(root, { file: folder.at('r.otiod/content.otio'), inBundle: true });
    assert.ok(found.every((use) => use.found));
  });

  it('does not overwrite', async () => {
    folder.put('b.otioz', 'old');
    folder.put('b.otiod/x', 'old');
    const timeline = timelineOf();
    await assert.rejects(
      writeOtioz(folder.at('b.otioz'), timeline, options()),
      refusal('FILE_WRITE_FAILED', 'exists already'),
    );
    await assert.rejects(
      writeOtiod(folder.at('b.otiod'), timeline, options()),
      refusal('FILE_WRITE_FAILED', 'exists already'),
    );
    assert.deepEqual(folder.list(), ['b.otiod', 'b.otiod/x', 'b.otioz']);
  });

  it('leaves nothing when it fails on the way', async () => {
    folder.put('p/a.mov');
    const timeline = timelineOf('a.mov');
    for (const write of [writeOtioz, writeOtiod]) {
      await assert.rejects(
        write(folder.at('b'), timeline, options({ targetVersions: 'no release' })),
        refusal('KEY_NOT_FOUND'),
      );
      await assert.rejects(write(folder.at('no/b'), timeline, options()), refusal('FILE_WRITE_FAILED', 'no such file'));
    }
    assert.deepEqual(folder.list(), ['p', 'p/a.mov']);
  });

  it('writes for older readers when told to', async () => {
    await writeOtioz(
      folder.at('b.otioz'),
      timelineOf(new MissingReference()),
      options({ targetVersions: '0.14.0', indent: 0 }),
    );
    const bytes = readFileSync(folder.at('b.otioz'));
    assert.match(
      inflateRawSync(bytes.subarray(list(bytes)[1]!.data)).toString(),
      /^\{"OTIO_SCHEMA":"Timeline.1".*"Clip.1"/,
    );
    assert.equal(existsSync(folder.at('b.otiod')), false);
  });
});
