// The media of an .otioz: found by their names, unpacked one by one, and packed again without a copy on the disk.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CompanionError } from '../../../companion/api/errors.ts';
import { type Located, Locator } from '../../../companion/timeline/media.ts';
import { openTimeline } from '../../../companion/timeline/open.ts';
import { type UnpackingPlace, withMedia } from '../../../companion/timeline/packed.ts';
import { saveTimeline } from '../../../companion/timeline/save.ts';
import {
  type ClipMedia,
  ExternalReference,
  ImageSequenceReference,
  type Timeline,
  write,
} from '../../../otio/index.ts';
import { readBundle } from '../../../otio/node/index.ts';
import { range, shot, timeline, track } from '../../fixtures/timeline.ts';
import { type Lie, zip } from '../../otio/node/zip.ts';

const file = (targetUrl: string): ExternalReference => new ExternalReference({ targetUrl });
const frames = (values: object = {}): ImageSequenceReference =>
  new ImageSequenceReference({
    ...{ targetUrlBase: 'media/', namePrefix: 'A.', nameSuffix: '.png', startFrame: 11, frameZeroPadding: 4, rate: 24 },
    ...{ availableRange: range(0, 4), missingFramePolicy: 'hold' },
    ...values,
  });
const use = (reference: ClipMedia): Timeline =>
  timeline(track(shot('a', 0, 4, 24, { mediaReferences: { DEFAULT_MEDIA: reference } })));
const member = (name: string, data = `bytes of ${name}`): Lie => ({ name: `media/${name}`, data });
const images = [11, 12, 14].map((number) => member(`A.00${number}.png`));

