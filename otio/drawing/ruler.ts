// The ruler over the tracks: a tick every few seconds or minutes, each with its timecode.
import { RationalTime } from '../opentime/index.ts';
import { exactDouble } from '../opentime/rate.ts';
import { blank, type Cell } from './runs.ts';
import { fit } from './text.ts';

/** Seconds from tick to tick. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 86400];
/** Cells a timecode takes with its tick and some room. */
const LABEL = 15;
/** A second of more frames is one of samples or ticks, which no one counts in. */
const MOST_FRAMES = 1000;

export function rulerRow(start: RationalTime, rate: number, total: number, perSecond: number, width: number): Cell[] {
  const cells: Cell[] = Array<Cell>(width + 1).fill(blank);
  for (const frame of ticks(start.toSeconds() * rate, rate, total, LABEL / perSecond)) {
    const at = Math.round((frame / rate - start.toSeconds()) * perSecond);
    const label = fit(`╷${timecodeAt(frame, rate)}`, 12);
    if (at + label.length <= width + 1)
      for (const [i, text] of label.entries()) cells[at + i] = { text, kind: 'ruler' };
  }
  return cells;
}

/** Frames of the clock that get a tick: the start, and whole steps after it that leave room for it. */
function ticks(start: number, rate: number, total: number, least: number): number[] {
  const nominal = Math.max(1, Math.ceil(rate - 1e-6));
  const whole = STEPS.find((seconds) => seconds >= least) ?? Math.ceil(least / 86400) * 86400;
  const every =
    (least < 1 && nominal <= MOST_FRAMES ? partOfSecond(nominal, least * rate) : undefined) ?? whole * nominal;
  const first = Math.ceil(start / every) * every;
  const found = [Math.round(start)];
  for (let frame = first; frame < start + total * rate && found.length < 1000; frame += every)
    if (frame - found[0]! >= least * rate) found.push(frame);
  return found;
}

/** The fewest frames, `least` of them or more, that fill a second evenly. */
function partOfSecond(nominal: number, least: number): number | undefined {
  for (let frames = Math.max(1, Math.ceil(least)); frames <= nominal; frames++)
    if (nominal % frames === 0) return frames;
  return undefined;
}

/** `HH:MM:SS:FF`; seconds where the rate has no timecode, a sign where the clock is before 0. */
export function timecodeAt(frame: number, rate: number): string {
  const time = new RationalTime(Math.abs(frame), exactDouble(rate));
  const sign = frame < 0 ? '-' : '';
  try {
    return `${sign}${time.toTimecode()}`;
  } catch {
    return `${sign}${time.toSeconds().toFixed(2)} s`;
  }
}
