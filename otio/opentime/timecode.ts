// SMPTE timecode: the text HH:MM:SS:FF, or HH:MM:SS;FF where frame numbers are dropped, and the frames it counts.
// Works on plain numbers; RationalTime is its typed front. Where the reference is at fault (SPEC §12 R6, R7, R8) ours is not.

import { OtioError } from '../errors.ts';

interface SmpteRate {
  /** Frames per second, the double that files carry. */
  readonly rate: number;
  /** Frames that one second of timecode counts. */
  readonly nominal: number;
  /** Frame numbers left out at the start of every minute but each tenth, in drop-frame timecode; 0 where there is none. */
  readonly dropped: number;
}

const smpteRates: readonly SmpteRate[] = [
  { rate: 24000 / 1001, nominal: 24, dropped: 0 },
  { rate: 24, nominal: 24, dropped: 0 },
  { rate: 25, nominal: 25, dropped: 0 },
  { rate: 30000 / 1001, nominal: 30, dropped: 2 },
  { rate: 30, nominal: 30, dropped: 0 },
  { rate: 48000 / 1001, nominal: 48, dropped: 0 },
  { rate: 48, nominal: 48, dropped: 0 },
  { rate: 50, nominal: 50, dropped: 0 },
  { rate: 60000 / 1001, nominal: 60, dropped: 4 },
  { rate: 60, nominal: 60, dropped: 0 },
];

/** How far, in frames per second, a rate may lie from the SMPTE rate whose timecode it is given. */
const TOLERANCE = 0.1;

function nearest(rate: number): SmpteRate {
  return smpteRates.reduce((best, next) => (Math.abs(next.rate - rate) < Math.abs(best.rate - rate) ? next : best));
}

/** The SMPTE rate that is exactly this double. @throws OtioError INVALID_TIMECODE_RATE. */
export function exactSmpteRate(rate: number): SmpteRate {
  const found = smpteRates.find((smpte) => smpte.rate === rate);
  if (!found) throw new OtioError('INVALID_TIMECODE_RATE', `${rate} is not a SMPTE timecode rate`);
  return found;
}

/** True for the exact doubles of 24000/1001, 24, 25, 30000/1001, 30, 48000/1001, 48, 50, 60000/1001 and 60. */
export function isSmpteTimecodeRate(rate: number): boolean {
  return smpteRates.some((smpte) => smpte.rate === rate);
}

/** The SMPTE rate with the least distance, the lower one of two; 60 for everything above. */
export function nearestSmpteTimecodeRate(rate: number): number {
  return nearest(rate).rate;
}

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/**
 * The timecode of frame `value` (from 0, cut to whole frames), counted at `rate` frames per second. It rolls over after 24 hours of timecode.
 * @param dropFrame undefined: drop frame wherever the rate has it.
 * @throws OtioError NEGATIVE_VALUE; INVALID_TIMECODE_RATE when no SMPTE rate is within 0.1; INVALID_RATE_FOR_DROP_FRAME_TIMECODE;
 *   INVALID_TIMECODE_STRING for a value that is not finite.
 */
export function formatTimecode(value: number, rate: number, dropFrame?: boolean): string {
  if (value < 0) throw new OtioError('NEGATIVE_VALUE', `timecode counts from 0, and ${value} is less`);
  const smpte = nearest(rate);
  if (!(Math.abs(smpte.rate - rate) <= TOLERANCE))
    throw new OtioError('INVALID_TIMECODE_RATE', `${rate} is not near a SMPTE timecode rate`);
  if (dropFrame && smpte.dropped === 0) throw noDropFrame(rate);
  if (!Number.isFinite(value)) throw new OtioError('INVALID_TIMECODE_STRING', `frame ${value} has no timecode`);

  const { nominal } = smpte;
  const dropped = dropFrame === false ? 0 : smpte.dropped;
  const perMinute = nominal * 60 - dropped;
  const perTenMinutes = nominal * 600 - dropped * 9;
  const frame = Math.floor(value) % (perTenMinutes * 144);
  const intoTen = frame % perTenMinutes;
  const droppedBefore =
    dropped * 9 * Math.floor(frame / perTenMinutes) +
    (intoTen > dropped ? dropped * Math.floor((intoTen - dropped) / perMinute) : 0);

  const label = frame + droppedBefore;
  const seconds = Math.floor(label / nominal);
  const fields = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  return `${fields.join(':')}${dropped > 0 ? ';' : ':'}${twoDigits(label % nominal)}`;
}

export interface TimecodeOptions {
  /** Take only a proper timecode: its shape, minutes and seconds below 60, no dropped frame number. Default: as lenient as the reference. */
  readonly strict?: boolean;
}

/**
 * The frame that a timecode names, at one of the SMPTE rates. A `;` anywhere makes it drop frame. Unless strict, the fields stand at characters
 * 0, 3, 6 and 9, two characters each, blanks and sign before the digits and anything after them allowed, and separators are not looked at.
 * @throws OtioError INVALID_TIMECODE_RATE, INVALID_RATE_FOR_DROP_FRAME_TIMECODE, INVALID_TIMECODE_STRING; TIMECODE_RATE_MISMATCH for a frame
 *   number that the rate does not reach.
 */
export function parseTimecode(text: string, rate: number, { strict = false }: TimecodeOptions = {}): number {
  const { nominal, dropped } = exactSmpteRate(rate);
  const dropFrame = text.includes(';');
  if (dropFrame && dropped === 0) throw noDropFrame(rate);
  if (strict && !/^\d\d[:;][0-5]\d[:;][0-5]\d[:;.]\d\d$/.test(text)) throw noTimecode(text);

  const field = (from: number): number => {
    const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text.slice(from, from + 2))?.[1];
    if (digits === undefined) throw noTimecode(text);
    return Number(digits);
  };
  const minutes = field(0) * 60 + field(3);
  const seconds = field(6);
  const frames = field(9);
  if (frames >= nominal)
    throw new OtioError('TIMECODE_RATE_MISMATCH', `"${text}" has frame ${frames} of ${nominal} in a second`);
  const left = (minutes * 60 + seconds) * nominal + frames;
  if (!dropFrame) return left;
  if (strict && minutes % 10 !== 0 && seconds === 0 && frames < dropped) throw noTimecode(text);
  return left - dropped * (minutes - Math.floor(minutes / 10));
}

function noDropFrame(rate: number): OtioError {
  return new OtioError('INVALID_RATE_FOR_DROP_FRAME_TIMECODE', `there is no drop-frame timecode at rate ${rate}`);
}

function noTimecode(text: string): OtioError {
  return new OtioError('INVALID_TIMECODE_STRING', `"${text}" is not a timecode`);
}
