// Ranges, searches, times carried from one item to another, track algorithms, image sequences: the reference's doubles bit for bit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as otio from '../../../otio/index.ts';
import { parse } from '../../../otio/json/index.ts';
import type { Judge } from '../suite.ts';
import { outcome } from './serialization.ts';
import { Tally } from './tally.ts';

type Time = readonly [value: number, rate: number];
type Range = readonly [start: Time, duration: Time];
type Path = readonly number[];

interface Case {
  readonly file: string;
  readonly path: Path;
}
/** What the reference gave, its error, or what it should have given. */
interface Wanted {
  readonly out?: unknown;
  readonly error?: string;
  readonly wanted?: Wanted;
}

const timeOf = ([value, rate]: Time): otio.RationalTime => new otio.RationalTime(value, rate);
const rangeOf = ([start, duration]: Range): otio.TimeRange => new otio.TimeRange(timeOf(start), timeOf(duration));

const asTime = ({ value, rate }: otio.RationalTime): Time => [value, rate];
const asRange = (range: otio.TimeRange | null): Range | null =>
  range && [asTime(range.startTime), asTime(range.duration)];

function childIn(root: otio.Composition, path: Path): otio.Child {
  return path.reduce<otio.Child>((parent, index) => (parent as otio.Composition).childAt(index), root);
}

function pathOf(root: otio.Composition, child: otio.Child): Path {
  const path: number[] = [];
  for (let at = child; at !== (root as otio.Child); at = at.parent!) path.unshift(at.parent!.indexOfChild(at));
  return path;
}

export async function ranges(data: string, judge: Judge): Promise<void> {
  const load = (name: string): string => readFileSync(join(data, `vectors/ranges/${name}.json`), 'utf8');
  const cases = <T>(name: string): readonly T[] => (JSON.parse(load(name)) as { cases: readonly T[] }).cases;
  const documents = new Map<string, otio.AnyValue>();
  const document = (file: string): otio.AnyValue => {
    if (!documents.has(file)) documents.set(file, otio.read(readFileSync(join(data, file), 'utf8')).root);
    return documents.get(file)!;
  };
  const root = (file: string): otio.Composition => {
    const found = document(file);
    return found instanceof otio.Timeline ? found.tracks! : (found as otio.Composition);
  };
  const check = (tally: Tally, subject: unknown, call: () => unknown, { out, error, wanted }: Wanted): void => {
    if (wanted !== undefined) check(tally, subject, call, wanted);
    else tally.check(subject, outcome(call), error === undefined ? out : { error });
  };

  const nodes = new Tally('ranges/node_ranges');
  for (const { file, nodes: all } of cases<Case & { nodes: (Case & { type: string } & Record<string, Wanted>)[] }>(
    'node_ranges',
  ))
    for (const { path, type, ...questions } of all) {
      const child = childIn(root(file), path);
      nodes.check([file, path, 'type'], child.schemaName, type);
      for (const [question, wanted] of Object.entries(questions)) {
        const answer = () => answers[question]!(root(file), child as otio.Item);
        check(nodes, [file, path, question], answer, Array.isArray(wanted) ? { out: wanted } : (wanted as Wanted));
      }
    }
  nodes.decide(judge);

  const searches = new Tally('ranges/searches');
  for (const one of cases<Search>('searches')) {
    const from = childIn(root(one.file), one.path) as otio.Composition;
    const found = outcome(() => searched(from, one));
    const paths = Array.isArray(found)
      ? found.map((child) => pathOf(root(one.file), child))
      : found instanceof otio.Composable
        ? pathOf(root(one.file), found)
        : found;
    searches.check(one, paths, one.wanted ?? one.out);
  }
  searches.decide(judge);

  const times = new Tally('ranges/transformed_times');
  for (const one of cases<
    Case & { from: Path; to: Path; time: Time; range: Range; transformed_time: Wanted; transformed_time_range: Wanted }
  >('transformed_times')) {
    const [from, to] = [one.from, one.to].map((path) => childIn(root(one.file), path) as otio.Item) as [
      otio.Item,
      otio.Item,
    ];
    check(times, one, () => asTime(from.transformedTime(timeOf(one.time), to)), one.transformed_time);
    check(times, one, () => asRange(from.transformedTimeRange(rangeOf(one.range), to)), one.transformed_time_range);
  }
  times.decide(judge);

  const algorithms = new Tally('ranges/track_algorithms');
  const { cases: exact } = parse(load('track_algorithms')) as unknown as { cases: { out: otio.AnyValue }[] }; // integers apart from doubles
  for (const [i, one] of cases<Case & { op: string; range?: Range } & Wanted>('track_algorithms').entries()) {
    const before = otio.write(document(one.file));
    const wanted =
      one.error === undefined && one.op !== 'track_with_expanded_transitions' ? { out: plain(exact[i]!.out) } : one;
    check(
      algorithms,
      [one.file, one.op, one.path, one.range],
      () => made(document(one.file), root(one.file), one),
      wanted,
    );
    algorithms.check(
      [one.file, one.op, 'leaves the timeline as it was'],
      otio.write(document(one.file)) === before,
      true,
    );
  }
  algorithms.decide(judge);

  const sequences = new Tally('ranges/image_sequences');
  for (const one of cases<Sequence>('image_sequences')) {
    const media = (childIn(root(one.file), one.path) as otio.Clip).mediaReferences[
      one.key
    ] as otio.ImageSequenceReference;
    sequences.check([one, 'end frame'], media.endFrame, one.end_frame);
    sequences.check([one, 'images'], media.numberOfImagesInSequence, one.number_of_images);
    sequences.check([one, 'pattern'], media.abstractTargetUrl('%04d'), one.abstract_target_url.out);
    for (const [image, url] of Object.entries(one.urls))
      sequences.check(
        [one, image],
        outcome(() => media.targetUrlForImageNumber(Number(image))),
        url,
      );
    for (const [image, time] of Object.entries(one.times))
      sequences.check(
        [one, image],
        outcome(() => asTime(media.presentationTimeForImageNumber(Number(image)))),
        time,
      );
    for (const [time, frame] of one.frames)
      check(sequences, [one, time], () => media.frameForTime(timeOf(time)), frame);
  }
  sequences.decide(judge);
}

