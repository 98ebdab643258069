// CMX3600 EDLs: the contract of adapters, the text that is written, and what a damaged or foreign list is read as.
import assert from 'node:assert/strict';
import { edl } from '../../../otio/adapters/edl/index.ts';
import { type Clip, Gap, type OtioErrorCode, RationalTime, type Timeline, type Track } from '../../../otio/index.ts';
import {
  eachItem,
  eachTrack,
  factsOf,
  keepsTimelines,
  type Limit,
  Maker,
  type TimelineFacts,
  type TrackFacts,
} from './contract.ts';

/** A dissolve starts at its cut: the clip after it takes over what lies before the cut. */
function cutsAtStarts(track: TrackFacts): TrackFacts {
  const items = track.items.map((item) => ({ ...item }));
  for (const [at, item] of items.entries()) {
    if (item.what !== 'transition') continue;
    const [before, after] = [items[at - 1], items[at + 1]];
    if (before !== undefined && before.what !== 'transition') before.duration -= item.in;
    if (after !== undefined && after.what !== 'transition') {
      after.duration += item.in;
      if (after.what === 'clip') after.source -= Math.round(item.in * after.speed);
    }
    item.out += item.in;
    item.in = 0;
  }
  return { ...track, items };
}

const limits: readonly Limit[] = [
  {
    why: 'one video track',
    apply: (facts) => ({ ...facts, tracks: facts.tracks.filter(({ kind }, at) => kind === 'Audio' || at === 0) }),
  },
  {
    why: 'a clip cannot be disabled',
    apply: eachItem((item) =>
      item.enabled ? item : { ...item, what: 'gap', name: '', source: 0, enabled: true, url: null, available: null },
    ),
  },
  { why: 'media have no length', apply: eachItem((item) => ({ ...item, available: null })) },
  {
    why: 'markers of clips have no length and no comment',
    apply: eachItem((item) => ({
      ...item,
      markers: item.markers.map((one) => ({ ...one, duration: 0, comment: '' })),
    })),
  },
  { why: 'no markers of the timeline', apply: (facts) => ({ ...facts, markers: [] }) },
  { why: 'transitions start at their cut', apply: eachTrack(cutsAtStarts) },
];

const read = (text: string, rate = 25): TimelineFacts => factsOf(edl.read!(text, { rate }).root as Timeline, rate);
const list = (...lines: string[]): string => ['TITLE: t', 'FCM: NON-DROP FRAME', ...lines].join('\n');

describe('edl', () => {
  keepsTimelines({ adapter: edl, limits });
});

describe('edl: text', () => {
  const make = new Maker(25);
  const check = (timeline: Timeline, ...lines: string[]): void =>
    assert.deepEqual(edl.write!(timeline).text.split('\n').slice(3, -1), lines);

  it('an event, its reel and its notes', () =>
    check(
      make.timeline([make.track('V', [make.clip(50, 25, { name: 'a', url: 'file:///m/A001_C002.mov' })])], 90000),
      '001  A001_C00 V     C        00:00:02:00 00:00:03:00 01:00:00:00 01:00:01:00',
      '* FROM CLIP NAME: a',
      '* FROM CLIP: file:///m/A001_C002.mov',
    ));
  it('a dissolve: two lines of one number', () =>
    check(
      make.cut(
        make.clip(0, 25, { name: 'a', url: null }),
        make.over(0, 10),
        make.clip(100, 25, { name: 'b', url: null }),
      ),
      '001  AX       V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00',
      '* FROM CLIP NAME: a',
      '002  AX       V     C        00:00:01:00 00:00:01:00 00:00:01:00 00:00:01:00',
      '002  AX       V     D    010 00:00:04:00 00:00:05:00 00:00:01:00 00:00:02:00',
      '* FROM CLIP NAME: a',
      '* TO CLIP NAME: b',
    ));
  it('speed and freeze', () =>
    check(
      make.cut(
        make.clip(0, 25, { name: 'a', url: null, speed: 2 }),
        make.clip(50, 25, { name: 'b', url: null, speed: 0 }),
        make.clip(75, 5, { name: 'c', url: null, speed: -1 }),
      ),
      '001  AX       V     C        00:00:00:00 00:00:02:00 00:00:00:00 00:00:01:00',
      'M2   AX             050.0                00:00:00:00',
      '* FROM CLIP NAME: a',
      '002  AX       V     C        00:00:02:00 00:00:02:01 00:00:01:00 00:00:02:00',
      'M2   AX             000.0                00:00:02:00',
      '* FROM CLIP NAME: b FF',
      '* * FREEZE FRAME',
      '003  AX       V     C        00:00:03:00 00:00:03:05 00:00:02:00 00:00:02:05',
      'M2   AX             -025.0                00:00:03:00',
      '* FROM CLIP NAME: c',
    ));
  it('black where it cannot be a hole', () =>
    check(
      make.cut(
        make.gap(25),
        make.clip(0, 25, { name: 'a', url: null }),
        make.gap(10),
        make.clip(0, 15, { name: 'b', url: null }),
      ),
      '001  BL       V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00',
      '002  AX       V     C        00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00',
      '* FROM CLIP NAME: a',
      '003  AX       V     C        00:00:00:00 00:00:00:15 00:00:02:10 00:00:03:00',
      '* FROM CLIP NAME: b',
    ));
  it('reels: eight characters, one a medium', () => {
    const urls = [
      '/m/A001C0010101.mov',
      '/m/A001C0010102.mov',
      '/n/A001C0010101.mov',
      '/m/A001C0010101.mov',
      '/m/映像.mov',
    ];
    const { text } = edl.write!(make.cut(...urls.map((url) => make.clip(0, 10, { url }))));
    assert.deepEqual(
      [...text.matchAll(/^\d+ +(\S+)/gm)].map(([, reel]) => reel),
      ['A001C001', 'A001C002', 'A001C003', 'A001C001', 'REEL'],
    );
  });
  it('frame codes', () => {
    const codes = [
      [25, 'NON-DROP FRAME'],
      [30000 / 1001, 'DROP FRAME'],
      [24000 / 1001, 'NON-DROP FRAME'],
      [60000 / 1001, 'DROP FRAME'],
      [60, 'NON-DROP FRAME'],
    ] as const;
    for (const [rate, code] of codes) {
      const { text } = edl.write!(
        new Maker(rate).timeline([new Maker(rate).track('V', [new Maker(rate).clip(1798, 10)])]),
      );
      assert.equal(text.split('\n')[1], `FCM: ${code}`);
      if (rate === 30000 / 1001) assert.match(text, /00:00:59;28 00:01:00;10/);
    }
  });
  it('120 frames per second have no timecode', () =>
    assert.throws(() => edl.write!(new Maker(120).cut(new Maker(120).clip(0, 10))), { code: 'INVALID_TIMECODE_RATE' }));
});

