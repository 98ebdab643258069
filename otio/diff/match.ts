// Which thing of one version is which of the other: by ids, media and name as far as they go, then by position.
import { grouped } from './grouped.ts';
import type { Entry, Lane } from './lanes.ts';

/** Two groups with more pairs than this are matched in order instead of by likeness. */
const MOST_PAIRS = 4096;

/** Sets `match` of the lanes of both versions: tracks of a kind that share most of what lies on them, or stand in the same place. */
export function matchLanes(before: readonly Lane[], after: readonly Lane[]): void {
  const kindOf = ({ track }: Lane): string => track?.kind ?? '';
  const contents = new Map([...before, ...after].map((lane) => [lane, counted(lane.entries.map(likeness))]));
  const pairs = before.flatMap((a, i) =>
    after.flatMap((b, j) => {
      if (kindOf(a) !== kindOf(b)) return [];
      const name = a.track?.name ?? '';
      const score =
        4 * sharedOf(contents.get(a)!, contents.get(b)!) +
        (name !== '' && name === b.track?.name ? 1 : 0) +
        (a.label === b.label ? 0.5 : 0) +
        (i === j ? 0.25 : 0);
      return [{ a, b, score }];
    }),
  );
  for (const { a, b } of pairs.filter(({ score }) => score >= 0.5).sort((x, y) => y.score - x.score)) pair(a, b);
}

const likeness = ({ item, media, name }: Entry): string => `${item.schemaName}\n${media}\n${name}`;

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Share of what lies on the fuller of two lanes that the other has too. */
function sharedOf(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const total = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shared = [...a].reduce((sum, [key, count]) => sum + Math.min(count, b.get(key) ?? 0), 0);
  return shared / Math.max(1, total(a), total(b));
}

function pair<T extends { match: T | null }>(a: T, b: T): void {
  if (a.match !== null || b.match !== null) return;
  a.match = b;
  b.match = a;
}

/** A way to know a thing again; null: not by this. */
type KeyOf = (entry: Entry) => string | null;

const shownKey = ({ shown }: Entry): string =>
  shown === null ? '' : `${shown.startTime.toSeconds().toFixed(5)}+${shown.duration.toSeconds().toFixed(5)}`;
const fileName = (media: string): string => media.slice(Math.max(media.lastIndexOf('/'), media.lastIndexOf('\\')) + 1);

interface Pass {
  readonly key: KeyOf;
  /** Only where one thing of each version has the key. */
  readonly alone?: boolean;
  /** Enough by itself; else two pieces of one medium must share a frame, or they are two clips. */
  readonly sure?: boolean;
}

/** From the surest to the weakest. */
const passes: readonly Pass[] = [
  { key: (entry) => [entry.ids, likeness(entry), shownKey(entry)].join('\n') },
  { key: (entry) => (entry.ids === '' ? null : [entry.ids, likeness(entry)].join('\n')), sure: true },
  { key: ({ ids, item }) => (ids === '' ? null : `${item.schemaName}\n${ids}`), alone: true, sure: true },
  { key: (entry) => [likeness(entry), shownKey(entry)].join('\n') },
  { key: (entry) => (entry.media + entry.name === '' ? null : likeness(entry)) },
  { key: (entry) => (entry.media === '' ? null : [entry.item.schemaName, entry.media, shownKey(entry)].join('\n')) },
  {
    key: ({ item, name, media }) =>
      name === '' && media === '' ? null : `${item.schemaName}\n${name || fileName(media)}`,
  },
  { key: ({ item, media }) => (media === '' ? null : `${item.schemaName}\n${media}`) },
];

/** Sets `match` of the entries of both versions. The lanes are matched already. */
export function matchEntries(before: readonly Entry[], after: readonly Entry[]): void {
  for (const { key, alone = false, sure = false } of passes) {
    const groups = unmatched(after, key);
    for (const [name, a] of unmatched(before, key)) {
      const b = groups.get(name) ?? [];
      if (!alone || (a.length === 1 && b.length === 1)) matchAlike(a, b, sure);
    }
  }
  matchPlaces(before, after);
}

