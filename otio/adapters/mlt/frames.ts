// Which frames of its media a clip shows, one for each frame on the track: exact arithmetic, not what a player would round.
import type { RationalTime } from '../../opentime/index.ts';
import type { Clip } from '../../schema/index.ts';
import { frames, speedAndOthers, usedRange } from '../layout.ts';
import type { Losses } from '../report.ts';

/** What a clip shows of its media, counted from the first frame of the file. */
export interface Shown {
  /** At frame 0 of the clip. */
  readonly first: number;
  /** Frames of media for each frame on the track: below 0 backwards, 0 a freeze. */
  readonly speed: number;
  /** Frames there are; Infinity where the file does not say. */
  readonly available: number;
}

/** What a clip of `duration` frames at `rate` shows of media that are counted at `mediaRate`. */
export function shownBy(clip: Clip, duration: number, rate: number, mediaRate: number, losses: Losses): Shown {
  const range = clip.mediaReference?.availableRange ?? null;
  const { startTime } = usedRange(clip);
  const first = frames(range === null ? startTime : after(range.startTime, startTime), mediaRate, losses);
  const available = range === null ? Number.POSITIVE_INFINITY : Math.max(1, frames(range.duration, mediaRate, losses));
  const shown = { first, speed: (speedAndOthers(clip).speed * mediaRate) / rate, available };
  if (shown.speed >= 0 || frameAt(shown, duration - 1) >= 0) return shown;
  // Writers differ about backwards: a source range starts at the frame shown first, or at the one shown last.
  const last = first + Math.ceil(duration * -shown.speed) - 1;
  if (first < 0 || last >= available) return shown;
  losses.add('A backwards clip would leave its media: its source range is taken to start at the frame shown last.');
  return { ...shown, first: last };
}

/** From `origin` to `time`, in the units of `time` where the origin is 0. */
const after = (origin: RationalTime, time: RationalTime): RationalTime =>
  origin.value === 0 ? time : time.sub(origin);

/** The media frame at a frame of the clip, which may lie before its start or after its end. */
export function frameAt({ first, speed }: Shown, frame: number): number {
  return first + Math.floor(frame * speed + 1e-6); // a speed such as 0.1 is no exact double
}

/** Whether the media have every frame at `[from, from + count)` of the clip. */
export function covers(shown: Shown, from: number, count: number): boolean {
  return [frameAt(shown, from), frameAt(shown, from + count - 1)].every((at) => at >= 0 && at < shown.available);
}

/** Media frames in a row, or a single one shown several times. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly times: number;
}

/** The media frames at `[from, from + count)` of the clip; the nearest that the media have. */
export function runsOf(shown: Shown, from: number, count: number): Run[] {
  if (shown.speed === 1 && covers(shown, from, count))
    return [{ from: shown.first + from, to: shown.first + from + count - 1, times: 1 }];
  const runs: { from: number; to: number; times: number }[] = [];
  for (let frame = from; frame < from + count; frame++) {
    const at = Math.min(Math.max(frameAt(shown, frame), 0), shown.available - 1);
    const last = runs.at(-1);
    if (last?.times === 1 && at === last.to + 1) last.to = at;
    else if (last && last.from === last.to && at === last.to) last.times++;
    else runs.push({ from: at, to: at, times: 1 });
  }
  return runs;
}
