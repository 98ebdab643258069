// What differs between two states of one thing: its time, media, effects, markers, metadata, and whatever else it has.
import { RationalTime, type TimeRange } from '../opentime/index.ts';
import { speedOf } from '../positions.ts';
import { Clip } from '../schema/clip.ts';
import { equalValues } from '../schema/compare.ts';
import { Composition } from '../schema/composition.ts';
import { Effect, LinearTimeWarp } from '../schema/effect.ts';
import { Item } from '../schema/item.ts';
import { Marker } from '../schema/marker.ts';
import type { SerializableObject } from '../schema/object.ts';
import { membersOf } from '../schema/path.ts';
import { Timeline } from '../schema/timeline.ts';
import { Transition } from '../schema/transition.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import { type AnyValue, dictionary, isDictionary } from '../schema/value.ts';
import { write } from '../write.ts';
import type { Change, Subject } from './change.ts';
import { grouped } from './grouped.ts';
import { mediaOf, nameOf } from './lanes.ts';

/** A change before it is known what it is about. */
export type Finding = Change extends infer C ? (C extends Change ? Omit<C, 'subject'> : never) : never;

export const about = (subject: Subject, finding: Finding): Change => ({ subject, ...finding }) as Change;

const isSame = (a: RationalTime, b: RationalTime): boolean => Math.abs(a.toSeconds() - b.toSeconds()) < 1e-6;
export const isZero = (time: RationalTime): boolean => isSame(time, new RationalTime());

/** How much was cut from or given to both ends, or how far the frames slipped. The head is counted in frames of the track. */
export function rangeFindings(
  before: TimeRange,
  after: TimeRange,
  speed: number | null,
  sameMedia: boolean,
): Finding[] {
  const into = sameMedia ? after.startTime.sub(before.startTime) : new RationalTime(0, after.startTime.rate);
  const longer = after.duration.sub(before.duration);
  if (isZero(longer)) return isZero(into) ? [] : [{ kind: 'slipped', by: into }];
  const factor = speed !== null && speed > 0 ? speed : 1;
  const head = new RationalTime(0, into.rate).sub(new RationalTime(into.value / factor, into.rate));
  return [{ kind: 'trimmed', head, tail: longer.sub(head), before: before.duration, after: after.duration }];
}

function mediaFindings(before: Clip, after: Clip): Finding[] {
  const [a, b] = [mediaOf(before), mediaOf(after)];
  const word = (text: string, clip: Clip): string => text || clip.mediaReference?.schemaName || 'none';
  if (a !== b) return [{ kind: 'media', before: word(a, before), after: word(b, after) }];
  const findings = mediaMembers(before, after).map(
    (key): Finding => ({ kind: 'changed', key: `media_references.${key}` }),
  );
  if (before.activeMediaReferenceKey !== after.activeMediaReferenceKey)
    findings.push({ kind: 'changed', key: 'active_media_reference_key' });
  return findings;
}

/** What differs in the references of a clip: `DEFAULT_MEDIA.available_range`, or a whole reference by its key. */
function mediaMembers({ mediaReferences: a }: Clip, { mediaReferences: b }: Clip): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const [x, y] = [Object.hasOwn(a, key) ? a[key]! : null, Object.hasOwn(b, key) ? b[key]! : null];
    if (equalValues(x, y)) return [];
    if (x === null || y === null || x.schemaName !== y.schemaName) return [key];
    const members = new Map(membersOf(y));
    const differ = membersOf(x).filter(([member, value]) => !equalValues(value, members.get(member) ?? null));
    return differ.length === 0 ? [key] : differ.map(([member]) => `${key}.${member}`);
  });
}

function effectFindings(before: Item, after: Item): Finding[] {
  const [a, b] = [speedOf(before), speedOf(after)];
  const findings: Finding[] = a === b ? [] : [{ kind: 'retimed', before: a, after: b }];
  const isRetime = (effect: unknown): boolean => effect instanceof LinearTimeWarp && effect.enabled;
  const others = (item: Item): SerializableObject[] => item.effects.filter((effect) => a === b || !isRetime(effect));
  const { added, removed, changed } = paired(others(before), others(after), effectName);
  if (added.length + removed.length + changed.length > 0)
    findings.push({
      kind: 'effects',
      added: added.map(effectName),
      removed: removed.map(effectName),
      changed: changed.map(([, one]) => effectName(one)),
    });
  return findings;
}

