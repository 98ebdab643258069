// A timeline as lines of text: a ruler, a line a track with clips as boxes, gaps as dots and transitions as x, and markers under their track.
import { explained } from './depth.ts';
import { type Mark, markerRow } from './drawing/markers.ts';
import { rulerRow } from './drawing/ruler.ts';
import { type Cell, type Run, runsOf } from './drawing/runs.ts';
import { cellsOf, fit } from './drawing/text.ts';
import { trackRow } from './drawing/track.ts';
import { RationalTime } from './opentime/index.ts';
import { frameRateOf, lengthOf, trackLabels } from './positions.ts';
import type { Child } from './schema/composition.ts';
import { Item } from './schema/item.ts';
import { Marker } from './schema/marker.ts';
import type { Timeline } from './schema/timeline.ts';
import { Track, TrackKind } from './schema/track.ts';

export { timecodeAt } from './drawing/ruler.ts';
export type { CellKind, Run } from './drawing/runs.ts';
export { cellsOf, fit, printable } from './drawing/text.ts';

export interface DrawnLine {
  /** Every line of a drawing has a label of the same width. */
  readonly label: string;
  readonly runs: readonly Run[];
}

/** Labels with less room than this have no names. */
const LEAST_NAMED = 8;

/** Names of tracks that say no more than `V1` does. */
const PLAIN_NAME = /^(video|audio|track|v|a)?[ _-]*\d*$/i;

/**
 * Draws a timeline in lines of at most `columns` cells; the topmost picture first, sound below. Empty for a timeline that lasts no time.
 * A cell with two or more items in it is `▓`; names in parentheses are disabled; a percentage is a speed.
 */
export function drawTimeline(timeline: Timeline, columns: number): DrawnLine[] {
  try {
    return drawn(timeline, columns);
  } catch (error) {
    throw explained(error);
  }
}

function drawn(timeline: Timeline, columns: number): DrawnLine[] {
  const stack = timeline.tracks;
  const total = stack === null ? 0 : lengthOf(stack).toSeconds();
  if (stack === null || !(total > 0)) return [];
  const mostLabel = Math.floor(columns * 0.2);
  const labels = new Map(
    [...trackLabels(stack)].map(([child, label]) => [child, mostLabel < LEAST_NAMED ? label : longLabel(child, label)]),
  );
  const widest = [...labels.values()].reduce((most, label) => Math.max(most, cellsOf(label).length), 0);
  const labelWidth = Math.min(widest, Math.max(4, mostLabel));
  const width = Math.max(8, columns - labelWidth - 2); // one cell for the edge at the end, one between label and drawing
  const perSecond = width / total;
  const line = (label: string, cells: readonly Cell[]): DrawnLine => ({
    label: `${fit(label, labelWidth).join('')} `,
    runs: runsOf(cells),
  });

  const rate = frameRateOf(timeline) ?? 24;
  const start = timeline.globalStartTime ?? new RationalTime(0, rate);
  const lines = [line('', rulerRow(start, rate, total, perSecond, width))];
  const marks = (item: Item): Mark[] =>
    item.markers.flatMap((one) =>
      one instanceof Marker ? [{ marker: one, seconds: one.markedRange.startTime.toSeconds() }] : [],
    );
  const own = markerRow(marks(stack), perSecond, width, '▼');
  if (own !== null) lines.push(line('', own));
  for (const child of inOrderOfSight(stack.children)) {
    const { cells, marks: below } = trackRow(child, total, perSecond, width);
    lines.push(line(labels.get(child)!, cells));
    const row = markerRow([...below, ...(child instanceof Item ? marks(child) : [])], perSecond, width, '▲');
    if (row !== null) lines.push(line('', row));
  }
  return lines;
}

const longLabel = (child: Child, label: string): string => {
  const name = child instanceof Track ? child.name.trim() : '';
  return PLAIN_NAME.test(name) ? label : `${label} ${name}`;
};

function inOrderOfSight(children: readonly Child[]): Child[] {
  const isSound = (child: Child): boolean => child instanceof Track && child.kind === TrackKind.Audio;
  return [...children.filter((child) => !isSound(child)).reverse(), ...children.filter(isSound)];
}
