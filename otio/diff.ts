// What changed from one version of an edit to the other, in an editor's words: moved, trimmed, slipped, split, retimed, relinked.

import { explained } from './depth.ts';
import type { Change, Subject } from './diff/change.ts';
import { transitionChanges } from './diff/cuts.ts';
import { grouped } from './diff/grouped.ts';
import { type Entry, type Lane, lanesOf, nameOf, type Place } from './diff/lanes.ts';
import { matchEntries, matchLanes } from './diff/match.ts';
import { about, type Finding, isZero, ownFindings, plainFindings, trimFindings } from './diff/parts.ts';
import { aloneChange, moves, splits, subjectOf, timesOf } from './diff/times.ts';
import { RationalTime } from './opentime/index.ts';
import { frameRateOf, lengthOf } from './positions.ts';
import { Clip } from './schema/clip.ts';
import { SerializableCollection } from './schema/collection.ts';
import { equalValues } from './schema/compare.ts';
import { Composition } from './schema/composition.ts';
import { SerializableObject } from './schema/object.ts';
import { Timeline } from './schema/timeline.ts';
import type { AnyValue } from './schema/value.ts';

export type { Change, ChangeKind, Spot, Subject, TransitionState } from './diff/change.ts';

/**
 * The changes that make `before` into `after`, the timeline's own first, then track by track from the bottom, each in order of time. Things are known
 * again by ids in their metadata, media and name, then by their place. Empty exactly when the two are equivalent. Neither is changed.
 * @throws OtioError LIMIT_EXCEEDED for what stands too deep
 */
export function diff(before: AnyValue, after: AnyValue): Change[] {
  try {
    return told(before, after);
  } catch (error) {
    throw explained(error);
  }
}

function told(before: AnyValue, after: AnyValue): Change[] {
  if (equalValues(before, after)) return [];
  const subject: Subject = {
    schema: schemaOf(after),
    name: after === null ? '' : nameOf(Object(after)),
    track: '',
    at: null,
    before: '',
    after: '',
  };
  const changes = compared(before, after, subject);
  return changes.length > 0 ? changes : [about(subject, { kind: 'changed', key: '' })];
}

const schemaOf = (value: AnyValue): string =>
  value instanceof SerializableObject ? value.schemaName : Array.isArray(value) ? 'list' : 'value';

function compared(before: AnyValue, after: AnyValue, subject: Subject): Change[] {
  if (before instanceof Timeline && after instanceof Timeline) return timelines(before, after, subject);
  if (before instanceof SerializableCollection && after instanceof SerializableCollection)
    return collections(before, after, subject);
  if (
    !(before instanceof SerializableObject && after instanceof SerializableObject) ||
    before.constructor !== after.constructor
  )
    return [about(subject, { kind: 'changed', key: 'OTIO_SCHEMA' })];
  const tell = (finding: Finding): Change => about(subject, finding);
  const own = [...trimFindings(before, after), ...ownFindings(before, after)].map(tell);
  if (!(before instanceof Composition && after instanceof Composition)) return own;
  const places = [subject.before ?? '', subject.after ?? ''].map(
    (path): Place => ({ path, label: subject.track, start: new RationalTime() }),
  );
  return [...own, ...contents(before, after, places[0]!, places[1]!)];
}

function timelines(before: Timeline, after: Timeline, subject: Subject): Change[] {
  const tell = (finding: Finding): Change => about(subject, finding);
  const changes = plainFindings(before, after).map(tell);
  const [start, end] = [before.globalStartTime, after.globalStartTime];
  if (!equalValues(start, end)) changes.push(tell({ kind: 'start', before: start, after: end }));
  if (before.tracks === null || after.tracks === null)
    return before.tracks === after.tracks ? changes : [...changes, tell({ kind: 'changed', key: 'tracks' })];
  const lengths = [before, after].map((one) => lengthOf(one.tracks!)) as [RationalTime, RationalTime];
  if (!isZero(lengths[1].sub(lengths[0])))
    changes.push(tell({ kind: 'length', before: lengths[0], after: lengths[1] }));
  const inside = (path: string | null): string => `${path}/tracks`;
  const stack: Subject = {
    ...subject,
    schema: 'Stack',
    name: after.tracks.name,
    before: inside(subject.before),
    after: inside(subject.after),
  };
  changes.push(
    ...[...trimFindings(before.tracks, after.tracks), ...ownFindings(before.tracks, after.tracks)].map((finding) =>
      about(stack, finding),
    ),
  );
  const place = (timeline: Timeline, path: string | null): Place => ({
    path: inside(path),
    label: '',
    start: timeline.globalStartTime ?? new RationalTime(0, frameRateOf(timeline) ?? 1),
  });
  return [
    ...changes,
    ...contents(before.tracks, after.tracks, place(before, subject.before), place(after, subject.after)),
  ];
}

/** Timelines and clips of a bin, by name and then in order. */
function collections(before: SerializableCollection, after: SerializableCollection, subject: Subject): Change[] {
  const changes = plainFindings(before, after)
    .filter((finding) => !(finding.kind === 'changed' && finding.key === 'children'))
    .map((finding) => about(subject, finding));
  const key = (one: SerializableObject): string => `${one.schemaName}\n${nameOf(one)}`;
  const left = grouped([...after.children.entries()], ([, one]) => key(one));
  const at = (path: string | null, index: number): string => `${path}/children/${index}`;
  const subjectOf = (one: SerializableObject, a: number | null, b: number | null): Subject => ({
    schema: one.schemaName,
    name: nameOf(one),
    track: '',
    at: null,
    before: a === null ? null : at(subject.before, a),
    after: b === null ? null : at(subject.after, b),
  });
  const alone = { duration: null, clips: null };
  for (const [i, one] of before.children.entries()) {
    const match = left.get(key(one))?.shift();
    if (match === undefined) changes.push(about(subjectOf(one, i, null), { kind: 'removed', ...alone }));
    else if (!equalValues(one, match[1]))
      for (const change of compared(one, match[1], subjectOf(match[1], i, match[0]))) changes.push(change);
  }
  for (const [i, one] of [...left.values()].flat().sort(([a], [b]) => a - b))
    changes.push(about(subjectOf(one, null, i), { kind: 'added', ...alone }));
  return changes;
}

