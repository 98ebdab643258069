// The fills of a timeline as they are listed, taken off and exchanged.
import assert from 'node:assert/strict';
import { CompanionError } from '../../../companion/api/errors.ts';
import { type FillsWanted, fillsOf, revertFills, useVersion } from '../../../companion/timeline/fills.ts';
import { LinearTimeWarp, type Timeline } from '../../../otio/index.ts';
import {
  clip,
  fillIn,
  frames,
  gap,
  info,
  JOB,
  OTHER_JOB,
  range,
  text,
  timeline,
  track,
  trackOf,
  urlOf,
} from '../../otio/fill/support.ts';

const bare = (): Timeline =>
  timeline([track(clip('A', 100, 50), gap(30), clip('B', 10, 40)), track(gap(20), clip('C', 0, 30))], frames(86400));
/** A gap on V1 filled by one job, C on V2 restored twice by another. */
function filled(): Timeline {
  const on = bare();
  fillIn(on, { track: trackOf(on), range: range(50, 30) }, info(), '/media/gap.mov');
  fillIn(on, { track: trackOf(on, 1), range: range(20, 30) }, info('restore', OTHER_JOB), '/media/one.mov');
  fillIn(on, { track: trackOf(on, 1), range: range(20, 30) }, info('restore', OTHER_JOB), '/media/two.mov');
  return on;
}

const refuses = (code: string, words: RegExp, call: () => unknown): void => {
  assert.throws(call, (error) => error instanceof CompanionError && error.code === code && words.test(error.message));
};

describe('timeline: fills', () => {
  it('are told with their places', () =>
    assert.deepEqual(
      fillsOf(filled()).map(({ label, in: first, out, timecode, job, kind, revertible, trim }) => ({
        ...{ label, first, out, timecode, job, kind, revertible, trim },
      })),
      [
        {
          ...{ label: 'V1', first: 50, out: 80, timecode: '01:00:02:02', job: JOB, kind: 'interpolate' },
          ...{ revertible: true, trim: { head: 0, tail: 0 } },
        },
        {
          ...{ label: 'V2', first: 20, out: 50, timecode: '01:00:00:20', job: OTHER_JOB, kind: 'restore' },
          ...{ revertible: true, trim: { head: 0, tail: 0 } },
        },
      ],
    ));
  it('with their versions', () => {
    const [one, two] = fillsOf(filled());
    const facts = (versions: typeof one): unknown =>
      versions!.versions.map(({ name, media, active, job, created }) => [name, media, active, job, created]);
    assert.deepEqual(facts(one), [['v001', 'file:///media/gap.mov', true, JOB, '2026-01-31T12:00:00Z']]);
    assert.deepEqual(facts(two), [
      ['original', 'file:///media/C.mov', false, null, null],
      ['v001', 'file:///media/one.mov', false, OTHER_JOB, '2026-01-31T12:00:00Z'],
      ['v002', 'file:///media/two.mov', true, OTHER_JOB, '2026-01-31T12:00:00Z'],
    ]);
    assert.equal(two!.versions[1]!.model!.name, 'Flow');
  });
  it('of which an editor has dropped the metadata are known by their files', () => {
    const on = bare();
    const name = '/media/A__inbetween-restore-v003-0f3a99c1.mov';
    const { clip: made } = fillIn(on, { track: trackOf(on), range: range(50, 30) }, info(), name);
    made.metadata = {};
    (made.mediaReference as { metadata: object }).metadata = {};
    const [one] = fillsOf(on, { job: JOB });
    assert.deepEqual([one!.job, one!.kind, one!.revertible], ['0f3a99c1', 'restore', false]);
    assert.deepEqual(
      one!.versions.map((version) => version.name),
      ['v003'],
    );
  });

  const wanted: [string, FillsWanted, string[]][] = [
    ['on a track', { track: 'v2' }, ['V2']],
    ['of a job', { job: JOB }, ['V1']],
    ['by the first digits', { job: '0F3A99C1' }, ['V1']],
    ['that cover a frame', { at: 50 }, ['V1']],
    ['not those that have just ended', { at: 80 }, []],
    ['by several facts', { at: 49, track: 'V2', job: OTHER_JOB }, ['V2']],
    ['that do not fit together', { track: 'V1', job: OTHER_JOB }, []],
  ];
  for (const [what, which, labels] of wanted)
    it(`asked for: ${what}`, () =>
      assert.deepEqual(
        fillsOf(filled(), which).map(({ label }) => label),
        labels,
      ));
});

describe('timeline: fills taken off', () => {
  it('all', () => {
    const on = filled();
    const { reverted, kept, warnings } = revertFills(on, {});
    assert.deepEqual([reverted.length, kept, warnings], [2, [], []]);
    assert.equal(text(on), text(bare()));
  });
  it('those of a job', () => {
    const on = filled();
    revertFills(on, { job: OTHER_JOB });
    assert.deepEqual(
      fillsOf(on).map(({ label }) => label),
      ['V1'],
    );
  });
  it('those that come back under others too', () => {
    const on = filled();
    fillIn(on, { track: trackOf(on), range: range(40, 60) }, info('generate', OTHER_JOB), '/media/over.mov');
    const { reverted } = revertFills(on, { track: 'V1' });
    assert.equal(reverted.length, 2);
    assert.deepEqual(
      fillsOf(on).map(({ label }) => label),
      ['V2'],
    );
  });
  it('one that does not say what was there stays, and the others go', () => {
    const on = filled();
    const own = fillsOf(on)[0]!.clip.metadata.inbetween as { restore?: unknown };
    delete own.restore;
    const { reverted, kept } = revertFills(on, {});
    assert.deepEqual([reverted.length, kept.length], [1, 1]);
    assert.match(kept[0]!.reason, /does not say what it replaced/);
  });
});

describe('timeline: versions of a fill', () => {
  for (const [word, url] of [
    ['v001', 'file:///media/one.mov'],
    ['1', 'file:///media/one.mov'],
    ['V2', 'file:///media/two.mov'],
    ['original', 'file:///media/C.mov'],
  ] as const)
    it(word, () => {
      const on = filled();
      const [, fill] = fillsOf(on);
      useVersion(fill!, word);
      assert.equal(urlOf(fill!.clip), url);
      const [active, ...others] = fillsOf(on)[1]!.versions.filter((version) => version.active);
      assert.deepEqual([active!.media, others], [url, []]);
    });
  it('back and forth, with the retime that is baked in', () => {
    const on = timeline(track(clip('A', 100, 50, 24, { effects: [new LinearTimeWarp({ timeScalar: 0.4 })] })));
    fillIn(on, { track: trackOf(on), range: range(0, 50) });
    const before = text(on);
    useVersion(fillsOf(on)[0]!, 'original');
    assert.equal(fillsOf(on)[0]!.clip.effects.length, 1);
    useVersion(fillsOf(on)[0]!, 'v001');
    assert.equal(text(on), before);
  });
  it('one it does not have', () =>
    refuses('FILL_REFUSED', /V2 01:00:00:20 .*has no media 'inbetween:v007'/, () =>
      useVersion(fillsOf(filled())[1]!, 'v7'),
    ));
  it('the original of a gap', () =>
    refuses('FILL_REFUSED', /revert it/, () => useVersion(fillsOf(filled())[0]!, 'original')));
  it('no word for one', () =>
    refuses('PARAM_INVALID', /--use must be a version/, () => useVersion(fillsOf(filled())[0]!, 'newest')));
});
