// What a strict reader would refuse, as lines: where it is, and what is wrong.
import type { Problem } from '../../../otio/index.ts';
import { painter } from '../terminal.ts';
import { clean } from './paint.ts';

/** One line a problem, those beyond `most` counted in a last one. */
export function problemLines(problems: readonly Problem[], most = Number.POSITIVE_INFINITY): string[] {
  const paint = painter(process.stdout);
  const shown = problems.slice(0, most);
  const places = shown.map(({ line }) => (line > 0 ? `line ${line}` : ''));
  const width = Math.max(0, ...places.map(({ length }) => length));
  const left = problems.length - shown.length;
  return [
    ...shown.flatMap(({ path, code, message }, i) => [
      `  ${places[i]!.padEnd(width)}${width > 0 ? '  ' : ''}${clean(message)} ${paint('dim', `(${code})`)}`,
      ...(path === '' ? [] : [`  ${' '.repeat(width)}${width > 0 ? '  ' : ''}${paint('dim', `at ${clean(path)}`)}`]),
    ]),
    ...(left > 0 ? [`  and ${left} more: inbetween otio validate says all`] : []),
  ];
}