/** What changed among the children of two compositions. */
function contents(a: Composition, b: Composition, placeA: Place, placeB: Place): Change[] {
  const [before, after] = [lanesOf(a, placeA), lanesOf(b, placeB)];
  matchLanes(before, after);
  matchEntries(
    before.flatMap(({ entries }) => entries),
    after.flatMap(({ entries }) => entries),
  );
  const gone = before.filter(({ match }) => match === null);
  const [placeBefore, placeAfter] = [before, after].map((lanes) => new Map(lanes.map((lane, i) => [lane, i]))) as [
    Map<Lane, number>,
    Map<Lane, number>,
  ];
  const reordered = outOfOrder(
    after.flatMap(({ match }) => match ?? []),
    placeBefore,
  );
  const changes: Change[] = gone.flatMap((lane) => laneAlone(lane, 'removed'));
  for (const lane of after) {
    if (lane.match === null) for (const change of laneAlone(lane, 'added')) changes.push(change);
    else {
      const subject = laneSubject(lane, lane.match, lane);
      const [from, to] = [placeBefore.get(lane.match)!, placeAfter.get(lane)!];
      if (reordered.has(lane.match)) changes.push(about(subject, { kind: 'reordered', from: from + 1, to: to + 1 }));
      if (lane.track !== null && lane.match.track !== null && a !== lane.match.track)
        changes.push(
          ...[...trimFindings(lane.match.track, lane.track), ...ownFindings(lane.match.track, lane.track)].map(
            (finding) => about(subject, finding),
          ),
        );
    }
    for (const change of inTime(lane)) changes.push(change);
  }
  return changes;
}

/** Of lanes in their new order, those that now stand before one that they stood after. */
function outOfOrder(kept: readonly Lane[], placeBefore: ReadonlyMap<Lane, number>): Set<Lane> {
  const found = new Set<Lane>();
  let least = Number.POSITIVE_INFINITY;
  for (const lane of kept.toReversed()) {
    const place = placeBefore.get(lane)!;
    if (place > least) found.add(lane);
    least = Math.min(least, place);
  }
  return found;
}

const laneSubject = (lane: Lane, before: Lane | null, after: Lane | null): Subject => ({
  schema: 'Track',
  name: lane.track?.name ?? '',
  track: lane.label,
  at: null,
  before: before?.path ?? null,
  after: after?.path ?? null,
});

function laneAlone(lane: Lane, kind: 'added' | 'removed'): Change[] {
  if (lane.track === null) return kind === 'removed' ? inTime(lane) : [];
  const clips = lane.entries.filter(({ item, match }) => item instanceof Clip && match === null).length;
  const subject = laneSubject(lane, kind === 'removed' ? lane : null, kind === 'added' ? lane : null);
  return [about(subject, { kind, duration: lengthOf(lane.track), clips })];
}

/** The changes of what lies on a lane, and of what lay on its match, in order of time. What came or went with its track is not told again. */
function inTime(lane: Lane): Change[] {
  const told = lane.match !== null || lane.track === null;
  const split = splits(lane);
  const pieces = new Set([...split.values()].flat());
  const changes: { readonly seconds: number; readonly change: Change }[] = [];
  const tell = (found: readonly Change[], entry: Entry | null = null): void => {
    for (const change of found) changes.push({ seconds: (entry?.at ?? change.subject.at)?.toSeconds() ?? 0, change });
  };
  tell(moves(lane));
  for (const entry of lane.entries) {
    if (entry.match !== null) tell(entryChanges(entry.match, entry, split.get(entry)), entry);
    else if (told && !pieces.has(entry)) tell([aloneChange(entry, 'added')]);
  }
  for (const entry of lane.match?.entries ?? []) if (entry.match === null) tell([aloneChange(entry, 'removed')]);
  if (lane.match !== null) tell(transitionChanges(lane.match, lane));
  return changes.sort((x, y) => x.seconds - y.seconds).map(({ change }) => change);
}

function entryChanges(a: Entry, b: Entry, pieces: readonly Entry[] | undefined): Change[] {
  const subject = { ...subjectOf(b, a, b), at: pieces?.[0]?.at ?? b.at };
  const tell = (finding: Finding): Change => about(subject, finding);
  const times =
    pieces === undefined ? timesOf(a, b) : [{ kind: 'split', at: pieces.slice(1).map(({ at }) => at) } as const];
  const inner =
    a.item instanceof Composition && b.item instanceof Composition
      ? contents(a.item, b.item, innerPlace(a), innerPlace(b))
      : [];
  return [...times, ...ownFindings(a.item, b.item)].map(tell).concat(inner);
}

const innerPlace = (entry: Entry): Place => ({
  path: entry.path,
  label: [entry.lane.label, entry.name || entry.item.schemaName].filter(Boolean).join(' / '),
  start: new RationalTime(0, entry.duration.rate),
});
