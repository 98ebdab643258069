// Nothing is lost in silence: whatever is said of a timeline changes what a writer writes, or what it says that it cannot hold.
import assert from 'node:assert/strict';
import { adapters } from '../../../otio/adapters/index.ts';
import * as otio from '../../../otio/index.ts';
import { Maker } from './contract.ts';

const make = new Maker(24);

/** All that a track can hold, each a thing to change. */
function edit() {
  const marker = make.marker(103, 0, { name: 'm', color: 'RED' });
  const [a, b, fast] = [
    make.clip(20, 40, { name: 'a', url: 'file:///a.mov' }),
    make.clip(100, 40, { name: 'b', markers: [marker] }),
    make.clip(5, 30, { name: 'fast', speed: 2 }),
  ];
  const [over, gap] = [make.over(4, 4), make.gap(10)];
  const nest = new otio.Stack({ name: 'nest', children: [make.track('V', [make.clip(0, 20)])] });
  const track = make.track('V', [a, over, b, gap, fast, nest]);
  const timeline = make.timeline([track, make.track('A', [make.clip(0, 100)], 'Audio')], 86400);
  return { a, b, fast, over, gap, nest, track, marker, timeline, stack: timeline.tracks!, media: a.mediaReference! };
}
type Edit = ReturnType<typeof edit>;

const metadata = (): otio.Dictionary => otio.meta({ own: { key: 'value' } }) as otio.Dictionary;
const retime = (timeScalar: number, enabled = true): otio.LinearTimeWarp =>
  new otio.LinearTimeWarp({ timeScalar, enabled });
const changes: { [what: string]: (the: Edit) => void } = {
  'a colour of a marker': ({ marker }) => Object.assign(marker, { color: 'CYAN' }),
  'a length of a marker': ({ marker }) => Object.assign(marker, { markedRange: new otio.TimeRange(103, 5, 24) }),
  'a source range of the timeline': ({ stack }) => Object.assign(stack, { sourceRange: new otio.TimeRange(5, 50, 24) }),
  'a source range of a track': ({ track }) => Object.assign(track, { sourceRange: new otio.TimeRange(5, 50, 24) }),
  'another speed on top': ({ fast }) => Object.assign(fast, { effects: [retime(2), retime(3)] }),
  'more media': ({ a }) =>
    Object.assign(a, { mediaReferences: { ...a.mediaReferences, more: new otio.MissingReference() } }),
  'a name of a medium': ({ media }) => Object.assign(media, { name: 'reel' }),
  'a track of another kind': ({ stack }) => stack.appendChild(new otio.Track({ kind: 'Subtitle' })),
  'an unknown child': ({ track }) =>
    track.appendChild(new otio.UnknownSchema('Shot', 1, { source_range: new otio.TimeRange(0, 5, 24) })),
};
for (const what of ['timeline', 'stack', 'track', 'a', 'over', 'gap', 'nest', 'media', 'marker'] as const) {
  changes[`metadata of ${what}`] = (the) => Object.assign(the[what], { metadata: metadata() });
  changes[`a foreign member of ${what}`] = (the) => Object.assign(the[what], { dynamicFields: metadata() });
}
for (const what of ['stack', 'track', 'a', 'gap', 'nest'] as const) {
  const set = (title: string, values: () => object): void => {
    changes[`${title} of ${what}`] = (the) => Object.assign(the[what], values());
  };
  set('a colour', () => ({ color: new otio.Color(1, 0, 0, 1, 'RED') }));
  if (what !== 'gap') set('disabling', () => ({ enabled: false })); // a gap shows nothing anyway
  set('a marker', () => ({ markers: [make.marker(3, 0)] }));
  set('a marker of an unknown schema', () => ({ markers: [new otio.UnknownSchema('Note', 1, {})] }));
  set('an effect', () => ({ effects: [new otio.Effect({ effectName: 'blur' })] }));
  set('an effect of an unknown schema', () => ({ effects: [new otio.UnknownSchema('Fx', 1, {})] }));
  set('a ramp', () => ({ effects: [new otio.TimeEffect({ effectName: 'ramp' })] }));
  set('a speed', () => ({ effects: [retime(2)] }));
  set('a disabled speed', () => ({ effects: [retime(2, false)] }));
}

describe('adapters: nothing is lost in silence', () => {
  /** MLT is for looking: it tells that markers and media names go, but not each of their parts. */
  const coarse = /a marker$|of marker$|name of a medium/;
  for (const adapter of adapters.filter(({ write }) => write !== undefined))
    it(adapter.name, () => {
      const said = (the: Edit): string => JSON.stringify(adapter.write!(the.timeline));
      const usual = said(edit());
      for (const [what, change] of Object.entries(changes)) {
        if (adapter.name === 'mlt' && coarse.test(what)) continue;
        const the = edit();
        change(the);
        assert.notEqual(said(the), usual, what);
      }
    });
});

describe('adapters: source ranges of tracks and of the timeline', () => {
  const cut = (): otio.Timeline =>
    make.cut(
      make.clip(100, 20, { name: 'a' }),
      make.clip(200, 20, { name: 'b', speed: 2 }),
      make.over(3, 3),
      make.clip(300, 20, { name: 'c' }),
    );
  /** Frames 5 to 55: what of the above lies in them. */
  const kept = (): otio.Timeline =>
    make.cut(
      make.clip(105, 15, { name: 'a' }),
      make.clip(200, 20, { name: 'b', speed: 2 }),
      make.over(3, 3),
      make.clip(300, 15, { name: 'c' }),
    );
  for (const name of ['edl', 'fcp7xml'])
    for (const of of ['track', 'timeline'])
      it(`${name}: the ${of} is written as it is cut`, () => {
        const { write } = adapters.find((one) => one.name === name)!;
        const timeline = cut();
        const target = of === 'track' ? (timeline.tracks!.children[0] as otio.Track) : timeline.tracks!;
        target.sourceRange = new otio.TimeRange(5, 50, 24);
        assert.equal(write!(timeline).text, write!(kept()).text);
      });
  it('the in-point of a retimed clip moves by its speed', () => {
    const timeline = make.cut(make.clip(100, 20, { speed: 2 }));
    timeline.tracks!.sourceRange = new otio.TimeRange(5, 10, 24);
    const { text } = adapters[0]!.write!(timeline);
    assert.match(text, /00:00:04:14 00:00:05:10 00:00:00:00 00:00:00:10/); // 100 + 2 · 5 = 110, and 20 frames of it
  });
  it('a transition that is cut is a loss', () => {
    const timeline = cut();
    timeline.tracks!.sourceRange = new otio.TimeRange(0, 41, 24);
    assert.match(adapters[0]!.write!(timeline).losses.join('\n'), /transition .* cuts/);
  });
});

describe('adapters: the rate and the speed of what is written', () => {
  it('a gap does not say the rate', () => {
    const clip = new Maker(25).clip(0, 50, { url: null });
    for (const { name, write } of adapters) {
      const timeline = new otio.Timeline({
        tracks: new otio.Stack({ children: [make.track('V', [make.gap(24), clip.clone()])] }),
      });
      assert.match(
        write!(timeline).text,
        /00:00:01:00 00:00:03:00|<timebase>25<|frame_rate_num="25"|1\/25s|100\/2500s/,
        name,
      );
    }
  });
  it('a speed that is no number is a loss, not an error', () => {
    for (const speed of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, 1e-12])
      for (const { name, write } of adapters) {
        const { losses } = write!(make.cut(make.clip(0, 10, { speed })));
        assert.ok(
          losses.some((loss) => loss.includes('speed')),
          `${name} ${speed}`,
        );
      }
  });
});
