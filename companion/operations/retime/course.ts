// Which place in its media each frame of a clip shows: p_i = p_0 + i · (s/t) · σ (GAPFILL §6), exactly.
import type { FillPlan } from '../../../otio/fill/index.ts';
import { Rational } from '../../media/rational.ts';
import type { Shown } from '../../timeline/shown.ts';

/** How a clip's frames lie in its media. */
export interface Course {
  readonly shown: Shown;
  /** What frame `i` of its place shows, in frames of the media. */
  at(i: Rational): Rational;
}

export const courseOf = (shown: Shown): Course => ({ shown, at: (i) => shown.position.add(shown.step.mul(i)) });

/** Frames at the rate of the track: handles and all. */
export const trackFrames = ({ head, renderFrames }: FillPlan): Rational[] =>
  Array.from({ length: renderFrames }, (_, i) => new Rational(i - head));

/** The same stretch at the rate of its own: `frames` instants, in frames of the track. */
export const nativeFrames = ({ head, rate, native }: FillPlan): Rational[] => {
  const each = new Rational(rate.num, rate.den).div(new Rational(native!.rate.num, native!.rate.den));
  return Array.from({ length: native!.frames }, (_, i) => each.mul(new Rational(i)).sub(new Rational(head)));
};
