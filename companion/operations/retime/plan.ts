// What a retime will do: each clip with the place in its media of every frame, counted and judged. Nothing is written.
import { type FillPlan, plan as planFill } from '../../../otio/fill/index.ts';
import { OtioError, type Timeline } from '../../../otio/index.ts';
import { CompanionError } from '../../api/errors.ts';
import { findTools } from '../../media/find.ts';
import type { Form } from '../../media/fitted.ts';
import { Rational } from '../../media/rational.ts';
import { openTimeline } from '../../timeline/open.ts';
import { withMedia } from '../../timeline/packed.ts';
import type { Shown } from '../../timeline/shown.ts';
import { timelineOf } from '../../timeline/within.ts';
import type { OperationContext } from '../context.ts';
import { type Considered, left, type Prepared, rootsOf, whereOf } from '../fill/plan.ts';
import { Reels, type Spot } from '../fill/reels.ts';
import { type ClipRequest, type ClipSlot, clipsOf } from './clips.ts';
import { type Course, courseOf } from './course.ts';
import { retimed } from './pictures.ts';

export interface RetimeRequest extends ClipRequest {
  /** A rate at which each clip is delivered too, as a file beside it. */
  readonly rate?: Rational | undefined;
  readonly handles: number;
  readonly effort: 'best' | 'fast';
  /** Frames a second of an EDL. */
  readonly edlRate?: string | undefined;
  readonly mediaRoot?: string | undefined;
}

/**
 * Opens the timeline and considers every clip that was asked for.
 * @throws CompanionError of opening; TRACK_UNKNOWN, CLIP_UNKNOWN; for clips that were asked for by name also why one cannot be made
 */
export async function prepareRetime(params: RetimeRequest, context: OperationContext): Promise<Prepared> {
  const { signal } = context;
  context.progress({ phase: 'probe', done: 0, total: 1, unit: 'files' });
  const tools = await findTools({ signal });
  const as = params.edlRate === undefined ? {} : { rate: params.edlRate };
  const opened = withMedia(await openTimeline(context.inputs[0]!, as), context);
  const timeline = timelineOf(opened);
  const asked = clipsOf(timeline, params);
  context.progress({ phase: 'probe', done: 1, total: 1, unit: 'files' });
  const reels = new Reels(opened, tools, rootsOf(context, params), context);
  const slots: Considered[] = [];
  for (const [i, slot] of asked.entries()) {
    context.progress({ phase: 'analyse', done: i, total: asked.length, unit: 'steps' });
    const considered = await consider(slot, timeline, reels, params, context);
    if (considered.plan === null && params.clip !== undefined)
      throw new CompanionError('GAP_UNFIT', { ...whereOf(slot), word: 'retimed', reason: considered.reason });
    slots.push(considered);
  }
  context.progress({ phase: 'analyse', done: asked.length, total: asked.length, unit: 'steps' });
  return { opened, timeline, tools, reels, slots };
}

async function consider(
  slot: ClipSlot,
  timeline: Timeline,
  reels: Reels,
  params: RetimeRequest,
  context: OperationContext,
): Promise<Considered> {
  const none = { slot, before: null, after: null };
  const { shown } = slot;
  if ('nothing' in shown) return { ...none, ...left(shown.nothing) };
  const course = courseOf(shown);
  const spots: Spot[] = [];
  for (let i = 0; i < slot.out - slot.in; i++) {
    const spot = await reels.spot(shown, course.at(new Rational(i)));
    if (typeof spot === 'string') return { ...none, ...left(spot) };
    spots.push(spot);
  }
  const [first] = spots;
  const { stream } = first!.frame.media;
  if (stream.fieldOrder === 'tff' || stream.fieldOrder === 'bff')
    return {
      ...none,
      ...left(`${first!.frame.file} is interlaced: take it through "inbetween interpolate --deinterlace auto" first`),
    };
  const between = spots.filter(({ next }) => next !== null).length;
  const facts = {
    ...{ slot, before: { shown, frame: first!.frame, step: shown.step.toNumber() }, after: null },
    ...{ judgement: null, form: stream },
  };
  const plan = await planOf(timeline, slot, course, reels, params);
  return {
    ...{ ...facts, strategy: 'retime', engine: 'flow', risk: between === 0 ? 'low' : 'middle', plan },
    reason: reasonOf(shown, plan, between),
    seconds: await secondsOf(course, spots, plan, stream, reels, params, context),
  };
}

