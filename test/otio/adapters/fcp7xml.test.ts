// FCP7 XML: the contract of adapters, the elements that are written, and what foreign or damaged documents are read as.
import assert from 'node:assert/strict';
import { fcp7xml } from '../../../otio/adapters/fcp7xml/index.ts';
import { child, children, parseXml, textOf, type XmlElement } from '../../../otio/adapters/xml.ts';
import {
  Box2d,
  type Clip,
  Effect,
  type ExternalReference,
  GeneratorReference,
  LinearTimeWarp,
  type OtioErrorCode,
  RationalTime,
  SerializableCollection,
  Stack,
  Timeline,
  TimeRange,
  Track,
  type Transition,
  V2d,
} from '../../../otio/index.ts';
import {
  eachItem,
  factsOf,
  keepsTimelines,
  type Limit,
  Maker,
  RATES,
  type TrackFacts,
  withoutLastGap,
} from './contract.ts';

const URLS: { readonly [path: string]: string | undefined } = {
  '/plain/path.mov': 'file://localhost/plain/path.mov',
  'C:\\media\\z.mov': 'file://localhost/C%3a/media/z.mov',
};

const limits: readonly Limit[] = [
  { why: 'absolute paths are URLs', apply: eachItem((item) => ({ ...item, url: URLS[item.url ?? ''] ?? item.url })) },
  { why: 'what ends a track has no place of its own when it is a gap', apply: withoutLastGap },
];

describe('fcp7xml', () => {
  keepsTimelines({ adapter: fcp7xml, limits, rates: [...RATES, 120] });
});

/** The first element below `root` at a path of names. */
const at = (root: XmlElement, path: string): XmlElement =>
  path.split('/').reduce((element, name) => child(element, name)!, root);
const written = (timeline: Timeline): XmlElement => child(parseXml(fcp7xml.write!(timeline).text), 'sequence')!;
const clipsOf = (sequence: XmlElement, kind = 'video'): XmlElement[] =>
  children(at(sequence, `media/${kind}`), 'track').flatMap((track) => children(track, 'clipitem'));
const numbers = (element: XmlElement, ...names: string[]): number[] =>
  names.map((name) => Number(textOf(child(element, name))));

