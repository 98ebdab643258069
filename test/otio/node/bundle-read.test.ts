// Bundles read and unpacked, hostile ones too: nothing is written outside the folder, nothing beyond the limit, nothing is left behind.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import {
  ExternalReference,
  ImageSequenceReference,
  OtioError,
  RationalTime,
  Timeline,
  TimeRange,
  write,
} from '../../../otio/index.ts';
import { extractOtioz, mediaIn, readBundle, resolveMedia } from '../../../otio/node/index.ts';
import { standAside } from '../../support/stand-aside.ts';
import { Folder, makePipe, refusal, timelineOf } from './folder.ts';
import { type Lie, zip } from './zip.ts';

const posix = process.platform !== 'win32';
const content: Lie = { name: 'content.otio', data: write(timelineOf('media/a b.mov')), method: 8 };
const media: Lie = { name: 'media/a b.mov', data: 'moving pictures' };

describe('otio/node readBundle', () => {
  const folder = new Folder();
  const refused = (
    bytes: Uint8Array,
    code: 'BUNDLE_REFUSED' | 'LIMIT_EXCEEDED' | 'JSON_PARSE_ERROR',
    ...says: (string | RegExp)[]
  ) => assert.rejects(readBundle(folder.put('b.otioz', bytes)), refusal(code, folder.at('b.otioz'), ...says));

  it('reads the timeline of an archive and of a folder', async () => {
    for (const method of [0, 8]) {
      const { root } = await readBundle(folder.put('b.otioz', zip([media, { ...content, method }])));
      assert.equal(write(root), content.data);
    }
    folder.put('b.otiod/content.otio', content.data as string);
    assert.equal(write((await readBundle(folder.at('b.otiod'))).root), content.data);
  });

  it('reads ZIP64', async () => {
    assert.equal(
      write((await readBundle(folder.put('b.otioz', zip([content, media], { zip64: true })))).root),
      content.data,
    );
  });

  it('names what is no bundle', async () => {
    await assert.rejects(
      readBundle(folder.at('no.otioz')),
      refusal('FILE_OPEN_FAILED', folder.at('no.otioz'), 'no such file'),
    );
    mkdirSync(folder.at('empty.otiod'));
    await assert.rejects(
      readBundle(folder.at('empty.otiod')),
      refusal('FILE_OPEN_FAILED', 'content.otio', 'no such file'),
    );
    await refused(zip([media]), 'BUNDLE_REFUSED', 'no content.otio');
    await refused(Buffer.from('no archive'), 'BUNDLE_REFUSED', 'no sound archive');
    await refused(Buffer.alloc(0), 'BUNDLE_REFUSED', 'no sound archive');
    await refused(zip([content, media]).subarray(0, 200), 'BUNDLE_REFUSED', 'no sound archive');
    if (posix) await assert.rejects(readBundle('/dev/zero'), refusal('FILE_OPEN_FAILED', 'ordinary'));
  });

  it('names the place of a fault in the timeline', async () => {
    await refused(zip([{ ...content, data: '{\n"a": ' }]), 'JSON_PARSE_ERROR', 'content.otio', 'line 2');
    await refused(zip([{ ...content, data: '' }]), 'JSON_PARSE_ERROR', 'content.otio', 'empty');
  });

  it('notices damage and lies', async () => {
    await refused(zip([{ ...content, crc: 1 }]), 'BUNDLE_REFUSED', 'damaged');
    await refused(zip([{ ...content, size: 5 }]), 'BUNDLE_REFUSED', 'holds more');
    await refused(zip([{ ...content, size: 50_000 }]), 'BUNDLE_REFUSED', 'holds less');
    await refused(zip([{ ...content, data: 'no deflated data', method: 0 }]), 'JSON_PARSE_ERROR');
    await refused(zip([{ ...content, packedSize: 1e9 }]), 'BUNDLE_REFUSED', 'no sound archive');
    await refused(zip([{ ...content, flags: 1 }]), 'BUNDLE_REFUSED', 'encrypted');
    await refused(zip([{ ...content, method: 14 }]), 'BUNDLE_REFUSED', '14');
  });

  it('refuses a bomb by what it declares and by what it is', async () => {
    const bomb = Buffer.alloc(20e6, ' ');
    const most = { maxBytes: 1e6 };
    const path = folder.put('b.otioz', zip([{ ...content, data: bomb }]));
    await assert.rejects(readBundle(path, most), refusal('LIMIT_EXCEEDED', path, '20000000'));
    folder.put('b.otioz', zip([{ ...content, data: bomb, size: 9e5 }]));
    await assert.rejects(readBundle(path, most), refusal('BUNDLE_REFUSED', path, 'holds more'));
    folder.put('b.otioz', zip([{ ...content, size: 2 ** 40 }], { zip64: true }));
    await assert.rejects(readBundle(path), refusal('LIMIT_EXCEEDED', path));
  });
});