/** An editor's own name of an effect stands one level down in its metadata, where the effect itself has a collective one. */
function effectName(effect: SerializableObject): string {
  if (!(effect instanceof Effect)) return effect.schemaName;
  for (const own of Object.values(effect.metadata)) {
    const name = isDictionary(own) ? own['Effect Name'] : undefined;
    if (typeof name === 'string' && name !== '') return name;
  }
  return effect.effectName || effect.name || effect.schemaName;
}

function markerFindings(before: Item, after: Item): Finding[] {
  const { added, removed, changed } = paired(
    before.markers,
    after.markers,
    (marker) => `${marker.schemaName} ${nameOf(marker)}`,
  );
  const finding =
    (kind: 'marker-added' | 'marker-removed' | 'marker-changed') =>
    (marker: SerializableObject): Finding[] =>
      marker instanceof Marker
        ? [{ kind, marker: marker.name || marker.comment, markedAt: marker.markedRange.startTime }]
        : [{ kind, marker: marker.schemaName, markedAt: new RationalTime() }];
  return [
    ...removed.flatMap(finding('marker-removed')),
    ...changed.flatMap(([, marker]) => finding('marker-changed')(marker)),
    ...added.flatMap(finding('marker-added')),
  ];
}

interface Paired<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly changed: readonly (readonly [T, T])[];
}

/** Among more pairs of one name than this, equal ones are known by their text: by far the most are written alike. */
const MOST_PAIRS = 4096;

/** Equal ones cancel out; what is left goes together by name, in order. */
function paired<T extends SerializableObject>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): Paired<T> {
  const named = grouped(after, nameOf);
  const partner = new Map<T, T>();
  const equal = new Set<T>();
  for (const [name, olds] of grouped(before, nameOf)) {
    const news = named.get(name) ?? [];
    for (const [one, other] of equalOnes(olds, news)) equal.add(one).add(other);
    const left = news.filter((one) => !equal.has(one));
    for (const [i, one] of olds.filter((one) => !equal.has(one)).entries())
      if (left[i] !== undefined) partner.set(one, left[i]);
  }
  const taken = new Set(partner.values());
  return {
    added: after.filter((one) => !equal.has(one) && !taken.has(one)),
    removed: before.filter((one) => !equal.has(one) && !partner.has(one)),
    changed: before.flatMap((one) => (partner.has(one) ? [[one, partner.get(one)!] as const] : [])),
  };
}

function equalOnes<T extends SerializableObject>(before: readonly T[], after: readonly T[]): [T, T][] {
  const alike: (one: T, other: T) => boolean = (one, other) => one.isEquivalentTo(other);
  if (before.length * after.length <= MOST_PAIRS) return pairsOf(before, after, alike);
  const texts = grouped(after, (one) => write(one, { indent: 0 }));
  return [...grouped(before, (one) => write(one, { indent: 0 }))].flatMap(([text, olds]) =>
    pairsOf(olds, texts.get(text) ?? [], () => true),
  );
}

/** Each with the first that fits it and is not taken. */
function pairsOf<T>(before: readonly T[], after: readonly T[], fits: (one: T, other: T) => boolean): [T, T][] {
  const left = new Set(after);
  const pairs: [T, T][] = [];
  for (const one of before)
    for (const other of left)
      if (fits(one, other)) {
        left.delete(other);
        pairs.push([one, other]);
        break;
      }
  return pairs;
}

