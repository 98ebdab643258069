// Transitions laid open: what they take from their neighbours, and what is refused.
import assert from 'node:assert/strict';
import * as otio from '../../../otio/index.ts';
import { clip, cross, described, gap, opaque, outcome, track } from './tracks.ts';

describe('trackWithExpandedTransitions', () => {
  const check = (parent: otio.Track, expected: string) => {
    const told = (piece: otio.Child | otio.ExpandedTransition): string =>
      Array.isArray(piece) ? `(${piece.map(described).join(' ')})` : described(piece as otio.Child);
    assert.equal(
      outcome(() => otio.trackWithExpandedTransitions(parent).map(told).join(' ')),
      expected,
    );
  };

  it('gives each transition the material of both sides, and takes it from the items', () => {
    check(
      track(clip('a', 100, 20), cross(3, 5), clip('b', 200, 20)),
      'a[100+17] (a_transition_pre[117+8] x b_transition_post[197+8]) b[205+15]',
    );
    check(track(clip('a', 100, 20), clip('b', 0, 5)), 'a[100+20] b[0+5]');
  });
  it('at the ends of the track there is a gap', () => {
    check(
      track(cross(3, 5), clip('a', 100, 20), cross(2, 1)),
      '(_transition_pre[0+8] x a_transition_post[97+8]) a[105+13] (a_transition_pre[118+3] x _transition_post[-2+3])',
    );
  });
  it('what has no duration is no neighbour to show; what it does not know is', () => {
    check(track(opaque(9), cross(1, 1), gap(4)), '?[0+8] (?[8+2] x _transition_post[-1+2]) Gap[1+3]');
    check(track(opaque(), cross(1, 2), gap(4)), '? (_transition_pre[0+3] x _transition_post[-1+3]) Gap[2+2]');
  });
  it('refuses two transitions side by side', () =>
    check(track(clip('a', 0, 9), cross(1, 1), cross(1, 1)), 'CANNOT_TRIM_TRANSITION'));
});