type Answer = (root: otio.Composition, child: otio.Item) => unknown;

const neighbors = (child: otio.Item, root: otio.Composition, policy: otio.NeighborGapPolicy): unknown[] =>
  (child.parent as otio.Track).neighborsOf(child, policy).map((one) => {
    if (one === null) return null;
    return one.parent === null ? { gap: asRange((one as otio.Gap).sourceRange) } : pathOf(root, one);
  });

const answers: { readonly [question: string]: Answer } = {
  duration: (_, child) => asTime(child.duration()),
  available_range: (_, child) => asRange(child.availableRange()),
  trimmed_range: (_, child) => asRange(child.trimmedRange()),
  visible_range: (_, child) => asRange(child.visibleRange()),
  range_in_parent: (_, child) => asRange(child.rangeInParent()),
  trimmed_range_in_parent: (_, child) => asRange(child.trimmedRangeInParent()),
  root_range_of_child: (root, child) => asRange(root.rangeOfChild(child)),
  root_trimmed_range_of_child: (root, child) => asRange(root.trimmedRangeOfChild(child)),
  handles(_, child) {
    const { head, tail } = child.parent!.handlesOfChild(child);
    return [head && asTime(head), tail && asTime(tail)];
  },
  neighbors_never: (root, child) => neighbors(child, root, 'never'),
  neighbors_around_transitions: (root, child) => neighbors(child, root, 'aroundTransitions'),
  available_image_bounds(_, child) {
    const { min, max } = child.availableImageBounds()!;
    return { min: [min.x, min.y], max: [max.x, max.y] };
  },
};

const classes = {
  Clip: otio.Clip,
  Gap: otio.Gap,
  Transition: otio.Transition,
  Track: otio.Track,
  Stack: otio.Stack,
  Item: otio.Item,
  Composable: otio.Composable,
};

interface Search extends Case {
  readonly op: string;
  readonly time: Time;
  readonly range: Range;
  readonly shallow: boolean;
  readonly type: keyof typeof classes;
  readonly out: unknown;
  readonly wanted?: unknown;
}

function searched(
  from: otio.Composition,
  { op, time, range, shallow, type }: Search,
): otio.Child | readonly otio.Child[] | boolean | null {
  switch (op) {
    case 'child_at_time':
      return from.childAtTime(timeOf(time), shallow);
    case 'children_in_range':
      return from.childrenInRange(rangeOf(range));
    case 'find_clips':
      return from.findClips(rangeOf(range), shallow);
    case 'find_children':
      return from.findChildren<otio.Composable>(classes[type], null, shallow);
    case 'has_clips':
      return from.hasClips();
    default:
      throw new Error(`no search ${op}`);
  }
}

/** What an algorithm makes, as text; of expanded transitions, what the vector tells of each piece. */
function made(
  document: otio.AnyValue,
  root: otio.Composition,
  { op, path, range }: Partial<Case> & { op: string; range?: Range },
): unknown {
  switch (op) {
    case 'flatten_stack':
      return otio.write(otio.flattenStack(root as otio.Stack));
    case 'track_trimmed_to_range':
      return otio.write(otio.trackTrimmedToRange(childIn(root, path!) as otio.Track, rangeOf(range!)));
    case 'timeline_trimmed_to_range':
      return otio.write(otio.timelineTrimmedToRange(document as otio.Timeline, rangeOf(range!)));
    case 'track_with_expanded_transitions':
      return otio
        .trackWithExpandedTransitions(childIn(root, path!) as otio.Track)
        .map((piece) => (Array.isArray(piece) ? piece.map(told) : told(piece as otio.Child)));
    default:
      throw new Error(`no algorithm ${op}`);
  }
}

const told = (child: otio.Child): unknown => ({
  type: child.schemaName,
  name: (child as otio.Composable).name,
  source_range: child instanceof otio.Item ? asRange(child.sourceRange) : null,
});

/** OTIO as plain JSON, in the text that we write for it. */
const plain = (json: otio.AnyValue): string => otio.write(otio.read(otio.write(json)).root);

interface Sequence extends Case {
  readonly key: string;
  readonly end_frame: number;
  readonly number_of_images: number;
  readonly abstract_target_url: Wanted;
  readonly urls: Record<string, unknown>;
  readonly times: Record<string, unknown>;
  readonly frames: readonly (readonly [Time, Wanted])[];
}
