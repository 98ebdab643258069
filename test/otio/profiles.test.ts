// What each profile changes in the copy that is written, and that the original stays as it was.
import assert from 'node:assert/strict';
import {
  Clip,
  ExternalReference,
  LinearTimeWarp,
  Marker,
  MissingReference,
  type ProfileName,
  RationalTime,
  read,
  type Timeline,
  type Track,
  write,
} from '../../otio/index.ts';
import { edit, range as rangeOf, time, track } from '../fixtures/timeline.ts';

const range = (rate: number) => rangeOf(10, 48, rate);

function timeline(rate = 24): Timeline {
  const clip = new Clip({
    name: 'A',
    sourceRange: range(rate),
    markers: [new Marker({ comment: 'soft', markedRange: range(rate) }), new Marker({ markedRange: range(rate) })],
    effects: [new LinearTimeWarp({ timeScalar: 1 }), new LinearTimeWarp({ timeScalar: 2 })],
    mediaReferences: {
      DEFAULT_MEDIA: new ExternalReference({ targetUrl: 'a.mov' }),
      proxy: new MissingReference({ name: 'p' }),
    },
    metadata: { rate: new RationalTime(1, 23.976) },
  });
  return edit('', time(0, rate), track(clip));
}

/** The first clip as it is read back from what the profile writes; the timeline written is as it was. */
function written(profile: ProfileName, rate = 24): Clip {
  const made = timeline(rate);
  const before = write(made);
  const { root } = read(write(made, { profile }));
  assert.equal(write(made), before);
  return ((root as Timeline).tracks!.children[0] as Track).children[0] as Clip;
}

describe('otio: profiles', () => {
  it('otio writes what is there', () =>
    assert.ok(written('otio').isEquivalentTo((timeline().tracks!.children[0] as Track).children[0]!)));
  it('resolve finds the note of a marker in its metadata', () => {
    const [noted, bare] = written('resolve').markers as Marker[];
    assert.deepEqual({ ...(noted!.metadata.Resolve_OTIO as object) }, { Keywords: [], Note: 'soft' });
    assert.equal(bare!.metadata.Resolve_OTIO, undefined);
  });
  it('premiere gets no speed of 1.0, and other speeds', () =>
    assert.deepEqual(
      written('premiere').effects.map((effect) => (effect as LinearTimeWarp).timeScalar),
      [2],
    ));
  it('premiere is told the rate of the picture', () => {
    const { root } = read(write(timeline(23.976), { profile: 'premiere' }));
    assert.deepEqual(
      { ...((root as Timeline).tracks!.metadata.PremierePro_OTIO as object) },
      { VideoFrameRate: 24000 / 1001 },
    );
  });
  it('premiere is told what there is of a timeline that has no length yet', () => {
    const unknown = edit('', null, track(new Clip()));
    assert.doesNotMatch(write(unknown, { profile: 'premiere' }), /VideoFrameRate/);
    for (const profile of ['premiere', 'kdenlive'] as const)
      assert.match(write(timeline(1e15), { profile }), /"rate": 1000000000000000\.0/);
  });
  it('kdenlive gets exact rates, in fields and not in metadata', () => {
    const clip = written('kdenlive', 23.976);
    assert.equal(clip.sourceRange!.startTime.rate, 24000 / 1001);
    assert.equal(clip.sourceRange!.duration.value, 48);
    assert.equal((clip.metadata.rate as RationalTime).rate, 23.976);
  });
  it('legacy writes Clip.1 and keeps the other media in the metadata', () => {
    assert.match(write(timeline(), { profile: 'legacy' }), /"OTIO_SCHEMA": "Clip\.1"/);
    const clip = written('legacy');
    assert.equal((clip.mediaReference as ExternalReference).targetUrl, 'a.mov');
    const kept = clip.metadata.inbetween as { media_references: { proxy: MissingReference } };
    assert.equal(kept.media_references.proxy.name, 'p');
  });
});
