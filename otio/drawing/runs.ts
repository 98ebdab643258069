// Cells of a drawing, each of a kind, and runs of cells of one kind: what a terminal or a page gives one colour.

/** What a cell shows. */
export type CellKind =
  | 'blank'
  | 'ruler'
  | 'edge'
  | 'clip'
  | 'nested'
  | 'disabled'
  | 'unknown'
  | 'gap'
  | 'transition'
  | 'crowd'
  | 'marker';

export interface Cell {
  readonly text: string;
  readonly kind: CellKind;
  /** The colour word of a marker. */
  readonly color?: string;
}

export interface Run {
  readonly text: string;
  readonly kind: CellKind;
  readonly color?: string;
}

export const blank: Cell = { text: ' ', kind: 'blank' };

/** Joins neighbours alike; blanks at the end are left out. */
export function runsOf(cells: readonly Cell[]): Run[] {
  const runs: { text: string; kind: CellKind; color?: string }[] = [];
  const end = cells.findLastIndex(({ text, kind }) => kind !== 'blank' || text.trim() !== '');
  for (const { text, kind, color } of cells.slice(0, end + 1)) {
    const last = runs.at(-1);
    if (last?.kind === kind && last.color === color) last.text += text;
    else runs.push({ text, kind, ...(color !== undefined && { color }) });
  }
  return runs;
}
