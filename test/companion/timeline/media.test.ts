// Where media are found: at their place, where their folder has moved to, and never outside of the folders that are allowed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Located, Locator } from '../../../companion/timeline/media.ts';
import {
  Clip,
  type ClipMedia,
  ExternalReference,
  GeneratorReference,
  ImageSequenceReference,
  MissingReference,
} from '../../../otio/index.ts';
import { range } from '../../fixtures/timeline.ts';
import { notOnWindows } from '../../support/stand-aside.ts';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const put = (...names: string[]): void => {
  mkdirSync(path.dirname(at(...names)), { recursive: true });
  writeFileSync(at(...names), 'picture');
};

const file = (targetUrl: string): ExternalReference => new ExternalReference({ targetUrl });
const images = (targetUrlBase: string, values: object = {}): ImageSequenceReference =>
  new ImageSequenceReference({
    targetUrlBase,
    namePrefix: 'A.',
    nameSuffix: '.png',
    startFrame: 11,
    frameZeroPadding: 4,
    rate: 24,
    ...values,
  });

/** Of a timeline at `edit/cut.otio`. */
const locate = (
  reference: ClipMedia,
  { roots = [], image = 0 }: { roots?: string[]; image?: number } = {},
): Promise<Located> => new Locator({ file: at('edit', 'cut.otio'), format: 'otio' }, roots).locate(reference, image);
const found = async (reference: ClipMedia, place: string, options = {}): Promise<void> => {
  const answer = await locate(reference, options);
  assert.ok(answer.found, answer.found ? '' : answer.reason);
  assert.deepEqual([answer.path, answer.moved], [at(place), null]);
};
const moved = async (reference: ClipMedia, place: string, options = {}): Promise<void> => {
  const answer = await locate(reference, options);
  assert.ok(answer.found, answer.found ? '' : answer.reason);
  assert.equal(answer.path, at(place));
  assert.match(answer.moved ?? '', /is not there: '.*' is taken for it\.$/);
};
const lost = async (reference: ClipMedia, words: RegExp, options = {}): Promise<void> => {
  const answer = await locate(reference, options);
  assert.ok(!answer.found, `found at ${answer.found && answer.path}`);
  assert.match(answer.reason, words);
};