describe('edl: losses', () => {
  const make = new Maker(25);
  const check = (timeline: Timeline, ...sentences: RegExp[]): void => {
    const { losses } = edl.write!(timeline);
    assert.equal(losses.length, sentences.length, losses.join('\n'));
    for (const [at, sentence] of sentences.entries()) assert.match(losses[at]!, sentence);
  };
  const bare = { url: null };
  it('none', () => check(make.cut(make.clip(0, 10, bare), make.over(0, 4), make.clip(0, 10, bare))));
  it('tracks', () =>
    check(
      make.timeline(['V', 'V2', 'V3'].map((name) => make.track(name, [make.clip(0, 10, bare)]))),
      /video track 'V2'.*Flatten/,
      /video track 'V3'/,
    ));
  it('cuts inside dissolves', () =>
    check(make.cut(make.clip(0, 10, bare), make.over(2, 2), make.clip(10, 10, bare)), /cut inside/));
  it('dissolves without media before the cut', () =>
    check(make.cut(make.clip(0, 10, bare), make.over(2, 2), make.clip(0, 10, bare)), /longer than/));
  it('disabled clips', () => check(make.cut(make.clip(0, 10, { ...bare, enabled: false })), /disabled/));
  it('speeds that the text rounds', () =>
    check(make.cut(make.clip(0, 10, { ...bare, speed: 1.2345 })), /1.2345 is written as 30.9/));
  it('markers', () =>
    check(
      make.cut(make.clip(0, 10, { ...bare, markers: [make.marker(0, 2, { comment: 'c' })] })),
      /no length/,
      /no comment/,
    ));
});

