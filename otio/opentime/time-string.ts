// Time strings: seconds as [[h:]m:]s[.fff] with a sign, and the full form HH:MM:SS.ffffff. Works on plain numbers; RationalTime is its typed front.

import { OtioError } from '../errors.ts';

const twoDigits = (n: number): string => String(Math.floor(n)).padStart(2, '0');

/**
 * `[-]HH:MM:SS.ffffff` within one day: the fraction has 7 significant digits, cut after the sixth place, without trailing zeros before the cut.
 * @throws OtioError INVALID_TIME_STRING when the seconds are not finite.
 */
export function formatTimeString(seconds: number): string {
  if (!Number.isFinite(seconds)) throw new OtioError('INVALID_TIME_STRING', `${seconds} seconds have no time string`);
  const sign = seconds < 0 || Object.is(seconds, -0) ? '-' : '';
  const ofDay = Math.abs(seconds) % 86400;
  const clock = [ofDay / 3600, (ofDay % 3600) / 60, ofDay % 60].map(twoDigits).join(':');
  // Seven digits may round up to a whole second, which the clock before them has not counted.
  const fraction = Math.min(Number((ofDay % 1).toPrecision(7)), 0.9999999);
  const digits = fraction.toFixed(13).replace(/0+$/, '').slice(2, 8);
  return `${sign}${clock}.${digits || '0'}`;
}

/**
 * The seconds of `[+-][[h:]m:]s[.fff]`. Only the leftmost part may reach 60, be left empty (then 0) or begin with its point; empty text is 0.
 * @throws OtioError INVALID_TIME_STRING.
 */
export function parseTimeString(text: string): number {
  const sign = /^[+-](?=.)/.exec(text)?.[0] ?? '';
  const [leftmost = '', ...others] = text.slice(sign.length).split(':');
  const proper =
    /^(\d+\.?\d*|\.\d+|)$/.test(leftmost) &&
    others.length <= 2 &&
    others.every((part) => /^\d+\.?\d*$/.test(part) && Number(part) < 60);
  if (!proper) throw new OtioError('INVALID_TIME_STRING', `"${text}" is not a time of the form [[h:]m:]s[.fff]`);
  const seconds = others.reduce((total, part) => total * 60 + Number(part), Number(leftmost));
  return sign === '-' ? -seconds : seconds;
}
