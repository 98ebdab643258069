// Text as a terminal shows it: how many cells it takes, cut to fit, and safe to write whatever a file says.

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Controls, direction overrides, line ends of all kinds, lone surrogates: what a name may hold and a terminal must not get. Emoji need their joiner. */
const UNSAFE = /(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text on one line, with what could steer a terminal shown as `�`. */
export const printable = (text: string): string => text.replace(UNSAFE, (found) => (/\s/.test(found) ? ' ' : '\ufffd'));

const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;

const widthOf = (grapheme: string): number => (/^\p{M}+$/u.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1);

/** One entry a cell: a wide character is followed by an empty one; marks ride on what is before them. */
export function cellsOf(text: string): string[] {
  const cells: string[] = [];
  for (const { segment } of graphemes.segment(printable(text))) {
    const width = widthOf(segment);
    if (width === 0) cells.push(`${cells.pop() ?? ''}${segment}`);
    else cells.push(segment, ...(width === 2 ? [''] : []));
  }
  return cells;
}

/** The text in exactly `width` cells: filled with blanks, or cut with `…`. */
export function fit(text: string, width: number): string[] {
  if (width <= 0) return [];
  const cells = cellsOf(text);
  if (cells.length <= width) return [...cells, ...Array<string>(width - cells.length).fill(' ')];
  let end = width - 1;
  const cutsWide = cells[end] === '';
  if (cutsWide) end--;
  return [...cells.slice(0, end), '…', ...(cutsWide ? [' '] : [])];
}
