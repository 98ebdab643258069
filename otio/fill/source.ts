// Where the pictures of a fill come from: the source's own rate, its speed, and the frame that the first picture shows.
import { shownRange } from '../edit/frames.ts';
import { hasUnknownSpeed } from '../edit/speed.ts';
import type { RationalTime } from '../opentime/index.ts';
import { type ExactRate, type FramePosition, framePosition, rationalRate, rescale } from '../opentime/rate.ts';
import { Clip } from '../schema/clip.ts';
import type { Child } from '../schema/composition.ts';
import { LinearTimeWarp } from '../schema/effect.ts';
import { fractionOf, REAL_TIME, type Samples, type Speed, samplePositions, speedTimes } from './samples.ts';

/** What the caller knows better than the timeline. */
export interface FillSource {
  /** Frames per second of the source. */
  readonly rate?: number | ExactRate;
  /** Source frame that the first frame shows. */
  readonly start?: number;
  /** 0.4 is slow motion. */
  readonly speed?: number | Speed;
}

/** In frames: nearer to a whole one than this, it is that. */
const NEARLY = 0.1;

export const exactRate = (rate: number | ExactRate): ExactRate =>
  typeof rate === 'number' ? rationalRate(rate) : rate;

/** Which source frames the fill shows; null where neither caller nor clip says. `clip`: what is filled, as it was before any fill. */
export function samplesOf(
  child: Child | null,
  frames: number,
  trackRate: ExactRate,
  told: FillSource | undefined,
): Samples | null {
  const clip = child instanceof Clip ? child : null;
  if ((clip === null && told === undefined) || (told?.speed === undefined && clip !== null && hasUnknownSpeed(clip)))
    return null;
  const sourceRate = told?.rate === undefined ? mediaRate(clip, trackRate) : exactRate(told.rate);
  const speed =
    told?.speed === undefined
      ? speedOfClip(clip)
      : typeof told.speed === 'number'
        ? fractionOf(told.speed)
        : told.speed;
  return samplePositions({ trackRate, sourceRate, speed, frames, start: told?.start ?? startOf(clip, sourceRate) });
}

/** Frames per second that the media of a clip are counted in: as they say, else as the clip does. */
export function mediaRate(clip: Clip | null, otherwise: ExactRate): ExactRate {
  const media = clip?.mediaReference?.availableRange ?? null;
  if (media !== null && media.duration.rate > 0) return rationalRate(media.duration.rate);
  return clip === null ? otherwise : rationalRate(shownRange(clip).duration.rate);
}

function speedOfClip(clip: Clip | null): Speed {
  let speed = REAL_TIME;
  for (const effect of clip?.effects ?? [])
    if (effect instanceof LinearTimeWarp && effect.enabled && Number.isFinite(effect.timeScalar))
      speed = speedTimes(speed, fractionOf(effect.timeScalar));
  return speed;
}

/** The in-point in source frames. */
const startOf = (clip: Clip | null, sourceRate: ExactRate): FramePosition =>
  clip === null ? framePosition(0n, 1n) : exactFrames(shownRange(clip).startTime, sourceRate);

/** A time in frames of a rate, exactly: what a file has is a whole number (nearly so, by some exporters), or a simple fraction. It must be finite. */
export function exactFrames({ value, rate }: RationalTime, to: ExactRate): FramePosition {
  const whole = Math.round(value);
  const { num, den } = Math.abs(value - whole) < NEARLY ? { num: whole, den: 1 } : fractionOf(value);
  const frames = rescale(num, rationalRate(rate), to);
  return framePosition(frames.num, frames.den * BigInt(den));
}
