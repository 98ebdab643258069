// One track as a row of cells: boxes with names, dots where nothing is, x where one thing becomes the next.
import { RationalTime } from '../opentime/index.ts';
import { lengthOf, type Position, positionsIn, shownRange, speedOf } from '../positions.ts';
import { Clip } from '../schema/clip.ts';
import { type Child, Composition } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { Item } from '../schema/item.ts';
import { Marker } from '../schema/marker.ts';
import { ExternalReference } from '../schema/media.ts';
import { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';
import type { Mark } from './markers.ts';
import { blank, type Cell, type CellKind } from './runs.ts';
import { cellsOf, fit } from './text.ts';

interface Box {
  readonly position: Position;
  /** Cells from, to before. */
  readonly from: number;
  readonly to: number;
}

/** A name cut to fewer cells says nothing. */
const LEAST_NAME = 3;

/** The row of a child of a timeline's stack, and the markers of what lies on it. */
export function trackRow(
  child: Child,
  total: number,
  perSecond: number,
  width: number,
): { cells: Cell[]; marks: Mark[] } {
  const alone = { child, index: 0, start: new RationalTime(), duration: lengthOf(child) };
  const positions = child instanceof Track ? positionsIn(child) : [alone];
  const cells: Cell[] = Array<Cell>(width + 1).fill(blank);
  const at = (seconds: number): number =>
    Math.min(width, Math.max(0, Math.round(Math.min(seconds, total) * perSecond)));
  const boxes = positions.map((position): Box => {
    const start = position.start.toSeconds();
    return { position, from: at(start), to: at(start + position.duration.toSeconds()) };
  });
  const items = boxes.filter(({ position }) => !(position.child instanceof Transition));
  const crowds = new Map<number, number>();
  for (const box of items) drawItem(cells, box, boxes, crowds);
  for (const box of boxes) if (box.position.child instanceof Transition) drawTransition(cells, box);
  return { cells, marks: items.flatMap(({ position }) => marksOf(position)) };
}

function drawItem(
  cells: Cell[],
  { position: { child }, from, to }: Box,
  boxes: readonly Box[],
  crowds: Map<number, number>,
): void {
  if (child instanceof Gap) {
    for (let i = from; i < to; i++) if (cells[i]!.kind === 'blank') cells[i] = { text: '·', kind: 'gap' };
    return;
  }
  const kind = kindOf(child);
  if (to - from <= 1) {
    const cell = Math.min(from, cells.length - 2);
    const count = (crowds.get(cell) ?? 0) + 1;
    crowds.set(cell, count);
    cells[cell] = count > 1 || isEdge(cells[cell]!) ? { text: '▓', kind: 'crowd' } : { text: '┃', kind };
    return;
  }
  if (cells[from]!.kind !== 'crowd') cells[from] = { text: '│', kind: 'edge' };
  cells[to] = { text: '│', kind: 'edge' };
  const [left, right] = uncovered(from + 1, to, boxes);
  for (const [i, text] of fit('', to - from - 1).entries()) cells[from + 1 + i] = { text, kind };
  const title = titleOf(child);
  const room = right - left;
  if (room < LEAST_NAME && cellsOf(title).length > room) return;
  for (const [i, text] of fit(title, room).entries()) cells[left + i] = { text, kind };
}

const isEdge = ({ text }: Cell): boolean => text === '┃' || text === '▓';

/** The part of a box that no transition lies over. */
function uncovered(from: number, to: number, boxes: readonly Box[]): [number, number] {
  let [left, right] = [from, to];
  for (const { position, from: start, to: end } of boxes) {
    if (!(position.child instanceof Transition) || end < left || start > right) continue;
    if (start <= left) left = Math.min(right, Math.max(end, start + 1) + 1);
    else if (end >= right) right = Math.max(left, start);
  }
  return [left, right];
}

/** At least one cell. */
function drawTransition(cells: Cell[], { from, to }: Box): void {
  const first = Math.min(from, cells.length - 2);
  for (let i = first; i < Math.max(to, first + 1); i++) cells[i] = { text: 'x', kind: 'transition' };
}

function kindOf(child: Child): CellKind {
  if (!(child instanceof Item)) return 'unknown';
  if (!child.enabled) return 'disabled';
  return child instanceof Composition ? 'nested' : 'clip';
}

/** What stands in a box: its name, else its file, and its speed where that is another than its own. */
function titleOf(child: Child): string {
  if (!(child instanceof Item)) return `? ${child.schemaName}`;
  const media = child instanceof Clip ? child.mediaReference : null;
  const file = media instanceof ExternalReference ? (media.targetUrl.split(/[/\\]/).pop() ?? '') : '';
  const speed = speedOf(child);
  const words = [
    child instanceof Composition ? '≡' : '',
    child.name || file || child.schemaName,
    speed === null ? '~' : speed === 1 ? '' : `${Math.round(speed * 100)}%`,
  ];
  const title = words.filter(Boolean).join(' ');
  return child.enabled ? title : `(${title})`;
}

/** Markers lie in the time of the media. Those outside what is shown are left out. */
function marksOf({ child, start }: Position): Mark[] {
  const shown = child instanceof Item ? shownRange(child) : null;
  if (!(child instanceof Item)) return [];
  const from = shown?.startTime.toSeconds() ?? 0;
  const length = (shown ?? { duration: lengthOf(child) }).duration.toSeconds();
  const speed = speedOf(child);
  return child.markers.flatMap((marker) => {
    if (!(marker instanceof Marker)) return [];
    const into = (marker.markedRange.startTime.toSeconds() - from) / (speed !== null && speed > 0 ? speed : 1);
    return into >= 0 && into <= length ? [{ marker, seconds: start.toSeconds() + into }] : [];
  });
}
