// FCPXML: the contract of adapters, the text that is written, files as Final Cut writes them, and damaged ones.
import assert from 'node:assert/strict';
import { fcpxml, readFcpxml, writeFcpxml } from '../../../otio/adapters/fcpxml/index.ts';
import { child, children, parseXml, type XmlElement } from '../../../otio/adapters/xml.ts';
import * as otio from '../../../otio/index.ts';
import { urlFromFilepath } from '../../../otio/media-urls.ts';
import { eachItem, factsOf, keepsTimelines, type Limit, Maker, type TimelineFacts } from './contract.ts';

const SHOWN = ['ORANGE', 'RED', 'GREEN', 'BLUE'];
const limits: Limit[] = [
  {
    why: 'media have URLs',
    apply: eachItem((item) => ({
      ...item,
      url: item.url === null || /^[a-z]{2,}:/i.test(item.url) ? item.url : urlFromFilepath(item.url),
    })),
  },
  {
    why: 'markers lie on clips, not on the timeline',
    apply: (facts: TimelineFacts) => {
      const [first] = facts.tracks[0]?.items ?? [];
      if (first?.what !== 'clip' || facts.markers.length === 0) return facts;
      const markers = facts.markers.map((one) => ({ ...one, start: one.start + first.source }));
      const tracks = facts.tracks.map((track, i) =>
        i === 0
          ? { ...track, items: [{ ...first, markers: [...first.markers, ...markers] }, ...track.items.slice(1)] }
          : track,
      );
      return { ...facts, markers: [], tracks };
    },
  },
  {
    why: 'a marker is standard, to do, done or a chapter',
    apply: eachItem((item) => ({
      ...item,
      markers: item.markers.map((one) => ({ ...one, color: SHOWN.includes(one.color) ? one.color : 'BLUE' })),
    })),
  },
  {
    why: 'a gap is named so by Final Cut, and not by us',
    apply: eachItem((item) => (item.what === 'gap' ? { ...item, name: '' } : item)),
  },
];

keepsTimelines({ adapter: fcpxml, limits });

const NTSC = 24000 / 1001;
/** Frames of 24000/1001 as FCPXML writes them. */
const film = (frames: number): string => `${frames * 1001}/24000s`;

/** Clips in every lane, at speeds, dissolved, marked and nested. */
function everything(make: Maker): otio.Timeline {
  const inside = new otio.Stack({
    name: 'compound',
    sourceRange: new otio.TimeRange(3, 20, make.rate),
    children: [make.track('in', [make.clip(0, 30)]), make.track('over', [make.gap(2), make.clip(5, 9)])],
  });
  const primary = make.track('V', [
    make.clip(0, 48, {
      name: 'a',
      markers: [make.marker(9, 0, { color: 'ORANGE' }), make.marker(12, 3, { comment: 'so' })],
    }),
    make.over(4, 6),
    make.clip(100, 48, { name: 'fast', speed: 2 }),
    inside,
    make.gap(5),
    make.clip(60, 20, { name: 'back', speed: -1 }),
  ]);
  const high = make.track('V2', [
    make.gap(40),
    make.clip(7, 30, { name: 'high' }),
    make.gap(3),
    make.clip(0, 9, { enabled: false }),
  ]);
  const mixed = make.track('V3', [make.gap(60), make.over(0, 5), make.clip(9, 20), make.over(5, 5), make.clip(90, 20)]);
  const sound = make.track('A1', [make.clip(0, 100), make.over(4, 4), make.clip(200, 100)], 'Audio');
  const late = make.track('A2', [make.gap(150), make.clip(0, 30, { url: 'file:///media/wild.wav' })], 'Audio');
  return make.timeline([primary, high, mixed, sound, late], 86400);
}

