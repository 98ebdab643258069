// Children come and go without the list that somebody goes through changing under them, and without a track copying itself each time.
import assert from 'node:assert/strict';
import { clip, track } from '../algorithms/tracks.ts';

describe('the list of children', () => {
  it('stays as it was for who reads it', () => {
    const made = track(clip('a', 0, 1), clip('b', 0, 1));
    const seen = made.children;
    for (const child of made.children) made.appendChild((child as ReturnType<typeof clip>).clone());
    made.removeChild(0);
    assert.deepEqual([seen.length, made.children.length], [2, 3]);
  });
  it('is not the list that was given', () => {
    const given = [clip('a', 0, 1)];
    const made = track();
    made.setChildren(given);
    made.appendChild(clip('b', 0, 1));
    made.removeChild(0);
    assert.deepEqual([given.length, made.children.length], [1, 1]);
  });
  it('is the same one while nothing changes', () => {
    const made = track(clip('a', 0, 1));
    assert.equal(made.children, made.children);
  });
  it('knows where everything lies while it changes in place', () => {
    const made = track();
    const clips = Array.from({ length: 40 }, (_, i) => clip(`${i}`, 0, 2));
    for (const [i, one] of clips.entries()) {
      made.insertChild(i % 3 === 0 ? 0 : made.children.length, one);
      assert.equal(one.rangeInParent().startTime.value, i % 3 === 0 ? 0 : 2 * i);
    }
    assert.equal(made.duration().value, 80);
  });
  it('100,000 clips are appended in time that grows with their number alone', () => {
    const time = (count: number): number => {
      const clips = Array.from({ length: count }, (_, i) => clip(`${i}`, 0, 1));
      const made = track();
      const start = performance.now();
      for (const one of clips) made.appendChild(one);
      const last = clips.at(-1)!.rangeInParent().startTime.value;
      assert.deepEqual([made.children.length, last], [count, count - 1]);
      return performance.now() - start;
    };
    time(1000);
    assert.ok(time(100_000) < 5000); // copied each time: more than a minute
  });
});
