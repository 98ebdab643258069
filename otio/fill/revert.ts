// Takes a fill off its timeline: what it replaced comes back, as long as the fill is now.
import { commit } from '../edit/commit.ts';
import { SAME, shownRange } from '../edit/frames.ts';
import { type Part, partOf, replaceFrames } from '../edit/part.ts';
import { Editing } from '../edit/stretch.ts';
import { batch, finished, Step, type Undo } from '../edit/undo.ts';
import type { Clip } from '../schema/clip.ts';
import { titleOf } from '../schema/composable.ts';
import type { Child } from '../schema/composition.ts';
import type { Marker } from '../schema/marker.ts';
import { Track } from '../schema/track.ts';
import type { Transition } from '../schema/transition.ts';
import { coverage, emptyIn, lengthOf, sidesOf } from './coverage.ts';
import { keptBy } from './handles.ts';
import { fillsAmong } from './list.ts';
import { disclosure, jobOf, jobsOnlyIn, withoutJobs } from './markers.ts';
import { markedRange, outermost } from './place.ts';
import { recordOf, restoreOf } from './record.ts';
import { restored, trimOf } from './restored.ts';

export interface RevertResult {
  /** What is there again, in order. A plain gap may have become one with its neighbour. */
  readonly items: readonly Child[];
  readonly warnings: readonly string[];
  readonly undo: Undo;
}

/**
 * Puts back what a fill replaced, however many versions it has had. A trim of the fill is carried over by the same frames at head and tail; markers,
 * effects, names and metadata that it was given since stay. Its own markers and media go.
 *
 * @throws OtioError NOT_A_CHILD, TYPE_MISMATCH for a clip that is not on a track; KEY_NOT_FOUND for one that does not say what it replaced;
 * INVALID_TIME_RANGE for one trimmed away from all it replaced. Then nothing has changed.
 */
export function revert(clip: Clip): RevertResult {
  const editing = Editing.ofItem(clip, {});
  const { rate, track } = editing;
  const own = shownRange(clip).duration.rate;
  const items = restored(clip, own);
  const from = editing.frames.start(track.indexOfChild(clip));
  const to = from + lengthOf(clip, rate);
  const covered = coverage(editing, from, to);
  const trim = trimOf(clip, own);
  const warnings: string[] = [];

  /** Transitions that went for the fill, where their cut is still what it was and free. */
  const back = (side: 'head' | 'tail'): Part[] => {
    const [at, written] = side === 'head' ? [0, 0] : [to - from, to - from - trim.tail + trim.head];
    const wanted = restoreOf(recordOf(clip)!.data)!.transitions.filter(({ cut }) => Math.abs(cut - written) < SAME);
    const isFree = trim[side] === 0 && !covered.transitions.some(({ cut }) => Math.abs(cut - at) < SAME);
    return wanted
      .slice(0, isFree ? 1 : 0)
      .map(({ transition }) => partOf(transition.clone(), 0))
      .filter(({ child }) => fits(child as Transition, side));
  };
  const fits = (transition: Transition, side: 'head' | 'tail'): boolean => {
    const { before, after } = sidesOf(transition, 0, rate);
    const length = (child: Child | null | undefined): number => (child ? lengthOf(child, rate) : 0);
    const [left, right] = side === 'head' ? [covered.previous, items[0]] : [items.at(-1), covered.next];
    return before < length(left) + SAME && after < length(right) + SAME;
  };
  const inserted = [...back('head'), ...items.map((item) => partOf(item, lengthOf(item, rate))), ...back('tail')];
  const lost = restoreOf(recordOf(clip)!.data)!.transitions.length - (inserted.length - items.length);
  if (lost > 0)
    warnings.push(
      `${lost} transitions that went for ${titleOf(clip)} do not come back: what lay beside them has changed.`,
    );

  const result = batch(track, () => {
    const stretch = editing.between(from, to);
    const stack = outermost(track);
    const jobs = jobsOnlyIn(stack, [clip]);
    const kept = new Set([
      ...keptBy(covered, { head: Infinity, tail: Infinity }),
      ...emptyIn(stretch),
      ...inserted.map(({ child }) => child),
    ]);
    commit(stretch, replaceFrames(stretch.parts, stretch.start, from, to, inserted), [], kept);
    const markers = [...withoutJobs(stack.markers, jobs), ...disclosures(items, stack.markers.map(jobOf))];
    const step = new Step(
      track,
      0,
      [],
      [],
      [{ target: stack, name: 'markers', before: stack.markers, after: markers }],
    );
    step.redo();
    finished({ changed: [], removed: [], warnings: [], undo: step });
  });
  return { items, warnings: [...warnings, ...result.warnings], undo: result.undo };
}

/** Markers for the fills among what is back, where the stack has none of their jobs. */
function disclosures(items: readonly Child[], there: readonly (string | null)[]): Marker[] {
  const markers: Marker[] = [];
  for (const { clip, record } of fillsAmong(items)) {
    const track = clip.parent;
    if (record === null || record.job === null || there.includes(record.job) || !(track instanceof Track)) continue;
    const { rate } = shownRange(clip).duration;
    const { startTime, duration } = track.rangeOfChild(clip);
    markers.push(disclosure(record.data, markedRange(outermost(track), track, startTime, duration, rate)));
  }
  return markers;
}