describe('fcp7xml: elements', () => {
  const make = new Maker(24000 / 1001);

  it('rates: nominal, and whether slowed', () => {
    for (const [rate, timebase, ntsc] of [
      [24000 / 1001, '24', 'TRUE'],
      [24, '24', 'FALSE'],
      [30000 / 1001, '30', 'TRUE'],
      [60000 / 1001, '60', 'TRUE'],
      [120, '120', 'FALSE'],
    ] as const) {
      const one = new Maker(rate);
      const sequence = written(one.cut(one.clip(0, 10)));
      assert.equal(textOf(at(sequence, 'rate/timebase')), timebase);
      assert.equal(textOf(at(sequence, 'rate/ntsc')), ntsc);
    }
  });
  it('a clip: in counts from the start of its medium', () => {
    const [clip] = clipsOf(written(make.cut(make.gap(5), make.clip(12, 48, { from: 86400 }))));
    assert.deepEqual(numbers(clip!, 'start', 'end', 'in', 'out'), [5, 53, 12, 60]);
    assert.equal(textOf(at(clip!, 'file/timecode/frame')), '86400');
    assert.equal(textOf(at(clip!, 'file/timecode/string')), '01:00:00:00');
  });
  it('a dissolve: -1 on the edges under it, in and out reach below it', () => {
    const sequence = written(make.cut(make.clip(0, 48), make.over(6, 8), make.clip(100, 48)));
    const [a, b] = clipsOf(sequence);
    assert.deepEqual(numbers(a!, 'start', 'end', 'in', 'out'), [0, -1, 0, 56]);
    assert.deepEqual(numbers(b!, 'start', 'end', 'in', 'out'), [-1, 96, 94, 148]);
    const over = at(sequence, 'media/video/track/transitionitem');
    assert.deepEqual(numbers(over, 'start', 'end', 'cutPointTicks'), [42, 56, (6 * 1001 * 254016000000) / 24000]);
    assert.equal(textOf(child(over, 'alignment')), 'center');
  });
  it('alignments', () => {
    const alignment = (...items: Parameters<Maker['cut']>): string =>
      textOf(at(written(make.cut(...items)), 'media/video/track/transitionitem/alignment'));
    assert.equal(alignment(make.clip(0, 48), make.over(0, 6), make.clip(50, 9)), 'start');
    assert.equal(alignment(make.clip(0, 48), make.over(6, 0), make.clip(50, 9)), 'end');
    assert.equal(alignment(make.over(0, 6), make.clip(50, 9)), 'start-black');
    assert.equal(alignment(make.clip(0, 48), make.over(6, 0)), 'end-black');
  });
  it('a file is defined once, by id', () => {
    const clips = clipsOf(
      written(make.cut(make.clip(0, 10), make.clip(20, 10), make.clip(0, 10, { url: '/other.mov' }))),
    );
    const files = clips.map((clip) => child(clip, 'file')!);
    assert.equal(files[0]!.attributes.id, files[1]!.attributes.id);
    assert.notEqual(files[0]!.attributes.id, files[2]!.attributes.id);
    assert.deepEqual(
      files.map((file) => file.children.length > 0),
      [true, false, true],
    );
  });
  it('speed: a percentage and a direction', () => {
    const [clip] = clipsOf(written(make.cut(make.clip(200, 48, { speed: -0.5 }))));
    const parameters = children(at(clip!, 'filter/effect'), 'parameter').map((one) => [
      textOf(child(one, 'parameterid')),
      textOf(child(one, 'value')),
    ]);
    assert.deepEqual(Object.fromEntries(parameters), {
      variablespeed: '0',
      speed: '50',
      reverse: 'TRUE',
      frameblending: 'FALSE',
    });
  });
  it('audio', () => {
    const sequence = written(make.timeline([make.track('A1', [make.clip(0, 10)], 'Audio')]));
    assert.equal(clipsOf(sequence, 'audio').length, 1);
    assert.equal(textOf(at(sequence, 'media/audio/track/clipitem/sourcetrack/mediatype')), 'audio');
  });
  it('the picture size, where media tell it in pixels', () => {
    const timeline = make.cut(make.clip(0, 10));
    const [clip] = (timeline.tracks!.children[0] as Track).children as Clip[];
    (clip!.mediaReference as ExternalReference).availableImageBounds = new Box2d(new V2d(0, 0), new V2d(1920, 1080));
    const sizes = at(written(timeline), 'media/video/format/samplecharacteristics');
    assert.deepEqual(numbers(sizes, 'width', 'height'), [1920, 1080]);
  });
});

const trip = (timeline: Timeline): Timeline =>
  fcp7xml.read!(fcp7xml.write!(timeline).text, { mode: 'strict' }).root as Timeline;