describe('edl: foreign lists', () => {
  const items = (text: string, rate = 25): TrackFacts['items'] => read(text, rate).tracks[0]!.items;

  it('a hole between record times, and black, are gaps', () => {
    const found = items(
      list(
        '001 BL V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00',
        '002 R1 V C 00:00:05:00 00:00:06:00 01:00:02:00 01:00:03:00',
      ),
    );
    assert.deepEqual(
      found.map(({ what }) => what),
      ['gap', 'clip'],
    );
    assert.equal(found[0]!.what === 'gap' && found[0]!.duration, 50);
  });
  it('the timeline starts at the first record time, in whatever order events come', () => {
    const facts = read(
      list(
        '001 R V C 00:00:09:00 00:00:10:00 10:00:01:00 10:00:02:00',
        '002 R V C 00:00:05:00 00:00:06:00 10:00:00:00 10:00:01:00',
      ),
    );
    assert.equal(facts.start, 36000 * 25);
    assert.deepEqual(
      facts.tracks[0]!.items.map((one) => one.what === 'clip' && one.source),
      [125, 225],
    );
  });
  it('drop-frame codes, with any separator', () => {
    for (const separator of [':', ';', '.']) {
      const text = `TITLE: t\nFCM: DROP FRAME\n001 R V C 00:00:00:00 00:00:01:00 00:00:59:29 00:01:00${separator}03`;
      const [clip] = items(text, 30000 / 1001);
      assert.equal(clip!.what === 'clip' && clip!.duration, 2); // 00:01:00;00 and ;01 do not exist
    }
  });
  it('a rate is the one that is meant: 29.97 has drop-frame codes, 23.976 has timecode', () => {
    const drop = 'TITLE: t\nFCM: DROP FRAME\n001 R V C 00:00:00;00 00:01:00;02 01:00:00;00 01:01:00;02';
    for (const [text, rate, exact, start] of [
      [drop, 29.97, 30000 / 1001, 107892],
      [drop, 59.94, 60000 / 1001, 215784],
      [list('001 R V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00'), 23.976, 24000 / 1001, 86400],
    ] as const) {
      const { root, problems } = edl.read!(text, { rate });
      assert.deepEqual(problems, []);
      assert.deepEqual((root as Timeline).globalStartTime, new RationalTime(start, exact));
      assert.equal(edl.write!(root as Timeline, { rate }).text, edl.write!(root as Timeline).text);
    }
  });
  it('a list that runs over midnight goes on, in its sources too', () => {
    const facts = read(
      list(
        '001 A V C 10:00:00:00 10:00:10:00 23:59:50:00 00:00:00:00',
        '002 B V C 23:59:55:00 00:00:05:00 00:00:00:00 00:00:10:00',
      ),
    );
    assert.equal(facts.start, 86390 * 25);
    assert.deepEqual(
      facts.tracks[0]!.items.map((one) => one.what === 'clip' && [one.source, one.duration]),
      [
        [36000 * 25, 250],
        [86395 * 25, 250],
      ],
    );
  });
  it('an event cut by the one before it goes on at its speed', () => {
    const [, second] = items(
      list(
        '001 A V C 00:00:00:00 00:00:02:00 00:00:00:00 00:00:02:00',
        '002 B V C 00:00:10:00 00:00:14:00 00:00:01:00 00:00:03:00',
        'M2 B 050.0 00:00:10:00',
      ),
    );
    assert.deepEqual(second?.what === 'clip' && [second.source, second.duration], [250 + 2 * 25, 25]);
  });
  it('a marker of a retimed clip lies at the record time of its frame', () => {
    const make = new Maker(25);
    const timeline = make.cut(
      make.clip(100, 50, { speed: 2, url: null, markers: [make.marker(120, 0, { name: 'here' })] }),
    );
    const { text } = edl.write!(timeline);
    assert.match(text, /LOC: 00:00:00:10 /);
    const [clip] = items(text);
    assert.equal(clip!.what === 'clip' && clip!.markers[0]!.start, 120);
  });
  it('a rate that is not given is guessed, as a problem', () => {
    const rates: [string, number][] = [
      ['00:00:00:23', 24],
      ['00:00:00:24', 25],
      ['00:00:00:29', 30],
      ['00:00:00:49', 50],
      ['00:00:00:59', 60],
      ['00:00:00;29', 30000 / 1001],
      ['00:00:00;59', 60000 / 1001],
    ];
    for (const [time, rate] of rates) {
      const { root, problems } = edl.read!(list(`001 R V C 00:00:00:00 ${time} 00:00:00:00 ${time}`));
      const track = (root as Timeline).tracks!.children[0] as Track;
      assert.equal((track.children[0] as Clip).sourceRange!.duration.rate, rate);
      assert.deepEqual(
        problems.map(({ code, line }) => [code, line]),
        [['INVALID_TIMECODE_RATE', 3]],
      );
    }
  });
  it('speeds: frames per second of the rate, or of the normal speed', () => {
    const speeds: [string, number, number][] = [
      ['048.0', 24, 2],
      ['012.0', 24000 / 1001, 0.5],
      ['048.0', 24000 / 1001, 2],
      ['059.9', 30000 / 1001, 2],
      ['060.0', 30000 / 1001, 2],
      ['-025.0', 25, -1],
      ['000.0', 25, 0],
      ['047.6', 24, 47.6 / 24],
      ['030.3', 24, 30.3 / 24],
    ];
    for (const [text, rate, speed] of speeds) {
      const [clip] = items(
        list('001 R V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00', `M2 R ${text} 00:00:00:00`),
        rate,
      );
      assert(clip !== undefined && clip.what === 'clip');
      assert.ok(
        Math.abs(clip.speed - speed) < 0.003 && (speed !== 2 || clip.speed === 2),
        `${text} at ${rate}: ${clip.speed}`,
      );
    }
  });
  it('channels', () => {
    const tracks = (channels: string, ...notes: string[]): string[] =>
      read(list(`001 R ${channels} C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00`, ...notes)).tracks.map(
        ({ name }) => name,
      );
    assert.deepEqual(tracks('V'), ['V']);
    assert.deepEqual(tracks('B'), ['V', 'A1']);
    assert.deepEqual(tracks('AA/V'), ['V', 'A1', 'A2']);
    assert.deepEqual(tracks('NONE', 'AUD 3 4'), ['A3', 'A4']);
  });
  it('grades and free notes are kept', () => {
    const text = list(
      '001 R V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00',
      '*ASC_SOP (1 2 3) (.1 -.2 .3) (1 1 1)',
      '* ASC_SAT: 0.9',
      '* SOURCE FILE: x',
    );
    const { root } = edl.read!(text, { rate: 25 });
    const clip = ((root as Timeline).tracks!.children[0] as Track).children[0] as Clip;
    assert.deepEqual(JSON.parse(JSON.stringify(clip.metadata)), {
      cmx_3600: { reel: 'R', comments: ['SOURCE FILE: x'] },
      cdl: { asc_sop: { slope: [1, 2, 3], offset: [0.1, -0.2, 0.3], power: [1, 1, 1] }, asc_sat: 0.9 },
    });
    assert.match(
      edl.write!(root as Timeline).text,
      /ASC_SOP: \(1 2 3\) \(0.1 -0.2 0.3\) \(1 1 1\)\n\* ASC_SAT: 0.9\n\* SOURCE FILE: x/,
    );
  });
});

