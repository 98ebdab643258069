// Taking back: the same objects and bytes as before; several edits as one, all or none.
import assert from 'node:assert/strict';
import { edit, write } from '../../../otio/index.ts';
import { clipOf, named, range, textOf, time, trackOf } from './tracks.ts';

describe('undo', () => {
  it('brings the same objects back', () => {
    const track = trackOf('A0+9 -2 -3 B0+9');
    const children = [...track.children];
    const { undo } = edit.overwrite(clipOf('X0+9'), track, range(4, 9));
    undo.apply();
    assert.ok(track.children.every((child, i) => child === children[i]));
    undo.apply(); // once is enough
    assert.equal(textOf(track), 'A0+9 -2 -3 B0+9');
  });
  it('refuses to go before later edits', () => {
    const track = trackOf('A0+9 B0+9');
    const first = edit.slice(track, time(4));
    const second = edit.remove(track, time(4));
    assert.throws(() => first.undo.apply(), { code: 'UNDO_OUT_OF_ORDER' });
    assert.equal(textOf(track), 'A0+4 B0+9');
    second.undo.apply();
    first.undo.apply();
    assert.equal(textOf(track), 'A0+9 B0+9');
  });
  it('sees what was changed by hand', () => {
    const track = trackOf('A0+9 B0+9');
    const { undo } = edit.ripple(named(track, 'A'), time(0), time(-2));
    named(track, 'A').sourceRange = range(1, 1);
    assert.throws(() => undo.apply(), { code: 'UNDO_OUT_OF_ORDER' });
    edit.slice(track, time(5));
    assert.equal(textOf(track), 'A1+1 B0+4 B4+5');
  });
});

describe('batch', () => {
  it('is one edit', () => {
    const track = trackOf('A0+9 B0+9');
    const text = write(track);
    const [, b] = track.children;
    const { changed, removed, undo } = edit.batch(track, () => {
      edit.slice(track, time(4));
      edit.remove(track, time(4));
      edit.batch(track, () => edit.remove(track, time(4), { fill: true }));
    });
    const after = write(track);
    assert.equal(textOf(track), 'A0+4 -9');
    assert.deepEqual(changed, [...track.children]);
    assert.equal(removed[1], b);
    undo.apply();
    assert.equal(write(track), text);
    undo.redo();
    assert.equal(write(track), after);
  });
  it('leaves nothing when one of its edits fails, on other tracks too', () => {
    const [track, other] = [trackOf('A0+9 B0+9'), trackOf('C0+9')];
    const text = write([track, other]);
    const item = clipOf('X0+3');
    const failing = () =>
      edit.batch(track, () => {
        edit.insert(item, track, time(4));
        edit.slice(other, time(2)).undo.apply();
        edit.slice(other, time(3));
        edit.slice(track, time(99));
      });
    assert.throws(failing, { code: 'NOT_AN_ITEM' });
    assert.equal(write([track, other]), text);
    assert.equal(item.parent, null);
  });
});
