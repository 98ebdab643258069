// MLT XML as text; what melt shows of it is held in test/journeys/otio-melt.test.ts.
import assert from 'node:assert/strict';
import { type MltWriteOptions, mlt, writeMlt } from '../../../otio/adapters/mlt/index.ts';
import { child, children, parseXml, textOf, type XmlElement } from '../../../otio/adapters/xml.ts';
import * as otio from '../../../otio/index.ts';
import { Maker } from './contract.ts';

const make = new Maker(25);
const rootOf = (timeline: otio.Timeline, options?: MltWriteOptions): XmlElement =>
  parseXml(writeMlt(timeline, options).text);
const property = (element: XmlElement, name: string): string =>
  textOf(children(element, 'property').find(({ attributes }) => attributes.name === name));

/** The entries of the playlists with media: `file in-out`, `blank n`. */
function entriesOf(timeline: otio.Timeline): string[][] {
  const root = rootOf(timeline);
  const files = new Map(children(root, 'producer').map((one) => [one.attributes.id, property(one, 'resource')]));
  const said = ({ name, attributes: { producer, in: first, out, repeat, length } }: XmlElement): string =>
    name === 'blank'
      ? `blank ${length}`
      : `${files.get(producer!) ?? producer!.replace(/\d+/, '')} ${first}-${out}${repeat ? ` x${repeat}` : ''}`;
  return children(root, 'playlist')
    .map((playlist) => children(playlist).map(said))
    .filter((playlist) => !playlist.some((entry) => entry.startsWith('black') || entry.startsWith('#')));
}
const FILE = '/media/clip.mov';

