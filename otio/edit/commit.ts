// From a plan to the track: empty parts go, transitions that were cut into go too or refuse the edit, gaps join, cut children are cloned; then all is set at once.
import { OtioError } from '../errors.ts';
import type { RationalTime } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { Item } from '../schema/item.ts';
import { Marker } from '../schema/marker.ts';
import { Transition } from '../schema/transition.ts';
import { UnknownSchema } from '../schema/unknown.ts';
import { framesOf, SAME, shownRange, takesTime } from './frames.ts';
import { isEmpty, type Part } from './part.ts';
import { rangeOf } from './source.ts';
import { hasUnknownSpeed, speedOf } from './speed.ts';
import { joinGaps, type Stretch } from './stretch.ts';
import { type Change, type EditResult, finished, Step } from './undo.ts';

/**
 * Puts parts in place of a stretch. `also`: members of inserted items that change with it. `kept`: transitions that suit what now lies beside them, and items
 * that stay though they have no length.
 * @throws OtioError CANNOT_TRIM_TRANSITION, CHILD_ALREADY_PARENTED, OBJECT_CYCLE; then nothing has changed
 */
export function commit(
  stretch: Stretch,
  planned: readonly Part[],
  also: readonly Change[] = [],
  kept: ReadonlySet<Child> = new Set(),
): EditResult {
  const { track, frames, rate } = stretch.editing;
  const filled = planned.filter((part) => !isEmpty(part) || kept.has(part.child));
  const parts = joinGaps(
    filled.filter(({ child }) => !(child instanceof Transition) || kept.has(child) || keepsCut(stretch, filled, child)),
  );
  if (stretch.editing.options.removeTransitions === false) demandTransitions(stretch, parts);

  const changes: Change[] = [...also];
  const warnings = new Set<string>();
  const cuts = new Map<Child, Part[]>();
  for (const part of parts) cuts.set(part.child, [...(cuts.get(part.child) ?? []), part]);
  const children = parts.map((part): Child => {
    const pieces = cuts.get(part.child)!;
    const child = part === pieces[0] ? part.child : part.child.clone();
    for (const change of changesOf(part, child, pieces, rate)) {
      if (child === part.child) changes.push(change);
      else (change.target as Record<string, unknown>)[change.name] = change.after;
    }
    for (const warning of warningsOf(part)) warnings.add(warning);
    return child;
  });

  const undo = new Step(track, stretch.index, stretch.children, children, changes);
  undo.redo();
  frames.replaced(
    stretch.index,
    stretch.children.length,
    parts.map(({ length }) => length),
  );

  const [old, now, touched] = [
    new Set(stretch.children),
    new Set(children),
    new Set(changes.map(({ target }) => target)),
  ];
  return finished({
    changed: children.filter((child) => child instanceof Item).filter((child) => !old.has(child) || touched.has(child)),
    removed: stretch.children.filter((child) => !now.has(child)),
    warnings: [...warnings],
    undo,
  });
}

/** Whether a transition still lies between the two items it lay between, and neither has become shorter than the transition's side of it. */
function keepsCut({ parts: old, editing }: Stretch, parts: readonly Part[], transition: Transition): boolean {
  const holds = (step: 1 | -1, offset: RationalTime): boolean => {
    const part = itemBeside(parts, transition, step);
    if (part?.child !== itemBeside(old, transition, step)?.child) return false;
    if (part === undefined || part.length > part.whole! - SAME) return true;
    return part.length > framesOf(offset, editing.rate) - SAME;
  };
  return holds(-1, transition.inOffset) && holds(1, transition.outOffset);
}

function itemBeside(parts: readonly Part[], transition: Transition, step: 1 | -1): Part | undefined {
  let place = parts.findIndex(({ child }) => child === transition) + step;
  while (parts[place] !== undefined && !takesTime(parts[place]!.child)) place += step;
  return parts[place];
}

function demandTransitions({ children, editing }: Stretch, parts: readonly Part[]): void {
  const left = new Set(parts.map(({ child }) => child));
  const lost = children.find((child) => child instanceof Transition && !left.has(child));
  if (lost !== undefined)
    throw new OtioError(
      'CANNOT_TRIM_TRANSITION',
      `The edit cuts into ${titleOf(lost)} on ${titleOf(editing.track)}: take the transition out first, or allow it with removeTransitions.`,
    );
}

/** What a part changes in its child, `piece` being that or a clone. `pieces`: all parts of the child, in order. */
function changesOf(part: Part, piece: Child, pieces: readonly Part[], rate: number): Change[] {
  const changes: Change[] = [];
  if (!takesTime(part.child)) return changes;
  if (part.whole === null || part.skip !== 0 || Math.abs(part.length - part.whole) > SAME) {
    const [target, name] = piece instanceof UnknownSchema ? [piece.members, 'source_range'] : [piece, 'sourceRange'];
    changes.push({ target, name, before: (target as Record<string, unknown>)[name], after: rangeOf(part, rate) });
  }
  if (pieces.length > 1 && piece instanceof Item && piece.markers.length > 0) {
    const own = part.child as Item;
    const after = piece.markers.filter((_, i) => pieceOfMarker(own, own.markers[i]!, pieces, rate) === part);
    changes.push({ target: piece, name: 'markers', before: piece.markers, after });
  }
  return changes;
}

/** Of the parts of an item the one in which a marker starts. One before all of them goes with the first, one in frames that are gone with those before. */
function pieceOfMarker(item: Item, marker: Item['markers'][number], pieces: readonly Part[], rate: number): Part {
  if (!(marker instanceof Marker)) return pieces[0]!;
  const at = framesOf(marker.markedRange.startTime, rate) - framesOf(shownRange(item).startTime, rate);
  const speed = Math.max(speedOf(item), 0) || 1;
  return pieces.findLast(({ skip }) => at > skip * speed - SAME) ?? pieces[0]!;
}

function warningsOf({ child, skip, length, whole }: Part): string[] {
  if (!(child instanceof Item) || (skip === 0 && (whole === null || Math.abs(length - whole) < SAME))) return [];
  const title = titleOf(child);
  const warnings: string[] = [];
  const speed = speedOf(child);
  if (hasUnknownSpeed(child))
    warnings.push(`${title} has a time effect of unknown speed and was cut as if it had none: check what it shows.`);
  if (speed < 0)
    warnings.push(
      `${title} plays backwards and was cut; editors disagree on which end its in-point names: check what it shows.`,
    );
  else if (speed !== 1 && skip !== 0)
    warnings.push(
      `${title} plays at ${speed} times its speed: its in-point moved by ${speed * skip} frames for ${skip} on the track.`,
    );
  if (!Number.isInteger(length)) warnings.push(`${title} does not lie on whole frames of its track.`);
  return warnings;
}
