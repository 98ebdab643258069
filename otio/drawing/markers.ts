// Markers as a row of their own, each with as much of its name as there is room for.
import type { Marker } from '../schema/marker.ts';
import { blank, type Cell } from './runs.ts';
import { cellsOf, fit } from './text.ts';

export interface Mark {
  readonly marker: Marker;
  /** From the start of the timeline. */
  readonly seconds: number;
}

/** A blank and a name cut to fewer cells than this say nothing. */
const LEAST = 4;

/** Null where there are no markers. `sign` points at what is marked. */
export function markerRow(marks: readonly Mark[], perSecond: number, width: number, sign: string): Cell[] | null {
  if (marks.length === 0) return null;
  const cells: Cell[] = Array<Cell>(width + 1).fill(blank);
  const placed = marks
    .map(({ marker, seconds }) => ({ marker, at: Math.min(width, Math.max(0, Math.round(seconds * perSecond))) }))
    .sort((a, b) => a.at - b.at);
  for (const [i, { marker, at }] of placed.entries()) {
    const next = placed[i + 1]?.at ?? width + 2;
    const words = marker.name || marker.comment;
    const room = Math.max(0, Math.min(next, width + 2) - at - 2);
    const named = cellsOf(words === '' ? '' : ` ${words}`);
    const text = [sign, ...(named.length <= room ? named : room < LEAST ? [] : fit(` ${words}`, room))];
    for (const [j, one] of text.entries()) cells[at + j] = { text: one, kind: 'marker', color: marker.color };
  }
  return cells;
}
