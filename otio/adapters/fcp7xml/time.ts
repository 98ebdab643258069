// Rates and timecodes of FCP7 XML: a nominal rate and whether it is slowed by 1000/1001; times are counts of frames.
import { OtioError } from '../../errors.ts';
import { nearestSmpteTimecodeRate, parseTimecode, RationalTime, rationalRate } from '../../opentime/index.ts';
import type { Problems } from '../report.ts';
import { child, textOf, type XmlElement, xml } from '../xml.ts';

/** Premiere's clock. */
export const TICKS_PER_SECOND = 254_016_000_000;

/** TRUE, in the formats that exporters use. */
export const isTrue = (element: XmlElement | undefined): boolean => /^\s*(true|1|yes)\s*$/i.test(textOf(element));

/** A number; null where there is none. */
export function numberIn(element: XmlElement | undefined, problems: Problems): number | null {
  const text = textOf(element).trim();
  if (element === undefined || text === '') return null;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  problems.add(
    'FORMAT_UNSUPPORTED',
    `'${text.slice(0, 40)}' in <${element.name}> is no number.`,
    'It is passed over.',
    element.line,
  );
  return null;
}

/** Frames per second that the `<rate>` of an element says; `inherited` without one. */
export function rateIn(element: XmlElement, inherited: number, problems: Problems): number {
  const rate = child(element, 'rate');
  const timebase = rate && numberIn(child(rate, 'timebase'), problems);
  if (rate === undefined || timebase === undefined || timebase === null) return inherited;
  if (timebase > 0) return isTrue(child(rate, 'ntsc')) ? (timebase * 1000) / 1001 : timebase;
  problems.add(
    'FORMAT_UNSUPPORTED',
    `A rate of ${timebase} frames per second is none.`,
    `${inherited} is taken.`,
    rate.line,
  );
  return inherited;
}

/** @throws OtioError INVALID_TIMECODE_RATE for a rate that is neither whole nor 1000/1001 of a whole one */
export function rateElement(rate: number): XmlElement {
  const { num, den } = rationalRate(rate);
  if (den !== 1 && den !== 1001)
    throw new OtioError(
      'INVALID_TIMECODE_RATE',
      `FCP7 XML has no rate of ${rate} frames per second: give a whole or NTSC rate.`,
    );
  return xml('rate', {}, [
    xml('timebase', {}, [den === 1 ? num : num / 1000]),
    xml('ntsc', {}, [den === 1 ? 'FALSE' : 'TRUE']),
  ]);
}

/** The frame that the `<timecode>` of an element says; null without one. */
export function timecodeIn(element: XmlElement, inherited: number, problems: Problems): RationalTime | null {
  const timecode = child(element, 'timecode');
  if (timecode === undefined) return null;
  const rate = rateIn(timecode, inherited, problems);
  const frame = numberIn(child(timecode, 'frame'), problems);
  if (frame !== null) return new RationalTime(frame, rate);
  const text = textOf(child(timecode, 'string')).trim();
  if (text === '') return null;
  try {
    const code = textOf(child(timecode, 'displayformat')).trim() === 'DF' ? text.replace(/:(\d+)$/, ';$1') : text;
    const smpte = nearestSmpteTimecodeRate(rate);
    return new RationalTime(parseTimecode(hasDropFrame(smpte) ? code : text, smpte), rate);
  } catch (error) {
    if (!(error instanceof OtioError)) throw error;
    problems.add(error.code, `${error.details}.`, 'It is passed over.', timecode.line);
    return null;
  }
}

const hasDropFrame = (rate: number): boolean => new RationalTime(0, rate).toTimecode().includes(';');

/** A frame as timecode; without text at rates that have none. */
export function timecodeElement(frame: number, rate: number): XmlElement {
  const text = timecodeText(frame, rate);
  return xml('timecode', {}, [
    rateElement(rate),
    text === null ? undefined : xml('string', {}, [text]),
    xml('frame', {}, [frame]),
    xml('displayformat', {}, [text?.includes(';') ? 'DF' : 'NDF']),
  ]);
}

function timecodeText(frame: number, rate: number): string | null {
  try {
    return new RationalTime(frame, rate).toTimecode();
  } catch (error) {
    if (error instanceof OtioError) return null;
    throw error;
  }
}
