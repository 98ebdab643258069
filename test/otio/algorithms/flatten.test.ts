// A stack as one track: what is seen from above.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as otio from '../../../otio/index.ts';
import { clip, content, cross, gap, opaque, outcome, stack, track } from './tracks.ts';

describe('flattenStack', () => {
  const check = (given: otio.Stack | otio.Track[], expected: string) =>
    assert.equal(
      outcome(() => content(otio.flattenStack(given))),
      expected,
    );
  const off = (child: otio.Item): otio.Item => Object.assign(child, { enabled: false });

  it('sees through gaps and disabled items to the track below', () => {
    const a = () => clip('a', 0, 30);
    check(stack(track(a()), track(gap(10), clip('x', 0, 10), gap(10))), 'a[0+10] x[0+10] a[20+10]');
    check(stack(track(a()), track(gap(10), off(clip('x', 0, 10)), gap(10))), 'a[0+10] a[10+10] a[20+10]');
    check(stack(track(a()), track(gap(30)), track(gap(12), clip('y', 5, 18))), 'a[0+12] y[5+18]');
    check(stack(track(gap(10)), track(gap(10))), 'Gap[0+10]');
  });
  it('pads shorter tracks', () => {
    check(stack(track(clip('a', 0, 30)), track(clip('x', 0, 10))), 'x[0+10] a[10+20]');
    check(stack(track(clip('a', 0, 5)), track(gap(5), clip('x', 0, 10))), 'a[0+5] x[0+10]');
    check(stack(track(), track(gap(5))), 'Gap[0+5]');
  });
  it('leaves out disabled tracks of a stack, but none of a list', () => {
    const tracks = () => [track(clip('a', 0, 5)), off(track(clip('x', 0, 5))) as otio.Track];
    check(stack(...tracks()), 'a[0+5]');
    check(tracks(), 'x[0+5]');
    check(stack(), '');
  });
  it('takes transitions along, and refuses to cut one', () => {
    const below = () => track(clip('a', 0, 10), cross(2, 2), clip('b', 0, 10));
    check(stack(below()), 'a[0+10] x b[0+10]');
    check(stack(below(), track(clip('y', 0, 5), gap(15))), 'y[0+5] a[5+5] x b[0+10]');
    check(stack(below(), track(clip('y', 0, 9), gap(11))), 'CANNOT_TRIM_TRANSITION');
  });
  it('wants tracks; what it does not know hides what lies below', () => {
    check(stack(track(clip('a', 0, 5)), clip('b', 0, 5)), 'TYPE_MISMATCH');
    check(stack(track(clip('a', 0, 9)), track(opaque(4), gap(5))), '?[0+4] a[4+5]');
    check(stack(track(clip('a', 0, 9)), opaque(4)), 'a[0+9]');
  });
  it('makes copies and leaves the stack as it was', () => {
    const given = stack(track(clip('a', 0, 30)), track(clip('x', 0, 10)));
    const before = otio.write(given);
    const flat = otio.flattenStack(given);
    assert.equal(otio.write(given), before);
    assert.equal(flat.name, 'Flattened');
    assert.ok(flat.children.every((child) => child.parent === flat));
  });
  it('shows at every frame what the topmost track has there', () => {
    // a track is a list of pieces; frame n of a clip on track t shows frame n of medium t
    const pieces = fc.array(fc.record({ length: fc.integer({ min: 1, max: 6 }), seen: fc.boolean() }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (tracks) => {
        const shown: (number | null)[] = [];
        const made = tracks.map((list, t) => {
          let place = 0;
          return track(
            ...list.map(({ length, seen }) => {
              for (let i = 0; i < length; i++, place++) shown[place] = seen ? t : (shown[place] ?? null);
              return seen ? clip(`${t}`, place - length, length) : gap(length);
            }),
          );
        });
        const found: (number | null)[] = [];
        for (const child of otio.flattenStack(stack(...made)).children as readonly otio.Item[])
          for (let i = 0; i < child.duration().value; i++) {
            if (child instanceof otio.Clip) assert.equal(child.sourceRange!.startTime.value + i, found.length);
            found.push(child instanceof otio.Clip ? Number(child.name) : null);
          }
        assert.deepEqual(found, shown);
      }),
    );
  });
});
