// SMPTE timecode: labels of frames, drop-frame or not, and how a start label moves to another rate.

import { CompanionError } from '../api/errors.ts';
import type { StartTimecode } from './description.ts';
import type { Rational } from './rational.ts';

const pattern = /^(\d{2,}):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})$/;

/** Frames a second as labels count them: 30 for 30000/1001. */
export function nominalRate(rate: Rational): number {
  return Number(rate.ceil());
}

/** Whether labels of this rate may drop frame numbers: the families of 30000/1001 and 60000/1001 (and 120000/1001). */
export function mayDropFrames(rate: Rational): boolean {
  return rate.den === 1001n && [30000n, 60000n, 120000n].includes(rate.num);
}

/** Frame numbers skipped at each minute that is not a tenth one: 2 at 29.97, 4 at 59.94. */
function dropped(rate: Rational): number {
  return nominalRate(rate) / 15;
}

/**
 * The number of frames from 00:00:00:00 to this label. `;` (or `.`) before the frames means drop-frame.
 * @throws CompanionError PARAM_INVALID for a label that does not exist at this rate.
 */
export function parseTimecode(text: string, rate: Rational): { readonly frames: number; readonly dropFrame: boolean } {
  const match = pattern.exec(text.trim());
  const fps = nominalRate(rate);
  const invalid = (expected: string) =>
    new CompanionError('PARAM_INVALID', { name: 'timecode', expected, received: text });
  if (!match) throw invalid('a timecode such as 01:00:00:00');
  const [hours, minutes, seconds, frames] = [match[1], match[2], match[3], match[5]].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const dropFrame = match[4] !== ':';
  if (frames >= fps) throw invalid(`a timecode with frames below ${fps}`);
  const total = ((hours * 60 + minutes) * 60 + seconds) * fps + frames;
  if (!dropFrame) return { frames: total, dropFrame };
  if (!mayDropFrames(rate)) throw invalid(`a timecode without drop-frame, as the rate is ${rate}`);
  const drop = dropped(rate);
  if (minutes % 10 !== 0 && seconds === 0 && frames < drop)
    throw invalid('a timecode that drop-frame counting does not skip');
  const allMinutes = hours * 60 + minutes;
  return { frames: total - drop * (allMinutes - Math.floor(allMinutes / 10)), dropFrame };
}

/** Whether the label exists at this rate. */
export function isTimecode(text: string, rate: Rational): boolean {
  try {
    parseTimecode(text, rate);
    return true;
  } catch (error) {
    if (error instanceof CompanionError) return false;
    throw error;
  }
}

/** The label of the frame `frames` (≥ 0) after 00:00:00:00; hours wrap at 24. */
export function formatTimecode(frames: number, rate: Rational, dropFrame: boolean): string {
  const fps = nominalRate(rate);
  let label = frames;
  if (dropFrame) {
    const drop = dropped(rate);
    const perMinute = fps * 60 - drop;
    const perTen = perMinute * 10 + drop;
    const [tens, rest] = [Math.floor(frames / perTen), frames % perTen];
    label += drop * (9 * tens + Math.max(0, Math.floor((rest - drop) / perMinute)));
  }
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(label / fps);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${clock}${dropFrame ? ';' : ':'}${String(label % fps).padStart(fps > 100 ? 3 : 2, '0')}`;
}

/**
 * The start timecode at another rate: the same HH:MM:SS, the frame number scaled (rounded down). Stays drop-frame where the target rate may;
 * a label that drop-frame counting skips moves to the next one that exists.
 */
export function carryTimecode(start: StartTimecode, sourceRate: Rational, targetRate: Rational): StartTimecode {
  const match = pattern.exec(start.text);
  if (!match)
    throw new CompanionError('PARAM_INVALID', {
      name: 'timecode',
      expected: 'a timecode such as 01:00:00:00',
      received: start.text,
    });
  const dropFrame = start.dropFrame && mayDropFrames(targetRate);
  const fps = nominalRate(targetRate);
  let frame = Math.min(fps - 1, Math.floor((Number(match[5]) * fps) / nominalRate(sourceRate)));
  if (dropFrame && Number(match[2]) % 10 !== 0 && match[3] === '00') frame = Math.max(frame, dropped(targetRate));
  const width = fps > 100 ? 3 : 2;
  return {
    text: `${match[1]}:${match[2]}:${match[3]}${dropFrame ? ';' : ':'}${String(frame).padStart(width, '0')}`,
    dropFrame,
  };
}

/** The label of the frame `frames` after the start timecode. */
export function advanceTimecode(start: StartTimecode, rate: Rational, frames: number): StartTimecode {
  const first = parseTimecode(start.text, rate).frames;
  return { text: formatTimecode(first + frames, rate, start.dropFrame), dropFrame: start.dropFrame };
}