describe('fcp7xml: more that comes back', () => {
  const make = new Maker(25);
  const firstClip = (timeline: Timeline): Clip => (timeline.tracks!.children[0] as Track).children[0] as Clip;

  it('a sequence in a sequence', () => {
    const inner = new Stack({
      name: 'inner',
      children: [make.track('V', [make.clip(0, 50, { name: 'deep' })])],
      sourceRange: new TimeRange(new RationalTime(10, 25), new RationalTime(20, 25)),
    });
    const outer = trip(make.cut(make.clip(0, 5), inner)).tracks!.children[0] as Track;
    const found = outer.children[1] as Stack;
    assert(found instanceof Stack);
    assert.deepEqual([found.name, found.sourceRange], ['inner', inner.sourceRange]);
    assert.equal(((found.children[0] as Track).children[0] as Clip).name, 'deep');
  });
  it('a generator', () => {
    const clip = make.clip(0, 10);
    clip.mediaReference = new GeneratorReference({
      name: 'Color',
      generatorKind: 'Color',
      parameters: { fillcolor: 'red' },
    });
    const media = firstClip(trip(make.cut(clip))).mediaReference as GeneratorReference;
    assert.deepEqual(
      [media.name, media.generatorKind, { ...media.parameters }],
      ['Color', 'Color', { fillcolor: 'red' }],
    );
  });
  it('a clip at another rate than its sequence', () => {
    const timeline = make.cut(make.clip(0, 25));
    const own = new TimeRange(new RationalTime(100, 50), new RationalTime(50, 50));
    firstClip(timeline).sourceRange = own;
    const found = firstClip(
      trip(
        new Timeline({
          tracks: new Stack({
            children: [
              make.track('V', [
                make.gap(5),
                ...timeline
                  .clone()
                  .tracks!.children.flatMap((track) => (track as Track).clone().children.map((one) => one.clone())),
              ]),
            ],
          }),
        }),
      ),
    );
    const clip = (found.parent!.children[1] ?? found) as Clip;
    assert.deepEqual(clip.sourceRange, own);
  });
  it('disabled tracks and names of tracks', () => {
    const timeline = make.timeline([make.track('first <&>', [make.clip(0, 5)]), make.track('', [make.clip(0, 5)])]);
    (timeline.tracks!.children[0] as Track).enabled = false;
    assert.deepEqual(factsOf(trip(timeline), 25), factsOf(timeline, 25));
  });
  it('effects and elements that mean nothing here', () => {
    const kept = `<xmeml version="4"><sequence id="s" MZ.EditLine="7"><uuid>u-1</uuid><name>n</name><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>
      <media><video><format><samplecharacteristics><width>640</width></samplecharacteristics></format><track><locked>TRUE</locked>
      <clipitem id="c"><name>a</name><start>0</start><end>10</end><in>0</in><out>10</out><labels><label2>Iris</label2></labels>
      <filter><enabled>FALSE</enabled><effect><name>Blur</name><effectid>GaussianBlur</effectid><parameter><parameterid>r</parameterid><value>3</value></parameter></effect></filter>
      </clipitem></track></video></media></sequence></xmeml>`;
    const first = fcp7xml.read!(kept, { mode: 'strict' }).root as Timeline;
    const second = trip(first);
    for (const timeline of [first, second]) {
      const [effect] = firstClip(timeline).effects;
      assert(effect instanceof Effect);
      assert.deepEqual([effect.name, effect.effectName, effect.enabled], ['Blur', 'GaussianBlur', false]);
      assert.deepEqual(JSON.parse(JSON.stringify(firstClip(timeline).metadata.fcp_xml)).labels, { label2: 'Iris' });
    }
    const again = written(first);
    assert.equal(again.attributes['MZ.EditLine'], '7');
    assert.equal(textOf(at(again, 'uuid')), 'u-1');
    assert.equal(textOf(at(again, 'media/video/format/samplecharacteristics/width')), '640');
    assert.equal(textOf(at(again, 'media/video/track/locked')), 'TRUE');
    assert.equal(fcp7xml.write!(second).text, fcp7xml.write!(trip(second)).text);
  });
  it('losses are named', () => {
    const timeline = make.cut(make.clip(0, 10), make.gap(5));
    firstClip(timeline).effects = [new LinearTimeWarp({ timeScalar: 2 }), new Effect({ effectName: 'blur' })];
    firstClip(timeline).metadata = { other: 'x' };
    timeline.tracks!.appendChild(new Track({ kind: 'Subtitle' }));
    const { losses } = fcp7xml.write!(timeline);
    assert.equal(losses.length, 4, losses.join('\n'));
    assert.deepEqual(fcp7xml.write!(make.cut(make.clip(0, 10), make.over(2, 2), make.clip(9, 10))).losses, []);
  });
});

const RATE = '<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>';
const document = (track: string, more = ''): string =>
  `<xmeml version="5">\n<sequence id="s"><name>n</name>${RATE}${more}<media><video><track>\n${track}\n</track></video></media></sequence>\n</xmeml>`;
const clip = (start: number, end: number, source: number, more = ''): string =>
  `<clipitem><name>c</name>${RATE}<start>${start}</start><end>${end}</end><in>${source}</in><out>${source + 1000}</out>${more}</clipitem>`;