describe('fcpxml: what is written', () => {
  /** Order of children and names of attributes, after Apple's 1.10 document type. */
  const anchored = '(?:(?:asset-clip|ref-clip|spine) )*(?:(?:marker|chapter-marker) )*';
  const story = 'lane offset name start duration enabled srcEnable';
  const grammar: { readonly [element: string]: readonly [inside: string, attributes: string, required: string] } = {
    fcpxml: ['resources library ', 'version', 'version'],
    resources: ['(?:(?:format|asset|effect|media) )*', '', ''],
    format: ['', 'id name frameDuration width height', 'id'],
    asset: ['media-rep ', 'id name start duration hasVideo format hasAudio audioSources audioChannels audioRate', 'id'],
    'media-rep': ['', 'kind src', 'src'],
    effect: ['', 'id name uid', 'id uid'],
    media: ['sequence ', 'id name', 'id'],
    library: ['(?:event )*', '', ''],
    event: ['(?:project )*', 'name', ''],
    project: ['sequence ', 'name', ''],
    sequence: ['spine ', 'format duration tcStart tcFormat audioLayout audioRate', 'format'],
    spine: ['(?:(?:asset-clip|ref-clip|gap|transition) )*', 'lane offset', ''],
    'asset-clip': [`(?:note )?(?:timeMap )?${anchored}`, `ref ${story} tcFormat audioRole videoRole`, 'ref'],
    'ref-clip': [anchored, `ref ${story}`, 'ref duration'],
    gap: [anchored, 'name offset start duration enabled', 'duration'],
    transition: ['(?:filter-video )?(?:filter-audio )?', 'name offset duration', 'duration'],
    'filter-video': ['', 'ref name', 'ref'],
    'filter-audio': ['', 'ref name', 'ref'],
    timeMap: ['(?:timept )*', '', ''],
    timept: ['', 'time value interp', 'time value'],
    marker: ['', 'start duration value completed note', 'start value'],
    'chapter-marker': ['', 'start duration value note', 'start value'],
    note: ['', '', ''],
  };
  function valid(element: XmlElement): void {
    const [inside, attributes, required] = grammar[element.name] ?? assert.fail(`<${element.name}> is not of FCPXML`);
    const found = children(element)
      .map(({ name }) => `${name} `)
      .join('');
    assert.match(found, new RegExp(`^${inside}$`), `in <${element.name}>`);
    for (const name of Object.keys(element.attributes))
      assert(attributes.split(' ').includes(name), `${name} of <${element.name}>`);
    for (const name of required.split(' ').filter(Boolean))
      assert(name in element.attributes, `${name} of <${element.name}>`);
    children(element).forEach(valid);
  }
  const elementsOf = (timeline: otio.Timeline, name: string): XmlElement[] => {
    const found: XmlElement[] = [];
    const look = (element: XmlElement): void => {
      if (element.name === name) found.push(element);
      children(element).forEach(look);
    };
    look(parseXml(writeFcpxml(timeline).text));
    return found;
  };

  for (const rate of [NTSC, 25, 30000 / 1001, 60])
    it(`is valid, on whole frames, and refers to what is there, at ${rate}`, () => {
      const root = parseXml(writeFcpxml(everything(new Maker(rate))).text);
      valid(root);
      const { num, den } = otio.rationalRate(rate);
      const ids = new Set(children(child(root, 'resources')!).map(({ attributes }) => attributes.id));
      const look = (element: XmlElement): void => {
        for (const key of ['ref', 'format'])
          if (key in element.attributes) assert(ids.has(element.attributes[key]), `${key} of <${element.name}>`);
        for (const key of ['offset', 'start', 'duration', 'tcStart']) {
          const [, top, bottom = '1'] = /^(-?\d+)(?:\/(\d+))?s$/.exec(element.attributes[key] ?? '0s') ?? [];
          assert.equal(
            (Number(top) * num) % (Number(bottom) * den),
            0,
            `${key}="${element.attributes[key]}" of <${element.name}>`,
          );
        }
        children(element).forEach(look);
      };
      look(root);
    });

  it('times are frames of the exact rate', () => {
    const make = new Maker(NTSC);
    const timeline = make.timeline([make.track('V', [make.clip(10, 48), make.clip(5, 7, { from: 86400 })])], 86400);
    const [first, second] = elementsOf(timeline, 'asset-clip').map(({ attributes }) => attributes);
    assert.deepEqual([first!.offset, first!.start, first!.duration], [film(86400), film(10), film(48)]);
    assert.deepEqual([second!.offset, second!.start, second!.duration], [film(86448), film(86405), film(7)]);
    const [sequence] = elementsOf(timeline, 'sequence');
    assert.equal(sequence!.attributes.tcStart, film(86400));
    assert.equal(elementsOf(timeline, 'format')[0]!.attributes.frameDuration, film(1));
    const starts = elementsOf(timeline, 'asset').map(({ attributes }) => [attributes.start, attributes.duration]);
    assert.deepEqual(starts, [
      ['0s', film(14400)],
      [film(86400), film(14400)],
    ]);
  });

  it('a connected clip counts on the clock of what it hangs on', () => {
    const make = new Maker(25);
    const timeline = make.timeline([
      make.track('V', [make.clip(0, 50), make.clip(100, 50, { from: 1000 })]),
      make.track('V2', [make.gap(60), make.clip(7, 5, { name: 'over' })]),
    ]);
    const over = elementsOf(timeline, 'asset-clip').find(({ attributes }) => attributes.name === 'over');
    // Ten frames into a clip that starts at frame 1100 of its medium.
    assert.deepEqual([over!.attributes.lane, over!.attributes.offset], ['1', `${1110}/25s`]);
  });

  it('speeds map the whole medium', () => {
    const make = new Maker(25);
    const points = (speed: number): string[][] =>
      elementsOf(make.cut(make.clip(100, 10, { speed })), 'timept').map(({ attributes }) => [
        attributes.time!,
        attributes.value!,
      ]);
    // 600 s of medium last 300 s at twice the speed.
    assert.deepEqual(points(2), [
      ['0s', '0s'],
      ['300s', '600s'],
    ]);
    assert.deepEqual(points(0.5), [
      ['0s', '0s'],
      ['1200s', '600s'],
    ]);
    assert.deepEqual(points(-1), [
      ['0s', '600s'],
      ['600s', '0s'],
    ]);
  });

  it('drop frame is said where the rate has it', () => {
    const format = (rate: number) =>
      elementsOf(new Maker(rate).cut(new Maker(rate).clip(0, 10)), 'sequence')[0]!.attributes.tcFormat;
    assert.deepEqual([NTSC, 25, 30000 / 1001, 60000 / 1001, 60].map(format), ['NDF', 'NDF', 'DF', 'DF', 'NDF']);
  });

  it('starts in the middle of a frame, for Resolve', () => {
    const make = new Maker(NTSC);
    const { text } = writeFcpxml(make.cut(make.clip(10, 48)), { midFrameStarts: true });
    const [, top, bottom] = / start="(\d+)\/(\d+)s"/.exec(text.slice(text.indexOf('<asset-clip'))) ?? [];
    assert.equal(Number(top) * 48000, 21021 * Number(bottom)); // 10.5 frames
  });

  it('what is lost is said', () => {
    const make = new Maker(25);
    const timeline = make.cut(
      make.clip(0, 48, { markers: [make.marker(1, 0, { color: 'PINK' })] }),
      make.over(2, 2, 'SMPTE_Wipe'),
      make.clip(50, 9),
      make.over(3, 3),
    );
    const clip = timeline.videoTracks()[0]!.children[0] as otio.Clip;
    clip.effects = [new otio.Effect({ effectName: 'Blur' })];
    clip.metadata = { studio: 'x' };
    const { losses } = writeFcpxml(timeline);
    for (const word of [/Blur/, /Metadata/, /PINK/, /SMPTE_Wipe/, /at an end of a track/])
      assert(
        losses.some((loss) => word.test(loss)),
        String(word),
      );
    assert.deepEqual(writeFcpxml(make.cut(make.clip(0, 48), make.gap(2), make.clip(3, 4))).losses, []);
  });

  it('nested and trimmed tracks come back as stacks with the same frames', () => {
    const make = new Maker(25);
    const trimmed = make.track('V2', [make.clip(0, 40)]);
    trimmed.sourceRange = new otio.TimeRange(10, 20, 25);
    const { root } = readFcpxml(writeFcpxml(make.timeline([make.track('V', [make.clip(0, 48)]), trimmed])).text, {
      mode: 'strict',
    });
    const stack = (root as otio.Timeline).videoTracks()[1]!.children[0] as otio.Stack;
    assert(stack instanceof otio.Stack);
    assert(stack.sourceRange!.equals(new otio.TimeRange(10, 20, 25)));
    const clip = (stack.children[0] as otio.Track).children[0] as otio.Clip;
    assert(clip.sourceRange!.equals(new otio.TimeRange(0, 40, 25)));
  });
});

