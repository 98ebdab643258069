// URLs of media: what they may mean as paths (SPEC §8), how paths are written, and the style of a timeline.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Clip, ExternalReference, ImageSequenceReference, meta, Track } from '../../otio/index.ts';
import {
  FILE_URLS,
  filepathCandidates,
  mediaIn,
  mirrorStyle,
  type UrlStyle,
  urlFromFilepath,
  urlInStyle,
} from '../../otio/media-urls.ts';

describe('otio filepathCandidates', () => {
  const check = (url: string, ...paths: string[]) => assert.deepEqual(filepathCandidates(url), paths, url);

  it('decodes first, then takes the name as it stands', () => {
    check('file:///mnt/a%20b.mov', '/mnt/a b.mov', '/mnt/a%20b.mov');
    check('media/a%20b.mov', 'media/a b.mov', 'media/a%20b.mov');
    assert.deepEqual(filepathCandidates('media/a%20b.mov', 'literal first'), ['media/a%20b.mov', 'media/a b.mov']);
  });

  it('leaves a % that encodes nothing', () => {
    check('file:///mnt/100%.mov', '/mnt/100%.mov');
    check('file:///mnt/%ff.mov', '/mnt/%ff.mov');
    check('file:///mnt/50% of%20it', '/mnt/50% of it', '/mnt/50% of%20it');
  });

  it('takes # and ? as letters of a name', () => check('file:///mnt/a#b?c.mov', '/mnt/a#b?c.mov'));

  it('knows drives in all their spellings', () => {
    for (const url of [
      'file:///C:/a.mov',
      'file://C:/a.mov',
      'file:///C:\\a.mov',
      'C:\\a.mov',
      'C:/a.mov',
      'file:C:/a.mov',
    ])
      check(url, 'C:/a.mov');
    check('file://localhost/c%3A/a.mov', 'c:/a.mov', '/c%3A/a.mov');
    check('a:b.mov', 'a:b.mov');
  });

  it('knows network paths in all their spellings', () => {
    for (const url of ['file://nas/a.mov', 'file:////nas/a.mov', '\\\\nas\\a.mov', '//nas/a.mov', '/\\nas/a.mov'])
      check(url, '//nas/a.mov');
    assert.equal(
      filepathCandidates('file://%2F%2Fnas/a.mov').every((path) => path.startsWith('//')),
      true,
    );
  });

  it('has none for what is no local file', () => {
    for (const url of [
      '',
      'file:',
      'file://',
      'file://localhost',
      'https://example.invalid/a.mov',
      'S3://bucket/a.mov',
      'a\0b',
      'http://C:/a.mov',
    ])
      check(url);
    check('a%00b', 'a%00b');
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'file:/\\%20Cc.ab\0?#é') }), (url) =>
        Array.isArray(filepathCandidates(url)),
      ),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (url) => Array.isArray(filepathCandidates(url))));
  });
});