describe('mlt: what is written', () => {
  const check = (children: otio.Child[], ...expected: string[][]) =>
    assert.deepEqual(entriesOf(make.cut(...children)), expected);

  it('frames count from the start of the file, the last one is named', () =>
    check([make.clip(10, 48), make.clip(5, 7, { from: 86400 })], [`${FILE} 10-57`, `${FILE} 5-11`]));
  it('gaps and what is disabled are blanks', () =>
    check(
      [make.gap(3), make.clip(0, 5), make.clip(9, 4, { enabled: false }), make.clip(1, 1)],
      ['blank 3', `${FILE} 0-4`, 'blank 4', `${FILE} 1-1`],
    ));
  it('a dissolve takes from both sides', () =>
    check(
      [make.clip(100, 20), make.over(3, 5), make.clip(200, 20)],
      [`${FILE} 117-124`],
      [`${FILE} 197-204`],
      [`${FILE} 100-116`, 'tractor 0-7', `${FILE} 205-219`],
    ));
  it('a fade has one side', () =>
    check(
      [make.gap(4), make.over(0, 4), make.clip(100, 20)],
      [`${FILE} 100-103`],
      ['blank 4', 'tractor 0-3', `${FILE} 104-119`],
    ));
  it('a transition longer than what lies beside it is a cut', () =>
    check([make.clip(100, 2), make.over(3, 3), make.clip(200, 9)], [`${FILE} 100-101`, `${FILE} 200-208`]));
  it('whole speeds and backwards are timewarps, in frames of the output', () =>
    check(
      [make.clip(100, 10, { speed: 2 }), make.clip(14000, 10, { speed: -1 })],
      // The medium has 15000 frames: backwards, 14000 is the 999th after the last.
      [`2:${FILE} 50-59`, `-1:${FILE} 999-1008`],
    ));
  it('what a timewarp would round goes frame by frame', () => {
    check([make.clip(101, 3, { speed: 2 })], [[101, 103, 105].map((n) => `${FILE} ${n}-${n}`)].flat());
    check([make.clip(10, 4, { speed: 0.5 })], [`${FILE} 10-10 x2`, `${FILE} 11-11 x2`]);
    check([make.clip(10, 30, { speed: 0.1 })], [`${FILE} 10-10 x10`, `${FILE} 11-11 x10`, `${FILE} 12-12 x10`]);
    check([make.clip(10, 4, { speed: 0 })], [`${FILE} 10-10 x4`]);
  });
  it('a single frame of media is held', () => {
    const still = make.clip(0, 25, { url: 'file:///still.mov' });
    (still.mediaReference as otio.ExternalReference).availableRange = new otio.TimeRange(0, 1, 25);
    check([still], ['/still.mov 0-0 x25']);
    assert.deepEqual(writeMlt(make.cut(still.clone())).losses, []);
  });

  const path = (url: string): string =>
    entriesOf(make.cut(make.clip(0, 1, { url })))[0]?.[0]?.replace(/ 0-0$/, '') ?? '';
  for (const [url, expected] of [
    ['file:///a%20b/%E6%98%A0.mov', '/a b/映.mov'],
    ['file://localhost/C%3a/x/y.mov', 'C:/x/y.mov'],
    ['C:\\media\\z.mov', 'C:/media/z.mov'],
    ['/plain/p&q.mov', '/plain/p&q.mov'],
    ['relative/p.mov', './relative/p.mov'],
    ['concat:/etc/passwd', './concat:/etc/passwd'], // no protocol of ffmpeg
    ['https://example.org/a.mov', 'blank 1'],
    ['rtmp://example.org/a', 'blank 1'],
  ] as const)
    it(`media at ${url}`, () => assert.equal(path(url), expected));

  it('rates are exact', () => {
    const rates = [23.976, 24000 / 1001, 25, 29.97, 60].map(
      (rate) => child(rootOf(new Maker(rate).cut(new Maker(rate).clip(0, 5))), 'profile')!.attributes,
    );
    assert.deepEqual(
      rates.map((profile) => `${profile.frame_rate_num}/${profile.frame_rate_den}`),
      ['24000/1001', '24000/1001', '25/1', '30000/1001', '60/1'],
    );
  });
  it('black lies below everything, and is as long', () => {
    const timeline = make.timeline([
      make.track('V', [make.clip(0, 5)]),
      make.track('V2', [make.gap(8), make.clip(0, 4)]),
      make.track('A', [make.clip(0, 3)], 'Audio'),
    ]);
    const root = rootOf(timeline);
    assert.equal(root.attributes.LC_NUMERIC, 'C');
    const whole = children(root, 'tractor').find(({ attributes }) => attributes.id === root.attributes.producer)!;
    assert.equal(whole.attributes.out, '11');
    assert.deepEqual(
      children(whole, 'track').map(({ attributes }) => attributes.hide ?? ''),
      ['', 'audio', 'audio', 'video'],
    );
    const over = children(whole, 'transition');
    assert.deepEqual(
      over.map((one) => [property(one, 'mlt_service'), property(one, 'b_track'), property(one, 'always_active')]),
      [
        ['composite', '1', '1'],
        ['composite', '2', '1'],
        ['mix', '3', '1'],
      ],
    );
    const ground = children(root, 'producer').find((one) => property(one, 'mlt_service') === 'color')!;
    assert.deepEqual([property(ground, 'resource'), property(ground, 'length')], ['black', '12']);
  });
  it('every id is defined before it is used, once', () => {
    const known = new Set<string>();
    for (const element of children(
      rootOf(make.cut(make.clip(0, 20), make.over(4, 4), make.clip(9, 20, { speed: 2 }), make.over(2, 2), make.gap(9))),
    )) {
      for (const { attributes } of children(element))
        if (attributes.producer !== undefined) assert(known.has(attributes.producer), attributes.producer);
      if (element.name === 'profile') continue;
      assert(!known.has(element.attributes.id!));
      known.add(element.attributes.id!);
    }
  });
  it('numbered pictures', () => {
    const media = new otio.ImageSequenceReference({
      targetUrlBase: 'file:///shots/a%20b/',
      namePrefix: 's.',
      nameSuffix: '.png',
      startFrame: 1001,
      frameZeroPadding: 4,
      rate: 25,
      availableRange: new otio.TimeRange(0, 50, 25),
    });
    const clip = new otio.Clip({
      sourceRange: new otio.TimeRange(10, 5, 25),
      mediaReferences: { DEFAULT_MEDIA: media },
    });
    check([clip], ['/shots/a b/s.%04d.png?begin=1001 10-14']);
  });
  it('what is lost is said', () => {
    const clip = make.clip(0, 20, { markers: [make.marker(3, 0)] });
    clip.effects = [new otio.Effect({ effectName: 'Blur' }), new otio.TimeEffect({ effectName: 'Ramp' })];
    const beyond = make.clip(15000 - 5, 20);
    const timeline = make.timeline(
      [
        make.track('V', [
          clip,
          make.over(2, 2, 'SMPTE_Wipe'),
          make.clip(50, 20),
          make.clip(0, 9, { url: null }),
          beyond,
        ]),
        make.track('S', [], 'Subtitle'),
      ],
      86400,
    );
    timeline.metadata = { studio: 'x' };
    const { losses } = writeMlt(timeline);
    for (const word of [
      /marker/,
      /Blur/,
      /Ramp/,
      /SMPTE_Wipe/,
      /MissingReference/,
      /media do not have/,
      /Subtitle/,
      /timecode/,
      /Metadata/,
    ])
      assert(
        losses.some((loss) => word.test(loss)),
        String(word),
      );
    assert.deepEqual(writeMlt(make.cut(make.clip(0, 20), make.gap(4), make.clip(9, 3, { speed: 2 }))).losses, []);
  });
  it('nothing at all is one black frame', () => {
    const root = rootOf(new otio.Timeline());
    assert.equal(children(root, 'tractor')[0]!.attributes.out, '0');
  });
  it('changes nothing in the timeline', () => {
    const timeline = make.cut(make.clip(0, 20), make.over(4, 4), make.clip(9, 20, { speed: 2 }));
    const before = timeline.clone();
    mlt.write!(timeline);
    assert(timeline.isEquivalentTo(before));
  });
});