describe('timeline: where media are', () => {
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-media-')));
    put('edit', 'media', 'a b.mov');
    put('edit', 'day1', 'c.mov');
    put('edit', 'c.mov');
    put('edit', 'only.mov');
    put('edit', 'shots', 'A.0011.png');
    put('edit', 'shots', 'A.0012.png');
    put('edit', 'shots', 'A.0014.png');
    put('edit', 'B.0011.png');
    put('store', 'day1', 'far.mov');
    put('secret', 'd.mov');
    mkdirSync(at('edit', 'folder.mov'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('at their place', () => {
    it('beside the timeline', () => found(file('media/a b.mov'), 'edit/media/a b.mov'));
    it('percent-encoded', () => found(file('media/a%20b.mov'), 'edit/media/a b.mov'));
    it('by a path', () => found(file(at('edit', 'only.mov')), 'edit/only.mov'));
    it('by a URL', () => found(file(pathToFileURL(at('edit', 'media', 'a b.mov')).href), 'edit/media/a b.mov'));
    it('in a folder that is allowed', () =>
      found(file(at('store', 'day1', 'far.mov')), 'store/day1/far.mov', { roots: [at('store')] }));
    it('through a link that stays inside: the file itself', async function () {
      notOnWindows(this, 'links need a right of their own');
      symlinkSync(at('edit', 'only.mov'), at('edit', 'link.mov'));
      await found(file('link.mov'), 'edit/only.mov');
    });
    it('in a bundle', async () => {
      put('cut.otiod', 'media', 'e%20.mov');
      put('cut.otiod', 'content.otio');
      const bundle = new Locator({ file: at('cut.otiod'), format: 'otiod' }, []);
      const answer = await bundle.locate(file('media/e%20.mov'));
      assert.ok(answer.found && answer.path === at('cut.otiod', 'media', 'e%20.mov'));
      assert.ok(!(await bundle.locate(file('../edit/only.mov'))).found);
    });
  });

  describe('moved', () => {
    it('the longest end of the path first', () => moved(file('/old/disk/day1/c.mov'), 'edit/day1/c.mov'));
    it('at least the name', () => moved(file('/old/disk/only.mov'), 'edit/only.mov'));
    it('of a relative path too', () => moved(file('../old/day1/c.mov'), 'edit/day1/c.mov'));
    it('in a folder that is allowed', () =>
      moved(file('/old/day1/far.mov'), 'store/day1/far.mov', { roots: [at('store')] }));
    it('a longer end elsewhere before a shorter one beside the timeline', () => {
      put('store', 'day2', 'only.mov');
      return moved(file('/old/day2/only.mov'), 'store/day2/only.mov', { roots: [at('store')] });
    });
    it('from Windows', () => moved(file('D:\\old\\day1\\c.mov'), 'edit/day1/c.mov'));
    it('from a network, which is not asked', () => moved(file('\\\\nas\\share\\day1\\c.mov'), 'edit/day1/c.mov'));
    it('percent-encoded', () => moved(file('file:///old/media/a%20b.mov'), 'edit/media/a b.mov'));
    it('from a place that may not be looked at', () => {
      put('secret', 'only.mov');
      return moved(file(at('secret', 'only.mov')), 'edit/only.mov');
    });
    it('not to a folder of that name', () => lost(file('/old/folder.mov'), /There is no|outside/));
  });

  describe('nowhere', () => {
    it('offline', () => lost(file('media/gone.mov'), /There is no '.*gone\.mov'/));
    it('outside of the folders that are allowed', () => lost(file(at('secret', 'd.mov')), /outside the folders/));
    it('upwards from the timeline', () => lost(file('../secret/d.mov'), /outside the folders/));
    it('through a link that leads out', async function () {
      notOnWindows(this, 'links need a right of their own');
      symlinkSync(at('secret'), at('edit', 'way-out'));
      await lost(file('way-out/d.mov'), /link out of the folders/);
      await lost(file('/old/way-out/d.mov'), /outside|There is no/);
    });
    it('on the web', () => lost(file('https://example.com/x.mov'), /no local file; it is not fetched/));
    it('no media', async () => {
      await lost(new MissingReference(), /names no media/);
      await lost(new GeneratorReference({ generatorKind: 'Bars' }), /names no media/);
      await lost(null, /names no media/);
      await lost(file(''), /empty/);
    });
    it('packed', async () => {
      const answer = await new Locator({ file: at('cut.otioz'), format: 'otioz' }, []).locate(file('media/a.mov'));
      assert.ok(!answer.found && /packed: unpack it/.test(answer.reason));
    });
  });

  describe('image sequences', () => {
    const known = (frames: number, missingFramePolicy = 'hold'): object => ({
      availableRange: range(0, frames),
      missingFramePolicy,
    });
    it('image by image', async () => {
      await found(images('shots'), 'edit/shots/A.0011.png');
      await found(images('shots'), 'edit/shots/A.0012.png', { image: 1 });
      const answer = await locate(images('shots'));
      assert.ok(answer.found && answer.still);
    });
    it('one that is not there', async () => {
      await lost(images('shots'), /Image 2 of .* is not there/, { image: 2 });
      await lost(images('shots'), /Image -1 of/, { image: -1 });
      await lost(images('shots', known(4, 'error')), /The image 13 of .* is not there/);
      await lost(images('shots', known(4, 'black')), /Image 2 of/, { image: 2 });
    });
    it('one that is held over', async () => {
      await found(images('shots', known(4)), 'edit/shots/A.0012.png', { image: 2 });
      await found(images('shots', known(4)), 'edit/shots/A.0014.png', { image: 3 });
      await lost(images('shots', known(9)), /Image 4 of/, { image: 4 });
    });
    it('with steps', () => found(images('shots', { frameStep: 3 }), 'edit/shots/A.0014.png', { image: 1 }));
    it('moved with their folder', () => moved(images('/old/disk/shots'), 'edit/shots/A.0012.png', { image: 1 }));
    it('moved out of their folder', () => moved(images('/old/disk', { namePrefix: 'B.' }), 'edit/B.0011.png'));
    it('each reference is looked for once', async () => {
      const locator = new Locator({ file: at('edit', 'cut.otio'), format: 'otio' }, []);
      const reference = images('once');
      put('edit', 'once', 'A.0011.png');
      assert.ok((await locator.locate(reference)).found);
      rmSync(at('edit', 'once'), { recursive: true });
      assert.ok((await locator.locate(reference)).found);
      assert.ok(!(await locator.locate(images('once'))).found);
    });
  });
});

describe('timeline: media by the name of a clip', () => {
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inbetween-by-name-')));
    put('edit', 'shot1.mov');
    put('edit', 'shot1.edl');
    put('edit', 'shot1.mov.json');
    put('edit', 'both.mov');
    put('edit', 'both.mp4');
    put('edit', 'Café 3.MXF');
    put('day1', 'A003.mov');
    put('day1', 'shot1.mov');
    mkdirSync(at('edit', 'folder.mov'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const named = (name: string, { roots = ['day1'], reel = null as number | string | null, bundle = false } = {}) =>
    new Locator({ file: at('edit', bundle ? 'cut.otiod' : 'cut.edl'), format: bundle ? 'otiod' : 'edl' }, [
      ...roots.map((root) => at(root)),
      path.parse(folder).root,
    ]).locateNamed(new Clip({ name, metadata: reel === null ? {} : { cmx_3600: { reel } } }));

  const finds: [string, string, object, string, RegExp][] = [
    ['with its ending', 'shot1.mov', {}, 'edit/shot1.mov', /^'shot1.mov' names no media: .* by its name\.$/],
    ['without it, not the timeline beside it', 'shot1', {}, 'edit/shot1.mov', /by its name/],
    ['in other capitals and another form of Unicode', 'cafe\u0301 3.mxf', {}, 'edit/Café 3.MXF', /by its name/],
    ['in a folder that was named', 'a003', {}, 'day1/A003.mov', /by its name/],
    ['by its reel where no file has its name', '004', { reel: 'A003' }, 'day1/A003.mov', /'004' .* by its reel\.$/],
  ];
  for (const [what, name, options, place, words] of finds)
    it(what, async () => {
      const answer = await named(name, options);
      assert.ok(answer.found, answer.found ? '' : answer.reason);
      assert.equal(answer.path, at(place));
      assert.match(answer.moved!, words);
    });

  const losses: [string, string, object, RegExp][] = [
    ['two go by it', 'both', {}, /^'both' names no media, and both '.*both.mov' and '.*both.mp4' go by 'both'\.$/],
    ['none does', 'nowhere', {}, /^'nowhere' names no media, and no clip of that name lies in '.*edit', '.*day1'\.$/],
    ['a folder', 'folder', {}, /no clip of that name/],
    ['not a name, but a way out', '../day1/A003.mov', {}, /no clip of that name/],
    ['a reel that is no text', 'x', { reel: 3 }, /no clip of that name/],
    ['of a bundle', 'shot1', { bundle: true }, /^'shot1' names no media, so its bundle holds none\.$/],
  ];
  for (const [what, name, options, words] of losses)
    it(`not: ${what}`, async () => {
      const answer = await named(name, options);
      assert.ok(!answer.found, `found at ${answer.found && answer.path}`);
      assert.match(answer.reason, words);
    });
  it('not: through a link that leads out of the folders', async function () {
    notOnWindows(this, 'links need rights there');
    put('outside', 'secret.mov');
    symlinkSync(at('outside', 'secret.mov'), at('edit', 'secret.mov'));
    const own = new Locator({ file: at('edit', 'cut.edl'), format: 'edl' }, []);
    assert.ok(!(await own.locateNamed(new Clip({ name: 'secret' }))).found);
  });
});