describe('edl: bad lists', () => {
  const event = '001 R V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00';
  const check = (text: string, code: OtioErrorCode, line: number, clips: number): void => {
    assert.throws(() => edl.read!(text, { rate: 25, mode: 'strict' }), { name: 'OtioError', code, line });
    const { root, problems } = edl.read!(text, { rate: 25 });
    assert.deepEqual(
      problems.map((one) => [one.code, one.line]),
      [[code, line]],
    );
    const tracks = (root as Timeline).tracks!.children as Track[];
    assert.equal(tracks.flatMap(({ children }) => children).filter((one) => !(one instanceof Gap)).length, clips);
  };
  it('no EDL at all', () => {
    for (const text of ['', 'hello\nworld', '<xmeml/>', '{"OTIO_SCHEMA": "Timeline.1"}', '\u0000\u0001'])
      for (const mode of ['strict', 'lenient'] as const)
        assert.throws(() => edl.read!(text, { mode, rate: 25 }), { code: 'FORMAT_UNSUPPORTED', line: 1 });
  });
  it('a title alone is an empty timeline', () => assert.deepEqual(read('TITLE: nothing').tracks, []));
  it('a line of garbage', () => check(list(event, 'what is this'), 'FORMAT_UNSUPPORTED', 4, 1));
  it('half an event', () => check(list(event, '002 R V C 00:00:00:00 00:00'), 'FORMAT_UNSUPPORTED', 4, 1));
  it('frames that the rate does not have', () =>
    check(list(event, '002 R V C 00:00:00:00 00:00:01:25 00:00:01:00 00:00:02:00'), 'TIMECODE_RATE_MISMATCH', 4, 1));
  it('drop-frame codes at a rate without', () =>
    check(`TITLE: t\nFCM: DROP FRAME\n${event}`, 'INVALID_RATE_FOR_DROP_FRAME_TIMECODE', 3, 1));
  it('lengths that differ without a speed', () =>
    check(list('001 R V C 00:00:00:00 00:00:02:00 00:00:00:00 00:00:01:00'), 'INVALID_TIME_RANGE', 3, 1));
  it('events over one another', () =>
    check(list(event, '002 R V C 00:00:00:00 00:00:01:00 00:00:00:20 00:00:01:20'), 'INVALID_TIME_RANGE', 4, 2));
  it('an event without length', () =>
    check(list(event, '002 R V C 00:00:00:00 00:00:00:00 00:00:01:00 00:00:01:00'), 'INVALID_TIME_RANGE', 4, 1));
  it('a key', () =>
    check(list(event, '002 R V K 000 00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00'), 'FORMAT_UNSUPPORTED', 4, 2));
  it('a channel that is not known', () =>
    check(list('001 R X C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00'), 'FORMAT_UNSUPPORTED', 3, 1));
  it('a marker that is none', () => check(list(event, '* LOC: soon RED x'), 'FORMAT_UNSUPPORTED', 4, 1));
});