describe('fcpxml: what is read', () => {
  const resources = `
    <format id="f" frameDuration="1001/24000s"/>
    <asset id="a" name="shot" start="${film(86400)}" duration="${film(240)}" hasVideo="1" hasAudio="1" format="f"><media-rep kind="proxy-media" src="file:///proxy.mov"/><media-rep src="file:///shot.mov"/></asset>
    <asset id="mute" name="mute" src="file:///mute.mov" start="0s" duration="${film(100)}" hasVideo="1" format="f"/>
    <asset id="song" src="file:///song.wav" start="0s" duration="60s" hasAudio="1"/>
    <effect id="t" name="Basic Title" uid=".../Title.moti"/>
    <media id="m" name="nest"><sequence format="f" tcStart="${film(24)}"><spine><asset-clip ref="mute" offset="${film(24)}" duration="${film(50)}"/></spine></sequence></media>
    <media id="loop"><sequence format="f"><spine><ref-clip ref="loop" duration="${film(5)}"/></spine></sequence></media>
    <media id="angles"><multicam format="f">
      <mc-angle name="A" angleID="A"><asset-clip ref="mute" offset="0s" duration="${film(50)}"/></mc-angle>
      <mc-angle name="B" angleID="B"><asset-clip ref="a" offset="0s" duration="${film(50)}"/></mc-angle></multicam></media>`;
  const document = (spine: string, sequence = ''): string =>
    `<?xml version="1.0"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.11"><resources>${resources}</resources><library><event><project name="p"><sequence format="f" ${sequence}><spine>${spine}</spine></sequence></project></event></library></fcpxml>`;
  const read = (spine: string, sequence?: string) => {
    const { root, problems } = readFcpxml(document(spine, sequence));
    return { timeline: root as otio.Timeline, problems: problems.map(({ message }) => message) };
  };

  type Row = readonly (readonly [name: string, source: number, duration: number] | readonly [gap: number])[];
  /** Names, first frames and lengths of what is on each track; gaps are lengths. */
  function check(
    spine: string,
    expected: { readonly [track: string]: Row },
    problems: readonly RegExp[] = [],
    sequence?: string,
  ): void {
    const { timeline, problems: found } = read(spine, sequence);
    const rows: { [track: string]: unknown } = {};
    for (const [i, { kind, items }] of factsOf(timeline, NTSC).tracks.entries())
      rows[`${kind} ${i}`] = items.map((item) =>
        item.what === 'transition'
          ? [`over ${item.in} ${item.out}`]
          : item.what === 'gap'
            ? [item.duration]
            : [item.name, item.source, item.duration],
      );
    assert.deepEqual(rows, expected);
    assert.equal(found.length, problems.length, found.join('; '));
    for (const [i, problem] of problems.entries()) assert.match(found[i]!, problem);
  }

  it('a clip with its sound', () =>
    check(`<asset-clip name="x" ref="a" offset="0s" start="${film(86410)}" duration="${film(20)}"/>`, {
      'Video 0': [['x', 86410, 20]],
      'Audio 1': [['x', 86410, 20]],
    }));
  it('its picture alone', () =>
    check(`<asset-clip name="x" ref="a" srcEnable="video" duration="${film(20)}"/>`, {
      'Video 0': [['x', 86400, 20]],
    }));
  it('its sound alone', () =>
    check(`<asset-clip name="x" ref="a" srcEnable="audio" duration="${film(20)}"/>`, {
      'Audio 0': [['x', 86400, 20]],
    }));
  it('all of an asset', () => check('<asset-clip name="x" ref="mute"/>', { 'Video 0': [['x', 0, 100]] }));
  it('connected to a gap with a clock of its own', () =>
    check(
      `<gap offset="0s" start="${film(86400)}" duration="${film(50)}"><asset-clip name="x" lane="2" ref="mute" offset="${film(86412)}" duration="${film(5)}"/><asset-clip name="s" lane="-1" ref="song" offset="${film(86403)}" start="${film(48)}" duration="${film(9)}"/></gap>`,
      { 'Video 0': [[12], ['x', 0, 5]], 'Audio 1': [[3], ['s', 48, 9]] },
    ));
  it('a storyline over a clip that starts late in its medium', () =>
    check(
      `<asset-clip name="x" ref="mute" start="${film(30)}" duration="${film(50)}"><spine lane="1" offset="${film(40)}"><asset-clip name="y" ref="mute" offset="0s" duration="${film(6)}"/><gap offset="${film(6)}" duration="${film(4)}"/><asset-clip name="z" ref="mute" offset="${film(10)}" duration="${film(6)}"/></spine></asset-clip>`,
      { 'Video 0': [['x', 30, 50]], 'Video 1': [[10], ['y', 0, 6], [4], ['z', 0, 6]] },
    ));
  it('what overlaps in a lane gets tracks of its own', () =>
    check(
      `<gap duration="${film(50)}"><asset-clip name="x" lane="1" ref="mute" offset="${film(5)}" duration="${film(9)}"/><asset-clip name="y" lane="1" ref="mute" offset="${film(8)}" duration="${film(9)}"/></gap>`,
      { 'Video 0': [[5], ['x', 0, 9]], 'Video 1': [[8], ['y', 0, 9]] },
    ));
  it('a dissolve on a sequence with timecode', () =>
    check(
      `<asset-clip name="x" ref="mute" offset="${film(86400)}" duration="${film(20)}"/><transition name="Cross Dissolve" offset="${film(86416)}" duration="${film(10)}"/><asset-clip name="y" ref="mute" offset="${film(86420)}" start="${film(40)}" duration="${film(20)}"/>`,
      { 'Video 0': [['x', 0, 20], ['over 4 6'], ['y', 40, 20]] } as never,
      [],
      `tcStart="${film(86400)}"`,
    ));
  it('a clip made of picture and sound', () =>
    check(
      `<clip name="x" start="${film(86410)}" duration="${film(20)}"><video ref="a" offset="${film(86400)}" start="${film(86400)}" duration="${film(240)}"><audio lane="-1" ref="a" offset="${film(86400)}" duration="${film(240)}"/></video></clip>`,
      { 'Video 0': [['x', 86410, 20]], 'Audio 1': [['x', 86410, 20]] },
      [],
    ));
  it('the first of an audition', () =>
    check(
      `<audition><asset-clip name="x" ref="mute" duration="${film(9)}"/><asset-clip name="y" ref="mute" duration="${film(7)}"/></audition>`,
      { 'Video 0': [['x', 0, 9]] },
    ));
  it('a hole between offsets is a gap, and said', () =>
    check(
      `<asset-clip name="x" ref="mute" offset="0s" duration="${film(9)}"/><asset-clip name="y" ref="mute" offset="${film(12)}" duration="${film(9)}"/>`,
      { 'Video 0': [['x', 0, 9], [3], ['y', 0, 9]] },
      [/after the end/],
    ));
  it('exact, whatever the denominators', () =>
    check(`<asset-clip name="x" ref="mute" start="10010/24000s" duration="1001/1000s"/>`, {
      'Video 0': [['x', 10, 24]],
    }));
  it('no asset, no duration, no sense', () => {
    check(
      `<asset-clip name="x" ref="gone" duration="${film(9)}"/><gap duration="${film(3)}"/><asset-clip name="y" ref="mute" duration="${film(9)}"/>`,
      { 'Video 0': [[12], ['y', 0, 9]] },
      [/no asset/],
    );
    check(`<asset-clip name="x" ref="gone"/>`, {}, [/no duration/]);
    check(`<asset-clip name="x" ref="mute" duration="soon"/>`, { 'Video 0': [['x', 0, 100]] }, [
      /"soon" is not a time/,
    ]);
    check('<caption name="c" lane="1" offset="0s" duration="1s"/>', {}, [/<caption>/]);
  });

  const speedOf = (points: string, start: number, duration = 10) => {
    const { timeline, problems } = read(
      `<asset-clip ref="a" srcEnable="video" start="${film(start)}" duration="${film(duration)}"><timeMap>${points}</timeMap></asset-clip>`,
    );
    const [track] = factsOf(timeline, NTSC).tracks;
    return {
      item: track!.items[0] as { source: number; speed: number },
      problems,
      clip: timeline.videoTracks()[0]!.children[0] as otio.Clip,
    };
  };
  const point = (time: number, value: number): string =>
    `<timept time="${film(time)}" value="${film(value)}" interp="smooth2"/>`;
  it('speeds', () => {
    const check = (points: string, start: number, source: number, speed: number) => {
      const { item, problems } = speedOf(points, start);
      assert.deepEqual([item.source, item.speed, problems], [source, speed, []]);
    };
    check(point(86400, 86400) + point(86520, 86640), 86410, 86420, 2);
    check(point(0, 86400) + point(480, 86640), 20, 86410, 0.5);
    check(point(86400, 86640) + point(86640, 86400), 86400, 86639, -1); // the last frame of the medium first
    check(point(0, 86450) + point(100, 86450), 0, 86450, 0);
    check(point(0, 86400) + point(600, 86640), 0, 86400, 0.4);
    // Of a map of several speeds, a clip may use one only.
    check(point(0, 86400) + point(50, 86450) + point(100, 86550), 60, 86470, 2);
  });
  it('a speed that changes is kept, and said', () => {
    const { clip, problems } = speedOf(point(0, 86400) + point(5, 86405) + point(10, 86415), 0);
    assert(clip.effects[0] instanceof otio.TimeEffect && !(clip.effects[0] instanceof otio.LinearTimeWarp));
    assert.match(problems.join(), /speed of a clip changes/);
  });

  it('a compound clip is a stack, on the clock of its sequence', () => {
    const { timeline } = read(`<ref-clip name="n" ref="m" start="${film(30)}" duration="${film(12)}"/>`);
    const stack = timeline.videoTracks()[0]!.children[0] as otio.Stack;
    assert(stack instanceof otio.Stack && stack.name === 'n');
    assert.deepEqual([stack.sourceRange!.startTime.value, stack.sourceRange!.duration.value], [6, 12]);
    assert.equal((stack.children[0] as otio.Track).children.length, 1);
  });
  it('of a multicam clip the angle that is shown', () => {
    const { timeline, problems } = read(
      `<mc-clip ref="angles" duration="${film(12)}"><mc-source angleID="B" srcEnable="all"/></mc-clip>`,
    );
    const stack = timeline.videoTracks()[0]!.children[0] as otio.Stack;
    const clip = (stack.children[0] as otio.Track).children[0] as otio.Clip;
    assert.equal((clip.mediaReference as otio.ExternalReference).targetUrl, 'file:///shot.mov');
    assert.match(problems.join(), /angles/);
  });
  it('a compound clip inside itself is refused', () =>
    assert.throws(() => read(`<ref-clip ref="loop" duration="${film(5)}"/>`), { code: 'LIMIT_EXCEEDED' }));
  it('compound clips that multiply are refused', () => {
    const media = Array.from({ length: 40 }, (_, i) => {
      const twice = `<ref-clip ref="x${i + 1}" duration="${film(5)}"/>`.repeat(2);
      return `<media id="x${i}"><sequence format="f"><spine>${twice}</spine></sequence></media>`;
    });
    const text = document(`<ref-clip ref="x0" duration="${film(5)}"/>`).replace(
      '<resources>',
      `<resources>${media.join('')}`,
    );
    assert.throws(() => readFcpxml(text), { code: 'LIMIT_EXCEEDED' });
  });
  it('a title is a generator', () => {
    const { timeline } = read(
      `<title name="T" ref="t" duration="${film(12)}"><text><text-style>Hello</text-style></text></title>`,
    );
    const media = (timeline.videoTracks()[0]!.children[0] as otio.Clip).mediaReference as otio.GeneratorReference;
    assert.deepEqual([media.generatorKind, media.parameters.text], ['Basic Title', 'Hello']);
  });
  it('roles name tracks, notes and effects are kept', () => {
    const { timeline } = read(
      `<asset-clip ref="a" audioRole="music" videoRole="plates" duration="${film(12)}"><note>n</note><adjust-volume amount="-6dB"/></asset-clip>`,
    );
    assert.deepEqual(
      timeline.tracks!.children.map((track) => (track as otio.Track).name),
      ['plates', 'music'],
    );
    const clip = timeline.videoTracks()[0]!.children[0] as otio.Clip;
    assert.equal((clip.metadata.fcpxml as otio.Dictionary).note, 'n');
    assert.equal((clip.effects[0] as otio.Effect).effectName, 'adjust-volume');
  });
  it('markers on clips and gaps', () => {
    const { timeline } = read(
      `<gap duration="${film(10)}"><marker start="${film(4)}" value="g"/></gap><asset-clip ref="mute" start="${film(20)}" duration="${film(12)}"><marker start="${film(25)}" duration="${film(1)}" value="m" completed="0"/><chapter-marker start="${film(26)}" value="c"/></asset-clip>`,
    );
    const facts = factsOf(timeline, NTSC);
    assert.deepEqual(
      facts.markers.map(({ name, start }) => [name, start]),
      [['g', 4]],
    );
    const clip = facts.tracks[0]!.items[1] as { markers: { name: string; start: number; color: string }[] };
    assert.deepEqual(
      clip.markers.map(({ name, start, color }) => [name, start, color]),
      [
        ['m', 25, 'RED'],
        ['c', 26, 'ORANGE'],
      ],
    );
  });

  it('several projects, none, and what is no FCPXML', () => {
    const two = document('').replace(
      '</event>',
      '<project name="q"><sequence format="f"><spine/></sequence></project></event>',
    );
    const both = readFcpxml(two).root as otio.SerializableCollection;
    assert.deepEqual(
      both.children.map((one) => (one as otio.Timeline).name),
      ['p', 'q'],
    );
    const loose = `<fcpxml version="1.8"><resources>${resources}</resources><asset-clip name="x" ref="mute" format="f"/><ref-clip name="n" ref="m" duration="1s"/></fcpxml>`;
    const items = (readFcpxml(loose).root as otio.SerializableCollection).children;
    assert.deepEqual(
      items.map(({ schemaName }) => schemaName),
      ['Clip', 'Stack'],
    );
    assert.throws(() => readFcpxml('<xmeml version="5"/>'), { code: 'FORMAT_UNSUPPORTED', line: 1 });
    assert.throws(() => readFcpxml('<fcpxml'), { code: 'FORMAT_UNSUPPORTED' });
    assert.throws(() => readFcpxml(document('<asset-clip ref="mute" duration="x"/>'), { mode: 'strict' }), {
      code: 'FORMAT_UNSUPPORTED',
    });
  });
});