const over = (start: number, end: number, alignment: string): string =>
  `<transitionitem><start>${start}</start><end>${end}</end><alignment>${alignment}</alignment><effect><effectid>Cross Dissolve</effectid></effect></transitionitem>`;

describe('fcp7xml: foreign documents', () => {
  const items = (text: string): TrackFacts['items'] =>
    factsOf(fcp7xml.read!(text, { mode: 'strict' }).root as Timeline, 25).tracks[0]!.items;
  const shape = (text: string): unknown =>
    items(text).map((one) =>
      one.what === 'transition' ? [one.in, one.out] : one.what === 'gap' ? one.duration : [one.source, one.duration],
    );

  it('timecode is drop frame where its format says so, whatever separates it', () => {
    for (const [text, format, frame] of [
      ['01:00:00:00', 'DF', 107892],
      ['01;00;00;00', 'DF', 107892],
      ['01:00:00;00', '', 107892],
      ['01:00:00:00', 'NDF', 108000],
    ] as const) {
      const rate = '<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>';
      const timecode = `<timecode><string>${text}</string><displayformat>${format}</displayformat></timecode>`;
      const { root } = fcp7xml.read!(`<xmeml version="4"><sequence>${rate}${timecode}</sequence></xmeml>`);
      assert.equal((root as Timeline).globalStartTime?.value, frame, `${text} ${format}`);
    }
  });
  it('out is not trusted: the length is that of the record', () =>
    assert.deepEqual(shape(document(clip(5, 15, 100))), [5, [100, 10]]));
  it('-1 and alignment', () => {
    const around = (alignment: string): unknown =>
      shape(document(clip(0, -1, 0) + over(40, 50, alignment) + clip(-1, 90, 95)));
    assert.deepEqual(around('center'), [
      [0, 45],
      [5, 5],
      [100, 45],
    ]);
    assert.deepEqual(around('start'), [
      [0, 40],
      [0, 10],
      [95, 50],
    ]);
    assert.deepEqual(around('end'), [
      [0, 50],
      [10, 0],
      [105, 40],
    ]);
    assert.deepEqual(around('end-black'), [
      [0, 50],
      [10, 0],
      [105, 40],
    ]);
  });
  it('real times on the edges below a transition', () =>
    assert.deepEqual(shape(document(clip(0, 50, 0) + over(40, 50, 'center') + clip(40, 90, 95))), [
      [0, 45],
      [5, 5],
      [100, 45],
    ]));
  it('a fade-in', () =>
    assert.deepEqual(shape(document(over(10, 20, 'start-black') + clip(-1, 90, 95))), [10, [0, 10], [95, 80]]));
  it('a file defined after it is named', () => {
    const file =
      '<file id="f"><name>m</name><pathurl>file://localhost/C%3a/m.mov</pathurl><duration>500</duration></file>';
    const [first, second] = items(document(clip(0, 10, 0, '<file id="f"/>') + clip(10, 20, 0, file)));
    for (const one of [first, second]) assert.equal(one?.what === 'clip' && one.url, 'file://localhost/C%3a/m.mov');
  });
  it('timecode as text alone, and drop frame', () => {
    const start = (timecode: string, ntsc: boolean): number => {
      const rate = `<rate><timebase>30</timebase><ntsc>${ntsc ? 'TRUE' : 'FALSE'}</ntsc></rate>`;
      const { root } = fcp7xml.read!(document('', `<timecode>${rate}<string>${timecode}</string></timecode>`));
      return (root as Timeline).globalStartTime!.value;
    };
    assert.equal(start('00:01:00;02', true), 1800);
    assert.equal(start('00:01:00:00', false), 1800);
  });
  it("speed backwards, and Hiero's factor", () => {
    const filter = (parameters: string): string =>
      `<filter><effect><effectid>timeremap</effectid>${parameters}</effect></filter>`;
    const parameter = (id: string, value: string): string =>
      `<parameter><parameterid>${id}</parameterid><value>${value}</value></parameter>`;
    const speed = (parameters: string): unknown => {
      const { root } = fcp7xml.read!(document(clip(0, 10, 0, filter(parameters))));
      const [one] = factsOf(root as Timeline, 25).tracks[0]!.items;
      return one?.what === 'clip' && one.speed;
    };
    assert.equal(speed(parameter('variablespeed', '0') + parameter('speed', '200') + parameter('reverse', 'TRUE')), -2);
    assert.equal(speed(parameter('variablespeed', '0') + parameter('speed', '0.5')), 0.005);
    assert.equal(speed(parameter('speed', '0.25')), 0.25);
    assert.equal(speed(parameter('variablespeed', '1') + parameter('speed', '200')), 1);
  });
  it('several sequences, in bins too, are a collection', () => {
    const { root } = fcp7xml.read!(
      `<xmeml><project><children><sequence id="a"><name>a</name></sequence><bin><children><sequence id="b"><name>b</name></sequence></children></bin></children></project></xmeml>`,
    );
    assert(root instanceof SerializableCollection);
    assert.deepEqual(
      root.children.map((one) => (one as Timeline).name),
      ['a', 'b'],
    );
  });
  it('transitions of other kinds keep their effect', () => {
    const effect =
      '<effect><name>Morph Cut</name><effectid>Morph</effectid><effectcategory>Dissolve</effectcategory></effect>';
    const text = document(
      `${clip(0, -1, 0)}<transitionitem><start>40</start><end>50</end><alignment>center</alignment>${effect}</transitionitem>${clip(-1, 90, 95)}`,
    );
    const again = trip(fcp7xml.read!(text).root as Timeline);
    const found = (again.tracks!.children[0] as Track).children[1] as Transition;
    assert.deepEqual([found.name, found.transitionType], ['Morph Cut', 'Custom_Transition']);
    assert.match(fcp7xml.write!(again).text, /<effectid>Morph<\/effectid>/);
  });
});