/** Those that have no match yet, by a key. */
const unmatched = (entries: readonly Entry[], key: KeyOf): Map<string, Entry[]> =>
  grouped(entries, (entry) => (entry.match === null ? key(entry) : null));

function matchAlike(a: readonly Entry[], b: readonly Entry[], sure: boolean): void {
  const mayPair = (x: Entry, y: Entry): boolean =>
    sure || x.media !== y.media || sharesFrames(x, y) || isSamePlace(x, y);
  if (a.length * b.length > MOST_PAIRS) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) if (mayPair(a[i]!, b[i]!)) pair(a[i]!, b[i]!);
    return;
  }
  const pairs = a.flatMap((x) => b.filter((y) => mayPair(x, y)).map((y) => ({ x, y, apart: distance(x, y) })));
  for (const { x, y } of pairs.sort((p, q) => p.apart - q.apart)) pair(x, y);
}

const sharesFrames = (a: Entry, b: Entry): boolean => a.shown === null || b.shown === null || overlap(a, b) > 0;
const isSamePlace = (a: Entry, b: Entry): boolean => a.lane.match === b.lane && a.start.almostEqual(b.start, 1e-3);

/** Another track counts more than other frames, other frames more than another position. */
function distance(a: Entry, b: Entry): number {
  const otherLane = a.lane.match === b.lane ? 0 : 4;
  const seconds = Math.abs(a.start.toSeconds() - b.start.toSeconds());
  return otherLane + 2 * (1 - overlap(a, b)) + seconds / (seconds + 3600);
}

/** Share of the longer one's material that both show. */
function overlap({ shown: a }: Entry, { shown: b }: Entry): number {
  if (a === null || b === null) return 0;
  const edges = [a, b].map((range) => [range.startTime.toSeconds(), range.endTimeExclusive().toSeconds()] as const);
  const [[aStart, aEnd], [bStart, bEnd]] = edges as [readonly [number, number], readonly [number, number]];
  const both = Math.min(aEnd, bEnd) - Math.max(aStart, bStart);
  return Math.max(0, both) / Math.max(aEnd - aStart, bEnd - bStart, 1e-9);
}

/** What is left on a pair of lanes: the same place in time, then the same place between neighbours that are matched. */
function matchPlaces(before: readonly Entry[], after: readonly Entry[]): void {
  const schemaAt = (entry: Entry, place: string): string => `${entry.item.schemaName}\n${place}`;
  const lanes = new Map<Lane, number>();
  const laneNumber = (lane: Lane): number => {
    const known = lanes.get(lane) ?? (lane.match === null ? undefined : lanes.get(lane.match));
    if (known !== undefined) return known;
    lanes.set(lane, lanes.size);
    return lanes.size - 1;
  };
  const inTime: KeyOf = (entry) =>
    schemaAt(
      entry,
      `${laneNumber(entry.lane)} ${entry.start.toSeconds().toFixed(5)} ${entry.duration.toSeconds().toFixed(5)}`,
    );
  const groups = unmatched(after, inTime);
  for (const [name, a] of unmatched(before, inTime)) matchAlike(a, groups.get(name) ?? [], true);

  const numbers = new Map<Entry, number>();
  const numberOf = (entry: Entry | undefined): string => {
    if (entry === undefined) return 'end';
    const known = numbers.get(entry) ?? (entry.match === null ? undefined : numbers.get(entry.match));
    if (known === undefined) numbers.set(entry, numbers.size);
    return String(known ?? numbers.size - 1);
  };
  const neighbours = new Map<Entry, string>();
  for (const lane of new Set([...before, ...after].map((entry) => entry.lane)))
    for (const [i, entry] of lane.entries.entries())
      neighbours.set(entry, `${laneNumber(lane)} ${numberOf(lane.entries[i - 1])} ${numberOf(lane.entries[i + 1])}`);
  const between: KeyOf = (entry) => {
    const place = neighbours.get(entry)!;
    return place.endsWith(' end end') ? null : schemaAt(entry, place);
  };
  const left = unmatched(after, between);
  for (const [name, a] of unmatched(before, between)) matchAlike(a, left.get(name) ?? [], true);
}
