// Times, rates and counts as a person reads them.
import { timecodeAt } from '../../../otio/drawing.ts';
import { framesAt, type RationalTime, rationalRate } from '../../../otio/index.ts';

/** `24`, `23.976`, `29.97`. */
export function rateWord(rate: number): string {
  const { num, den } = rationalRate(rate);
  return den === 1 ? String(num) : String(Number((num / den).toFixed(3)));
}

/** The nearest whole frame at a rate; 0 for a time that is none. */
export function framesOf(time: RationalTime, rate: number): number {
  try {
    return framesAt(time, rate, 'round');
  } catch {
    return 0;
  }
}

export const timecodeOf = (time: RationalTime, rate: number): string => timecodeAt(framesOf(time, rate), rate);

/** `1 clip`, `3 clips`. */
export const count = (number: number, one: string, several = `${one}s`): string =>
  `${number} ${number === 1 ? one : several}`;

/** The words as a list; those beyond `most` are counted. */
export function listed(words: readonly string[], most = 4): string {
  const shown = words.slice(0, words.length > most ? most - 1 : most);
  return [...shown, ...(words.length > shown.length ? [`${words.length - shown.length} more`] : [])].join(', ');
}

/** `1.4 MB` */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