const text = ({ num, den }: { readonly num: bigint | number; readonly den: bigint | number }): string =>
  String(den) === '1' ? String(num) : `${num}/${den}`;

/** Why, with its numbers. */
function reasonOf({ step, rate }: Shown, { frames, rate: track, native }: FillPlan, between: number): string {
  const also = native === null ? '' : `, and ${native.frames} at ${text(native.rate)}`;
  if (step.sign === 0) return `a freeze of ${frames} frames${also}`;
  const pace = `${text(step)} ${step.equals(Rational.ONE) ? 'frame' : 'frames'} of the media (${text(rate)} a second) for each of the track (${text(track)})`;
  const backwards = step.sign < 0 ? ', backwards' : '';
  return between === 0
    ? `${pace}${backwards}: all are the media’s own${also}`
    : `${pace}${backwards}: ${between} of ${frames} are made between two of them${also}`;
}

/** Handles reach as far as the media do. @throws CompanionError GAP_UNFIT */
async function planOf(
  timeline: Timeline,
  slot: ClipSlot,
  { shown, at }: Course,
  reels: Reels,
  { handles, rate }: RetimeRequest,
): Promise<FillPlan> {
  const request = {
    ...{ track: slot.track, range: slot.range },
    ...(rate && { nativeRate: { num: Number(rate.num), den: Number(rate.den) } }),
  };
  const planned = (more: { head?: number; tail?: number }): FillPlan => {
    try {
      return planFill(timeline, { ...request, ...more });
    } catch (error) {
      if (!(error instanceof OtioError)) throw error;
      throw new CompanionError(
        'GAP_UNFIT',
        { ...whereOf(slot), word: 'retimed', reason: error.details },
        { cause: error },
      );
    }
  };
  const there = async (i: number): Promise<boolean> =>
    typeof (await reels.spot(shown, at(new Rational(i)))) !== 'string';
  const usual = planned({});
  let [head, tail] = [0, 0];
  while (head < Math.min(usual.head, handles) && (await there(-head - 1))) head++;
  while (tail < Math.min(usual.tail, handles) && (await there(usual.frames + tail))) tail++;
  const plan = planned({ head, tail });
  if (plan.native === null || text(plan.native.rate) !== text(plan.rate)) return plan;
  return { ...plan, native: null }; // the clip has that rate already
}

/** Seconds its pictures should take, by the first few that are made, or that are read where none is. */
async function secondsOf(
  course: Course,
  spots: readonly Spot[],
  { renderFrames, native }: FillPlan,
  form: Form,
  reels: Reels,
  { effort }: RetimeRequest,
  { engine, signal }: OperationContext,
): Promise<number> {
  const numbers = [...spots.keys()];
  const made = numbers.filter((i) => spots[i]!.next !== null);
  const some = (made.length > 0 ? made : numbers).slice(0, looked).map((i) => new Rational(i));
  const began = performance.now();
  const pictures = retimed({ engine, reels, course, frames: some, form, fit: 'contain', effort, signal });
  for await (const _ of pictures) signal.throwIfAborted();
  const each = (performance.now() - began) / 1000 / some.length;
  const share = made.length > 0 ? made.length / spots.length : 1;
  return each * (renderFrames * share + (native?.frames ?? 0));
}

/** Frames that are made to see how long they take. */
const looked = 2;
