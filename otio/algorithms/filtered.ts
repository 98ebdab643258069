// Copies of trees with some objects left out or exchanged.
import { OtioError } from '../errors.ts';
import { type Composable, titleOf } from '../schema/composable.ts';
import { type Child, Composition } from '../schema/composition.ts';
import { Stack } from '../schema/stack.ts';
import { Timeline } from '../schema/timeline.ts';
import { Track } from '../schema/track.ts';
import { UnknownSchema } from '../schema/unknown.ts';

/** What can be filtered: a timeline, a track or stack, or what lies in one. */
export type Filterable = Timeline | Composable;

/** The object itself, changed or not; another or others in its place, which are not asked about; or null to leave it out with all that is in it. */
export type Filtered = Filterable | readonly Filterable[] | null;

// biome-ignore lint/suspicious/noExplicitAny: constructors of many shapes
type AnyClass = abstract new (...values: any[]) => Filterable;

/**
 * A copy of the tree in which each object is what `filter` makes of its copy; parents are asked before their children. Objects of the classes in `prune` are
 * left out without asking, objects of unknown schemas are kept. Null when the root is left out.
 * @throws OtioError TYPE_MISMATCH when the root, or the stack of a timeline, is to be several objects or of another kind
 */
export function filteredComposition(
  root: Filterable,
  filter: (object: Filterable) => Filtered,
  prune: readonly AnyClass[] = [],
): Filterable | null {
  return filteredWithSequenceContext(root, (_, object) => filter(object), prune);
}

/**
 * As filteredComposition, but `filter` also sees the neighbours on the track, as they were before; null at its ends and elsewhere.
 * @throws OtioError as filteredComposition
 */
export function filteredWithSequenceContext(
  root: Filterable,
  filter: (before: Child | null, object: Filterable, after: Child | null) => Filtered,
  prune: readonly AnyClass[] = [],
): Filterable | null {
  const asked = (before: Child | null, object: Filterable, after: Child | null): Filtered =>
    prune.some((type) => object instanceof type) ? null : filter(before, object, after);

  const below = (parent: Composition): void => {
    const { children } = parent;
    const made = children.flatMap((child, i): readonly (Filterable | UnknownSchema)[] => {
      if (child instanceof UnknownSchema) return [child];
      const [before, after] = parent instanceof Track ? [children[i - 1], children[i + 1]] : [];
      const answer = asked(before ?? null, child, after ?? null);
      const made = isList(answer) ? answer : answer === null ? [] : [answer];
      if (child instanceof Composition && made.includes(child)) below(child);
      return made;
    });
    const timeline = made.find((object) => object instanceof Timeline);
    if (timeline !== undefined)
      throw new OtioError('TYPE_MISMATCH', `${titleOf(timeline)} cannot lie in ${titleOf(parent)}.`);
    parent.setChildren(made as readonly Child[]);
  };
  const alone = (object: Timeline | Composable): Filterable | null => {
    const made = asked(null, object, null);
    if (isList(made)) throw new OtioError('TYPE_MISMATCH', 'What has no siblings can only become one object, or null.');
    if (made === object && object instanceof Composition) below(object);
    return made;
  };

  const copy = root.clone();
  const made = alone(copy);
  if (made === copy && made instanceof Timeline && made.tracks !== null) {
    const tracks = alone(made.tracks);
    if (tracks !== null && !(tracks instanceof Stack))
      throw new OtioError(
        'TYPE_MISMATCH',
        `The tracks of a timeline are a stack, but the filter made a ${tracks.schemaName} of it.`,
      );
    made.tracks = tracks;
  }
  return made;
}

const isList = (made: Filtered): made is readonly Filterable[] => Array.isArray(made);
