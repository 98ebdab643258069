// When each keyframe is shown, and what stands between them: the frame law of `keyframes`, in whole numbers.
import { CompanionError } from '../../api/errors.ts';
import { Rational } from '../../media/rational.ts';
import { parseTimecode } from '../../media/timecode.ts';

/** Frames a keyframe is shown on, exactly: `first` to `last`, both among them. */
export interface Key {
  readonly first: number;
  readonly last: number;
}

/** What a frame of the clip shows: keyframe `key` itself, or a picture `phase` of the way (0 < phase < 1) from keyframe `span` to the next. */
export type Moment = { readonly key: number } | { readonly span: number; readonly phase: Rational };

/**
 * Times of the keyframes in frames of the clip, the first of which is 0: frames (`0,24,60`), seconds (`0s,1.5s`; a decimal point says so too; the nearest
 * frame) or timecode, which may start anywhere.
 * @throws CompanionError PARAM_INVALID
 */
export function timesOf(text: string, rate: Rational, stills: number): number[] {
  const refuse = (expected: string): CompanionError =>
    new CompanionError('PARAM_INVALID', { name: 'times', expected, received: text });
  const frames = text.split(',').map((point) => {
    const frame = frameOf(point.trim(), rate);
    if (frame === null)
      throw refuse('points such as 0,24,60 (frames), 0s,1.5s (seconds) or 01:00:00:00,01:00:01:12 (timecode)');
    return frame;
  });
  if (frames.length !== stills)
    throw refuse(`${stills} points in time, one for each still (and there are ${frames.length})`);
  const late = frames.findIndex((frame, i) => i > 0 && frame <= frames[i - 1]!);
  if (late > 0)
    throw refuse(
      `points that rise by a frame at least (number ${late + 1} is not after number ${late}, at ${rate} fps)`,
    );
  return frames.map((frame) => frame - frames[0]!);
}

function frameOf(point: string, rate: Rational): number | null {
  if (/^\d{1,9}$/.test(point)) return Number(point);
  const seconds = /^(\d{1,9}(?:\.\d{1,12})?)s?$/.exec(point)?.[1];
  if (seconds !== undefined) return Number(Rational.parse(seconds, { as: 'number' }).mul(rate).round());
  return point.includes(':') ? parseTimecode(point, rate).frames : null;
}

/** Of the times of `timesOf` the first as a label, where timecode was given; null else. */
export const firstLabel = (text: string): string | null => (text.includes(':') ? text.split(',')[0]!.trim() : null);

/**
 * Where each keyframe stands. It is shown from its time on for `hold` frames more; the last one, after which nothing comes, arrives that much earlier. So the
 * clip has `last time − first time + 1` frames, whatever the holds:
 *
 *   times 0,4,8  hold 1    A A · · B B · C C
 *
 * @throws CompanionError PARAM_INVALID where a hold leaves no frame for the way to the next keyframe
 */
export function keysOf(times: readonly number[], holds: readonly number[]): Key[] {
  const end = times.length - 1;
  const keys = times.map((time, i) => ({
    first: i === end ? time - holds[i]! : time,
    last: i === end ? time : time + holds[i]!,
  }));
  for (const [i, { first }] of keys.entries()) {
    const before = keys[i - 1];
    if (!before || first > before.last) continue;
    const early = i === end ? ', and the last one stands its own hold early' : '';
    throw new CompanionError('PARAM_INVALID', {
      name: 'hold',
      expected: `such that keyframe ${i} has left before keyframe ${i + 1} stands (they are ${times[i]! - times[i - 1]!} frames apart${early})`,
      received: holds[i - 1] === holds[i] ? holds[i] : holds.join(','),
    });
  }
  return keys;
}

/** Frames of the clip: `last time − first time + 1`. */
export const frameCount = (keys: readonly Key[]): number => keys.at(-1)!.last + 1;

/** Frames between two keyframes, which are made. */
export const framesBetween = (keys: readonly Key[], span: number): number =>
  keys[span + 1]!.first - keys[span]!.last - 1;

/** What each frame shows, in order. Phases are even steps from the frame a keyframe leaves on to the one the next is there. */
export function* moments(keys: readonly Key[]): Generator<Moment, void, undefined> {
  for (const [key, { first, last }] of keys.entries()) {
    for (let frame = first; frame <= last; frame++) yield { key };
    const next = keys[key + 1];
    if (!next) return;
    const steps = next.first - last;
    for (let step = 1; step < steps; step++) yield { span: key, phase: new Rational(step, steps) };
  }
}
