// `inbetween otio diff A B`: what changed between two versions of an edit, track by track.
import { type Change, diff, RationalTime } from '../../../otio/index.ts';
import { timelinesIn } from '../../timeline/within.ts';
import { data, painter } from '../terminal.ts';
import { rateFor } from './facts.ts';
import { type OpenOptions, openSound } from './open.ts';
import { clean } from './paint.ts';
import { Teller } from './tell.ts';
import { count, framesOf, timecodeOf } from './words.ts';

const differ = 1;

/** Writes the changes to stdout. Exit code 0 when there are none, 1 when there are. */
export async function compare(a: string, b: string, options: OpenOptions): Promise<number> {
  const before = await openSound(a, options);
  const after = await openSound(b, options);
  const changes = diff(before.root, after.root);
  const rate = rateFor([...timelinesIn(after.root), ...timelinesIn(before.root)]);
  const exit = changes.length === 0 ? 0 : differ;
  if (options.json) {
    const time = (_: string, value: unknown): unknown =>
      value instanceof RationalTime
        ? { value: value.value, rate: value.rate, frames: framesOf(value, rate), timecode: timecodeOf(value, rate) }
        : value;
    data(JSON.stringify({ exit, a, b, rate, changes }, time, 2));
    return exit;
  }
  for (const line of lines(a, b, changes, rate)) data(line);
  return exit;
}

function lines(a: string, b: string, changes: readonly Change[], rate: number): string[] {
  const paint = painter(process.stdout);
  const head = `${clean(a)} → ${clean(b)}`;
  if (changes.length === 0) return [`${head}: no change`];
  const teller = new Teller(rate, paint);
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.subject.track);
    if (group === undefined) groups.set(change.subject.track, [change]);
    else group.push(change);
  }
  return [
    `${head}: ${count(changes.length, 'change')}`,
    ...[...groups].flatMap(([name, some]) => ['', ...(name === '' ? [] : [clean(name)]), ...teller.lines(some)]),
  ];
}
