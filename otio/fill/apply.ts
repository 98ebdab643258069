// Puts a rendered file onto its timeline, as planned. Nothing else changes, and all of it can be taken back.
import { commit } from '../edit/commit.ts';
import { put } from '../edit/overwrite.ts';
import { partOf } from '../edit/part.ts';
import { slice } from '../edit/slice.ts';
import { Editing } from '../edit/stretch.ts';
import { batch, type Change, type Undo } from '../edit/undo.ts';
import { OtioError } from '../errors.ts';
import { RationalTime } from '../opentime/index.ts';
import type { Clip } from '../schema/clip.ts';
import type { Child } from '../schema/composition.ts';
import { Gap } from '../schema/gap.ts';
import { clipOf } from './clip.ts';
import { type Coverage, coverage, emptyIn } from './coverage.ts';
import { keptBy } from './handles.ts';
import { disclosed } from './markers.ts';
import { markedRange, outermost } from './place.ts';
import { type FillPlan, plan as planAgain } from './plan.ts';
import { type FillInfo, type FillMedia, keepTransitions } from './record.ts';
import { filledCoverage } from './show.ts';

export interface FillResult {
  /** The clip of the fill. */
  readonly clip: Clip;
  /** Children that are no longer on the track: what was replaced, and transitions. */
  readonly removed: readonly Child[];
  readonly warnings: readonly string[];
  readonly undo: Undo;
}

/**
 * Writes the clip of a fill and its markers.
 *
 *     | A |  gap  | B |   →   | A | fill | B |     nothing outside the range moves
 *
 * @throws OtioError INVALID_TIME_RANGE when the timeline has changed since the plan was made or the file has another number of frames; CANNOT_TRIM_TRANSITION;
 * TYPE_MISMATCH for a job without an id. Then nothing has changed.
 */
export function apply(plan: FillPlan, media: FillMedia, info: FillInfo): FillResult {
  demandFrames(plan, media);
  const { timeline, track, request, rateDouble: rate } = plan;
  const now = planAgain(timeline, { ...request, head: plan.head, tail: plan.tail });
  demandSame(plan, now);
  const options = { removeTransitions: request.removeTransitions ?? true };
  const { near } = coverage(new Editing(track, rate, options), plan.in, plan.out);
  let clip: Clip | undefined;
  const result = batch(track, () => {
    for (const frame of [plan.in, plan.out])
      if (cutsItem(new Editing(track, rate, options), frame)) slice(track, new RationalTime(frame, rate), options);
    const editing = new Editing(track, rate, options);
    const covered = filledCoverage(editing, plan.in, plan.out);
    clip = clipOf(now, covered, media, info);
    const stretch = editing.between(plan.in, plan.out);
    const parts = put(stretch, partOf(clip, plan.frames), plan.in, plan.out);
    const kept = new Set([...keptBy(covered, plan), ...emptyIn(stretch)]);
    commit(stretch, parts, [marking(now, covered, clip)], kept);
    const inside = covered.parts.map(({ child }): Child => child);
    keepTransitions(
      clip,
      near.filter(({ transition }) => transition.parent === null && !inside.includes(transition)),
    );
  });
  return {
    clip: clip!,
    removed: result.removed,
    warnings: [...new Set([...now.warnings, ...result.warnings])],
    undo: result.undo,
  };
}

function demandFrames({ renderFrames, head, frames, tail }: FillPlan, media: FillMedia): void {
  if (media.frames !== undefined && media.frames !== renderFrames)
    throw new OtioError(
      'INVALID_TIME_RANGE',
      `The file has ${media.frames} frames, but ${head} + ${frames} + ${tail} were planned: render it again.`,
    );
}

/** @throws OtioError INVALID_TIME_RANGE when a file that was rendered for one plan does not suit another */
function demandSame(plan: FillPlan, now: FillPlan): void {
  for (const name of ['in', 'out', 'head', 'tail', 'start', 'rateDouble', 'replaces'] as const)
    if (plan[name] !== now[name])
      throw new OtioError(
        'INVALID_TIME_RANGE',
        `The timeline has changed since the fill was planned: its ${name} was ${plan[name]} and is ${now[name]}. Plan and render it again.`,
      );
}

/** Whether something but a gap goes on over a frame. Gaps need no cut: they have nothing that must stay with a part of them. */
function cutsItem(editing: Editing, frame: number): boolean {
  const { previous, next } = coverage(editing, frame, frame);
  return previous !== null && previous === next && !(previous instanceof Gap && previous.markers.length === 0);
}

function marking({ track, in: first, frames, rateDouble: rate }: FillPlan, { parts }: Coverage, clip: Clip): Change {
  const stack = outermost(track);
  return disclosed(
    stack,
    clip,
    markedRange(stack, track, new RationalTime(first, rate), new RationalTime(frames, rate), rate),
    parts.map(({ child }) => child),
  );
}