describe('otio/node extractOtioz', () => {
  const folder = new Folder();
  const extract = (entries: readonly Lie[] | Buffer, maxBytes = 1e6) =>
    extractOtioz(folder.put('b.otioz', Array.isArray(entries) ? zip(entries) : (entries as Buffer)), folder.at('out'), {
      maxBytes,
    });
  /** Expects a refusal, and that nothing is left. */
  const refused = async (
    entries: readonly Lie[] | Buffer,
    code: 'BUNDLE_REFUSED' | 'LIMIT_EXCEEDED' | 'FILE_WRITE_FAILED',
    ...says: string[]
  ) => {
    await assert.rejects(extract(entries), refusal(code, ...says));
    assert.deepEqual(folder.list(), ['b.otioz']);
  };

  it('unpacks all', async () => {
    assert.equal(
      await extract([{ name: 'version.txt', data: '1.0.0', method: 8 }, content, { name: 'media/' }, media]),
      folder.at('out', 'content.otio'),
    );
    assert.deepEqual(folder.list(), [
      'b.otioz',
      'out',
      'out/content.otio',
      'out/media',
      'out/media/a b.mov',
      'out/version.txt',
    ]);
    assert.equal(readFileSync(folder.at('out/media/a b.mov'), 'utf8'), media.data);
    assert.equal(readFileSync(folder.at('out/content.otio'), 'utf8'), content.data);
    const { root } = await readBundle(folder.at('out'));
    const [use] = await resolveMedia(root, { file: folder.at('out/content.otio'), inBundle: true });
    assert.equal(use!.found ? use!.path : '', folder.at('out/media/a b.mov'));
  });

  it('unpacks ZIP64, its own and that of yazl', async () => {
    await extract(zip([content, media], { zip64: true }));
    assert.equal(readFileSync(folder.at('out/media/a b.mov'), 'utf8'), media.data);
    const made = new ZipFile();
    for (const { name, data } of [content, media])
      made.addBuffer(Buffer.from(data as string), name as string, { forceZip64Format: true });
    made.end({ forceZip64Format: true });
    const chunks: Buffer[] = [];
    for await (const chunk of made.outputStream) chunks.push(chunk as Buffer);
    await extractOtioz(folder.put('c.otioz', Buffer.concat(chunks)), folder.at('out2'), { maxBytes: 1e6 });
    assert.equal(readFileSync(folder.at('out2/media/a b.mov'), 'utf8'), media.data);
  });

  it('refuses names that leave the folder', async () => {
    for (const name of [
      '../evil',
      'media/../../evil',
      '..',
      'media/..',
      '/evil',
      '//nas/evil',
      'C:/evil',
      'c:evil',
      '..\\evil',
      'media\\..\\..\\evil',
      '\\evil',
      './evil',
      'media//evil',
      '',
      'evil\n',
      'a\0b',
    ])
      await refused([content, { name, data: 'evil' }], 'BUNDLE_REFUSED', folder.at('b.otioz'));
  });

  it('refuses links and devices', async () => {
    for (const mode of [0o120777, 0o020666, 0o060666, 0o010666, 0o140777])
      await refused([content, { name: 'media/x', data: '/etc/passwd', mode }], 'BUNDLE_REFUSED', 'link');
    await refused(
      [content, { name: 'media', data: '..', mode: 0o120777 }, { name: 'media/x', data: 'evil' }],
      'BUNDLE_REFUSED',
      'link',
    );
  });

  it('refuses two entries of one name, and a file that is a folder too', async () => {
    await refused([content, media, { ...media, data: 'other' }], 'BUNDLE_REFUSED', 'twice');
    await refused([content, { name: 'media', data: 'x' }, media], 'FILE_WRITE_FAILED', folder.at('out'));
  });

  it('refuses more than is allowed, by what is declared and by what is there', async () => {
    const megabyte = Buffer.alloc(1e6);
    await refused([content, { name: 'media/a', data: megabyte, method: 8 }], 'LIMIT_EXCEEDED', '1000000');
    await refused([content, { name: 'media/a', data: megabyte, method: 8, size: 10 }], 'BUNDLE_REFUSED', 'holds more');
    const bomb = [content, { name: 'media/0', data: megabyte.subarray(0, 300_000), method: 8, size: 10 }];
    for (let i = 1; i < 100; i++) bomb.push({ ...bomb[1]!, name: `media/${i}`, dataOf: 1 } as Lie);
    await refused(bomb, 'BUNDLE_REFUSED', 'holds more');
    await refused(
      zip([content, { name: 'media/a', size: 2 ** 50, packedSize: 2 ** 50 }], { zip64: true }),
      'LIMIT_EXCEEDED',
    );
    await extract([content, { name: 'media/a', data: megabyte.subarray(0, 9e5) }]);
  });

  it('cleans up after damage', async () => {
    await refused([content, media, { name: 'media/b', data: 'x', crc: 5 }], 'BUNDLE_REFUSED', 'damaged');
    await refused(
      [content, media, { name: 'media/b', data: 'not deflated', method: 8, packedSize: 3 }],
      'BUNDLE_REFUSED',
    );
    await refused([content, media, { name: 'n'.repeat(300), data: 'x' }], 'FILE_WRITE_FAILED', 'too long');
    await refused([media], 'BUNDLE_REFUSED', 'no content.otio');
  });

  it('leaves what exists', async () => {
    mkdirSync(folder.at('out'));
    await assert.rejects(extract([content]), refusal('FILE_WRITE_FAILED', 'exists already'));
    assert.deepEqual(folder.list(), ['b.otioz', 'out']);
    const path = folder.put('b.otioz', zip([content]));
    if (posix) symlinkSync('nowhere', folder.at('link'));
    if (posix)
      await assert.rejects(
        extractOtioz(path, folder.at('link'), { maxBytes: 1e6 }),
        refusal('FILE_WRITE_FAILED', 'exists already'),
      );
    assert.equal(existsSync(folder.at('nowhere')), false);
    await assert.rejects(
      extractOtioz(path, folder.at('no/out'), { maxBytes: 1e6 }),
      refusal('FILE_WRITE_FAILED', 'no such file or folder'),
    );
  });

  it('unpacks files only: no folder, and no pipe that would be waited for', async function () {
    const out = folder.at('out');
    await assert.rejects(extractOtioz(folder.path, out, { maxBytes: 1e6 }), refusal('FILE_OPEN_FAILED', 'folder'));
    if (!makePipe(folder.at('pipe'))) standAside(this, 'no pipe can be made here');
    await assert.rejects(
      extractOtioz(folder.at('pipe'), out, { maxBytes: 1e6 }),
      refusal('FILE_OPEN_FAILED', 'ordinary'),
    );
  });

  it('keeps no file open, whatever happens', async function () {
    if (process.platform !== 'linux') standAside(this, 'there is no /proc to count open files in');
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    for (let i = 0; i < 10; i++) {
      await assert.rejects(extract([content, { name: 'media/a', data: Buffer.alloc(2e5), method: 8, size: 5 }]));
      await assert.rejects(extract([content, { name: 'media/a', data: Buffer.alloc(2e5), crc: 5 }]));
      await assert.rejects(extract([content, { name: '../a' }]));
      await assert.rejects(extract([content, { name: 'media/a', packedSize: 5e5, size: 5e5 }]));
      await assert.rejects(readBundle(folder.at('b.otioz'), { maxBytes: 10 }));
    }
    await new Promise((done) => setTimeout(done, 100));
    assert.ok(open() <= before + 2, `${open()} files are open, before ${before}`);
  });

  it('gives an error or the bundle for any damage', async () => {
    const sound = zip([{ name: 'version.txt', data: '1.0.0', method: 8 }, { ...content, data: '[1]' }, media]);
    const sound64 = zip([{ ...content, data: '[1]' }, media], { zip64: true });
    const damaged = fc.constantFrom(sound, sound64).chain((bytes) =>
      fc
        .array(fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
          minLength: 1,
          maxLength: 3,
        })
        .map((changes) => {
          const copy = Buffer.from(bytes);
          for (const [at, value] of changes) copy[at] = value;
          return copy;
        }),
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const out = folder.at(`out${runs++}`);
        const path = folder.put('b.otioz', bytes);
        const error = await extractOtioz(path, out, { maxBytes: 1e6 }).then(
          () => null,
          (caught) => caught,
        );
        assert.ok(
          error === null ? existsSync(`${out}/content.otio`) : error instanceof OtioError && !existsSync(out),
          String(error),
        );
        await readBundle(path).catch((caught) => assert.ok(caught instanceof OtioError, String(caught)));
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('makes media absolute when asked', async () => {
    const images = new ImageSequenceReference({
      targetUrlBase: 'media/',
      namePrefix: 'im%20',
      nameSuffix: '.exr',
      startFrame: 1,
      rate: 24,
    });
    images.availableRange = new TimeRange(new RationalTime(0, 24), new RationalTime(1, 24));
    const timeline = timelineOf('media/a b.mov', 'media/gone.mov', 'file:///mnt/x.mov', images);
    const bundle = zip([{ name: 'content.otio', data: write(timeline) }, media, { name: 'media/im%201.exr' }]);
    const file = await extractOtioz(folder.put('b.otioz', bundle), folder.at('o ut'), {
      maxBytes: 1e6,
      absoluteMedia: true,
    });
    const { root } = await readBundle(folder.at('o ut'));
    const references = [...mediaIn(root)].map(({ reference }) => reference);
    assert.ok(root instanceof Timeline);
    assert.deepEqual(
      references.map((one) =>
        one instanceof ExternalReference
          ? one.targetUrl
          : one instanceof ImageSequenceReference && one.targetUrlForImageNumber(0),
      ),
      [
        pathToFileURL(folder.at('o ut/media/a b.mov')).href,
        'media/gone.mov',
        'file:///mnt/x.mov',
        `${pathToFileURL(folder.at('o ut/media')).href}/im%25201.exr`,
      ],
    );
    const found = await resolveMedia(root, { file });
    assert.deepEqual(
      found.map((use) => use.found),
      [true, false, false, true],
    );
  });
});
