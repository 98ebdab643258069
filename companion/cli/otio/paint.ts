// A drawn timeline in the colours of a terminal.
import { printable } from '../../../otio/drawing.ts';
import { drawTimeline, type Run, type Timeline } from '../../../otio/index.ts';
import type { painter } from '../terminal.ts';

type Paint = ReturnType<typeof painter>;

/** Cells of a line: of the terminal, or as COLUMNS says where stdout is none. */
export const columnsOf = (): number => {
  const wanted = process.stdout.columns ?? Number(process.env.COLUMNS);
  return wanted >= 40 ? Math.min(wanted, 400) : 80;
};

/** A name as it may be written to a terminal. */
export const clean = printable;

const colours: { readonly [kind in Run['kind']]?: Parameters<Paint>[0] } = {
  ruler: 'dim',
  edge: 'dim',
  gap: 'dim',
  disabled: 'dim',
  transition: 'yellow',
  unknown: 'red',
};

const markerColours: { readonly [word: string]: Parameters<Paint>[0] } = {
  RED: 'red',
  PINK: 'red',
  MAGENTA: 'red',
  YELLOW: 'yellow',
  ORANGE: 'yellow',
};

/** The lines of the drawing. */
export function painted(timeline: Timeline, columns: number, paint: Paint): string[] {
  return drawTimeline(timeline, columns).map(({ label, runs }) => {
    const cells = runs.map(({ text, kind, color = '' }) => {
      const colour = kind === 'marker' ? (markerColours[color.toUpperCase()] ?? 'green') : colours[kind];
      return colour === undefined ? text : paint(colour, text);
    });
    return `${label}${cells.join('')}`.trimEnd();
  });
}