/** Members told in words of their own, or told where they lie. */
function toldApart(object: SerializableObject): readonly string[] {
  if (object instanceof Clip)
    return [
      'name',
      'metadata',
      'source_range',
      'effects',
      'markers',
      'enabled',
      'media_references',
      'active_media_reference_key',
    ];
  if (object instanceof Composition)
    return ['name', 'metadata', 'source_range', 'effects', 'markers', 'enabled', 'children'];
  if (object instanceof Item) return ['name', 'metadata', 'source_range', 'effects', 'markers', 'enabled'];
  if (object instanceof Transition) return ['name', 'metadata', 'in_offset', 'out_offset', 'transition_type'];
  if (object instanceof Timeline) return ['name', 'metadata', 'global_start_time', 'tracks'];
  return ['name', 'metadata'];
}

/** Name, whether it is seen, metadata, and every member that has no word of its own. */
export function plainFindings(before: SerializableObject, after: SerializableObject): Finding[] {
  const findings: Finding[] = [];
  const [a, b] = [before, after].map((object) => new Map(membersOf(object)));
  const names = [nameOf(before), nameOf(after)] as const;
  if (names[0] !== names[1]) findings.push({ kind: 'renamed', before: names[0], after: names[1] });
  if (before instanceof Item && after instanceof Item && before.enabled !== after.enabled)
    findings.push({ kind: after.enabled ? 'enabled' : 'disabled' });
  if (before.schemaName !== after.schemaName || before.schemaVersion !== after.schemaVersion)
    findings.push({ kind: 'changed', key: 'OTIO_SCHEMA' });
  const told = before instanceof UnknownSchema ? ['name', 'metadata'] : toldApart(before);
  for (const key of new Set([...a!.keys(), ...b!.keys()])) {
    const [x, y] = [a!.get(key), b!.get(key)];
    if (!told.includes(key) && (x === undefined || y === undefined || !equalValues(x, y)))
      findings.push({ kind: 'changed', key });
  }
  findings.push(...metadataFindings(a!.get('metadata') ?? null, b!.get('metadata') ?? null));
  return findings;
}

function metadataFindings(before: AnyValue, after: AnyValue): Finding[] {
  const found = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
  const compare = (a: AnyValue, b: AnyValue, path: string): void => {
    if (!isDictionary(a) || !isDictionary(b)) {
      if (!equalValues(a, b)) found.changed.push(path);
      return;
    }
    const inside = (key: string): string => (path === '' ? key : `${path}.${key}`);
    for (const key of Object.keys(a)) if (!Object.hasOwn(b, key)) found.removed.push(inside(key));
    for (const key of Object.keys(b))
      if (Object.hasOwn(a, key)) compare(a[key]!, b[key]!, inside(key));
      else found.added.push(inside(key));
  };
  compare(before ?? dictionary(), after ?? dictionary(), '');
  return found.added.length + found.removed.length + found.changed.length > 0 ? [{ kind: 'metadata', ...found }] : [];
}

function transitionFindings(before: Transition, after: Transition): Finding[] {
  const state = ({ transitionType: type, inOffset, outOffset }: Transition) => ({ type, inOffset, outOffset });
  const [a, b] = [state(before), state(after)];
  const same = a.type === b.type && isSame(a.inOffset, b.inOffset) && isSame(a.outOffset, b.outOffset);
  return same ? [] : [{ kind: 'transition', before: a, after: b }];
}

/** The part of a track, a stack or a lone item that counts. */
export function trimFindings(before: SerializableObject, after: SerializableObject): Finding[] {
  if (!(before instanceof Item && after instanceof Item) || equalValues(before.sourceRange, after.sourceRange))
    return [];
  return [{ kind: 'changed', key: 'source_range' }];
}

/** Everything about two things of one class but their time and what lies in them. */
export function ownFindings(before: SerializableObject, after: SerializableObject): Finding[] {
  if (!(before instanceof Composition) && before.isEquivalentTo(after)) return [];
  return [
    ...plainFindings(before, after),
    ...(before instanceof Clip && after instanceof Clip ? mediaFindings(before, after) : []),
    ...(before instanceof Item && after instanceof Item
      ? [...effectFindings(before, after), ...markerFindings(before, after)]
      : []),
    ...(before instanceof Transition && after instanceof Transition ? transitionFindings(before, after) : []),
  ];
}
