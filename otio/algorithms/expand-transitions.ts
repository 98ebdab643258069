// Transitions as pieces of their own: each with the material on both sides that it mixes.
import { OtioError } from '../errors.ts';
import { TimeRange } from '../opentime/index.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import type { Track } from '../schema/track.ts';
import { Transition } from '../schema/transition.ts';
import { copyShowing, shownRange } from './copy.ts';

/** What goes out, the transition, and what comes in; all as long as the transition. */
export type ExpandedTransition = readonly [pre: Child, transition: Transition, post: Child];

/**
 * Copies of the children of a track in order, without parents: items shortened by the transitions beside them, and transitions with their material. A
 * transition at an end of the track has a gap on the far side.
 *
 *     | A  /T\  B |   →   | A |  [A', T, B']  | B |
 *
 * @throws OtioError CANNOT_TRIM_TRANSITION when two transitions touch; CANNOT_COMPUTE_AVAILABLE_RANGE
 */
export function trackWithExpandedTransitions(track: Track): (Child | ExpandedTransition)[] {
  const { children } = track;
  return children.map((child, i) =>
    child instanceof Transition ? expanded(child, track) : shortened(child, children[i - 1], children[i + 1]),
  );
}

function expanded(transition: Transition, track: Track): ExpandedTransition {
  const { inOffset, outOffset } = transition;
  const [before, after] = track.neighborsOf(transition);
  if (before instanceof Transition || after instanceof Transition)
    throw new OtioError(
      'CANNOT_TRIM_TRANSITION',
      `${titleOf(transition)} touches another transition: put an item between them.`,
    );
  const [pre, preRange] = material(before, Gap.ofDuration(inOffset));
  const [post, postRange] = material(after, Gap.ofDuration(outOffset));
  const duration = transition.duration();
  return [
    copyShowing(pre, new TimeRange(preRange.endTimeExclusive().sub(inOffset), duration), '_transition_pre'),
    transition.clone(),
    copyShowing(post, new TimeRange(postRange.startTime.sub(inOffset), duration), '_transition_post'),
  ];
}

/** A neighbour and what it shows; `otherwise` in place of what shows nothing. */
function material(neighbor: Child | null, otherwise: Gap): [Child, TimeRange] {
  const shown = neighbor && shownRange(neighbor);
  return neighbor && shown ? [neighbor, shown] : [otherwise, otherwise.trimmedRange()];
}

function shortened(child: Child, before: Child | undefined, after: Child | undefined): Child {
  const shown = shownRange(child);
  if (shown === null) return child.clone();
  let { startTime: start, duration } = shown;
  if (before instanceof Transition) [start, duration] = [start.add(before.outOffset), duration.sub(before.outOffset)];
  if (after instanceof Transition) duration = duration.sub(after.inOffset);
  return copyShowing(child, new TimeRange(start, duration));
}