describe('fcp7xml: bad documents', () => {
  const refused = (text: string, line: number, code: OtioErrorCode = 'FORMAT_UNSUPPORTED'): void => {
    for (const mode of ['strict', 'lenient'] as const)
      assert.throws(() => fcp7xml.read!(text, { mode }), { name: 'OtioError', code, line });
  };
  const reported = (text: string, code: OtioErrorCode, line: number): void => {
    assert.throws(() => fcp7xml.read!(text, { mode: 'strict' }), { name: 'OtioError', code, line });
    assert.deepEqual(
      fcp7xml.read!(text).problems.map((one) => [one.code, one.line]),
      [[code, line]],
    );
  };
  it('cut off', () => refused(document(clip(0, 10, 0)).slice(0, -40), 4));
  it('another root', () => refused('<?xml version="1.0"?>\n<fcpxml/>', 2));
  it('no sequence', () => reported('\n<xmeml version="4"/>', 'FORMAT_UNSUPPORTED', 2));
  it('a number that is none', () =>
    reported(document(clip(0, 10, 0).replace('<in>0', '<in>zero')), 'FORMAT_UNSUPPORTED', 3));
  it('a clip without length', () => reported(document(clip(10, 10, 0)), 'INVALID_TIME_RANGE', 3));
  it('clips over one another', () =>
    reported(document(`${clip(0, 10, 0)}\n${clip(5, 20, 0)}`), 'INVALID_TIME_RANGE', 4));
  it('a transition without length', () => reported(document(over(10, 10, 'center')), 'INVALID_TIME_RANGE', 3));
  it('a rate of 0', () => reported(document('').replace('25', '0'), 'FORMAT_UNSUPPORTED', 2));
  it('a sequence in itself', () => reported(document(clip(0, 10, 0, '<sequence id="s"/>')), 'OBJECT_CYCLE', 2));
  it('sequences that multiply', () => {
    const level = (n: number): string =>
      `<sequence id="s${n}"><media><video><track>${Array.from({ length: 40 }, (_, at) => clip(at, at + 1, 0, n === 0 ? '' : `<sequence id="s${n - 1}"/>`)).join('')}</track></video></media></sequence>`;
    const text = `<xmeml>${[5, 4, 3, 2, 1, 0].map(level).join('')}</xmeml>`;
    assert.throws(() => fcp7xml.read!(text), { code: 'LIMIT_EXCEEDED' });
  });
});
