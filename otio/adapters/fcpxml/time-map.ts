// Speeds: FCPXML has the clip's own time and the time of its media side by side, timelines a factor and a first frame.
import type { ExactRate } from '../../opentime/index.ts';
import { children, type XmlElement, xml } from '../xml.ts';
import { fraction, Seconds } from './seconds.ts';

interface Point {
  readonly time: Seconds;
  readonly value: Seconds;
}

/** What a time map does to the part of it that a clip uses. */
export interface Mapped {
  /** Media time where the clip starts. */
  readonly value: Seconds;
  /** Null: the speed changes on the way. */
  readonly speed: Seconds | null;
}

/** Where a clip lies in its media: from `start` on for `duration`, both of the clip's own time. Null for a map with fewer than two points. */
export function mapped(timeMap: XmlElement, start: Seconds, duration: Seconds): Mapped | null {
  const given: Point[] = [];
  for (const { attributes } of children(timeMap, 'timept')) {
    const [time, value] = [Seconds.parse(attributes.time ?? ''), Seconds.parse(attributes.value ?? '')];
    if (time !== null && value !== null) given.push({ time, value });
  }
  given.sort((a, b) => a.time.compare(b.time));
  const points = given.filter(({ time }, i) => i === 0 || time.compare(given[i - 1]!.time) !== 0);
  const pieces = points.slice(1).map((to, i) => {
    const from = points[i]!;
    return { from, to, speed: to.value.minus(from.value).over(to.time.minus(from.time)) };
  });
  const [first] = pieces;
  if (first === undefined) return null;
  const end = start.plus(duration);
  const at = pieces.findLast(({ from }) => from.time.compare(start) <= 0) ?? first;
  const used = pieces.filter(({ from, to }) => from.time.compare(end) < 0 && to.time.compare(start) > 0);
  const value = at.from.value.plus(start.minus(at.from.time).times(at.speed));
  const same = used.every(({ speed }) => speed.compare(at.speed) === 0);
  return { value, speed: same ? at.speed : null };
}

/** A clip at a speed: `first` is the media time of its first frame, `media` all there is. */
export interface Retimed {
  /** In the clip's own time. */
  readonly start: Seconds;
  readonly timeMap: XmlElement;
  /** The clip's own time at a time of the media. */
  localAt(value: Seconds): Seconds;
}

/** The map of a constant speed; over all of the media, so that there is something beyond the ends. `frame` is one frame of the media. */
export function retimed(
  speed: number,
  first: Seconds,
  duration: Seconds,
  media: { readonly start: Seconds; readonly end: Seconds },
  frame: Seconds,
  rate: ExactRate,
): Retimed {
  const point = (time: Seconds, value: Seconds): XmlElement =>
    xml('timept', { time: time.text(rate), value: value.text(rate), interp: 'linear' });
  const made = (start: Seconds, points: XmlElement[], localAt: Retimed['localAt']): Retimed => ({
    start,
    timeMap: xml('timeMap', {}, points),
    localAt,
  });
  if (speed === 0) return made(first, [point(first, first), point(first.plus(duration), first)], () => first);
  const factor = fraction(speed);
  // Backwards the first frame is shown from its end to its start.
  const begin = speed < 0 ? first.plus(frame) : first;
  const [from, to] = speed < 0 ? [media.end, media.start] : [media.start, media.end];
  const lead = begin.minus(from).over(factor);
  const whole = Math.ceil(lead.framesAt(rate) - 1e-9);
  const start = media.start.plus(Seconds.ofFrames(whole, rate)); // on a frame, whatever the speed
  const localAt = (value: Seconds): Seconds => start.plus(value.minus(begin).over(factor));
  return made(start, [point(localAt(from), from), point(localAt(to), to)], localAt);
}