describe('otio urlFromFilepath', () => {
  const check = (path: string, url: string) => assert.equal(urlFromFilepath(path), url);

  it('half a surrogate pair, which no URL can hold', () => check('/a\ud800.mov', 'file:///a%EF%BF%BD.mov'));

  it('encodes absolute paths', () => {
    check('/mnt/a b.mov', 'file:///mnt/a%20b.mov');
    check('/mnt/100%.mov', 'file:///mnt/100%25.mov');
    check('/mnt/a#b?c.mov', 'file:///mnt/a%23b%3Fc.mov');
    check('/mnt/映.mov', 'file:///mnt/%E6%98%A0.mov');
    check('C:\\media\\a b.mov', 'file:///C:/media/a%20b.mov');
    check('\\\\nas\\share\\a.mov', 'file://nas/share/a.mov');
  });

  it('leaves relative ones, but for a % that would be decoded', () => {
    check('media/a b.mov', 'media/a b.mov');
    check('media/100%.mov', 'media/100%.mov');
    check('media/a%20b.mov', 'media/a%2520b.mov');
  });

  const name = fc
    .string({ unit: fc.constantFrom(...'ab0% ?#[]&+é映😀"\'\\:;=~^|{}'), minLength: 1 })
    .filter((text) => text !== '.' && text !== '..');
  const names = fc.array(name, { minLength: 1, maxLength: 4 });

  it('is undone by filepathCandidates, and by Node', () => {
    fc.assert(
      fc.property(names, (parts) => {
        const path = `/${parts.join('/')}`;
        fc.pre(!/^\/[a-z]:[\\/]|^\/\\/i.test(path));
        assert.equal(filepathCandidates(urlFromFilepath(path))[0], path);
        if (process.platform !== 'win32') assert.equal(fileURLToPath(urlFromFilepath(path)), path);
      }),
    );
    fc.assert(
      fc.property(names, (parts) => {
        const path = parts.join('/');
        fc.pre(!/^[a-z]:|^\\|^\//i.test(path));
        assert.equal(filepathCandidates(urlFromFilepath(path))[0], path);
      }),
    );
  });
});

const trackOf = (...urls: string[]) =>
  new Track({
    children: urls.map((targetUrl) => {
      const clip = new Clip();
      clip.mediaReference = new ExternalReference({ targetUrl });
      return clip;
    }),
  });

describe('otio mirrorStyle', () => {
  const check = (urls: string[], style: UrlStyle | null) => assert.deepEqual(mirrorStyle(trackOf(...urls)), style);
  const style = (form: UrlStyle['form'], encoded = false, backslashes = false): UrlStyle => ({
    form,
    encoded,
    backslashes,
  });

  it('tells the forms apart', () => {
    check(['file:///mnt/a%20b.mov'], style('file', true));
    check(['file:///mnt/a b.mov'], style('file', false));
    check(['file:///mnt/a.mov'], FILE_URLS);
    check(['file://localhost/D%3a/a.mov'], style('localhost', true));
    check(['/mnt/a b.mov'], style('path'));
    check(['C:\\media\\a.mov'], style('path', false, true));
    check(['media/a.mov'], style('relative'));
    check(['media/a%20b.mov'], style('relative', true));
  });

  it('follows the most, then the first', () => {
    check(['a.mov', '/b.mov', '/c.mov'], style('path'));
    check(['a.mov', '/b.mov'], style('relative'));
  });

  it('has none where no media are local', () => {
    check([], null);
    check(['', 'https://example.invalid/a.mov'], null);
    assert.equal(mirrorStyle(new Clip()), null);
  });

  it('looks at folders of images too', () => {
    const clip = new Clip();
    clip.mediaReference = new ImageSequenceReference({ targetUrlBase: 'C:\\seq\\' });
    assert.deepEqual(mirrorStyle(clip), style('path', false, true));
  });
});

describe('otio urlInStyle', () => {
  const check = (path: string, of: string, url: string, folder?: string) =>
    assert.equal(urlInStyle(path, mirrorStyle(trackOf(of))!, folder), url);

  it('writes as the others are written', () => {
    check('/mnt/c d.mov', 'file:///a%20b', 'file:///mnt/c%20d.mov');
    check('/mnt/c d.mov', 'file:///a b', 'file:///mnt/c d.mov');
    check('C:\\c d.mov', 'file:///C:/a b', 'file:///C:/c d.mov');
    check('D:\\c d.mov', 'file://localhost/D%3a/a', 'file://localhost/D%3a/c%20d.mov');
    check('/mnt/c d.mov', '/a', '/mnt/c d.mov');
    check('C:\\c.mov', 'C:/a', 'C:/c.mov');
    check('C:/c.mov', 'C:\\a', 'C:\\c.mov');
  });

  it('writes relative ones from the folder of the timeline', () => {
    check('/p/media/c d.mov', 'media/a', 'media/c d.mov', '/p');
    check('/p/media/c d.mov', 'media/a%20b', 'media/c%20d.mov', '/p/');
    check('/p/media/c.mov', 'media/a', '../../media/c.mov', '/p/q/r');
    check('C:\\p\\c.mov', 'media\\a', '..\\c.mov', 'C:\\p\\q');
    check('/p/c.mov', 'media/a', 'file:///p/c.mov');
    check('D:\\c.mov', 'media/a', 'file:///D:/c.mov', 'C:\\p');
  });

  it('finds what it wrote', () => {
    for (const of of ['file:///a%20b', 'file:///a b', 'file://localhost/a%20b', '/a'])
      for (const path of ['/mnt/a b#c.mov', '/mnt/é?.mov'])
        assert.ok(filepathCandidates(urlInStyle(path, mirrorStyle(trackOf(of))!)).includes(path), `${of} ${path}`);
  });
});

describe('otio mediaIn', () => {
  it('gives every reference of every clip below, and none from metadata', () => {
    const inner = new Clip({ name: 'inner' });
    inner.setMediaReferences({ x: new ExternalReference(), __proto: null }, 'x');
    const track = new Track({ children: [new Clip({ name: 'outer' }), new Track({ children: [inner] })] });
    track.metadata.kept = meta({}) as never;
    track.metadata.clip = new Clip();
    assert.deepEqual(
      [...mediaIn([track, 5n])].map(({ clip, key }) => `${clip.name} ${key}`),
      ['outer DEFAULT_MEDIA', 'inner x', 'inner __proto'],
    );
  });
});
