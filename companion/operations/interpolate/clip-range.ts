// Which frames of a clip a person means by `IN-OUT`: frame numbers, seconds or timecode; IN is included, OUT is not.
import { CompanionError } from '../../api/errors.ts';
import type { StartTimecode } from '../../media/description.ts';
import { Rational } from '../../media/rational.ts';
import { nominalRate, parseTimecode } from '../../media/timecode.ts';
import { averageRate, durationOf, stampOf, type Timing } from '../../media/timing.ts';

export interface FrameRange {
  readonly from: number;
  readonly count: number;
}

const shape = /^([^-]*)-([^-]*)$/;
const frameNumber = /^\d+$/;
const seconds = /^(\d+(?:\.\d+)?)s?$/;

/**
 * Reads `24-48` (frames, counted from 0), `1.5s-3s` (seconds from the first frame; a decimal point says so too), `01:00:01:00-01:00:02:12` (timecode: the clip's own
 * when it has one, else counted from its first frame). Either side may be left out.
 * @throws CompanionError PARAM_INVALID when it cannot be read, RANGE_EMPTY when it holds no frame.
 */
export function readRange(text: string, timing: Timing, timecode: StartTimecode | null): FrameRange {
  const sides = shape.exec(text.trim());
  if (!sides) throw unreadable(text);
  const [, first = '', last = ''] = sides;
  const from = first === '' ? 0 : frameAt(first, text, timing, timecode);
  const to = last === '' ? timing.frames : frameAt(last, text, timing, timecode);
  const count = Math.min(to, timing.frames) - from;
  if (count < 1) {
    const counted = text.includes(':') && timecode === null;
    throw new CompanionError('RANGE_EMPTY', {
      range: text,
      first: 'frame 0',
      last: `frame ${timing.frames - 1}`,
      counted,
    });
  }
  return { from, count };
}

/** The first frame at or after the point; `timing.frames` when there is none. */
function frameAt(point: string, text: string, timing: Timing, timecode: StartTimecode | null): number {
  const value = point.trim();
  if (frameNumber.test(value)) return Math.min(Number(value), timing.frames);
  const asSeconds = seconds.exec(value)?.[1];
  if (asSeconds !== undefined) return firstFrom(Rational.parse(asSeconds, { as: 'number' }), timing);
  if (!value.includes(':')) throw unreadable(text);
  const rate = averageRate(timing);
  const start = timecode ? parseTimecode(timecode.text, rate).frames : 0;
  const frame = parseTimecode(value, rate).frames - start;
  if (frame < 0)
    throw new CompanionError('RANGE_EMPTY', {
      range: text,
      first: timecode!.text,
      last: `${timing.frames} frames later`,
    });
  if (timing.kind === 'constant') return Math.min(frame, timing.frames);
  return firstFrom(new Rational(frame, nominalRate(rate)), timing);
}

function firstFrom(instant: Rational, timing: Timing): number {
  if (instant.compare(durationOf(timing)) >= 0) return timing.frames;
  let [low, high] = [0, timing.frames];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stampOf(timing, middle).compare(instant) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const unreadable = (received: string): CompanionError =>
  new CompanionError('PARAM_INVALID', {
    name: 'range',
    expected: 'IN-OUT in frames (24-48), seconds (1.5s-3s) or timecode (00:00:01:00-00:00:02:12)',
    received,
  });
