// When things lie where: what moved and how far, what was trimmed or slipped, and what was cut in pieces.
import type { RationalTime } from '../opentime/index.ts';
import { speedOf } from '../positions.ts';
import type { Change, Subject } from './change.ts';
import type { Entry, Lane } from './lanes.ts';
import { about, type Finding, isZero, rangeFindings, trimFindings } from './parts.ts';

export const subjectOf = (entry: Entry, before: Entry | null, after: Entry | null): Subject => ({
  schema: entry.item.schemaName,
  name: entry.name,
  track: entry.lane.label,
  at: entry.at,
  before: before?.path ?? null,
  after: after?.path ?? null,
});

export const aloneChange = (entry: Entry, kind: 'added' | 'removed'): Change =>
  about(subjectOf(entry, kind === 'removed' ? entry : null, kind === 'added' ? entry : null), {
    kind,
    duration: entry.duration,
    clips: null,
  });

/** How the shown part of a thing changed. */
export function timesOf(a: Entry, b: Entry): Finding[] {
  if (a.shown === null || b.shown === null) return trimFindings(a.item, b.item);
  const [speedA, speedB] = [speedOf(a.item), speedOf(b.item)];
  return rangeFindings(a.shown, b.shown, speedA === speedB ? speedA : null, a.media === b.media);
}

interface Run {
  readonly from: Entry;
  readonly first: Entry;
  readonly last: Entry;
  readonly by: RationalTime;
  readonly count: number;
}

/** Runs of things that moved alike. A head that was trimmed in place is no move. */
export function moves(lane: Lane): Change[] {
  const runs: Run[] = [];
  let run = null as Run | null;
  for (const entry of lane.entries) {
    const { match } = entry;
    if (match === null) continue;
    const by = shift(match, entry, run?.by ?? null);
    const stays: boolean = match.lane === lane.match && isZero(by);
    if (run !== null && !stays && run.from.lane === match.lane && isZero(by.sub(run.by)))
      run = { ...run, last: entry, count: run.count + 1 };
    else {
      if (run !== null) runs.push(run);
      run = stays ? null : { from: match, first: entry, last: entry, by, count: 1 };
    }
  }
  return (run === null ? runs : [...runs, run]).map(moved);
}

function moved({ from, first, last, by, count }: Run): Change {
  const spot = (entry: Entry) => ({ track: entry.lane.label, at: entry.at });
  const through = subjectOf(last, last.match, last);
  return about(subjectOf(first, from, first), { kind: 'moved', from: spot(from), to: spot(first), by, count, through });
}

/** How much later something starts. Where its head was trimmed, its frames decide: they may have stayed, or gone the way of those before it. */
function shift(a: Entry, b: Entry, usual: RationalTime | null): RationalTime {
  const by = b.start.sub(a.start);
  const head = timesOf(a, b).flatMap((finding) => (finding.kind === 'trimmed' ? [finding.head] : []))[0];
  const choices = head === undefined ? [by] : [by, by.add(head)];
  return choices.find(isZero) ?? choices.find((one) => usual !== null && isZero(one.sub(usual))) ?? by;
}

/** Clips that were cut in pieces: what is known again, with the new pieces around it that make up what it was. */
export function splits(lane: Lane): Map<Entry, readonly Entry[]> {
  const found = new Map<Entry, readonly Entry[]>();
  const { entries } = lane;
  for (const [i, entry] of entries.entries()) {
    const whole = entry.match?.shown;
    if (!whole || entry.shown === null || entry.media === '') continue;
    let [first, last] = [i, i];
    while (isNew(entries[first - 1]) && goesOn(entries[first - 1]!, entries[first]!)) first--;
    while (isNew(entries[last + 1]) && goesOn(entries[last]!, entries[last + 1]!)) last++;
    if (first === last) continue;
    const missing = [
      entries[first]!.shown!.startTime.sub(whole.startTime),
      entries[last]!.shown!.endTimeExclusive().sub(whole.endTimeExclusive()),
    ];
    if (missing.every(isZero)) found.set(entry, entries.slice(first, last + 1));
  }
  return found;
}

const isNew = (entry: Entry | undefined): boolean => entry !== undefined && entry.match === null;

/** Whether `b` shows the frames right after those of `a`, right behind it. */
const goesOn = (a: Entry, b: Entry): boolean =>
  a.media === b.media &&
  a.shown !== null &&
  b.shown !== null &&
  isZero(b.shown.startTime.sub(a.shown.endTimeExclusive())) &&
  isZero(b.start.sub(a.start.add(a.duration)));
