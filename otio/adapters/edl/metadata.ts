// What the notes of an event become: reel and comments under `metadata.cmx_3600`, a grade under `metadata.cdl`.
import { type AnyValue, type Dictionary, dictionary } from '../../schema/index.ts';
import { isDictionary } from '../../schema/value.ts';
import type { EdlEvent } from './lines.ts';

export function metadataOf({ reel, notes }: EdlEvent, speed: number | null): Dictionary {
  const own = dictionary();
  if (reel !== 'AX') own.reel = reel;
  const comments = notes
    .filter(({ key, value }) => key === '' && !(speed === 0 && value === '* FREEZE FRAME'))
    .map(({ value }) => value);
  if (comments.length > 0) own.comments = comments;
  const metadata = dictionary();
  if (Object.keys(own).length > 0) metadata.cmx_3600 = own;
  const grade = gradeOf(notes);
  if (Object.keys(grade).length > 0) metadata.cdl = grade;
  return metadata;
}

function gradeOf(notes: EdlEvent['notes']): Dictionary {
  const grade = dictionary();
  for (const { key, value } of notes) {
    const numbers = [...value.matchAll(/[-+]?\d*\.?\d+(?:e[-+]?\d+)?/gi)].map(Number);
    if (key === 'ASC_SAT' && numbers.length === 1) grade.asc_sat = numbers[0]!;
    if (key !== 'ASC_SOP' || numbers.length !== 9) continue;
    grade.asc_sop = { slope: numbers.slice(0, 3), offset: numbers.slice(3, 6), power: numbers.slice(6) };
  }
  return grade;
}

/** The notes of a grade. */
export function gradeNotes(cdl: AnyValue | undefined): string[] {
  if (!isDictionary(cdl)) return [];
  const list = (value: AnyValue | undefined): string =>
    `(${Array.isArray(value) ? (value as AnyValue[]).map(String).join(' ') : ''})`;
  const sop: Dictionary | null = isDictionary(cdl.asc_sop) ? cdl.asc_sop : null;
  return [
    ...(sop === null ? [] : [`ASC_SOP: ${list(sop.slope)} ${list(sop.offset)} ${list(sop.power)}`]),
    ...(cdl.asc_sat === undefined ? [] : [`ASC_SAT: ${String(cdl.asc_sat)}`]),
  ];
}