describe('timeline: packed media', () => {
  let folder: string;
  const at = (...names: string[]): string => path.join(folder, ...names);
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-packed-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const packed = (on: Timeline, ...members: readonly Lie[]): string => {
    writeFileSync(at('cut.otioz'), zip([{ name: 'content.otio', data: write(on) }, ...members], { zip64: true }));
    return at('cut.otioz');
  };
  const locator = async (archive: string, more: Partial<UnpackingPlace> = {}): Promise<Locator> =>
    new Locator(
      withMedia(await openTimeline(archive), { scratch: at('scratch'), signal: new AbortController().signal, ...more }),
      ['/'],
    );
  const located = async (reference: ClipMedia, ...members: readonly Lie[]): Promise<Located> =>
    (await locator(packed(use(reference), ...members))).locate(reference);
  const unpacked = (): string[] =>
    readdirSync(at('scratch', 'media')).filter((name) => readFileSync(at('scratch', 'media', name)).length > 0);

  describe('found', () => {
    const finds = (what: string, reference: ClipMedia, name: string, ...members: readonly Lie[]): void => {
      it(what, async () => {
        const found = await located(reference, member('other.mov'), ...members);
        assert.ok(found.found, found.found ? '' : found.reason);
        assert.equal(readFileSync(found.path, 'utf8'), `bytes of ${name}`);
        assert.deepEqual([found.title, found.moved], [path.join(at('cut.otioz'), 'media', name), null]);
        assert.deepEqual(unpacked(), [name]);
      });
    };
    finds('a file', file('media/a b.mov'), 'a b.mov', member('a b.mov'));
    finds('percent-encoded', file('media/a%20b.mov'), 'a b.mov', member('a b.mov'));
    finds(
      'a name with a percent sign, first',
      file('media/a%20b.mov'),
      'a%20b.mov',
      member('a b.mov'),
      member('a%20b.mov'),
    );
    finds('by a roundabout way', file('./media/../media/a.mov'), 'a.mov', member('a.mov'));
    finds('packed', file('media/a.mov'), 'a.mov', { ...member('a.mov'), method: 8 });
    finds('an image', frames(), 'A.0011.png', ...images);
    it('images one by one, a held one too', async () => {
      const where = await locator(packed(use(frames()), ...images));
      const reference = frames();
      const numbers: (string | null)[] = [];
      for (const image of [1, 2, 3]) {
        const found = await where.locate(reference, image);
        numbers.push(found.found ? path.basename(found.path) : null);
      }
      assert.deepEqual(numbers, ['A.0012.png', 'A.0012.png', 'A.0014.png']);
      assert.deepEqual(unpacked(), ['A.0012.png', 'A.0014.png']);
    });
    it('each is unpacked once', async () => {
      const where = await locator(packed(use(file('media/a.mov')), member('a.mov')));
      const first = await where.locate(file('media/a.mov'));
      assert.ok(first.found);
      writeFileSync(first.path, 'mine');
      assert.ok((await where.locate(file('media/a.mov'))).found);
      assert.equal(readFileSync(first.path, 'utf8'), 'mine');
    });
  });

  describe('not found', () => {
    const lacks = (what: string, reference: ClipMedia, words: RegExp): void => {
      it(what, async () => {
        writeFileSync(at('a.mov'), 'outside');
        const found = await located(reference, member('b.mov'));
        assert.ok(!found.found);
        assert.match(found.reason, words);
        assert.ok(!found.reason.includes('scratch'), found.reason);
      });
    };
    lacks('no such member', file('media/a.mov'), /There is no '.*cut\.otioz[\\/]media[\\/]a\.mov'/);
    lacks('beside the archive', file('a.mov'), /There is no/);
    lacks('above it', file('../a.mov'), /outside the folders/);
    lacks('at an absolute place', file('/etc/hostname'), /outside the folders/);
    lacks('a folder', file('media'), /There is no/);
    lacks('no such images', frames(), /There is no '.*cut\.otioz[\\/]media'/);
    lacks('images above it', frames({ targetUrlBase: '../' }), /outside the folders/);
    it('no place to unpack to', async () => {
      const where = await locator(packed(use(file('media/a.mov')), member('a.mov')), { scratch: undefined });
      const found = await where.locate(file('media/a.mov'));
      assert.match(found.found ? '' : found.reason, /packed: unpack it/);
    });
  });

  it('a member that is larger than the disk is not begun', async () => {
    const reference = file('media/a.mov');
    await assert.rejects(located(reference, { ...member('a.mov'), method: 8, size: 2 ** 52 }), (error: unknown) => {
      assert.ok(error instanceof CompanionError && error.code === 'DISK_SHORT');
      assert.equal(error.facts.folder, folder); // it stays when what was unpacked is gone
      return true;
    });
    assert.deepEqual(unpacked(), []);
  });
  it('an archive that is exchanged meanwhile is read as it is then', async () => {
    const where = await locator(packed(use(frames()), ...images));
    const reference = frames();
    assert.ok((await where.locate(reference)).found);
    packed(use(frames()), member('b.mov'));
    await assert.rejects(where.locate(reference, 1), /'media\/A\.0012\.png' is in .*cut\.otioz no more/);
  });

  describe('packed again', () => {
    const saved = async (archive: string, format: 'otioz' | 'otiod'): Promise<readonly string[]> => {
      const place = { partial: at(`x.${format}`), final: at(`x.${format}`) };
      const losses = await saveTimeline(await openTimeline(archive), place, { format });
      assert.deepEqual(readdirSync(folder).sort(), ['cut.otioz', `x.${format}`]);
      return losses;
    };
    for (const format of ['otioz', 'otiod'] as const)
      it(`as an .${format}, bytes and timeline as they were`, async () => {
        const on = use(frames());
        assert.deepEqual(await saved(packed(on, ...images, member('unused.mov')), format), []);
        const { root } = await readBundle(at(`x.${format}`));
        assert.equal(write(root), write(on));
        const again = new Locator(
          withMedia(await openTimeline(at(`x.${format}`)), {
            scratch: at('scratch'),
            signal: new AbortController().signal,
          }),
          [],
        );
        const found = await again.locate(frames(), 3);
        assert.equal(found.found && readFileSync(found.path, 'utf8'), 'bytes of A.0014.png');
      });
    it('without what is missing, and says so', async () => {
      const [loss, ...more] = await saved(packed(use(file('media/a.mov'))), 'otioz');
      assert.match(loss!, /There is no '.*cut\.otioz[\\/]media[\\/]a\.mov'\. The bundle lacks it \(1 clip\)\./);
      assert.deepEqual(more, []);
    });
    it('not where a member is damaged; then nothing is left', async () => {
      const archive = packed(use(file('media/a.mov')), { ...member('a.mov'), crc: 1 });
      const place = { partial: at('x.otioz'), final: at('x.otioz') };
      await assert.rejects(saveTimeline(await openTimeline(archive), place, { format: 'otioz' }), {
        code: 'TIMELINE_UNREADABLE',
        message: /cut\.otioz.*'media\/a\.mov' is damaged/,
      });
      assert.deepEqual(readdirSync(folder), ['cut.otioz']);
      assert.ok(!existsSync(at('x.otioz.packed')));
    });
  });
});
