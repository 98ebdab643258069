// Cutting: two parts that show what one showed, and nothing lost between them.
import assert from 'node:assert/strict';
import {
  type Clip,
  dictionary,
  ExternalReference,
  edit,
  Gap,
  Marker,
  Stack,
  Track,
  UnknownSchema,
} from '../../../otio/index.ts';
import { check, clipOf, range, textOf, time, trackOf } from './tracks.ts';

describe('slice', () => {
  const cut = (before: string, at: number, wanted: string, options = {}) =>
    check(before, wanted, (track) => edit.slice(track, time(at), options));
  cut('A10+24 B0+9', 5, 'A10+5 A15+19 B0+9');
  cut('A10+24 B0+9', 24, 'A10+24 B0+9');
  cut('A10+24 B0+9', 0, 'A10+24 B0+9');
  cut('A10+24 B0+9', 33, 'NOT_AN_ITEM');
  cut('A10+24 B0+9', -1, 'NOT_AN_ITEM');
  cut('', 0, 'NOT_AN_ITEM');
  cut('A10+24 B0+9', 5.5, 'INVALID_TIME_RANGE');
  cut('-24 B0+9', 5, '-24 B0+9');
  cut('A10+24x2', 5, 'A10+5x2 A20+19x2');
  cut('A10+24x0.5', 5, 'A10+5x0.5 A12.5+19x0.5');
  cut('A0+24 <6|4> B0+24', 18, 'A0+18 A18+6 <6|4> B0+24', { removeTransitions: false });
  cut('A0+24 <6|4> B0+24', 19, 'A0+19 A19+5 B0+24');

  it('clones all of the item, and gives each part its markers', () => {
    const marker = (at: number) => new Marker({ name: `${at}`, markedRange: range(at, 1) });
    const clip = clipOf('A10+24');
    clip.markers = [marker(3), marker(14), marker(15), marker(40)];
    clip.setMediaReferences(
      { DEFAULT_MEDIA: clip.mediaReference, proxy: new ExternalReference({ targetUrl: 'p' }) },
      'proxy',
    );
    clip.enabled = false;
    const track = new Track({ children: [clip] });
    const { changed } = edit.slice(track, time(5));
    const [left, right] = track.children as [Clip, Clip];
    assert.equal(left, clip);
    assert.deepEqual(changed, [left, right]);
    assert.deepEqual(
      left.markers.map((one) => (one as Marker).name),
      ['3', '14'],
    );
    assert.deepEqual(
      right.markers.map((one) => (one as Marker).name),
      ['15', '40'],
    );
    assert.deepEqual(
      [right.enabled, right.activeMediaReferenceKey, Object.keys(right.mediaReferences)],
      [false, 'proxy', ['DEFAULT_MEDIA', 'proxy']],
    );
    right.metadata.of = 'other';
    assert.equal(left.metadata.of, 'A');
  });
  it('cuts gaps that say something, and says of clips at a speed what it did', () => {
    const track = new Track({
      children: [new Gap({ sourceRange: range(0, 10), metadata: { note: 'keep' } }), clipOf('A0+24x2')],
    });
    edit.slice(track, time(4));
    assert.equal(textOf(track), '-4 -6 A0+24x2');
    assert.match(edit.slice(track, time(14)).warnings.join(), /Clip 'A'.*8 frames for 4/);
  });
  it('cuts stacks and objects of unknown schemas', () => {
    const members = dictionary();
    members.source_range = range(5, 10);
    const stack = new Stack({ name: 'S', children: [trackOf('A0+20'), trackOf('B0+12')] });
    const track = new Track({ children: [stack, new UnknownSchema('Shape', 1, members)] });
    edit.slice(track, time(8));
    edit.slice(track, time(25));
    assert.deepEqual(
      track.children.map((child) => (child as Clip).sourceRange),
      [range(0, 8), range(8, 12), range(5, 5), range(10, 5)],
    );
    assert.equal((track.children[1] as Stack).children.length, 2);
  });
  it('needs a track', () => assert.throws(() => edit.slice(new Stack() as never, time(0)), { code: 'TYPE_MISMATCH' }));
});
