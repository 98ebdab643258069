// Original, fill and takes of a clip, one seen and the others kept.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as otio from '../../../otio/index.ts';
import {
  clip,
  fillIn,
  frames,
  gap,
  info,
  OTHER_JOB,
  pictures,
  range,
  text,
  timeline,
  track,
  trackOf,
  urlOf,
} from './support.ts';

const { fill, edit } = otio;
const ORIGINAL = fill.ORIGINAL_MEDIA;
const keys = (of: otio.Clip): string[] => Object.keys(of.mediaReferences).sort();
const made = (speed = 1): otio.Timeline =>
  timeline(
    track(
      clip('A', 100, 50, 24, {
        effects:
          speed === 1 ? [] : [new otio.Effect({ effectName: 'Blur' }), new otio.LinearTimeWarp({ timeScalar: speed })],
      }),
      clip('B', 0, 20),
    ),
  );
/** Fills the first clip, again and again. */
const filled = (on: otio.Timeline, ...urls: string[]): otio.Clip => {
  let last!: otio.Clip;
  for (const [i, url] of urls.entries())
    last = fillIn(
      on,
      { track: trackOf(on), range: range(0, 50), head: 4 - i, tail: 2 + i },
      info('restore', i === 0 ? undefined : OTHER_JOB),
      url,
    ).clip;
  return last;
};
const refused = (code: otio.OtioErrorCode) => (error: unknown) =>
  error instanceof otio.OtioError && error.code === code;

describe('otio/fill: show', () => {
  it('the original, under DEFAULT_MEDIA, and the fill again', () => {
    const on = made();
    const one = filled(on, '/media/1.mov');
    const before = text(on);
    const { undo } = fill.show(one, ORIGINAL);
    assert.equal(urlOf(one), 'file:///media/A.mov');
    assert.equal(one.activeMediaReferenceKey, otio.DEFAULT_MEDIA);
    assert.deepEqual(keys(one), [otio.DEFAULT_MEDIA, fill.versionKey(1)].sort());
    assert.deepEqual(pictures(trackOf(on)), pictures(trackOf(made())));
    assert.equal(fill.list(on)[0]!.shown, ORIGINAL);
    undo.apply();
    assert.equal(text(on), before);
    undo.redo();
    fill.show(one, fill.versionKey(1));
    assert.equal(text(on), before);
  });
  for (const speed of [2, 0.4, -1])
    it(`a retime of ${speed} comes back with the original, and goes with the fill`, () => {
      const on = made(speed);
      const one = filled(on, '/media/1.mov');
      const before = text(on);
      fill.show(one, ORIGINAL);
      assert.deepEqual(pictures(trackOf(on)), pictures(trackOf(made(speed))));
      fill.show(one, fill.versionKey(1));
      assert.equal(text(on), before);
    });
  it('a trim of the original is one of the fill, in frames of the track', () => {
    const on = made(2);
    const one = filled(on, '/media/1.mov');
    const shown = pictures(trackOf(on));
    fill.show(one, ORIGINAL);
    edit.trim(one, frames(5), frames(-3));
    assert.deepEqual(fill.list(on)[0]!.trim, { head: 5, tail: -3 });
    fill.show(one, fill.versionKey(1));
    const expected = shown.map((picture, i) => (i < 5 || (i >= 47 && i < 50) ? null : picture));
    assert.deepEqual(pictures(trackOf(on)), expected);
  });
  it('takes: each one is seen, the others stay, and the markers tell of it', () => {
    const on = made();
    const one = filled(on, '/media/1.mov', '/media/2.mov', '/media/3.mov');
    const before = text(on);
    for (const version of [1, 2, 3, 1]) {
      fill.show(one, fill.versionKey(version));
      assert.deepEqual(
        [
          ...new Set(
            pictures(trackOf(on))
              .slice(0, 50)
              .map((picture) => picture!.split(' ')[0]),
          ),
        ],
        [`file:///media/${version}.mov`],
      );
      assert.deepEqual(pictures(trackOf(on))[0], `file:///media/${version}.mov 100`);
      assert.equal(keys(one).length, 4);
      assert.equal(fill.recordOf(one)!.version, version);
      for (const { markers } of [one, on.tracks!])
        assert.deepEqual(
          markers.map((marker) => (marker as otio.Marker).comment),
          [`Flow 2.1, version ${version}, 2026-01-31`],
        );
    }
    fill.show(one, fill.versionKey(3));
    assert.equal(text(on), before);
  });
  it('the next fill is the next version, whatever is shown', () => {
    for (const key of [ORIGINAL, fill.versionKey(1), fill.versionKey(2)]) {
      const [on, other] = [made(2), made(2)];
      fill.show(filled(on, '/media/1.mov', '/media/2.mov'), key);
      filled(other, '/media/1.mov', '/media/2.mov');
      const again = (where: otio.Timeline): otio.Clip =>
        fillIn(where, { track: trackOf(where), range: range(0, 50), head: 1, tail: 1 }, info(), '/media/3.mov').clip;
      assert.deepEqual(keys(again(on)), keys(again(other)));
      assert.deepEqual(pictures(trackOf(on)), pictures(trackOf(other)));
      assert.equal(fill.recordOf(trackOf(on).children[0] as otio.Clip)!.version, 3);
    }
  });
  it('a clip that is no fill, a fill of a gap, media that are not there', () => {
    const on = timeline(track(clip('A', 0, 20), gap(10), clip('B', 0, 20)));
    const [plain] = trackOf(on).children as otio.Clip[];
    assert.throws(() => fill.show(plain!, ORIGINAL), refused('KEY_NOT_FOUND'));
    const { clip: made } = fillIn(on, { track: trackOf(on), range: range(20, 10) });
    const before = text(on);
    for (const key of [ORIGINAL, fill.versionKey(2), otio.DEFAULT_MEDIA])
      assert.throws(() => fill.show(made, key), refused('KEY_NOT_FOUND'));
    assert.equal(text(on), before);
  });

  it('whatever is shown and trimmed in between, a revert gives what it would have given at once', () => {
    const step = fc.oneof(
      fc.constantFrom(ORIGINAL, fill.versionKey(1), fill.versionKey(2)),
      fc.tuple(fc.nat(4), fc.nat(4)),
    );
    const property = fc.property(fc.constantFrom(1, 2, 0.5, -1), fc.array(step, { maxLength: 6 }), (speed, steps) => {
      const [on, plain] = [made(speed), made(speed)];
      const [one, other] = [on, plain].map((where) => filled(where, '/media/1.mov', '/media/2.mov'));
      for (const next of steps)
        if (typeof next === 'string') fill.show(one!, next);
        else for (const where of [one!, other!]) edit.trim(where, frames(next[0]), frames(-next[1]));
      for (const where of [one!, other!]) fill.revert(where);
      assert.equal(text(on), text(plain));
    });
    fc.assert(property, { numRuns: 150 });
  });
});
